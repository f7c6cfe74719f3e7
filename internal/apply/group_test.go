package apply

import (
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/load"
	"github.com/kubemate/kubemate/internal/plan"
)

// TestWhatIsDigestedAgain is about plans that share groups with earlier ones.
func TestWhatIsDigestedAgain(t *testing.T) {
	group := orders("a")
	label := plan.GroupLabel(group.Key)
	submit := func(earlier *submission, live load.Live, groups ...plan.Group) *submission {
		t.Helper()
		made, err := newSubmission(plan.Plan{Namespace: shop, Groups: groups}, live, earlier)
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	first := submit(nil, load.Live{}, group)

	second := submit(first, load.Live{}, group)
	if &first.groups[label].objects[0] != &second.groups[label].objects[0] {
		t.Error("a group that both plans have was digested again")
	}
	if first.groups[label].version != second.groups[label].version {
		t.Error("it has another version")
	}
	if first.groups[label] == second.groups[label] {
		t.Error("both submissions note what they find out in one group")
	}

	third := submit(second, load.Live{}, orders("b"))
	if third.groups[label].version == second.groups[label].version {
		t.Error("a group that has changed keeps its version")
	}
	longer := group
	longer.Objects = append(slices.Clip(group.Objects), orders("c").Objects[1])
	if got := submit(second, load.Live{}, longer); len(got.groups[label].objects) != 3 {
		t.Errorf("a group that has grown holds %d objects, want 3", len(got.groups[label].objects))
	}
}

// TestAWithdrawalIsNotRemembered has a submission take annotations back from a Service, and the next one not.
func TestAWithdrawalIsNotRemembered(t *testing.T) {
	group := orders("a")
	label := plan.GroupLabel(group.Key)
	carrying := &corev1.Service{ObjectMeta: metav1.ObjectMeta{
		Namespace: shop, Name: "orders", Annotations: map[string]string{v1alpha1.AnnotationBorrowed: "a", "a": "b"},
	}}
	carrying.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("Service"))
	var made [3]*submission
	for i, borrowers := range [][]client.Object{nil, {carrying}, nil} {
		var err error
		if made[i], err = newSubmission(plan.Plan{Namespace: shop, Groups: []plan.Group{group}}, load.Live{Borrowers: borrowers}, made[max(0, i-1)]); err != nil {
			t.Fatal(err)
		}
	}
	for i, want := range []int{0, 1, 0} {
		if got := len(made[i].groups[label].loans); got != want {
			t.Errorf("submission %d withdraws %d times, want %d", i, got, want)
		}
	}
	if made[0].groups[label].version != made[2].groups[label].version {
		t.Error("the version still tells of the withdrawal")
	}
}
