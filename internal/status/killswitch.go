package status

import (
	"slices"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// stopped says that the kill switch took a release to stable although it is held. Empty: it did not, or could not.
func (n *Namespace) stopped(release *v1alpha1.CanaryRelease) string {
	service := string(release.Spec.Service.Name)
	if !slices.Contains(n.Plan.Stopped, service) || slices.Contains(n.Plan.HeldSplits, service) {
		return ""
	}
	return "not accepted, and the kill switch is on: all requests go to stable, and stay there when it is off"
}

// atStable are the variants of a held release as they were when it was last accepted, with what the kill switch gives them.
func (n *Namespace) atStable(release *v1alpha1.CanaryRelease, origin model.Origin) []v1alpha1.VariantStatus {
	variants := slices.Clone(release.Status.Variants)
	programmed := n.programmedShares(release, origin)
	for i := range variants {
		variants[i].Programmed = programmed(variants[i].Name, variants[i].Service)
	}
	return variants
}
