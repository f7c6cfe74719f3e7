package compose

import (
	"strings"
	"testing"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

func TestClaims(t *testing.T) {
	older := model.Origin{Kind: v1alpha1.KindMeshPolicy, Name: "older", Path: "spec.access"}
	younger := model.Origin{Kind: v1alpha1.KindMeshPolicy, Name: "younger", Path: "spec.access"}
	thing := claimed{"access of Service", "orders"}
	for name, test := range map[string]struct {
		second model.Origin
		thing  claimed
		won    bool
		reason string
		words  []string
	}{
		"the first wins, the second is told who":     {younger, thing, false, v1alpha1.ReasonConflicted, []string{"access of Service orders", "MeshPolicy/older"}},
		"the same object twice is its own mistake":   {at(older, "spec.other"), thing, false, v1alpha1.ReasonInvalid, []string{"twice", "spec.access"}},
		"another aspect is free":                     {younger, claimed{"resilience of Service", "orders"}, true, "", nil},
		"the same aspect of another Service is free": {younger, claimed{"access of Service", "users"}, true, "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			owners := claims{}
			if _, won := owners.claim(thing, older); !won {
				t.Fatal("the first did not win")
			}
			problem, won := owners.claim(test.thing, test.second)
			if won != test.won || problem.Reason != test.reason {
				t.Errorf("won %v reason %q, want %v %q", won, problem.Reason, test.won, test.reason)
			}
			for _, words := range test.words {
				if !strings.Contains(problem.Message, words) {
					t.Errorf("the message does not say %q: %s", words, problem.Message)
				}
			}
		})
	}
}
