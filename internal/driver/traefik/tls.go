package traefik

import (
	"cmp"

	traefikio "github.com/traefik/traefik/v3/pkg/provider/kubernetes/crd/traefikio/v1alpha1"
)

// tls is the TLS of every IngressRoute of the edge, with its TLSOption. Nil: plain HTTP. Routes of one host that differ in their TLSOption
// are served with Traefik's default options, so there is one for the edge, and one for all edges that share a host: its owner's.
func (w *edgeWriter) tls() (*traefikio.TLS, error) {
	if w.edge.TLS == nil {
		return nil, nil
	}
	if w.edge.TLS.SecretName == "" {
		w.refuse("spec.tls.secretName", invalidError{textError("TLS needs a Secret with a certificate; name one")})
		return nil, nil
	}
	owner := cmp.Or(w.edge.TLS.Options, w.edge.Name)
	name := objectName(owner, "tls", "tls", w.namespace, owner)
	settings := &traefikio.TLS{SecretName: w.edge.TLS.SecretName, Options: &traefikio.TLSOptionRef{Name: name}}
	if owner != w.edge.Name {
		return settings, nil
	}
	options := &traefikio.TLSOption{
		TypeMeta: typeMeta(kindTLSOption), ObjectMeta: w.meta(name),
		// Without sniStrict Traefik serves its default certificate for a host whose own is missing. With it the handshake fails.
		Spec: traefikio.TLSOptionSpec{MinVersion: "VersionTLS12", SniStrict: true},
	}
	if err := w.add(options, nil); err != nil {
		return nil, err
	}
	return settings, nil
}
