package kube

import (
	"errors"
	"slices"
	"strconv"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"pgregory.net/rapid"

	"github.com/kubemate/kubemate/internal/model"
)

// A pod is matched exactly when no selector that is left out matches it.
func TestAllButMatchesTheRest(t *testing.T) {
	label := rapid.MapOfN(rapid.SampledFrom([]string{"a", "b", "c"}), rapid.SampledFrom([]string{"1", "2"}), 0, 3)
	rapid.Check(t, func(t *rapid.T) {
		except := rapid.SliceOfN(label.Filter(func(m map[string]string) bool { return len(m) > 0 }), 0, 3).Draw(t, "except")
		pod := labels.Set(label.Draw(t, "pod"))
		selectors, err := allBut(&model.Isolation{Except: except})
		if err != nil {
			t.Fatal(err)
		}
		want := !slices.ContainsFunc(except, func(s map[string]string) bool { return labels.SelectorFromSet(s).Matches(pod) })
		got := slices.ContainsFunc(selectors, func(s metav1.LabelSelector) bool {
			read, err := metav1.LabelSelectorAsSelector(&s)
			if err != nil {
				t.Fatal(err)
			}
			return read.Matches(pod)
		})
		if got != want {
			t.Fatalf("all but %v matches %v: %v, by %v", except, pod, got, selectors)
		}
	})
}

func TestServicesOfOneLabelTakeOneNetworkPolicy(t *testing.T) {
	isolation := &model.Isolation{}
	for i := range 500 {
		isolation.Except = append(isolation.Except, map[string]string{"app": "service-" + strconv.Itoa(i)})
	}
	selectors, err := allBut(isolation)
	if err != nil || len(selectors) != 1 {
		t.Fatalf("%d selectors, %v", len(selectors), err)
	}
}

func TestTooManySelectorsAreTheNamespacesProblem(t *testing.T) {
	isolation := &model.Isolation{Origin: model.Origin{Kind: "MeshPolicy", Name: "isolated", Path: "spec.network"}}
	for i := range 6 {
		isolation.Except = append(isolation.Except, map[string]string{"app" + strconv.Itoa(i): "a", "tier": strconv.Itoa(i)})
	}
	_, err := allBut(isolation)
	var problem model.Problem
	if !errors.As(err, &problem) || problem.Origin != isolation.Origin {
		t.Fatalf("%v", err)
	}
}
