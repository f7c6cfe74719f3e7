package releases

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/cli/paint"
	"github.com/kubemate/kubemate/internal/driver/drivertest/golden"
	"github.com/kubemate/kubemate/test/phases"
)

func find(t *testing.T, name string) phases.Moment {
	t.Helper()
	moment, err := phases.Find(moments(t), name)
	if err != nil {
		t.Fatal(err)
	}
	return moment
}

func TestForecasts(t *testing.T) {
	for _, test := range []struct {
		moment, verb string
		step         int32
		want         string
	}{
		{"awaiting-approval", "approve", 2, "step 2 of 3 is approved, and once it is over comes step 3, v2 100%"},
		{"progressing", "promote", 1, "step 1 of 3 is held and judged no longer, and now comes step 2, v2 25%"},
		{"awaiting-approval", "promote", 2, "step 2 of 3 is held and judged no longer; it still needs an approval, then comes step 3, v2 100%"},
		{"progressing", "promote", 3, "step 3 of 3 is held and judged no longer, and now comes the end of the rollout"},
		{"progressing", "pause", 0, "the rollout stops where it is, and requests stay shared as they are until it is resumed or aborted"},
		{"paused", "resume", 0, "the rollout goes on where it stopped"},
		{"stopped", "resume", 0, "the weights of the spec take effect"},
		{"progressing", "abort", 0, "all requests go to v1 (stable), and the rollout ends"},
		{"succeeded", "abort", 0, "all requests go to v2 (stable), and the rollout ends"},
		{"rolled-back", "retry", 0, "the rollout to v2 starts again at step 1 (5%)"},
	} {
		t.Run(test.verb+" when "+test.moment, func(t *testing.T) {
			if got := verbOf(t, test.verb).forecast(outlook{release: find(t, test.moment).Release, step: test.step}); got != test.want {
				t.Errorf("%s\nwant %s", got, test.want)
			}
		})
	}
}

func verbOf(t *testing.T, name string) verb {
	t.Helper()
	for _, one := range verbs {
		if one.name == name {
			return one
		}
	}
	t.Fatalf("there is no verb %s", name)
	return verb{}
}

func TestTheStepThatAnActIsBoundTo(t *testing.T) {
	waiting, over := find(t, "awaiting-approval").Release, find(t, "aborted").Release
	for name, test := range map[string]struct {
		release *v1alpha1.CanaryRelease
		verb    string
		asked   int32
		want    int32 // 0: none
		err     string
	}{
		"an approval is of the present step":   {waiting, "approve", 0, 2, ""},
		"or of the step that was named":        {waiting, "approve", 1, 1, ""},
		"a pause is of none":                   {waiting, "pause", 0, 0, ""},
		"without a rollout nothing is at hand": {over, "promote", 0, 0, "the release is at no step of a rollout (phase RolledBack), so there is nothing to promote"},
	} {
		t.Run(name, func(t *testing.T) {
			step, err := verbOf(t, test.verb).stepToBind(test.release, test.asked)
			if test.err != "" {
				if err == nil || err.Error() != test.err {
					t.Errorf("%v", err)
				}
				return
			}
			if err != nil || (step == nil) != (test.want == 0) || step != nil && *step != test.want {
				t.Errorf("%v %v", step, err)
			}
		})
	}
}

func TestNamesOfActionsFit(t *testing.T) {
	for _, release := range []string{"orders", strings.Repeat("o", 63), strings.Repeat("o.", 126) + "o", strings.Repeat("o", 49) + ".o"} {
		prefix := actionPrefix(release, "approve")
		if !strings.HasSuffix(prefix, "-approve-") || len(prefix) > 58 || strings.Contains(prefix, ".-") {
			t.Errorf("%s: %s", release, prefix)
		}
	}
}

func TestRefusalsOfTheAPIServer(t *testing.T) {
	resource := schema.GroupResource{Group: v1alpha1.GroupName, Resource: "releaseactions"}
	const before = "ValidatingAdmissionPolicy 'releaseactions.kubemate.io' with binding 'releaseactions.kubemate.io' denied request: "
	action := &v1alpha1.ReleaseAction{}
	action.Namespace = "shop"
	for name, test := range map[string]struct {
		err  error
		want string
	}{
		"the policy speaks for itself": {
			apierrors.NewForbidden(resource, "orders-approve-", errors.New(before+"only bob may")), "the API server refused the action: only bob may",
		},
		"a missing reason is told by the flag": {
			apierrors.NewForbidden(resource, "orders-approve-", errors.New(before+"say in spec.reason why")),
			"the API server refused the action: say in spec.reason why; use --reason",
		},
		"a missing role is told as it is": {
			apierrors.NewForbidden(resource, "", errors.New("no")), `you may not act on releases in namespace shop: releaseactions.kubemate.io is forbidden: no`,
		},
		"whatever else": {errors.New("connection refused"), "creating the action: connection refused"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := refusalOf(test.err, action).Error(); got != test.want {
				t.Errorf("%s\nwant %s", got, test.want)
			}
		})
	}
}

func TestLinesOfAStory(t *testing.T) {
	var out bytes.Buffer
	now := phases.Noon
	view := &lineView{out: &out, now: func() time.Time { return now }}
	for _, name := range []string{"nobody-has-looked-yet", "progressing-being-programmed", "progressing", "progressing", "awaiting-approval", "succeeded"} {
		moment := find(t, name)
		now = moment.At
		if err := view.change(moment.Release); err != nil {
			t.Fatal(err)
		}
	}
	golden.Check(t, "testdata/lines.txt", out.String())
}

func TestTreesOfOtherTerminals(t *testing.T) {
	moment := find(t, "rolled-back")
	colored := func(with paint.Color, text string) string { return "<" + string(with) + ">" + text + "</>" }
	for name, view := range map[string]*treeView{
		"ascii":   {marks: asciiGlyphs, paint: paint.None, history: 1},
		"colored": {marks: unicodeGlyphs, paint: colored, history: 1},
	} {
		var out bytes.Buffer
		view.out, view.now = &out, func() time.Time { return moment.At }
		if err := view.change(moment.Release); err != nil {
			t.Fatal(err)
		}
		golden.Check(t, "testdata/terminal-"+name+".txt", out.String())
	}
}

func TestATreeIsDrawnAgainWhenItsClocksMove(t *testing.T) {
	var out bytes.Buffer
	moment := find(t, "progressing")
	now := moment.At
	view := &treeView{out: &out, now: func() time.Time { return now }, marks: unicodeGlyphs, paint: paint.None, redraw: true}
	for range 3 {
		if err := view.change(moment.Release); err != nil {
			t.Fatal(err)
		}
	}
	now = now.Add(time.Second)
	if err := view.tick(); err != nil {
		t.Fatal(err)
	}
	if drawn := strings.Count(out.String(), clearScreen); drawn != 2 {
		t.Errorf("drawn %d times", drawn)
	}
	if !strings.Contains(out.String(), "5m30s left") || !strings.Contains(out.String(), "5m29s left") {
		t.Error("the hold does not count down")
	}
}

func TestGlyphs(t *testing.T) {
	for name, test := range map[string]struct {
		env  map[string]string
		want glyphs
	}{
		"a locale of UTF-8":             {map[string]string{"LANG": "zh_CN.UTF-8", "TERM": "xterm"}, unicodeGlyphs},
		"another spelling":              {map[string]string{"LC_ALL": "en_US.utf8"}, unicodeGlyphs},
		"the C locale goes before":      {map[string]string{"LC_ALL": "C", "LANG": "en_US.UTF-8"}, asciiGlyphs},
		"no locale":                     {nil, asciiGlyphs},
		"a terminal that knows nothing": {map[string]string{"LANG": "en_US.UTF-8", "TERM": "dumb"}, asciiGlyphs},
	} {
		if got := glyphsFor(func(name string) string { return test.env[name] }); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
