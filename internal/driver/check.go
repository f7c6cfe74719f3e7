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
	// routing: a gap refuses the release, for mesh and edge alike.
	routing
	// advisory: the rest is applied and the gap is reported.
	advisory
)

var classes = map[model.Feature]class{
	model.FeatureInjection:       protective,
	model.FeatureAccess:          protective,
	model.FeatureAccessRequests:  protective,
	model.FeatureTLS:             protective,
	model.FeatureRedirect:        protective,
	model.FeatureSecurityHeaders: protective,
	model.FeatureRateLimit:       protective,
	model.FeatureWeights:         routing,
	model.FeatureMatches:         routing,
	model.FeatureMatchQuery:      routing,
	model.FeatureHosts:           routing,
	model.FeatureStripPrefix:     routing,
	model.FeatureTimeout:         advisory,
	model.FeatureRetry:           advisory,
	model.FeatureRetryLimit:      advisory,
	model.FeatureRetryOn:         advisory,
	model.FeatureRetryGRPC:       advisory,
	model.FeaturePerTryTimeout:   advisory,
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

// Injection reports whether a mesh driver cannot inject. Nil asks for nothing.
func (c Check) Injection(injection *model.Injection) model.Problems {
	asked := asking{features: c.features}
	if injection != nil {
		asked.want(model.FeatureInjection, injection.Origin)
	}
	return c.gaps(asked.missing)
}

// Edge reports what an edge driver cannot express of an Edge.
func (c Check) Edge(edge model.Edge) model.Problems {
	asked := asking{features: c.features}
	asked.edge(&edge)
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
	problem := model.Problem{
		Origin: n.origin, Reason: v1alpha1.ReasonUnsupported,
		Message: "the driver " + driverName + " cannot express " + string(n.feature) + "; leave it out or change the driver",
	}
	if classes[n.feature] == advisory {
		problem.Advisory = true
		problem.Reason = v1alpha1.ReasonPartiallySupported
		problem.Message = "the driver " + driverName + " cannot express " + string(n.feature) + ", the rest is applied"
	}
	return problem
}
