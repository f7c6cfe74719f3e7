package controller

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/action"
	"github.com/kubemate/kubemate/internal/admission"
	"github.com/kubemate/kubemate/internal/config"
)

// standingGuards are policies as they stand in a cluster, and how often somebody looked.
type standingGuards struct {
	actions, fourEyes admission.Pair
	fails             error
	looks             int
}

func (g *standingGuards) Actions(context.Context) (admission.Pair, error) {
	g.looks++
	return g.actions, g.fails
}

func (g *standingGuards) FourEyes(context.Context) (admission.Pair, error) {
	return g.fourEyes, g.fails
}

// guarded are the policies as the chart installs them.
func guarded(t *testing.T, cfg config.Actions) *standingGuards {
	t.Helper()
	actions, err := admission.Actions(admission.SettingsOf(cfg, "operator"))
	if err != nil {
		t.Fatal(err)
	}
	fourEyes, err := admission.FourEyes()
	if err != nil {
		t.Fatal(err)
	}
	for _, object := range []client.Object{actions.Policy, actions.Binding, fourEyes.Policy, fourEyes.Binding} {
		object.SetGeneration(1)
	}
	return &standingGuards{actions: actions, fourEyes: fourEyes}
}

var fourEyes = config.Actions{FourEyes: config.FourEyes{Enabled: true, Groups: []string{"approvers"}}}

func opened(t *testing.T, cfg config.Actions, from guards) *desk {
	t.Helper()
	d, err := newDesk(t.Context(), cfg, "operator", from, noStatuses(), func() time.Time { return recorded })
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestFourEyesNeedTheirPolicyFromTheBeginning(t *testing.T) {
	standing := guarded(t, fourEyes)
	opened(t, fourEyes, standing)
	standing.fourEyes.Binding = nil
	_, err := newDesk(t.Context(), fourEyes, "operator", standing, noStatuses(), nil)
	if err == nil || !strings.Contains(err.Error(), "actions.fourEyes.enabled") || !strings.Contains(err.Error(), "MutatingAdmissionPolicyBinding canaryreleases.kubemate.io is missing") {
		t.Errorf("starts: %v", err)
	}
	opened(t, config.Actions{}, standing)
}

func TestPoliciesAreLookedAtForNewActionsOnly(t *testing.T) {
	a, standing := newArchive(), guarded(t, config.Actions{})
	d := opened(t, config.Actions{}, standing)
	actions := []*v1alpha1.ReleaseAction{a.action}
	pending, answers, err := d.judge(t.Context(), a.release, actions)
	if err != nil || len(pending) != 1 || len(answers) != 0 || standing.looks != 2 {
		t.Fatalf("pending %+v, answers %+v, looked %d times, %v", pending, answers, standing.looks, err)
	}
	a.release.Status.Release = &v1alpha1.ReleaseStatus{Actions: []v1alpha1.DecidedAction{{UID: "a-1"}}}
	if pending, _, err = d.judge(t.Context(), a.release, actions); err != nil || len(pending) != 1 || standing.looks != 2 {
		t.Errorf("pending %+v, looked %d times, %v", pending, standing.looks, err)
	}
}

func TestNothingIsDecidedWhileNobodyKnowsWhoVouches(t *testing.T) {
	a, standing := newArchive(), guarded(t, config.Actions{})
	d := opened(t, config.Actions{}, standing)
	standing.fails = errors.New("the API server is away")
	if pending, answers, err := d.judge(t.Context(), a.release, []*v1alpha1.ReleaseAction{a.action}); err == nil || len(pending)+len(answers) != 0 {
		t.Errorf("pending %+v, answers %+v, %v", pending, answers, err)
	}
}

func TestWithoutPolicyActionsAreIgnored(t *testing.T) {
	a := newArchive()
	d := opened(t, config.Actions{}, &standingGuards{})
	pending, answers, err := d.judge(t.Context(), a.release, []*v1alpha1.ReleaseAction{a.action})
	if err != nil || len(pending) != 0 || len(answers) != 1 || answers[0].Phase != v1alpha1.ActionIgnored {
		t.Errorf("pending %+v, answers %+v, %v", pending, answers, err)
	}
}

func TestAnActionIsAnsweredOnce(t *testing.T) {
	a := newArchive()
	d := opened(t, config.Actions{}, &standingGuards{})
	for _, message := range []string{"first", "second"} {
		if err := d.answer([]action.Answer{{Action: a.action, Phase: v1alpha1.ActionApplied, Message: message}}); err != nil {
			t.Fatal(err)
		}
	}
	status, _ := d.statuses.Newest(a.action)
	if got := status.(v1alpha1.ReleaseActionStatus).Message; got != "first" {
		t.Errorf("answered %q", got)
	}
}
