package status

import (
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/apply"
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/model"
	"github.com/kubemate/kubemate/internal/plan"
)

func TestWhatAGatewaySaysIsInProgrammed(t *testing.T) {
	shop := model.Origin{Kind: v1alpha1.KindIngressProfile, Name: "shop"}
	in := func(verified Verified) Input {
		return Input{
			Now:      noon,
			Plan:     plan.Plan{Groups: []plan.Group{{Key: "profile.shop", Objects: []driver.Object{{Origins: []model.Origin{shop}}}}}},
			Results:  map[string]apply.Result{"profile.shop": {State: apply.Done}},
			Verified: map[model.Origin]Verified{shop: verified},
		}
	}
	of := func(generation int64, before v1alpha1.IngressProfileStatus) *v1alpha1.IngressProfile {
		return &v1alpha1.IngressProfile{ObjectMeta: metav1.ObjectMeta{Name: "shop", Generation: generation}, Status: before}
	}
	refused := New(in(Verified{Message: "no"})).Profile(of(1, v1alpha1.IngressProfileStatus{}))
	pending := in(Verified{Message: "no"})
	pending.Results = nil
	for name, test := range map[string]struct {
		in         Input
		of         *v1alpha1.IngressProfile
		programmed string
		message    string
	}{
		"all is served":                             {in(Verified{}), of(1, v1alpha1.IngressProfileStatus{}), "Stored", ""},
		"nobody knows yet":                          {in(Verified{Unknown: true}), of(1, v1alpha1.IngressProfileStatus{}), "Stored", ""},
		"something is refused":                      {in(Verified{Message: "no"}), of(1, v1alpha1.IngressProfileStatus{}), "!NotServed", "no"},
		"what is not stored yet says nothing else":  {pending, of(1, v1alpha1.IngressProfileStatus{}), "!Pending", ""},
		"it was refused, and nobody knows any more": {in(Verified{Unknown: true}), of(1, refused), "!NotServed", "no"},
		"it was refused before the last edit":       {in(Verified{Unknown: true}), of(2, refused), "Stored", ""},
		"it was refused, and is served":             {in(Verified{}), of(1, refused), "Stored", ""},
		"it is refused for another reason":          {in(Verified{Message: "never", Unknown: true}), of(1, refused), "!NotServed", "never"},
	} {
		t.Run(name, func(t *testing.T) {
			got := New(test.in).Profile(test.of)
			if reason := reasonOf(got.Conditions, v1alpha1.ConditionProgrammed); reason != test.programmed {
				t.Errorf("Programmed is %s, want %s", reason, test.programmed)
			}
			ready := meta.FindStatusCondition(got.Conditions, v1alpha1.ConditionReady)
			if refused := test.message != ""; refused && ready.Message != test.message || (ready.Status == metav1.ConditionFalse) != (test.programmed[0] == '!') {
				t.Errorf("Ready is %+v", ready)
			}
		})
	}
}
