// Package phases tells what becomes of a release, by the operator's own code: the custom resource with its status at every phase. Tests of what
// people and other programs read of a status begin here, so that they cannot speak of statuses that never are.
package phases

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// Moment is a release at a moment.
type Moment struct {
	// Name of the moment, in words with hyphens.
	Name string
	// Release with its status.
	Release *v1alpha1.CanaryRelease
	// At is the time of the moment.
	At time.Time
}

// Noon is when all stories begin.
var Noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

const manifest = `
apiVersion: kubemate.io/v1alpha1
kind: CanaryRelease
metadata: {name: orders, namespace: shop, uid: 0f8fad5b-d9cb-469f-a165-70867728950e, generation: 1, creationTimestamp: "2026-11-22T11:50:00Z"}
spec:
  service: {name: orders, ports: [8080]}
  variants:
  - {name: v1, deployment: orders-v1, weight: 9}
  - {name: v2, deployment: orders-v2}
  - {name: v3, deployment: orders-v3, weight: 1}
  stable: v1
  matches:
  - to: v2
    any:
    - {headers: [{name: x-canary, value: "1"}], path: {prefix: /api}}
    - {grpc: {service: bank.Orders, method: Place}}
  rollout:
    to: v2
    steps:
    - {weight: 5, hold: 10m}
    - {weight: 25, hold: 10m, approval: true}
    - {weight: 100}
    analysis:
      interval: 1m
      failureLimit: 2
      minRequests: 100
      metrics:
      - {name: success-rate, min: "99.5"}
      - {name: latency-p99, max: 500ms}
      - {name: success-rate, compareTo: Stable, maxDrop: "0.5"}
`

// newRelease reads the release that all stories begin with.
func newRelease() (*v1alpha1.CanaryRelease, error) {
	release := &v1alpha1.CanaryRelease{}
	if err := yaml.UnmarshalStrict([]byte(manifest), release); err != nil {
		return nil, fmt.Errorf("reading the release of the stories: %w", err)
	}
	release.Status.ObservedGeneration = -1 // as the API server sets it
	return release, nil
}

// Releases are all moments, each the end of a story of its own. The releases are the caller's.
func Releases() ([]Moment, error) {
	told, err := tellAll()
	moments := make([]Moment, len(told))
	for i, moment := range told {
		moment.Release = moment.Release.DeepCopy()
		moments[i] = moment
	}
	return moments, err
}

// tellAll tells all stories, once.
var tellAll = sync.OnceValues(func() ([]Moment, error) {
	var moments []Moment
	for _, tale := range tales {
		s, err := newStory()
		if err != nil {
			return nil, err
		}
		tale.tell(s)
		if s.err != nil {
			return nil, fmt.Errorf("%s: %w", tale.name, s.err)
		}
		if tale.phase != s.phase() {
			return nil, fmt.Errorf("%s: the story ends in phase %q, not %q: %s", tale.name, s.phase(), tale.phase, s.release.Status.Explanation)
		}
		moments = append(moments, Moment{Name: tale.name, Release: s.release, At: s.now})
	}
	return moments, nil
})

// tale leads to a moment in a phase.
type tale struct {
	name  string
	phase v1alpha1.ReleasePhase
	tell  func(*story)
}

var tales = []tale{
	{"nobody-has-looked-yet", "", func(*story) {}},
	{"manual", v1alpha1.PhaseManual, func(s *story) { s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.Rollout = nil }); s.look() }},
	{"manual-refused", v1alpha1.PhaseManual, func(s *story) {
		s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.Rollout, spec.Service.Name = nil, "nowhere" })
		s.look()
	}},
	{"progressing-being-programmed", v1alpha1.PhaseProgressing, func(s *story) { s.writesPend = true; s.run(10 * time.Second) }},
	{"progressing", v1alpha1.PhaseProgressing, func(s *story) { s.run(4*time.Minute + 30*time.Second) }},
	{"progressing-no-data", v1alpha1.PhaseProgressing, func(s *story) {
		s.verdict = v1alpha1.VerdictNoData
		s.run(12 * time.Minute)
	}},
	{"progressing-insufficient-capacity", v1alpha1.PhaseProgressing, func(s *story) {
		s.ready["v2"] = 1
		s.run(25 * time.Minute)
		s.act(v1alpha1.VerbApprove, 2, "bob", "CHG-7")
		s.run(time.Minute)
	}},
	{"progressing-edited", v1alpha1.PhaseProgressing, func(s *story) {
		s.run(3 * time.Minute)
		s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.Rollout.Steps = spec.Rollout.Steps[1:] })
	}},
	{"progressing-refused", v1alpha1.PhaseProgressing, func(s *story) {
		s.run(3 * time.Minute)
		s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.Service.Name = "nowhere" })
		s.run(time.Minute)
	}},
	{"retargeting", v1alpha1.PhaseRetargeting, func(s *story) {
		s.run(3 * time.Minute)
		s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.Rollout.To = "v3" })
		s.writesPend = true
		s.look()
	}},
	{"awaiting-approval", v1alpha1.PhaseAwaitingApproval, func(s *story) { s.run(25 * time.Minute) }},
	{"approved-for-another-generation", v1alpha1.PhaseAwaitingApproval, func(s *story) {
		s.run(15 * time.Minute)
		s.act(v1alpha1.VerbApprove, 2, "bob", "CHG-7")
		s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.Suspend = false })
		s.run(15 * time.Minute)
	}},
	{"paused", v1alpha1.PhasePaused, func(s *story) {
		s.run(4 * time.Minute)
		s.act(v1alpha1.VerbPause, 0, "alice", "network maintenance")
		s.run(time.Minute)
	}},
	{"paused-by-errors", v1alpha1.PhasePaused, func(s *story) {
		s.run(3 * time.Minute)
		s.verdict = v1alpha1.VerdictError
		s.run(8 * time.Minute)
	}},
	{"suspended", v1alpha1.PhaseSuspended, func(s *story) {
		s.run(4 * time.Minute)
		s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.Suspend = true })
		s.run(time.Minute)
	}},
	{"succeeded", v1alpha1.PhaseSucceeded, func(s *story) {
		s.run(25 * time.Minute)
		s.act(v1alpha1.VerbApprove, 2, "bob", "CHG-7")
		s.run(5 * time.Minute)
	}},
	{"rolled-back", v1alpha1.PhaseRolledBack, func(s *story) {
		s.run(13 * time.Minute)
		s.verdict = v1alpha1.VerdictFail
		s.run(5 * time.Minute)
	}},
	{"aborted", v1alpha1.PhaseRolledBack, func(s *story) {
		s.run(4 * time.Minute)
		s.act(v1alpha1.VerbAbort, 0, "alice", "errors in payments")
		s.act(v1alpha1.VerbResume, 0, "alice", "")
		s.run(time.Minute)
	}},
	{"stopped", v1alpha1.PhaseStopped, func(s *story) {
		s.edit(func(spec *v1alpha1.CanaryReleaseSpec) { spec.Rollout = nil })
		s.look()
		s.killSwitch = v1alpha1.KillSwitchNamespace
		s.run(time.Minute)
	}},
}

// Find is the moment of the name.
func Find(moments []Moment, name string) (Moment, error) {
	var names []string
	for _, moment := range moments {
		if moment.Name == name {
			return moment, nil
		}
		names = append(names, moment.Name)
	}
	return Moment{}, fmt.Errorf("there is no moment %s among %s", name, strings.Join(names, ", "))
}
