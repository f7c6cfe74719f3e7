package compose

import (
	"strings"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// KillSwitchOn says whether the labels of a Namespace have the kill switch on. Whoever sets it is in a hurry: every value does it but those that
// say the opposite.
func KillSwitchOn(labels map[string]string) bool {
	value, set := labels[v1alpha1.LabelKillSwitch]
	return set && !strings.EqualFold(value, "off") && !strings.EqualFold(value, "false")
}

// switched is a release as it is to be composed: while the kill switch is on, as if it had been decided that everything goes to stable. The
// decision itself comes a moment later and is what stays when the switch is lifted.
func (c *composer) switched(release *v1alpha1.CanaryRelease) *v1alpha1.CanaryRelease {
	if c.snapshot.KillSwitch == "" {
		return release
	}
	decision := v1alpha1.ReleaseStatus{}
	if release.Status.Release != nil {
		decision = *release.Status.Release
	}
	decision.ObservedGeneration = release.Generation
	decision.Split = []v1alpha1.ReleaseShare{{Variant: Stable(release), Share: 1000}}
	decision.Matches = v1alpha1.ReleaseMatches{Hold: v1alpha1.MatchesNone}
	stopped := *release
	stopped.Status.Release = &decision
	return &stopped
}

// stop sends a held split to stable while the kill switch is on: it passes through a hold (architecture.md, 3). The spec cannot be asked what
// stable is, so the split that stands says it, as for a release that is gone.
func (c *composer) stop(release *v1alpha1.CanaryRelease, origin model.Origin) {
	retain, stands := c.snapshot.Retained[string(release.Spec.Service.Name)]
	if c.snapshot.KillSwitch == "" || !stands {
		return
	}
	if _, problem := c.routableService(retain.Service); problem != "" {
		return
	}
	if c.retain(retain, origin); c.byName[retain.Service].table != nil {
		c.stopped = append(c.stopped, retain.Service)
	}
}
