package kube_test

import (
	"testing"

	"github.com/kubemate/kubemate/internal/driver/drivertest"
	"github.com/kubemate/kubemate/internal/driver/drivertest/golden"
	"github.com/kubemate/kubemate/internal/driver/kube"
	"github.com/kubemate/kubemate/internal/model"
)

func reached() model.Namespace {
	return drivertest.Reached(drivertest.PartnerRoute("acquirer", func(*model.EdgeRoute) {}))
}

func TestWaysOutKeepTheContract(t *testing.T) {
	// The driver is not asked whether it can: names and NetworkPolicies follow from a way out, as leaves do from splits.
	ns := reached()
	out, err := kube.Driver(kube.Config{}).Render(ns)
	if err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "testdata/egress.yaml", drivertest.YAML(out))
	again, err := kube.Driver(kube.Config{}).Render(ns)
	if err != nil || drivertest.YAML(again) != drivertest.YAML(out) {
		t.Errorf("the same input gave another output (%v)", err)
	}
}

func TestOtherWaysOutStayOpenUnlessAsked(t *testing.T) {
	ns := reached()
	ns.Egresses[0].Confine = nil
	out, err := kube.Driver(kube.Config{}).Render(ns)
	if err != nil {
		t.Fatal(err)
	}
	for _, object := range out.Objects {
		if object.GetObjectKind().GroupVersionKind().Kind != "Service" {
			t.Errorf("%s is written", object.GetName())
		}
	}
}
