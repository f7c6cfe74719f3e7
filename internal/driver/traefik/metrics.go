package traefik

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/kubemate/kubemate/internal/driver"
)

var _ driver.MetricSource = Driver{}

// failed are the codes of failures. Traefik puts the status of gRPC, 0 to 16, where the status of HTTP stands, which has three digits.
const failed = `5..|2|4|7|13|14|15`

// Requests counts what Traefik had from servers of the backend. A client that hung up (499) says nothing about the backend, and what Traefik
// answers itself, without a server, is not counted by backend at all.
func (Driver) Requests(t driver.Traffic) string {
	return "sum(increase(" + served("traefik_service_requests_total", t, "") + "))"
}

// Failures are of the same series as Requests, with the codes that mean failure.
func (d Driver) Failures(t driver.Traffic) string {
	return fmt.Sprintf(`sum(increase(%s)) or 0 * %s`, served("traefik_service_requests_total", t, fmt.Sprintf(",code=~%q", failed)), d.Requests(t))
}

// Latency until the end of the answer; connections that are meant to stay open are left out. The comparison drops the quantile of no requests,
// which is not a number.
func (Driver) Latency(t driver.Traffic, quantile float64) string {
	return fmt.Sprintf(`histogram_quantile(%s, sum by (le) (rate(%s))) >= 0`, strconv.FormatFloat(quantile, 'f', -1, 64),
		served("traefik_service_request_duration_seconds_bucket", t, `,protocol!~"sse|websocket"`))
}

// served selects the series of a backend. Each child of a TraefikService is one service to Traefik, named by namespace, Service and port.
func served(metric string, t driver.Traffic, matchers string) string {
	ports := make([]string, len(t.Ports))
	for i, port := range t.Ports {
		ports[i] = strconv.Itoa(int(port))
	}
	name := fmt.Sprintf("%s-%s-(%s)@kubernetescrd", normalized(t.Namespace), normalized(t.Backend), strings.Join(ports, "|"))
	return fmt.Sprintf(`%s{service=~%q,code!="499"%s}[%s]`, metric, name, matchers, t.Range())
}

// normalized is how Traefik writes a name as part of another: letters and digits, with one hyphen for whatever lies between.
func normalized(name string) string {
	return strings.Join(strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == '.' }), "-")
}
