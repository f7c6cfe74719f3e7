package proxymetrics

import (
	"fmt"
	"math"

	"github.com/prometheus/client_golang/prometheus"
)

// latencyBounds are the buckets of response_latency_ms, routeBounds those of a route's backend, in seconds.
var (
	latencyBounds = []float64{
		1, 2, 3, 4, 5, 10, 20, 30, 40, 50, 100, 200, 300, 400, 500, 1000, 2000, 3000, 4000, 5000, 10000, 20000, 30000, 40000, 50000,
	}
	routeBounds = []float64{0.025, 0.05, 0.1, 0.25, 0.5, 1, 10}
)

// Labels of endpoint metrics that every series has.
var endpointLabels = []string{
	"direction", "tls", "authority", "target_addr", "target_ip", "target_port", "server_id",
	"dst_namespace", "dst_service", "dst_deployment", "dst_pod", "dst_serviceaccount", "dst_pod_template_hash",
}

// Labels of the metrics of a route's backend.
var routeLabels = []string{
	"parent_group", "parent_kind", "parent_namespace", "parent_name", "parent_port", "parent_section_name",
	"route_group", "route_kind", "route_namespace", "route_name",
	"backend_group", "backend_kind", "backend_namespace", "backend_name", "backend_port", "backend_section_name",
}

// responseLabels and statusLabels come behind those of the endpoint and the route. Prometheus takes an empty label for none.
var (
	responseLabels = []string{"status_code", "classification", "grpc_status", "error"}
	statusLabels   = []string{"http_status", "error", "hostname"}
)

func desc(name, help string, labels ...[]string) *prometheus.Desc {
	var all []string
	for _, some := range labels {
		all = append(all, some...)
	}
	return prometheus.NewDesc(name, help, all, nil)
}

var (
	requestTotal    = desc("request_total", "Total count of HTTP requests.", endpointLabels)
	responseTotal   = desc("response_total", "Total count of HTTP responses.", endpointLabels, responseLabels)
	responseLatency = desc("response_latency_ms", "Elapsed times between a request's headers being received and its response stream completing.", endpointLabels, []string{"status_code"})
	routeRequests   = desc("outbound_http_route_backend_requests_total", "The total number of requests dispatched.", routeLabels)
	routeStatuses   = desc("outbound_http_route_backend_response_statuses_total", "Completed responses.", routeLabels, statusLabels)
	routeDuration   = desc("outbound_http_route_backend_response_duration_seconds", "The time between request completion and response completion.", routeLabels)
)

// collector shows what was counted up to now.
type collector struct{ generator *Generator }

// Describe implements prometheus.Collector.
func (collector) Describe(descs chan<- *prometheus.Desc) {
	for _, one := range []*prometheus.Desc{requestTotal, responseTotal, responseLatency, routeRequests, routeStatuses, routeDuration} {
		descs <- one
	}
}

// Collect implements prometheus.Collector.
func (c collector) Collect(metrics chan<- prometheus.Metric) {
	c.generator.mu.Lock()
	defer c.generator.mu.Unlock()
	now := c.generator.now()
	for _, key := range c.generator.order {
		running := c.generator.streams[key]
		running.advance(now)
		running.collectEndpoint(metrics)
		if !running.Classic {
			running.collectRoute(metrics)
		}
	}
}

// collectEndpoint shows the metrics that every version has, of the one pod that the backend is taken to have.
func (s *stream) collectEndpoint(metrics chan<- prometheus.Metric) {
	labels := []string{
		"outbound", "true", fmt.Sprintf("%s.%s.svc.cluster.local:%d", s.Service, s.Namespace, s.Port), "10.244.1.7:8080", "10.244.1.7", "8080",
		fmt.Sprintf("%s.%s.serviceaccount.identity.linkerd.cluster.local", s.Backend, s.Namespace),
		s.Namespace, s.Backend, s.Backend, s.Backend + "-6c5d", "default", "6c5d",
	}
	metrics <- counter(requestTotal, s.answered()+s.timedOut, labels...)
	for _, outcome := range []struct {
		count                                  float64
		httpStatus, grpcStatus, classification string
	}{
		{s.fine, "200", "0", "success"}, {s.refused, "404", "5", "success"}, {s.failed, "500", "14", "failure"},
	} {
		status, grpcStatus := outcome.httpStatus, ""
		if s.GRPC {
			status, grpcStatus = "200", outcome.grpcStatus
		}
		metrics <- counter(responseTotal, outcome.count, append(clone(labels), status, outcome.classification, grpcStatus, "")...)
	}
	buckets := make(map[float64]uint64, len(latencyBounds))
	for _, bound := range latencyBounds {
		buckets[bound] = uint64(s.latencies[bound])
	}
	sum := s.answered() * float64(s.Latency.Milliseconds())
	metrics <- prometheus.MustNewConstHistogram(responseLatency, uint64(s.answered()), sum, buckets, append(clone(labels), "200")...)
}

// collectRoute shows the metrics of the backend of the Service's route.
func (s *stream) collectRoute(metrics chan<- prometheus.Metric) {
	port := fmt.Sprint(s.Port)
	labels := []string{
		"core", "Service", s.Namespace, s.Service, port, "",
		"policy.linkerd.io", "HTTPRoute", s.Namespace, s.Service + "-" + port + "-rest-1a2b3c4d",
		"core", "Service", s.Namespace, s.Backend, port, "",
	}
	status := func(http string) string {
		if s.GRPC {
			return "200" // the route is one of HTTP, and the status of gRPC is in the trailer
		}
		return http
	}
	metrics <- counter(routeRequests, s.answered()+s.timedOut, labels...)
	byStatus := map[string]float64{}
	byStatus[status("200")] += s.fine
	byStatus[status("404")] += s.refused
	byStatus[status("500")] += s.failed
	for _, code := range []string{"200", "404", "500"} {
		if count, counted := byStatus[code]; counted {
			metrics <- counter(routeStatuses, count, append(clone(labels), code, "", "")...)
		}
	}
	metrics <- counter(routeStatuses, s.timedOut, append(clone(labels), "", "REQUEST_TIMEOUT", "")...)
	buckets := make(map[float64]uint64, len(routeBounds))
	for _, bound := range routeBounds {
		if s.Latency.Seconds() <= bound {
			buckets[bound] = uint64(s.answered())
		}
	}
	metrics <- prometheus.MustNewConstHistogram(routeDuration, uint64(s.answered()), s.answered()*s.Latency.Seconds(), buckets, labels...)
}

// counter has whole numbers, as the proxy's have.
func counter(desc *prometheus.Desc, count float64, labels ...string) prometheus.Metric {
	return prometheus.MustNewConstMetric(desc, prometheus.CounterValue, math.Floor(count), labels...)
}

func clone(labels []string) []string { return append([]string(nil), labels...) }
