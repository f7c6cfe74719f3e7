package controller

import (
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/internal/apply"
	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1beta3"
	"github.com/kubemate/kubemate/internal/load"
)

func TestAGuardOfOthersHasItsNamespaceReconciled(t *testing.T) {
	before := &v1beta3.Server{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "legacy", ResourceVersion: "1", Generation: 1}}
	after := before.DeepCopy()
	after.ResourceVersion, after.Generation = "2", 2
	relabelled := before.DeepCopy()
	relabelled.ResourceVersion = "3"
	for name, test := range map[string]struct {
		happens func(generated)
		want    bool
	}{
		"it appears":         {func(g generated) { g.OnAdd(before, false) }, true},
		"it was there":       {func(g generated) { g.OnAdd(before, true) }, false},
		"it changes":         {func(g generated) { g.OnUpdate(before, after) }, true},
		"its status changes": {func(g generated) { g.OnUpdate(before, relabelled) }, false},
		"it goes":            {func(g generated) { g.OnDelete(before) }, true},
	} {
		t.Run(name, func(t *testing.T) {
			to := &feed{}
			test.happens(generated{v1beta3.GroupVersion.WithKind("Server"), apply.NewEngine(apply.Options{Now: time.Now}), &load.Reader{}, to})
			if got := to.early[request("shop")]; got != test.want {
				t.Errorf("reconciled: %v", got)
			}
		})
	}
}
