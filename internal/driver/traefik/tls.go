package traefik

import (
	"cmp"

	traefikio "github.com/traefik/traefik/v3/pkg/provider/kubernetes/crd/traefikio/v1alpha1"

	"github.com/kubemate/kubemate/internal/model"
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
		Spec: tlsOptions(w.edge.TLS),
	}
	if err := w.add(options, nil); err != nil {
		return nil, err
	}
	return settings, nil
}

// tlsVersions are Traefik's names of versions.
var tlsVersions = map[string]string{"": "VersionTLS12", "1.2": "VersionTLS12", "1.3": "VersionTLS13"}

// goodSuites are the suites of TLS 1.2 with forward secrecy that authenticate what they encrypt (RFC 9325, 4.2).
var goodSuites = []string{
	"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
	"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
}

// tlsOptions writes the options of the edge's hosts. Without sniStrict Traefik serves its default certificate for a host whose own is missing;
// with it the handshake fails.
func tlsOptions(tls *model.TLS) traefikio.TLSOptionSpec {
	spec := traefikio.TLSOptionSpec{MinVersion: tlsVersions[tls.MinVersion], SniStrict: true}
	if tls.MinVersion != "1.3" {
		spec.CipherSuites = goodSuites
		if len(tls.CipherSuites) > 0 {
			spec.CipherSuites = tls.CipherSuites
		}
	}
	if auth := tls.ClientAuth; auth != nil {
		spec.ClientAuth = traefikio.ClientAuth{SecretNames: []string{auth.CASecret}, ClientAuthType: "VerifyClientCertIfGiven"}
		if auth.Required {
			spec.ClientAuth.ClientAuthType = "RequireAndVerifyClientCert"
		}
	}
	return spec
}
