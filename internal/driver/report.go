package driver

import (
	"io"
	"strings"

	"sigs.k8s.io/controller-runtime/pkg/client"
)

// GatewayReports is an optional ability of an EdgeDriver: its gateways tell over HTTP what they have made of its objects.
type GatewayReports interface {
	// ReportQuestions are what is asked for, one after the other.
	ReportQuestions() []ReportQuestion
	// ReportNames are the names under which a gateway reports on what an object asks for. None: it does not report on the object.
	ReportNames(object client.Object) []string
}

// ReportQuestion is a part of what a gateway is asked.
type ReportQuestion struct {
	// Path and query below the address of a gateway's API.
	Path string
	// Optional says that older gateways do not know the question: they answer 404, and nothing is known of its part.
	Optional bool
	// Read adds an answer to a report. It reads it piece by piece: the answer of a large gateway is long.
	Read func(answer io.Reader, to Report) error
}

// Report is what a gateway has loaded, by the names of ReportNames and CertificateNames. The text is why the gateway does not serve it, in its own
// words and without anything that could be secret; it is empty for what it serves.
type Report map[string]string

// ReportsCertificates is in a report whose gateway has told of its certificates.
const ReportsCertificates = "certificates"

// CertificateName is the name in a report of a certificate for a host, in lower case. A wildcard has a star for its first label.
func CertificateName(host string) string { return "certificate for " + host }

// CertificateNames are the names in a report of the certificates of which any serves a host: its own, and the wildcard's above it.
func CertificateNames(host string) []string {
	names := []string{CertificateName(host)}
	if label, parent, below := strings.Cut(host, "."); below && label != "*" {
		names = append(names, CertificateName("*."+parent))
	}
	return names
}
