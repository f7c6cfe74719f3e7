package driver

import (
	"io"

	"sigs.k8s.io/controller-runtime/pkg/client"
)

// GatewayReports is an optional ability of an EdgeDriver: its gateways tell over HTTP what they have made of its objects.
type GatewayReports interface {
	// ReportPath is what is asked for, below the address of a gateway's API: a path and a query.
	ReportPath() string
	// ReadReport understands an answer. It reads it piece by piece: the answer of a large gateway is long.
	ReadReport(answer io.Reader) (Report, error)
	// ReportNames are the names under which a gateway reports on what an object asks for. None: it does not report on the object.
	ReportNames(object client.Object) []string
}

// Report is what a gateway has loaded, by the names of ReportNames. The text is why the gateway does not serve it, in its own words and without
// anything that could be secret; it is empty for what it serves.
type Report map[string]string
