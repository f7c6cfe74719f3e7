package load

import (
	discoveryv1 "k8s.io/api/discovery/v1"

	"github.com/kubemate/kubemate/internal/compose"
)

// CountEndpoints adds the slices up by Service. An endpoint whose readiness is unknown counts as ready, as the API says.
func CountEndpoints(slices []discoveryv1.EndpointSlice) map[string]compose.Endpoints {
	counts := map[string]compose.Endpoints{}
	for i := range slices {
		service, named := slices[i].Labels[discoveryv1.LabelServiceName]
		if !named {
			continue
		}
		count := counts[service]
		for _, endpoint := range slices[i].Endpoints {
			count.Total++
			if ready := endpoint.Conditions.Ready; ready == nil || *ready {
				count.Ready++
			}
		}
		counts[service] = count
	}
	return counts
}
