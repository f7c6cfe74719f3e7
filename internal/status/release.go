package status

import (
	"strconv"
	"strings"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/apply"
	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/model"
	"github.com/kubemate/kubemate/internal/plan"
)

// Release is the status of a CanaryRelease.
func (n *Namespace) Release(release *v1alpha1.CanaryRelease) v1alpha1.CanaryReleaseStatus {
	origin := model.Origin{Kind: v1alpha1.KindCanaryRelease, Name: release.Name}
	next := v1alpha1.CanaryReleaseStatus{CommonStatus: n.common(origin, release.Generation, release.Status.CommonStatus, n.uncarried(release)...)}
	if n.refused(origin) {
		// Held: what stands is what was programmed last, and the spec that would explain it may be gone.
		next.Stable, next.Weights, next.Variants = release.Status.Stable, release.Status.Weights, release.Status.Variants
		return next
	}
	next.Stable = release.Spec.Stable
	next.Variants = n.variants(release, origin)
	next.Weights = weights(next.Variants)
	return next
}

// uncarried is the complaint that nothing carries the split: leaf Services alone send no request anywhere.
func (n *Namespace) uncarried(release *v1alpha1.CanaryRelease) []plan.Waiting {
	service := n.services[string(release.Spec.Service.Name)]
	if service == nil || service.Retain == nil || n.carried[service.Name] {
		return nil
	}
	return []plan.Waiting{{
		Reason: v1alpha1.ReasonDriverUnavailable,
		Message: "nothing carries the split of Service " + service.Name + ": no mesh that Kubemate can drive is installed, and no IngressProfile leads to it; " +
			"requests go to all pods of the Service as before",
	}}
}

func (n *Namespace) variants(release *v1alpha1.CanaryRelease, origin model.Origin) []v1alpha1.VariantStatus {
	wanted := wantedShares(release.Spec)
	programmed := n.programmedShares(release, origin)
	variants := make([]v1alpha1.VariantStatus, len(release.Spec.Variants))
	for i, variant := range release.Spec.Variants {
		service := compose.LeafName(release.Namespace, string(release.Spec.Service.Name), string(variant.Name))
		if variant.Service != nil {
			service = string(*variant.Service)
		}
		variants[i] = v1alpha1.VariantStatus{
			Name: variant.Name, Service: service, Wanted: wanted[i], Programmed: programmed(variant.Name, service),
			Ready: n.Endpoints[service].Ready > 0,
		}
	}
	return variants
}

// wantedShares are the shares that the spec asks for; stable takes all when nobody has a weight.
func wantedShares(spec v1alpha1.CanaryReleaseSpec) []string {
	weights := make([]int64, len(spec.Variants))
	var sum int64
	for i, variant := range spec.Variants {
		if variant.Weight != nil {
			weights[i] = int64(*variant.Weight)
			sum += weights[i]
		}
	}
	shares := make([]string, len(weights))
	for i := range weights {
		if sum == 0 {
			weights[i] = 0
			if spec.Variants[i].Name == spec.Stable {
				weights[i] = 1
			}
		}
		shares[i] = percent(weights[i], max(sum, 1))
	}
	return shares
}

// programmedShares are the shares that the generated objects give: those of the plan when they are stored, those of the old status while
// they are not.
func (n *Namespace) programmedShares(release *v1alpha1.CanaryRelease, origin model.Origin) func(v1alpha1.VariantName, string) string {
	service := n.services[string(release.Spec.Service.Name)]
	if service == nil || service.Retain == nil || !n.carried[service.Name] {
		return func(v1alpha1.VariantName, string) string { return "" }
	}
	if n.worst(origin).State != apply.Done {
		return func(name v1alpha1.VariantName, _ string) string { return oldShare(release.Status, name) }
	}
	split := service.Routes[len(service.Routes)-1].Split
	var sum int64
	for _, share := range split {
		sum += int64(share.Weight)
	}
	return func(_ v1alpha1.VariantName, backend string) string {
		for _, share := range split {
			if share.Backend == backend {
				return percent(int64(share.Weight), sum)
			}
		}
		return "0"
	}
}

func oldShare(old v1alpha1.CanaryReleaseStatus, name v1alpha1.VariantName) string {
	for _, variant := range old.Variants {
		if variant.Name == name {
			return variant.Programmed
		}
	}
	return ""
}

// weights sums the programmed shares up for people: "v1 90%, v2 10%".
func weights(variants []v1alpha1.VariantStatus) string {
	var parts []string
	for _, variant := range variants {
		if variant.Programmed != "" && variant.Programmed != "0" {
			parts = append(parts, string(variant.Name)+" "+variant.Programmed+"%")
		}
	}
	return strings.Join(parts, ", ")
}

// percent writes a share with at most two decimals, rounded.
func percent(part, whole int64) string {
	hundredths := (part*10000 + whole/2) / whole
	text := strconv.FormatInt(hundredths/100, 10)
	if rest := hundredths % 100; rest > 0 {
		text += "." + strings.TrimRight(strconv.FormatInt(100+rest, 10)[1:], "0")
	}
	return text
}
