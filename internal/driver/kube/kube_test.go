package kube_test

import (
	"testing"

	"github.com/kubemate/kubemate/internal/driver/drivertest"
	"github.com/kubemate/kubemate/internal/driver/drivertest/golden"
	"github.com/kubemate/kubemate/internal/driver/kube"
	"github.com/kubemate/kubemate/internal/model"
)

// leaves is a namespace with the leaves of one release.
func leaves() model.Namespace {
	leaf := func(variant string) model.Leaf {
		return model.Leaf{
			Name: "orders-" + variant, Apex: "orders", Selector: map[string]string{"app": "orders", "version": variant},
			Ports: []model.Port{
				{Name: "http", Number: 80, Target: model.TargetPort{Name: "web"}, AppProtocol: "http", Protocol: model.ProtocolHTTP},
				{Name: "metrics", Number: 9090, Target: model.TargetPort{Number: 9090}},
			},
			Origin: model.Origin{Kind: "CanaryRelease", Name: "orders", Path: "spec.variants[0]"},
		}
	}
	second := leaf("v2")
	second.InternalTrafficPolicy, second.PublishNotReady = "Local", true
	return model.Namespace{Name: "shop", Services: []model.Service{{Name: "orders", Leaves: []model.Leaf{leaf("v1"), second}}}}
}

func TestDriverKeepsTheContract(t *testing.T) {
	drivertest.Contract(t, kube.Driver(), drivertest.Case{Name: "the variants of a release have leaves", Namespace: leaves()})
}

func TestLeavesRepeatTheApex(t *testing.T) {
	out, err := kube.Driver().Render(leaves())
	if err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "testdata/leaves.yaml", drivertest.YAML(out))
}
