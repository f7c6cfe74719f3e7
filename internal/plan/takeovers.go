package plan

import (
	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/model"
)

// takenOver tells whoever wants routes or a breaker of a Service that callers go by an object of somebody else instead.
func takenOver(snapshot compose.Snapshot, services []model.Service, mesh driver.MeshDriver) model.Problems {
	if _, yields := mesh.(driver.Yielding); !yields || len(snapshot.Takeovers) == 0 {
		return nil
	}
	var problems model.Problems
	for i := range services {
		for _, taken := range snapshot.Takeovers {
			if taken.Service != services[i].Name {
				continue
			}
			for _, origin := range routing(&services[i]) {
				problems = append(problems, model.Problem{Origin: origin, Reason: v1alpha1.ReasonTakenOver, Advisory: true, Message: explainTakeover(taken)})
			}
		}
	}
	return problems
}

// routing are those who want something of a Service that a takeover hides, without places.
func routing(svc *model.Service) []model.Origin {
	var origins []model.Origin
	for i := range svc.Routes {
		origins = append(origins, svc.Routes[i].Origins...)
	}
	if svc.Breaker != nil {
		origins = append(origins, svc.Breaker.Origin)
	}
	return model.SortOrigins(origins)
}

func explainTakeover(taken model.Takeover) string {
	callers := "all callers of Service " + taken.Service
	if taken.Callers != "" {
		callers = "callers of Service " + taken.Service + " in namespace " + taken.Callers
	}
	return "the " + taken.Object + ", which is not Kubemate's, has routes or overrides: " + callers +
		" go by it, and by no split, timeout, retry or circuit breaker of here; remove it, and then restart the callers, which keep to it as long as they send requests without a pause"
}
