package proxymetrics

import "time"

// Traffic is a steady stream of requests from one caller to one backend of a Service.
type Traffic struct {
	// Namespace of the Service; Service that is called, Backend that answers, Port of both.
	Namespace string `json:"namespace"`
	Service   string `json:"service"`
	Backend   string `json:"backend"`
	Port      int32  `json:"port"`
	// Classic proxies know no policy routes.
	Classic bool `json:"classic,omitempty"`
	// GRPC makes the requests calls of gRPC, which policy routes of HTTP count as HTTP 200.
	GRPC bool `json:"grpc,omitempty"`
	// Rate is requests per second.
	Rate float64 `json:"rate"`
	// Failures is the share, from 0 to 1, that the backend answers with HTTP 500 or, of gRPC, with UNAVAILABLE.
	Failures float64 `json:"failures,omitempty"`
	// Refusals is the share that the backend answers with HTTP 404 or, of gRPC, with NOT_FOUND: no failures.
	Refusals float64 `json:"refusals,omitempty"`
	// Timeouts is the share that the proxy gives up: no endpoint has answered, and a policy route says so.
	Timeouts float64 `json:"timeouts,omitempty"`
	// Latency of every answer.
	Latency time.Duration `json:"latency,omitempty"`
}

// key tells streams apart.
type key struct {
	namespace, service, backend string
	port                        int32
	classic, grpc               bool
}

func (t Traffic) key() key {
	return key{t.Namespace, t.Service, t.Backend, t.Port, t.Classic, t.GRPC}
}

// stream is what was counted of a Traffic.
type stream struct {
	Traffic
	since time.Time
	// Requests so far, by what came of them. Fractions of a request are kept, so that a low rate is exact in the long run.
	fine, failed, refused, timedOut float64
	// latencies are answers by upper bound of the bucket in milliseconds; the rest is in none.
	latencies map[float64]float64
}

// advance counts what has happened since the last time.
func (s *stream) advance(now time.Time) {
	requests := s.Rate * now.Sub(s.since).Seconds()
	s.since = now
	s.failed += requests * s.Failures
	s.refused += requests * s.Refusals
	s.timedOut += requests * s.Timeouts
	s.fine += requests * (1 - s.Failures - s.Refusals - s.Timeouts)
	answered := requests * (1 - s.Timeouts)
	for _, bound := range latencyBounds {
		if float64(s.Latency)/float64(time.Millisecond) <= bound {
			s.latencies[bound] += answered
		}
	}
}

// answered is how many requests an endpoint has answered.
func (s *stream) answered() float64 { return s.fine + s.failed + s.refused }
