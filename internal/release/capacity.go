package release

import (
	"fmt"
	"strings"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// lacking says which variants have too few ready replicas for a split. Only a share that rises is looked at, and never stable's: what goes back
// to stable asks nobody. Empty: there are enough.
//
// Enough is, by default, in proportion to what carried everything so far: the replicas that stable wanted when the rollout started, times the share, rounded
// up. A variant that was given fewer pods than that is not ready for the traffic however healthy they are. With capacity AllReady a variant is
// ready when all the replicas are that it wants itself: an autoscaler wants more only once the traffic comes.
func (m *machine) lacking(split []v1alpha1.ReleaseShare) string {
	now := m.current()
	stable := m.stable()
	var parts []string
	for _, part := range split {
		if part.Variant == stable || part.Share <= share(now, part.Variant) {
			continue
		}
		replicas := m.seen.Replicas[part.Variant]
		if needed := m.needed(part, replicas); replicas.Ready < needed {
			parts = append(parts, fmt.Sprintf("%s has %d of %d ready replicas that %s need", part.Variant, replicas.Ready, needed, percent(part.Share)))
		}
	}
	return strings.Join(parts, "; ")
}

// needed is how many ready replicas a share needs, at least one.
func (m *machine) needed(part v1alpha1.ReleaseShare, replicas Replicas) int32 {
	if m.spec.Rollout.Capacity == v1alpha1.CapacityAllReady {
		return max(replicas.Wanted, 1)
	}
	needed := (int64(part.Share)*int64(m.state.StableReplicas) + whole - 1) / whole
	return max(int32(needed), 1)
}

// waitForCapacity says what the next step waits for.
func (m *machine) waitForCapacity(lacking string) {
	already := m.state.Reason == v1alpha1.ReasonInsufficientCapacity
	m.run(v1alpha1.ReasonInsufficientCapacity, lacking)
	if !already {
		m.note(kubemate, v1alpha1.ReasonInsufficientCapacity, lacking, nil)
	}
}
