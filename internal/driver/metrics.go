package driver

import (
	"strconv"
	"time"
)

// MetricSource is an optional ability of a driver: the golden signals of one backend, as its data plane counts them, in PromQL.
//
// The queries of one Traffic count the same requests over the same window. Each gives one number; it gives nothing where the data plane has
// counted nothing, so that a request that nobody saw is never taken for one that went well.
type MetricSource interface {
	// Requests is how many requests were answered.
	Requests(traffic Traffic) string
	// Failures is how many of Requests failed: HTTP 5xx and, of gRPC, the statuses UNKNOWN, DEADLINE_EXCEEDED, PERMISSION_DENIED, INTERNAL,
	// UNAVAILABLE and DATA_LOSS, which are Linkerd's. 0 when there are requests and none failed.
	Failures(traffic Traffic) string
	// Latency is the time in seconds within which a share of the requests was answered: 0.99 for all but one in a hundred.
	Latency(traffic Traffic, quantile float64) string
}

// Traffic is what one backend of a Service answers.
type Traffic struct {
	// Namespace of the Service.
	Namespace string
	// Service that clients call, Backend the Service that answers for one variant.
	Service, Backend string
	// Ports of the Service that are split, ascending, never empty.
	Ports []int32
	// Window that is looked at, up to the time of the query.
	Window time.Duration
}

// Range is the window as PromQL writes it.
func (t Traffic) Range() string {
	if t.Window%time.Second == 0 {
		return strconv.FormatInt(int64(t.Window/time.Second), 10) + "s"
	}
	return strconv.FormatInt(t.Window.Milliseconds(), 10) + "ms"
}
