package phases

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/apply"
	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/config"
	"github.com/kubemate/kubemate/internal/driver/builtin"
	"github.com/kubemate/kubemate/internal/model"
	"github.com/kubemate/kubemate/internal/plan"
	"github.com/kubemate/kubemate/internal/release"
	"github.com/kubemate/kubemate/internal/status"
)

// replicas is what every variant wants.
const replicas = 4

// story is a release, the cluster around it, and a clock.
type story struct {
	release *v1alpha1.CanaryRelease
	now     time.Time
	drivers plan.Drivers
	// gateways of the operator's configuration.
	gateways map[string]model.Gateway
	// ready replicas of the variants.
	ready map[v1alpha1.VariantName]int32
	// verdict on every metric of every interval.
	verdict v1alpha1.Verdict
	// writesPend keeps the generated objects from being stored.
	writesPend bool
	killSwitch v1alpha1.KillSwitchScope
	pending    []release.Action
	due        *release.Due
	settle     time.Duration
	actions    int
	err        error
}

func newStory() (*story, error) {
	of, err := newRelease()
	if err != nil {
		return nil, err
	}
	cfg, err := config.Parse(nil)
	if err != nil {
		return nil, err
	}
	enabled := builtin.New(cfg)
	served := map[schema.GroupVersionKind]bool{}
	for _, kind := range enabled.Kinds() {
		served[kind] = true
	}
	gateways := map[string]model.Gateway{}
	for _, gateway := range cfg.Edge.Gateways {
		gateways[gateway.Name] = model.Gateway{Name: gateway.Name, HTTP: gateway.EntryPoints.HTTP, HTTPS: gateway.EntryPoints.HTTPS}
	}
	return &story{
		gateways: gateways,
		release:  of, now: Noon, drivers: enabled.Select(served, nil), verdict: v1alpha1.VerdictPass,
		ready: map[v1alpha1.VariantName]int32{"v1": replicas, "v2": replicas, "v3": replicas},
	}, nil
}

func (s *story) phase() v1alpha1.ReleasePhase { return s.release.Status.Phase }

// edit changes the spec.
func (s *story) edit(change func(*v1alpha1.CanaryReleaseSpec)) {
	change(&s.release.Spec)
	s.release.Generation++
}

// act has a person do something to the release, and looks at it.
func (s *story) act(verb v1alpha1.ReleaseVerb, step int32, actor, reason string) {
	s.actions++
	s.pending = append(s.pending, release.Action{
		UID: fmt.Sprintf("00000000-0000-0000-0000-%012d", s.actions), Verb: verb, Step: step, Actor: actor, Reason: reason,
		ReleaseUID: string(s.release.UID), Generation: s.release.Generation, At: s.now,
	})
	s.look()
	s.pending = nil
}

// run lets time pass, in steps of ten seconds.
func (s *story) run(length time.Duration) {
	s.look()
	for end := s.now.Add(length); s.now.Before(end) && s.err == nil; {
		s.later(10 * time.Second)
		s.look()
	}
}

func (s *story) later(length time.Duration) { s.now = s.now.Add(length) }

// look does what the controllers do until they have nothing more to do.
func (s *story) look() {
	for range 20 {
		before, err := json.Marshal(s.release.Status)
		if err != nil {
			s.err = err
			return
		}
		s.decide()
		s.program()
		after, err := json.Marshal(s.release.Status)
		if err != nil {
			s.err = err
			return
		}
		if string(before) == string(after) {
			return
		}
		if err := json.Unmarshal(after, &s.release.Status); err != nil { // as stored
			s.err = err
			return
		}
	}
	s.err = fmt.Errorf("the controllers do not come to rest: %s", s.release.Status.Explanation)
}

// decide does what the release controller does.
func (s *story) decide() {
	seen := release.Observation{Replicas: map[v1alpha1.VariantName]release.Replicas{}, Actions: s.pending, KillSwitch: s.killSwitch, Judged: s.judged()}
	for name, ready := range s.ready {
		seen.Replicas[name] = release.Replicas{Ready: ready, Wanted: replicas}
	}
	if programmed := s.release.Status.Programmed; programmed != nil {
		seen.Revision, seen.SettledAt = programmed.Revision, programmed.Since.Add(s.settle)
	}
	if accepted := s.condition(v1alpha1.ConditionAccepted); accepted != nil && accepted.Status == metav1.ConditionFalse {
		seen.Held = accepted.Message
	}
	intent := release.Intent{UID: string(s.release.UID), Generation: s.release.Generation, Spec: &s.release.Spec}
	decision := release.Decide(s.now, intent, s.release.Status.Release, seen)
	if decision.Changed {
		s.release.Status.Release = decision.State
	}
	s.due = decision.Due
}

func (s *story) condition(kind string) *metav1.Condition {
	for i := range s.release.Status.Conditions {
		if condition := &s.release.Status.Conditions[i]; condition.Type == kind && condition.ObservedGeneration == s.release.Generation {
			return condition
		}
	}
	return nil
}

// judged is the result of the analysis that is due, once its interval has ended.
func (s *story) judged() *release.Judged {
	due := s.due
	if due == nil || due.Until.After(s.now) {
		return nil
	}
	judged := &release.Judged{Revision: due.Revision, Generation: due.Generation, Step: due.Step, Interval: due.Interval, Until: due.Until}
	for _, metric := range due.Metrics {
		verdict := release.Verdict{Metric: metric.Name, Outcome: s.verdict}
		if metric.CompareTo != nil {
			verdict.CompareTo = *metric.CompareTo
		}
		switch s.verdict {
		case v1alpha1.VerdictPass:
			verdict.Value = map[string]string{"success-rate": "99.93", "latency-p99": "212ms"}[metric.Name]
		case v1alpha1.VerdictFail:
			verdict.Value = map[string]string{"success-rate": "96.1", "latency-p99": "1.8s"}[metric.Name]
		case v1alpha1.VerdictNoData:
			verdict.Message = "3 requests in 1m, fewer than 100"
		case v1alpha1.VerdictError:
			verdict.Message = "asking the metric source prometheus: connection refused"
		}
		judged.Verdicts = append(judged.Verdicts, verdict)
	}
	if s.verdict == v1alpha1.VerdictPass || s.verdict == v1alpha1.VerdictFail {
		judged.Observed = slices.Clone(s.release.Status.Release.Split) // each request where it was to go
	}
	return judged
}

// program does what the namespace controller does.
func (s *story) program() {
	snapshot := s.snapshot()
	planned := plan.Namespace(snapshot, s.drivers)
	results := map[string]apply.Result{}
	for _, group := range planned.Groups {
		result := apply.Result{State: apply.Done, Since: s.now}
		if s.writesPend {
			result = apply.Result{State: apply.Pending, Reason: v1alpha1.ReasonPending, Message: "writing", Since: s.now}
		}
		results[group.Key] = result
	}
	told := status.New(status.Input{Plan: planned, Results: results, Endpoints: snapshot.Endpoints, Now: s.now})
	s.settle = told.Settle(s.release)
	next := told.Release(s.release)
	next.Release = s.release.Status.Release
	s.release.Status = next
}

func (s *story) snapshot() compose.Snapshot {
	snapshot := compose.Snapshot{
		Namespace: "shop", Releases: []*v1alpha1.CanaryRelease{s.release}, Services: []*corev1.Service{service()},
		Endpoints: map[string]compose.Endpoints{},
	}
	for _, variant := range s.release.Spec.Variants {
		snapshot.Deployments = append(snapshot.Deployments, deployment(string(variant.Name), s.ready[variant.Name]))
		leaf := compose.LeafName("shop", "orders", string(variant.Name))
		snapshot.Endpoints[leaf] = compose.Endpoints{Ready: int(s.ready[variant.Name]), Total: replicas}
	}
	return snapshot
}

func service() *corev1.Service {
	svc := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "orders"}}
	svc.Spec.Selector = map[string]string{"app": "orders"}
	svc.Spec.Ports = []corev1.ServicePort{{Name: "http", Port: 8080, TargetPort: intstr.FromInt32(8080)}}
	return svc
}

func deployment(version string, ready int32) *appsv1.Deployment {
	labels := map[string]string{"app": "orders", "version": version}
	count := int32(replicas)
	made := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "orders-" + version}}
	made.Spec = appsv1.DeploymentSpec{Replicas: &count, Selector: &metav1.LabelSelector{MatchLabels: labels}}
	made.Spec.Template.Labels = labels
	made.Status = appsv1.DeploymentStatus{Replicas: count, ReadyReplicas: ready}
	return made
}
