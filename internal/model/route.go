package model

import "time"

// Route is one line of a routing table.
type Route struct {
	// Match says which requests. The zero Match is true of all.
	Match Match
	// Split says who answers. Empty: the Service itself.
	Split []Share
	// Timeout from the beginning of the request to the end of the response. 0: none.
	Timeout time.Duration
	// Retry of failed requests. Nil: none.
	Retry *Retry
	// Origins are the objects that the line comes from, sorted.
	Origins []Origin
}

// Share is what one backend gets of a route's requests.
type Share struct {
	// Backend is the name of the Service.
	Backend string
	// Weight relative to the sum of the route's weights, always above 0.
	Weight int32
}

// Match is true of a request when everything that is set is.
type Match struct {
	// Path of the request. Nil: any.
	Path *PathMatch
	// Methods of which one must be the request's. Empty: any.
	Methods []string
	// Headers that must all match, sorted by name in lower case, each name once. Never the Cookie header.
	Headers []ValueMatch
	// Cookies that must all match, sorted by name, each name once.
	Cookies []ValueMatch
	// Query parameters that must all match, sorted by name, each name once.
	Query []ValueMatch
}

// All says whether the match is true of every request.
func (m Match) All() bool {
	return m.Path == nil && len(m.Methods) == 0 && len(m.Headers) == 0 && len(m.Cookies) == 0 && len(m.Query) == 0
}

// MatchKind is how a value is compared.
type MatchKind string

// The kinds of comparison.
const (
	// MatchExact: the whole value.
	MatchExact MatchKind = "Exact"
	// MatchPrefix: the beginning of the value; for paths in whole segments.
	MatchPrefix MatchKind = "Prefix"
	// MatchRegex: an RE2 expression, without anchors, that the whole value must match.
	MatchRegex MatchKind = "Regex"
)

// PathMatch compares the path of a request.
type PathMatch struct {
	Kind MatchKind
	// Value begins with "/" unless Kind is MatchRegex. A prefix other than "/" does not end with "/".
	Value string
}

// ValueMatch compares one named value.
type ValueMatch struct {
	// Name; of headers in lower case.
	Name  string
	Kind  MatchKind
	Value string
}

// Retry says which requests are tried again.
type Retry struct {
	// Limit is how often, at least 1.
	Limit int32
	// On lists the responses: "5xx", "gateway-error", or statuses of gRPC in lower case with hyphens. Sorted, never empty.
	On []string
	// PerTryTimeout bounds each try. 0: none.
	PerTryTimeout time.Duration
	// NonIdempotent says that the route's Methods were left open on purpose, or hold methods that may do harm when repeated.
	NonIdempotent bool
	// Path is the place of the retries in their origin, for messages.
	Path string
}

// RetryBudget bounds what retries add to the load of a Service.
type RetryBudget struct {
	// Percent that retries may add to the requests, 0 to 100.
	Percent int32
	// MinPerSecond retries are allowed in any case, at least 1.
	MinPerSecond int32
	Origin       Origin
}

// Breaker keeps callers away from pods that fail.
type Breaker struct {
	// ConsecutiveFailures in a row after which a pod is kept away, at least 1.
	ConsecutiveFailures int32
	// MinPenalty and MaxPenalty bound how long, at least 1 ms; the first is not longer than the second.
	MinPenalty, MaxPenalty time.Duration
	Origin                 Origin
}

// OfGRPC says whether a response of Retry.On is a status of gRPC; the others are of HTTP.
func OfGRPC(response string) bool { return response != "5xx" && response != "gateway-error" }
