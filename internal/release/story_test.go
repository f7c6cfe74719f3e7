package release

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// began is when all stories begin.
var began = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// story is a release, the cluster around it and its clock. Every decision of a story goes through what a status goes through: it is written as JSON
// and read back.
type story struct {
	*WithT
	t     *testing.T
	now   time.Time
	spec  *v1alpha1.CanaryReleaseSpec
	gen   int64
	hands bool
	state *v1alpha1.ReleaseStatus
	seen  Observation
	// last is the last decision.
	last    Decision
	actions int
	// edges are the transitions that were made.
	edges map[edge]int
}

// newStory is a release of three variants at generation 1: v1 is stable with weight 90, v3 has weight 10, and v2 is the target of 5, 25 and 100 per
// cent; the first step is held for ten minutes, the second needs an approval. All variants want ten replicas and have them.
func newStory(t *testing.T) *story {
	weight := func(w int32) *int32 { return &w }
	ten := Replicas{Ready: 10, Wanted: 10}
	return &story{
		WithT: NewWithT(t), t: t, now: began, gen: 1, edges: map[edge]int{},
		spec: &v1alpha1.CanaryReleaseSpec{
			Variants: []v1alpha1.Variant{{Name: "v1", Weight: weight(90)}, {Name: "v2"}, {Name: "v3", Weight: weight(10)}},
			Stable:   "v1",
			Rollout:  &v1alpha1.Rollout{To: "v2", Steps: steps("5 10m", "25 approval", "100")},
		},
		seen: Observation{Replicas: map[v1alpha1.VariantName]Replicas{"v1": ten, "v2": ten, "v3": ten}},
	}
}

// steps writes steps briefly: "25 10m approval".
func steps(texts ...string) []v1alpha1.RolloutStep {
	list := make([]v1alpha1.RolloutStep, len(texts))
	for i, text := range texts {
		var weight, second, third string
		fmt.Sscan(text, &weight, &second, &third)
		list[i].Weight = intstr.Parse(weight)
		for _, word := range []string{second, third} {
			switch word {
			case "":
			case "approval":
				list[i].Approval = true
			default:
				hold := v1alpha1.LongDuration(word)
				list[i].Hold = &hold
			}
		}
	}
	return list
}

func (s *story) intent() Intent {
	return Intent{UID: "uid-1", Generation: s.gen, Spec: s.spec, HandsOff: s.hands}
}

// decide makes a decision, writes it, and checks what is true of every decision.
func (s *story) decide() Decision {
	s.t.Helper()
	before := s.state.DeepCopy()
	d := Decide(s.now, s.intent(), s.state, s.seen)
	s.Expect(s.state).To(Equal(before), "a decision changes no argument")
	s.Expect(d.Changed || len(d.Transitions) == 0).To(BeTrue(), "a transition is written")
	addEdges(s.edges, s.state, d)
	s.Expect(unknown(s.edges)).To(BeEmpty(), "every transition is in the table")
	if d.Changed {
		s.check(d.State)
		s.state = throughJSON(s, d.State)
		again := Decide(s.now, s.intent(), s.state, s.seen)
		s.Expect(again.Changed).To(BeFalse(), "deciding again at the same moment changes nothing: %s", asJSON(again.State))
	}
	s.last = d
	return d
}

// check is what holds of every state.
func (s *story) check(state *v1alpha1.ReleaseStatus) {
	s.t.Helper()
	sum, names := int32(0), map[v1alpha1.VariantName]bool{}
	for _, part := range state.Split {
		s.Expect(names).NotTo(HaveKey(part.Variant), "I1: no variant twice")
		s.Expect(part.Share).To(BeNumerically(">", 0), "I1: no empty share")
		names[part.Variant] = true
		sum += part.Share
	}
	if len(state.Split) > 0 {
		s.Expect(sum).To(BeEquivalentTo(whole), "I1: a split is whole")
	}
	s.Expect(state.Since.IsZero()).To(BeFalse())
	s.Expect(state.Reason).NotTo(BeEmpty())
}

func throughJSON(s *story, state *v1alpha1.ReleaseStatus) *v1alpha1.ReleaseStatus {
	if state == nil {
		return nil
	}
	var out v1alpha1.ReleaseStatus
	s.Expect(json.Unmarshal([]byte(asJSON(state)), &out)).To(Succeed())
	return &out
}

func asJSON(value any) string {
	content, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return string(content)
}

// program makes the last decision settled in mesh and edge now.
func (s *story) program() { s.seen.Revision, s.seen.SettledAt = s.state.Revision, s.now }

// settle programs the decision and decides.
func (s *story) settle() Decision {
	s.t.Helper()
	s.program()
	return s.decide()
}

// after lets time pass and decides.
func (s *story) after(d time.Duration) Decision {
	s.t.Helper()
	s.now = s.now.Add(d)
	return s.decide()
}

// edit changes the spec and decides.
func (s *story) edit(change func(*v1alpha1.CanaryReleaseSpec)) Decision {
	s.t.Helper()
	s.spec = s.spec.DeepCopy()
	change(s.spec)
	s.gen++
	return s.decide()
}

// act has alice do something to the release as it is, and decides. Step is of Approve and Promote.
func (s *story) act(verb v1alpha1.ReleaseVerb, step ...int32) Answer {
	s.t.Helper()
	action := s.action(verb)
	if len(step) > 0 {
		action.Step = step[0]
	}
	return s.do(action)
}

// action is what alice may do next.
func (s *story) action(verb v1alpha1.ReleaseVerb) Action {
	s.actions++
	return Action{
		UID: fmt.Sprintf("action-%03d", s.actions), Verb: verb, Actor: "alice", ReleaseUID: "uid-1", Generation: s.gen, Reason: "CHG-7", At: s.now.Truncate(time.Second),
	}
}

// do decides on an action, which stays there as actions do.
func (s *story) do(action Action) Answer {
	s.t.Helper()
	s.seen.Actions = append(s.seen.Actions, action)
	for _, answer := range s.decide().Answers {
		if answer.UID == action.UID {
			return answer
		}
	}
	return Answer{}
}

// analyse has success-rate and latency-p99 judged each minute.
func (s *story) analyse(change ...func(*v1alpha1.Analysis)) {
	minimum, maximum := v1alpha1.MetricValue("99.5"), v1alpha1.MetricValue("500ms")
	s.spec.Rollout.Analysis = &v1alpha1.Analysis{
		Interval: "1m", Metrics: []v1alpha1.Metric{{Name: "success-rate", Min: &minimum}, {Name: "latency-p99", Max: &maximum}},
	}
	for _, c := range change {
		c(s.spec.Rollout.Analysis)
	}
}

// judge lets time pass until the next interval is over, and has all metrics end in the outcome.
func (s *story) judge(outcome v1alpha1.Verdict) Decision {
	s.t.Helper()
	due := s.last.Due
	s.Expect(due).NotTo(BeNil(), "an analysis is due")
	if due.Until.After(s.now) {
		s.now = due.Until
		s.decide()
	}
	s.seen.Judged = verdicts(s.last.Due, outcome)
	return s.decide()
}

func verdicts(due *Due, outcome v1alpha1.Verdict) *Judged {
	judged := &Judged{Revision: due.Revision, Generation: due.Generation, Step: due.Step, Interval: due.Interval, Until: due.Until}
	for _, metric := range due.Metrics {
		verdict := Verdict{Metric: metric.Name, Outcome: outcome, Value: "42", Query: "query of " + metric.Name}
		if metric.CompareTo != nil {
			verdict.CompareTo = *metric.CompareTo
		}
		if outcome != v1alpha1.VerdictPass {
			verdict.Message = "it is not as it should be"
		}
		judged.Verdicts = append(judged.Verdicts, verdict)
	}
	return judged
}

// split is where requests go.
func (s *story) split() string {
	if s.state == nil || len(s.state.Split) == 0 {
		return "by hand"
	}
	return splitText(s.state.Split)
}

// at says that the release is in a phase, for a reason.
func (s *story) at(phase v1alpha1.ReleasePhase, reason string) {
	s.t.Helper()
	s.Expect(s.state).NotTo(BeNil(), "something is decided")
	s.Expect(string(s.state.Phase) + " " + s.state.Reason).To(Equal(string(phase) + " " + reason))
}

// reasons are those of the last decision's transitions.
func (s *story) reasons() []string {
	reasons := make([]string, 0, len(s.last.Transitions))
	for _, line := range s.last.Transitions {
		reasons = append(reasons, line.Reason)
	}
	return reasons
}

// stories runs each with a new release.
func stories(t *testing.T, all map[string]func(s *story)) {
	for name, run := range all {
		t.Run(name, func(t *testing.T) { run(newStory(t)) })
	}
}

// Where the stories begin.

// atStep1 is at 5 per cent, programmed.
func (s *story) atStep1() {
	s.t.Helper()
	s.decide()
	s.settle()
	s.Expect(s.split()).To(Equal("v1 85.5%, v2 5%, v3 9.5%"))
}

// atStep2 is at 25 per cent, programmed and waiting for its approval.
func (s *story) atStep2() {
	s.t.Helper()
	s.atStep1()
	s.after(10 * time.Minute)
	s.settle()
	s.Expect(s.split()).To(Equal("v1 67.5%, v2 25%, v3 7.5%"))
}

// over ends the rollout at 100 per cent.
func (s *story) succeeded() {
	s.t.Helper()
	s.atStep2()
	s.act(v1alpha1.VerbApprove, 2)
	s.settle()
	s.at(v1alpha1.PhaseSucceeded, v1alpha1.ReasonSucceeded)
	s.program()
}

func (s *story) rolledBack() {
	s.t.Helper()
	s.atStep1()
	s.act(v1alpha1.VerbAbort)
	s.at(v1alpha1.PhaseRolledBack, v1alpha1.ReasonAborted)
	s.program()
}

// byHand is a release without a rollout.
func (s *story) byHand() {
	s.spec.Rollout = nil
	s.decide()
	s.Expect(s.state).To(BeNil(), "weights by hand need no decision")
}
