package kube_test

import (
	"testing"

	networkingv1 "k8s.io/api/networking/v1"

	"github.com/kubemate/kubemate/internal/driver/drivertest"
	"github.com/kubemate/kubemate/internal/driver/drivertest/golden"
	"github.com/kubemate/kubemate/internal/driver/kube"
)

func TestWaysOutAreClosedByPortAndNetwork(t *testing.T) {
	out, err := kube.Driver(config).Render(drivertest.Outside())
	if err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "testdata/outside.yaml", drivertest.YAML(out))
	for _, object := range out.Objects {
		if !object.Late || !object.Guards {
			t.Errorf("%s is written before the mesh knows the hosts", object.GetName())
		}
	}
}

func TestWithoutHostsNoPodGetsPastTheNetworks(t *testing.T) {
	ns := drivertest.Outside()
	ns.Outside.Hosts = nil
	out, err := kube.Driver(config).Render(ns)
	if err != nil {
		t.Fatal(err)
	}
	for _, object := range out.Objects {
		rules := object.Object.(*networkingv1.NetworkPolicy).Spec.Egress
		if len(rules) != 1+len(ns.Outside.Networks) {
			t.Errorf("%s has %d rules", object.GetName(), len(rules))
		}
		for _, rule := range rules {
			if len(rule.To) == 0 || rule.To[0].IPBlock != nil && len(rule.Ports) == 0 {
				t.Errorf("%s opens too much: %+v", object.GetName(), rule)
			}
		}
	}
}
