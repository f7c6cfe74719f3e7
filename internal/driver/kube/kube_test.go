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
	drivertest.Contract(t, kube.Driver(kube.Config{}), drivertest.Case{Name: "the variants of a release have leaves", Namespace: leaves()})
}

func TestLeavesRepeatTheApex(t *testing.T) {
	out, err := kube.Driver(kube.Config{}).Render(leaves())
	if err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "testdata/leaves.yaml", drivertest.YAML(out))
}

// isolated is a namespace where packets pass to some pods.
func isolated() model.Namespace {
	origins := []model.Origin{{Kind: "MeshPolicy", Name: "isolated"}, {Kind: "MeshPolicy", Name: "users"}}
	return model.Namespace{Name: "shop", Isolations: []model.Isolation{
		{
			Service: "users", Selector: map[string]string{"app": "users"}, Origin: origins[1], Origins: origins[1:],
			Passages: []model.Passage{
				{Peers: []model.Peer{{CIDR: "10.1.0.0/16"}, {Namespace: "payment"}}, Targets: []model.TargetPort{{Number: 9090}, {Name: "http"}}},
				{Peers: []model.Peer{{Namespace: "ops"}}, Ranges: []model.PortRange{{First: 1, Last: 1}, {First: 2000, Last: 2010}}},
				{Targets: []model.TargetPort{{Number: 8443}}},
			},
		},
		{
			Except: []map[string]string{{"app": "users"}, {"app": "a", "tier": "b"}}, Origin: origins[0], Origins: origins,
			Passages: []model.Passage{{Peers: []model.Peer{{Namespace: "shop"}}}},
		},
	}}
}

var config = kube.Config{ProxyPort: 4143, MetricsNamespaces: []string{"linkerd-viz"}, MetricsPorts: []int32{4191}, MeshedLabel: "mesh.example/proxy"}

func TestIsolationKeepsTheContract(t *testing.T) {
	drivertest.Contract(t, kube.Driver(config), drivertest.Case{Name: "a Service and its namespace are isolated", Namespace: isolated()})
}

func TestIsolationIsWrittenAsNetworkPolicies(t *testing.T) {
	for name, config := range map[string]kube.Config{"mesh": config, "plain": {}} {
		out, err := kube.Driver(config).Render(isolated())
		if err != nil {
			t.Fatal(err)
		}
		golden.Check(t, "testdata/isolation-"+name+".yaml", drivertest.YAML(out))
	}
}
