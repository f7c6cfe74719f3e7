package traefik

import (
	traefikio "github.com/traefik/traefik/v3/pkg/provider/kubernetes/crd/traefikio/v1alpha1"
)

// tls is the TLS of every IngressRoute of the edge, with its TLSOption. Nil: plain HTTP. Routes of one host that differ in their TLSOption
// are served with Traefik's default options, so there is one for the edge.
func (w *edgeWriter) tls() (*traefikio.TLS, error) {
	if w.edge.TLS == nil {
		return nil, nil
	}
	if w.edge.TLS.SecretName == "" {
		w.refuse("spec.tls.secretName", invalidError{textError("TLS needs a Secret with a certificate; name one")})
		return nil, nil
	}
	name := objectName(w.edge.Name, "tls", "tls", w.namespace, w.edge.Name)
	options := &traefikio.TLSOption{
		TypeMeta: typeMeta(kindTLSOption), ObjectMeta: w.meta(name),
		// Without sniStrict Traefik serves its default certificate for a host whose own is missing. With it the handshake fails.
		Spec: traefikio.TLSOptionSpec{MinVersion: "VersionTLS12", SniStrict: true},
	}
	if err := w.add(options, nil); err != nil {
		return nil, err
	}
	return &traefikio.TLS{SecretName: w.edge.TLS.SecretName, Options: &traefikio.TLSOptionRef{Name: name}}, nil
}
