package plan

import (
	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/model"
)

// Carried are the Services whose split some object of the plan carries.
func (p Plan) Carried() map[string]bool { return carried(p.Groups) }

func carried(groups []Group) map[string]bool {
	services := map[string]bool{}
	for i := range groups {
		for _, object := range groups[i].Objects {
			if object.Retain != nil {
				services[object.Retain.Service] = true
			}
		}
	}
	return services
}

// awaitCarriers adds the releases whose split nothing carries to those that wait: leaf Services alone send no request anywhere. Releases that
// wait for something else already keep that reason.
func awaitCarriers(composed compose.Result, groups []Group) map[model.Origin]Waiting {
	waiting, carried := composed.Waiting, carried(groups)
	for i := range composed.Model.Services {
		service := &composed.Model.Services[i]
		if service.Retain == nil || carried[service.Name] {
			continue
		}
		for _, origin := range service.Origins() {
			release := origin.Object()
			if _, waits := waiting[release]; waits || release.Kind != v1alpha1.KindCanaryRelease {
				continue
			}
			waiting[release] = Waiting{
				Reason: v1alpha1.ReasonDriverUnavailable,
				Message: "nothing carries the split of Service " + service.Name + ": no mesh that Kubemate can drive is installed, and no IngressProfile leads to it; " +
					"requests go to all pods of the Service as before",
			}
		}
	}
	return waiting
}
