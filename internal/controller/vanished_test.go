package controller

import (
	"context"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/load"
)

// missingDefinition is the name of the definition that is gone, or empty.
type missingDefinition string

func (m *missingDefinition) MissingCRD(context.Context) (string, error) { return string(*m), nil }

func standingOf(origins string) *load.View {
	object := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Annotations: map[string]string{v1alpha1.AnnotationOrigins: origins}}}
	return &load.View{Snapshot: compose.Snapshot{Namespace: "shop"}, Live: load.Live{Objects: []client.Object{object}}}
}

func TestWhatFollowsFromAVanishedObjectWaits(t *testing.T) {
	now, crd := time.Unix(0, 0), missingDefinition("")
	v := newVanished(&crd, func() time.Time { return now })
	judge := func(view *load.View) ruling {
		t.Helper()
		judged, err := v.judge(t.Context(), view)
		if err != nil {
			t.Fatal(err)
		}
		return judged
	}
	gone := standingOf("CanaryRelease/orders")
	there := standingOf("CanaryRelease/orders")
	there.Releases = []*v1alpha1.CanaryRelease{{ObjectMeta: metav1.ObjectMeta{Name: "orders"}}}

	if judged := judge(there); len(judged.held) > 0 || judged.wait > 0 {
		t.Errorf("an object that is there is held: %+v", judged)
	}
	if judged := judge(gone); len(judged.held) != 1 || judged.wait != vanishedWait {
		t.Errorf("an object that has just gone is not held for %s: %+v", vanishedWait, judged)
	}
	now = now.Add(2 * time.Second)
	if judged := judge(gone); judged.wait != vanishedWait-2*time.Second {
		t.Errorf("the wait begins again with every look: %+v", judged)
	}
	now = now.Add(vanishedWait)
	if judged := judge(gone); len(judged.held) > 0 || judged.wait > 0 {
		t.Errorf("a deleted object is held for ever: %+v", judged)
	}
	if judged := judge(standingOf("Retained/orders")); len(judged.held) > 0 {
		t.Errorf("what a deleted release left behind is no vanished object: %+v", judged)
	}
}

func TestAMissingDefinitionFreezes(t *testing.T) {
	now, crd := time.Unix(0, 0), missingDefinition("meshpolicies.kubemate.io")
	v := newVanished(&crd, func() time.Time { return now })
	view := standingOf("MeshPolicy/strict")
	for range 3 {
		judged, err := v.judge(t.Context(), view)
		if err != nil || len(judged.held) != 1 || judged.missingCRD == "" {
			t.Fatalf("not frozen: %+v, %v", judged, err)
		}
		now = now.Add(time.Minute)
	}
	crd = ""
	judged, err := v.judge(t.Context(), view)
	if err != nil || len(judged.held) != 1 {
		t.Errorf("objects had no time to come back after the definition did: %+v, %v", judged, err)
	}
}
