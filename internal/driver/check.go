package driver

import (
	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// class is what happens to intent that a driver cannot express.
type class int

const (
	// protective: a gap refuses the object, so that nobody believes in a protection that is not there.
	protective class = iota
	// routing: a gap refuses the object, a release for mesh and edge alike.
	routing
	// advisory: the rest is applied and the gap is reported.
	advisory
)

// feature is what is known of a feature, whatever the driver.
type feature struct {
	class class
	// words say what an intent asks for that asks for the feature, for messages.
	words string
}

var features = map[model.Feature]feature{
	model.FeatureInjection:       {protective, "proxies put into new pods"},
	model.FeatureAccess:          {protective, "callers known by identity or network"},
	model.FeatureAccessRequests:  {protective, "access by method and path"},
	model.FeatureAccessAudit:     {protective, "access that logs what it would refuse"},
	model.FeatureEgressHosts:     {protective, "the only hosts outside of the cluster that pods may call"},
	model.FeatureEncryption:      {protective, "callers without identity refused"},
	model.FeatureOpaquePorts:     {routing, "ports that carry no requests"},
	model.FeatureBypass:          {advisory, "ports past the proxies"},
	model.FeatureProxy:           {advisory, "settings of proxies"},
	model.FeatureTLS:             {protective, "TLS of hosts"},
	model.FeatureRedirect:        {protective, "redirects from plain HTTP to TLS"},
	model.FeatureSecurityHeaders: {protective, "security headers of responses"},
	model.FeatureRateLimit:       {protective, "rate limits"},
	model.FeatureClientAuth:      {protective, "certificates of clients"},
	model.FeatureAllowFrom:       {protective, "clients by address"},
	model.FeatureMaxInFlight:     {protective, "a bound on the requests under way"},
	model.FeatureBasicAuth:       {protective, "users and passwords"},
	model.FeatureForwardAuth:     {protective, "a server that decides on each request"},
	model.FeatureBodyLimit:       {protective, "a bound on the size of requests"},
	model.FeatureRouteMatches:    {routing, "routes told apart by method and header"},
	model.FeatureRequestHeaders:  {routing, "headers of requests set and removed"},
	model.FeatureEdgeTimeout:     {routing, "a bound on the time to an answer"},
	model.FeatureEdgeRetry:       {routing, "requests that no pod took sent again"},
	model.FeatureSticky:          {routing, "clients that stay with a variant"},
	model.FeatureEgress:          {protective, "servers outside of the cluster, over TLS"},
	model.FeatureCredential:      {protective, "credentials that stand in no object"},
	model.FeatureWeights:         {routing, "splits by weight"},
	model.FeatureMatches:         {routing, "requests told apart by path, method, headers, cookies, query or gRPC call"},
	model.FeatureMatchQuery:      {routing, "requests told apart by query parameters"},
	model.FeatureHosts:           {routing, "hosts"},
	model.FeatureStripPrefix:     {routing, "a prefix taken from paths"},
	model.FeatureTimeout:         {advisory, "timeouts of requests"},
	model.FeatureRetry:           {advisory, "retries"},
	model.FeatureRetryLimit:      {advisory, "how often to retry"},
	model.FeatureRetryOn:         {advisory, "which responses to retry"},
	model.FeatureRetryGRPC:       {advisory, "statuses of gRPC to retry"},
	model.FeaturePerTryTimeout:   {advisory, "a timeout of each try"},
	model.FeatureRetryBudget:     {advisory, "a budget for retries"},
	model.FeatureCircuitBreaker:  {advisory, "circuit breakers"},
}

// Check knows what a driver can express. It is the one place where features are compared with intent.
type Check struct {
	driver   string
	features model.FeatureSet
}

// NewCheck asks a driver for its features, once.
func NewCheck(d Driver) Check { return Check{driver: d.Name(), features: d.Features()} }

// Service reports what a mesh driver cannot express of a Service.
func (c Check) Service(svc model.Service) model.Problems {
	asked := asking{features: c.features}
	asked.service(&svc)
	return c.gaps(asked.missing)
}

// Namespace reports what a mesh driver cannot express of the namespace as a whole: injection, and how its pods run.
func (c Check) Namespace(ns model.Namespace) model.Problems {
	asked := asking{features: c.features}
	asked.namespace(&ns)
	return c.gaps(asked.missing)
}

// Outside reports what a mesh driver cannot express of what pods may call outside of the cluster.
func (c Check) Outside(outside model.Outside) model.Problems {
	asked := asking{features: c.features}
	asked.want(model.FeatureEgressHosts, outside.Origin)
	return c.gaps(asked.missing)
}

// Template reports what a mesh driver cannot express of the pods of a Service's workloads.
func (c Check) Template(template model.Template) model.Problems {
	return c.Namespace(model.Namespace{Injection: template.Injection, Pods: template.Pods})
}

// Edge reports what an edge driver cannot express of an Edge.
func (c Check) Edge(edge model.Edge) model.Problems {
	asked := asking{features: c.features}
	asked.edge(&edge)
	return c.gaps(asked.missing)
}

// Egress reports what an edge driver cannot express of an Egress.
func (c Check) Egress(egress model.Egress) model.Problems {
	asked := asking{features: c.features}
	asked.egress(&egress)
	return c.gaps(asked.missing)
}

func (c Check) gaps(missing []need) model.Problems {
	if len(missing) == 0 {
		return nil
	}
	var problems model.Problems
	seen := map[need]bool{}
	for _, n := range missing {
		if !seen[n] {
			seen[n] = true
			problems = append(problems, gap(c.driver, n))
		}
	}
	problems.Sort()
	return problems
}

func gap(driverName string, n need) model.Problem {
	known := features[n.feature]
	lacks := "the driver " + driverName + " cannot express " + string(n.feature) + " (" + known.words + ")"
	if known.class == advisory {
		return model.Problem{Origin: n.origin, Reason: v1alpha1.ReasonPartiallySupported, Message: lacks + ", the rest is applied", Advisory: true}
	}
	return model.Problem{Origin: n.origin, Reason: v1alpha1.ReasonUnsupported, Message: lacks + "; leave it out or change the driver"}
}
