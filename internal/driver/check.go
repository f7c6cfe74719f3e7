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

// need is one feature that an intent asks for, and where.
type need struct {
	feature model.Feature
	origin  model.Origin
}

// CheckMesh reports what the mesh driver cannot express of a Service.
func CheckMesh(d MeshDriver, svc model.Service) model.Problems {
	return check(d, meshNeeds(svc))
}

// CheckInjection reports whether the mesh driver cannot inject.
func CheckInjection(d MeshDriver, injection *model.Injection) model.Problems {
	if injection == nil {
		return nil
	}
	return check(d, []need{{model.FeatureInjection, injection.Origin}})
}

// CheckEdge reports what the edge driver cannot express of an Edge.
func CheckEdge(d EdgeDriver, edge model.Edge) model.Problems {
	return check(d, edgeNeeds(edge))
}

func check(d Driver, needs []need) model.Problems {
	var problems model.Problems
	features := d.Features()
	seen := map[need]bool{}
	for _, n := range needs {
		if features[n.feature] || seen[n] {
			continue
		}
		seen[n] = true
		problems = append(problems, gap(d.Name(), n))
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
