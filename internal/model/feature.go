package model

// Feature is something that an intent can ask for and a driver may or may not be able to express.
type Feature string

// The features that exist. Their class is in driver.Check.
const (
	FeatureInjection Feature = "Injection"
	// FeatureWeights: splits by weight between any number of backends.
	FeatureWeights Feature = "Weights"
	// FeatureMatches: routes by request parameters.
	FeatureMatches Feature = "Matches"
	// FeatureMatchQuery: routes by query parameters.
	FeatureMatchQuery Feature = "MatchQuery"
	// FeatureTimeout: a bound on the whole of a request.
	FeatureTimeout Feature = "Timeout"
	// FeatureRetry: failed requests are tried again.
	FeatureRetry Feature = "Retry"
	// FeatureRetryLimit: the number of tries can be set.
	FeatureRetryLimit Feature = "RetryLimit"
	// FeatureRetryOn: the responses that are retried can be chosen.
	FeatureRetryOn Feature = "RetryOn"
	// FeatureRetryGRPC: statuses of gRPC can be among the responses that are retried.
	FeatureRetryGRPC Feature = "RetryGRPC"
	// FeaturePerTryTimeout: each try has a bound of its own.
	FeaturePerTryTimeout Feature = "PerTryTimeout"
	// FeatureRetryBudget: what retries add to the load is bounded.
	FeatureRetryBudget Feature = "RetryBudget"
	// FeatureCircuitBreaker: pods that fail in a row are left alone for a while.
	FeatureCircuitBreaker Feature = "CircuitBreaker"
	// FeatureEncryption: callers without identity are refused by default.
	FeatureEncryption Feature = "Encryption"
	// FeatureBypass: ports that proxies do not touch.
	FeatureBypass Feature = "Bypass"
	// FeatureOpaquePorts: ports that carry bytes and no requests.
	FeatureOpaquePorts Feature = "OpaquePorts"
	// FeatureProxy: how proxies run.
	FeatureProxy Feature = "Proxy"
	// FeatureAccess: callers by identity and network.
	FeatureAccess Feature = "Access"
	// FeatureAccessRequests: access by method and path.
	FeatureAccessRequests Feature = "AccessRequests"
	// FeatureAccessAudit: access that logs what it would refuse.
	FeatureAccessAudit Feature = "AccessAudit"
	// FeatureEgressHosts: servers outside of the cluster by host, and no others, called by the pods themselves.
	FeatureEgressHosts Feature = "EgressHosts"
	// FeatureHosts and the others below are the edge's.
	FeatureHosts           Feature = "Hosts"
	FeatureTLS             Feature = "TLS"
	FeatureRedirect        Feature = "Redirect"
	FeatureStripPrefix     Feature = "StripPrefix"
	FeatureSecurityHeaders Feature = "SecurityHeaders"
	FeatureRateLimit       Feature = "RateLimit"
	// FeatureRouteMatches: routes by method and header besides the path.
	FeatureRouteMatches Feature = "RouteMatches"
	FeatureAllowFrom    Feature = "AllowFrom"
	FeatureMaxInFlight  Feature = "MaxInFlight"
	FeatureBasicAuth    Feature = "BasicAuth"
	FeatureForwardAuth  Feature = "ForwardAuth"
	FeatureBodyLimit    Feature = "BodyLimit"
	// FeatureRequestHeaders: headers of the request are set and removed.
	FeatureRequestHeaders Feature = "RequestHeaders"
	// FeatureEdgeTimeout: a bound on the time to the headers of the response.
	FeatureEdgeTimeout Feature = "EdgeTimeout"
	// FeatureEdgeRetry: requests that no pod took are sent again.
	FeatureEdgeRetry  Feature = "EdgeRetry"
	FeatureSticky     Feature = "Sticky"
	FeatureClientAuth Feature = "ClientAuth"
	// FeatureEgress: requests to servers outside of the cluster, over TLS.
	FeatureEgress Feature = "Egress"
	// FeatureCredential: a header whose value stands in no object is added to requests.
	FeatureCredential Feature = "Credential"
)

// FeatureSet is what a driver can express.
type FeatureSet map[Feature]bool

// Features makes a set.
func Features(features ...Feature) FeatureSet {
	set := make(FeatureSet, len(features))
	for _, f := range features {
		set[f] = true
	}
	return set
}
