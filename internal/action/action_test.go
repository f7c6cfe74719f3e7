package action

import (
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/admission"
	"github.com/kubemate/kubemate/internal/release"
)

var (
	created = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	// inForce are guards that have seen everything, with four eyes; without are the same without.
	inForce = Guards{Actions: admission.Force{Since: created.Add(-time.Hour)}, FourEyes: &admission.Force{}}
	without = Guards{Actions: inForce.Actions}
)

// approval is alice's approval of step 2 of generation 7, which bob made.
func approval() (*v1alpha1.CanaryRelease, *v1alpha1.ReleaseAction) {
	step := int32(2)
	action := &v1alpha1.ReleaseAction{Spec: v1alpha1.ReleaseActionSpec{
		Release: "orders", ReleaseUID: "r-1", Generation: 7, Action: v1alpha1.VerbApprove, Step: &step, Actor: "alice", Reason: "CHG-7",
	}}
	action.UID, action.Generation, action.CreationTimestamp = "a-1", 1, metav1.NewTime(created)
	of := &v1alpha1.CanaryRelease{}
	of.Name, of.UID, of.Generation = "orders", "r-1", 7
	of.Annotations = map[string]string{v1alpha1.AnnotationChangedBy: "bob", v1alpha1.AnnotationChangedGeneration: "7"}
	return of, action
}

func TestJudge(t *testing.T) {
	weakened := Guards{Actions: admission.Force{Lacking: "the policy is missing"}, FourEyes: inForce.FourEyes}
	young := Guards{Actions: admission.Force{Since: created}, FourEyes: inForce.FourEyes}
	unstamped := Guards{Actions: inForce.Actions, FourEyes: &admission.Force{Lacking: "the stamp is missing"}}
	for name, test := range map[string]struct {
		guards Guards
		change func(of *v1alpha1.CanaryRelease, action *v1alpha1.ReleaseAction)
		phase  v1alpha1.ActionPhase // empty: to be decided on
		says   string
	}{
		"an approval by somebody else is decided on":                  {guards: inForce},
		"without the policy it is ignored":                            {weakened, nil, v1alpha1.ActionIgnored, "nobody vouches for spec.actor: the policy is missing"},
		"an action that is as old as the policy is ignored":           {young, nil, v1alpha1.ActionIgnored, "in force since 2026-11-22T12:00:00Z only"},
		"what was decided on is answered without the policy too":      {weakened, remember, "", ""},
		"an approval by the last person who changed it is refused":    {inForce, changedBy("alice", "7"), v1alpha1.ActionRefused, "alice is the last person who changed the release: somebody else must approve"},
		"without four eyes it is decided on":                          {without, changedBy("alice", "7"), "", ""},
		"a release without stamp is approved by nobody":               {inForce, changedBy("", ""), v1alpha1.ActionRefused, "nobody knows who made generation 7"},
		"nor one whose stamp is of another generation":                {inForce, changedBy("bob", "6"), v1alpha1.ActionRefused, "nobody knows who made generation 7"},
		"nor is any while changes are not stamped":                    {unstamped, nil, v1alpha1.ActionIgnored, "nobody says who changed the release last: the stamp is missing"},
		"whoever changed the release may abort it":                    {unstamped, abortedBySelf, "", ""},
		"an approval of an older generation is for the decision":      {inForce, older, "", ""},
		"an approval that is ahead of the release waits for it there": {inForce, ahead, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			of, action := approval()
			if test.change != nil {
				test.change(of, action)
			}
			pending, answers := Judge(of, []*v1alpha1.ReleaseAction{action}, test.guards)
			if test.phase == "" {
				if len(pending) != 1 || len(answers) != 0 {
					t.Fatalf("%d pending, answers %+v", len(pending), answers)
				}
				return
			}
			if len(pending) != 0 || len(answers) != 1 {
				t.Fatalf("pending %+v, %d answers", pending, len(answers))
			}
			if answers[0].Phase != test.phase || !strings.Contains(answers[0].Message, test.says) {
				t.Errorf("%s: %s", answers[0].Phase, answers[0].Message)
			}
		})
	}
}

func remember(of *v1alpha1.CanaryRelease, action *v1alpha1.ReleaseAction) {
	of.Status.Release = &v1alpha1.ReleaseStatus{Actions: []v1alpha1.DecidedAction{{UID: string(action.UID)}}}
}

func changedBy(user, generation string) func(*v1alpha1.CanaryRelease, *v1alpha1.ReleaseAction) {
	return func(of *v1alpha1.CanaryRelease, _ *v1alpha1.ReleaseAction) {
		of.Annotations = map[string]string{v1alpha1.AnnotationChangedBy: user, v1alpha1.AnnotationChangedGeneration: generation}
	}
}

func abortedBySelf(of *v1alpha1.CanaryRelease, action *v1alpha1.ReleaseAction) {
	changedBy("alice", "7")(of, action)
	action.Spec.Action, action.Spec.Step = v1alpha1.VerbAbort, nil
}

func older(of *v1alpha1.CanaryRelease, action *v1alpha1.ReleaseAction) {
	changedBy("alice", "7")(of, action)
	action.Spec.Generation = 6
}

func ahead(of *v1alpha1.CanaryRelease, action *v1alpha1.ReleaseAction) {
	changedBy("alice", "7")(of, action)
	action.Spec.Generation = 8
}

func TestWhatIsNotForTheReleaseIsLeftAlone(t *testing.T) {
	for name, change := range map[string]func(*v1alpha1.ReleaseAction){
		"an action for a release of the same name that is gone": func(a *v1alpha1.ReleaseAction) { a.Spec.ReleaseUID = "r-0" },
		"an action that has its answer":                         func(a *v1alpha1.ReleaseAction) { a.Status.Phase = v1alpha1.ActionApplied },
		"an action that goes with its namespace":                func(a *v1alpha1.ReleaseAction) { a.DeletionTimestamp = &metav1.Time{Time: created} },
	} {
		t.Run(name, func(t *testing.T) {
			of, action := approval()
			change(action)
			actions := []*v1alpha1.ReleaseAction{action}
			pending, answers := Judge(of, actions, inForce)
			if len(pending)+len(answers) != 0 || Open(of, actions) {
				t.Errorf("pending %+v, answers %+v", pending, answers)
			}
		})
	}
}

func TestOnlyWhatWasNotDecidedOnIsOpen(t *testing.T) {
	of, action := approval()
	if !Open(of, []*v1alpha1.ReleaseAction{action}) {
		t.Error("a new action is not open")
	}
	remember(of, action)
	if Open(of, []*v1alpha1.ReleaseAction{action}) {
		t.Error("an action that was decided on is open")
	}
}

func TestTheWholeActionReachesTheDecision(t *testing.T) {
	of, action := approval()
	pending, _ := Judge(of, []*v1alpha1.ReleaseAction{action}, inForce)
	want := release.Action{
		UID: "a-1", Verb: v1alpha1.VerbApprove, Step: 2, Actor: "alice", ReleaseUID: "r-1", Generation: 7, Reason: "CHG-7", At: created,
	}
	if len(pending) != 1 || pending[0] != want {
		t.Errorf("pending %+v", pending)
	}
}

func TestDecisionsAreAnswersToTheirActions(t *testing.T) {
	_, first := approval()
	_, second := approval()
	second.UID = "a-2"
	_, answered := approval()
	answered.UID, answered.Status.Phase = "a-3", v1alpha1.ActionRefused
	got := Decided([]*v1alpha1.ReleaseAction{first, second, answered}, []release.Answer{
		{UID: "a-2", Applied: true, Message: "done"}, {UID: "a-1", Message: "not now"}, {UID: "a-3", Applied: true}, {UID: "a-9", Applied: true},
	})
	if len(got) != 2 || got[0].Action != second || got[0].Phase != v1alpha1.ActionApplied || got[1].Phase != v1alpha1.ActionRefused || got[1].Message != "not now" {
		t.Fatalf("%+v", got)
	}
	now := created.Add(1500 * time.Millisecond)
	if status := got[0].Status(now); status.ObservedGeneration != 1 || status.Message != "done" || !status.At.Time.Equal(created.Add(time.Second)) {
		t.Errorf("%+v", status)
	}
}

func TestStray(t *testing.T) {
	present := func(uid types.UID, generation int64) *v1alpha1.CanaryRelease {
		of, _ := approval()
		of.UID, of.Generation = uid, generation
		return of
	}
	for name, test := range map[string]struct {
		of    *v1alpha1.CanaryRelease
		age   time.Duration
		phase v1alpha1.ActionPhase
		says  string
		again time.Duration
	}{
		"the release may not have arrived yet":           {nil, 29 * time.Second, "", "", time.Second},
		"nor may a younger one of the name":              {present("r-0", 9), 29 * time.Second, "", "", time.Second},
		"the release is gone":                            {nil, arrival, v1alpha1.ActionIgnored, "the release orders is gone", 0},
		"the release was deleted and created again":      {present("r-2", 1), arrival, v1alpha1.ActionIgnored, "another has its name", 0},
		"the release never had that generation":          {present("r-1", 6), arrival, v1alpha1.ActionRefused, "has no generation 7", 0},
		"the release takes it up":                        {present("r-1", 7), arrival, "", "", arrival},
		"the release takes up those of the past as well": {present("r-1", 8), arrival, "", "", arrival},
	} {
		t.Run(name, func(t *testing.T) {
			_, action := approval()
			answer, again := Stray(action, test.of, created.Add(test.age))
			if again != test.again || (answer == nil) != (test.phase == "") {
				t.Fatalf("answer %+v, again in %s", answer, again)
			}
			if answer != nil && (answer.Phase != test.phase || !strings.Contains(answer.Message, test.says)) {
				t.Errorf("%s: %s", answer.Phase, answer.Message)
			}
		})
	}
	_, answered := approval()
	answered.Status.Phase = v1alpha1.ActionApplied
	if answer, again := Stray(answered, nil, created.Add(time.Hour)); answer != nil || again != 0 {
		t.Errorf("an action with an answer is answered again: %+v", answer)
	}
}
