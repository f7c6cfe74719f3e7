package compose

import (
	"crypto/sha256"
	"encoding/hex"
)

// maxName is the longest name of a Service.
const maxName = 63

// LeafName is the name of the generated Service of a variant: readable parts, and a digest of namespace, Service and variant, because parts
// joined by hyphens collide.
func LeafName(namespace, service, variant string) string {
	digest := sha256.Sum256([]byte(namespace + "/" + service + "/" + variant))
	suffix := "-" + hex.EncodeToString(digest[:4])
	readable := service + "-" + variant
	return readable[:min(len(readable), maxName-len(suffix))] + suffix
}

// CertificateName is the name of the Certificate of a profile, and of the Secret that it is kept in.
func CertificateName(namespace, profile string) string {
	digest := sha256.Sum256([]byte("certificate/" + namespace + "/" + profile))
	suffix := "-tls-" + hex.EncodeToString(digest[:4])
	return profile[:min(len(profile), maxName-len(suffix))] + suffix
}
