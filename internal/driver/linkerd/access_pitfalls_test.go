package linkerd

import (
	"testing"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/evaluate"
	"github.com/kubemate/kubemate/internal/model"
)

// worldOf renders one access of the Service orders, and takes the objects as Linkerd will see them.
func worldOf(t *testing.T, d driver.MeshDriver, access model.Access) *evaluate.World {
	t.Helper()
	access.Origin = model.Origin{Kind: "MeshPolicy", Name: "orders", Path: "spec.access"}
	out, err := d.Render(model.Namespace{Name: "shop", Services: []model.Service{{
		Name: "orders", Selector: map[string]string{"app": "orders"}, Access: []model.Access{access},
	}}})
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
	return world
}

// A proxy looks at the grants of a Server and its audit in no order: what is granted on the Server alone would be logged now and then.
func TestAuditLogsNoCallThatIsGranted(t *testing.T) {
	shop := model.Client{Kind: model.ClientServiceAccount, Namespace: "web", Name: "shop"}
	access := model.Access{
		Port: model.TargetPort{Number: 8080}, Mode: model.AccessAudit, Grants: []model.Grant{{Clients: []model.Client{shop}, Path: "spec.access.rules[0]"}},
	}
	world := worldOf(t, Policy(Config{}), access)
	for account, want := range map[string]evaluate.Audit{"shop": evaluate.Unaudited, "other": evaluate.Audited} {
		call := evaluate.Call{From: evaluate.Caller{Pod: meshedPod("web", account)}, To: guardedPod(&access), Port: 8080, Request: &evaluate.Request{Method: "GET", Path: "/a"}}
		if answer := world.May(call); !answer.Allowed() || answer.Audit != want {
			t.Errorf("%s: audit %q, want %q: %s", account, answer.Audit, want, answer.Reason)
		}
	}
}

// linkerd2 10775: a proxy that is told to expect HTTP/2 refuses the kubelet, which speaks HTTP/1.
func TestProbesByHTTP1PassOnPortsOfHTTP2(t *testing.T) {
	access := model.Access{Port: model.TargetPort{Number: 8080}, Protocol: model.ProtocolH2C, Probes: []model.Probe{{Path: "/healthz"}}}
	for _, d := range []driver.MeshDriver{Policy(Config{}), Classic(Config{})} {
		answer := worldOf(t, d, access).May(evaluate.Call{
			From: evaluate.Caller{Node: true}, To: guardedPod(&access), Port: 8080, Request: &evaluate.Request{Method: "GET", Path: "/healthz"},
		})
		if !answer.Allowed() {
			t.Errorf("%s: %s", d.Name(), answer.Reason)
		}
	}
}
