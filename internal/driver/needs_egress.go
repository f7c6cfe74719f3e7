package driver

import "github.com/kubemate/kubemate/internal/model"

// egress asks for what a way out needs of a gateway.
func (a *asking) egress(egress *model.Egress) {
	a.wantAt(model.FeatureEgress, egress.Origin, "spec.partners", "")
	for i := range egress.Partners {
		partner := &egress.Partners[i]
		for j := range partner.Routes {
			route := &partner.Routes[j]
			a.edgeRoute(route, egress.Origin)
			if route.Upstream != nil && route.Upstream.Credential != nil {
				a.wantAt(model.FeatureCredential, egress.Origin, partner.YAMLPath, ".credential")
			}
		}
	}
}
