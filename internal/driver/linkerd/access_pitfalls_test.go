package linkerd

import (
	"testing"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/evaluate"
	"github.com/kubemate/kubemate/internal/model"
)

// worldFor renders one access of the Service orders by each generation, and takes the objects as Linkerd will see them.
func worldFor(t *testing.T, access model.Access, check func(t *testing.T, world *evaluate.World)) {
	t.Helper()
	access.Origin = model.Origin{Kind: "MeshPolicy", Name: "orders", Path: "spec.access"}
	ns := model.Namespace{Name: "shop", Services: []model.Service{{
		Name: "orders", Selector: map[string]string{"app": "orders"}, Access: []model.Access{access},
	}}}
	for name, d := range map[string]driver.MeshDriver{NamePolicy: Policy(Config{}), NameClassic: Classic(Config{})} {
		t.Run(name, func(t *testing.T) {
			out, err := d.Render(ns)
			if err != nil {
				t.Fatal(err)
			}
			objects := make([]client.Object, len(out.Objects))
			for i := range out.Objects {
				objects[i] = out.Objects[i].Object
			}
			world, err := evaluate.New(objects, evaluate.Cluster{Acceptance: evaluate.AcceptedAlways})
			if err != nil {
				t.Fatal(err)
			}
			check(t, world)
		})
	}
}

// linkerd2 10775: a proxy that is told to expect HTTP/2 refuses the kubelet, which speaks HTTP/1.
func TestProbesByHTTP1PassOnPortsOfHTTP2(t *testing.T) {
	access := model.Access{Port: model.TargetPort{Number: 8080}, Protocol: model.ProtocolH2C, Probes: []model.Probe{{Path: "/healthz"}}}
	worldFor(t, access, func(t *testing.T, world *evaluate.World) {
		answer := world.May(evaluate.Call{
			From: evaluate.Caller{Node: true}, To: guardedPod(&access), Port: 8080, Request: &evaluate.Request{Method: "GET", Path: "/healthz"},
		})
		if !answer.Allowed() {
			t.Error(answer.Reason)
		}
	})
}
