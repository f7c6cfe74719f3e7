package linkerd

import (
	"fmt"
	"strconv"

	"github.com/kubemate/kubemate/internal/driver"
)

var (
	_ driver.MetricSource = policyDriver{}
	_ driver.MetricSource = classicDriver{}
)

// Requests counts what the callers' proxies counted for the backend of the Service's routes. It is the only count that has the requests that
// the proxy itself gave up, because of a timeout for example; it is there from Linkerd 2.16 on, whose generation this is.
func (policyDriver) Requests(t driver.Traffic) string {
	return "sum(increase(" + routeStatuses(t, "") + "))"
}

// Failures adds the failed calls of gRPC, which an HTTPRoute counts as HTTP 200: the proxy classifies them where it counts by endpoint. Where
// that count is missing altogether, for example because it is not scraped, there is no answer rather than none that failed.
func (d policyDriver) Failures(t driver.Traffic) string {
	return fmt.Sprintf(`%s - (sum(increase(%s)) or vector(0)) + (sum(increase(%s)) or 0 * sum(increase(%s)))`,
		d.Requests(t), routeStatuses(t, `,error="",http_status!~"5.."`),
		endpoint("response_total", t, `,classification="failure",grpc_status!=""`), endpoint("request_total", t, ""))
}

// Latency is counted by endpoint: the histograms of the routes have a bucket from 0.5 s to 1 s and next to none below.
func (policyDriver) Latency(t driver.Traffic, quantile float64) string { return latency(t, quantile) }

// routeStatuses selects the answers of a backend to requests of the Service's routes, of HTTP and of gRPC.
func routeStatuses(t driver.Traffic, matchers string) string {
	return fmt.Sprintf(`{__name__=~"outbound_(grpc|http)_route_backend_response_statuses_total",parent_namespace=%q,parent_kind="Service",parent_name=%q,`+
		`backend_namespace=%q,backend_kind="Service",backend_name=%q%s}[%s]`,
		t.Namespace, t.Service, t.Namespace, t.Backend, matchers, t.Range())
}

// Requests counts the answers that the callers' proxies had from endpoints of the backend.
func (classicDriver) Requests(t driver.Traffic) string {
	return "sum(increase(" + endpoint("response_total", t, "") + "))"
}

// Failures goes by the proxy's own classification, of HTTP and gRPC alike.
func (d classicDriver) Failures(t driver.Traffic) string {
	return fmt.Sprintf(`%s - (sum(increase(%s)) or vector(0))`, d.Requests(t), endpoint("response_total", t, `,classification="success"`))
}

// Latency until the first byte of the answer.
func (classicDriver) Latency(t driver.Traffic, quantile float64) string { return latency(t, quantile) }

// latency is in milliseconds there. The comparison drops the quantile of no requests, which is not a number.
func latency(t driver.Traffic, quantile float64) string {
	return fmt.Sprintf(`histogram_quantile(%s, sum by (le) (rate(%s))) / 1000 >= 0`,
		strconv.FormatFloat(quantile, 'f', -1, 64), endpoint("response_latency_ms_bucket", t, ""))
}

// endpoint selects what proxies count for endpoints that they found under the backend's name. The namespace of the callers does not matter.
func endpoint(metric string, t driver.Traffic, matchers string) string {
	return fmt.Sprintf(`%s{direction="outbound",dst_namespace=%q,dst_service=%q%s}[%s]`, metric, t.Namespace, t.Backend, matchers, t.Range())
}
