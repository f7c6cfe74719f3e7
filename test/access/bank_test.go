package access

import (
	"net/netip"
	"os"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubemate/kubemate/internal/config"
	"github.com/kubemate/kubemate/internal/evaluate"
	"github.com/kubemate/kubemate/internal/manifest"
	"github.com/kubemate/kubemate/internal/plan"
)

// bank is the example of docs/mesh-policy-network.md.
const bank = "../../internal/plan/testdata/network-bank/input.yaml"

// The table of docs/mesh-policy-network.md, line by line.
func TestTheExampleOfTheDocumentsDoesWhatTheySay(t *testing.T) {
	users := usersOfTheBank(t)
	payment, other := meshed("payment", "payment-service", "10.244.1.1"), meshed("payment", "other", "10.244.1.2")
	get, post := evaluate.Request{Method: "GET", Path: "/api/v1/user/balance"}, evaluate.Request{Method: "POST", Path: "/api/v1/user/balance"}
	elsewhere := evaluate.Request{Method: "GET", Path: "/api/v1/user/limits"}
	kubelet := evaluate.Caller{Node: true, Address: netip.MustParseAddr(users.pod.Status.HostIP)}
	for sentence, one := range map[string]struct {
		from    evaluate.Caller
		port    int32
		request evaluate.Request
		want    evaluate.Outcome
	}{
		"payment-service reads a balance":                      {evaluate.Caller{Pod: payment}, 8080, get, evaluate.Delivered},
		"payment-service writes a balance":                     {evaluate.Caller{Pod: payment}, 8080, post, evaluate.Forbidden},
		"payment-service reads something else":                 {evaluate.Caller{Pod: payment}, 8080, elsewhere, evaluate.Forbidden},
		"another account of payment reads a balance":           {evaluate.Caller{Pod: other}, 8080, get, evaluate.Forbidden},
		"payment-service without a proxy reads a balance":      {evaluate.Caller{Pod: plain("payment", "payment-service", "10.244.1.1")}, 8080, get, evaluate.Forbidden},
		"payment-service calls the other port by its proxy":    {evaluate.Caller{Pod: payment}, 9000, get, evaluate.Forbidden},
		"payment-service calls the other port without a proxy": {evaluate.Caller{Pod: plain("payment", "payment-service", "10.244.1.1")}, 9000, get, evaluate.Dropped},
		"frontend reads a balance":                             {evaluate.Caller{Pod: meshed("frontend", "web", "10.244.2.1")}, 8080, get, evaluate.Dropped},
		"frontend without a proxy reads a balance":             {evaluate.Caller{Pod: plain("frontend", "web", "10.244.2.1")}, 8080, get, evaluate.Dropped},
		"a neighbour of users reads a balance":                 {evaluate.Caller{Pod: meshed("users", "other", "10.244.3.1")}, 8080, get, evaluate.Dropped},
		"somebody outside reads a balance":                     {evaluate.Caller{Address: netip.MustParseAddr("203.0.113.9")}, 8080, get, evaluate.Dropped},
		"the kubelet asks whether the pod is ready":            {kubelet, 8080, evaluate.Request{Method: "GET", Path: "/healthz"}, evaluate.Delivered},
		"the kubelet asks whether the pod lives":               {kubelet, 9000, evaluate.Request{Method: "GET", Path: "/livez"}, evaluate.Delivered},
		"the kubelet reads a balance":                          {kubelet, 8080, get, evaluate.Forbidden},
		"Prometheus reads the proxy's metrics":                 {evaluate.Caller{Pod: plain("linkerd-viz", "prometheus", "10.244.4.1")}, 4191, evaluate.Request{Method: "GET", Path: "/metrics"}, evaluate.Delivered},
		"frontend reads the proxy's metrics":                   {evaluate.Caller{Pod: plain("frontend", "web", "10.244.2.1")}, 4191, evaluate.Request{Method: "GET", Path: "/metrics"}, evaluate.Dropped},
	} {
		answer := users.world.May(evaluate.Call{From: one.from, To: users.pod, Port: one.port, Request: &one.request})
		if answer.Outcome != one.want {
			t.Errorf("%s: %s, not %s: %s", sentence, answer.Outcome, one.want, answer.Reason)
		}
	}
}

// guarded is a pod, and what decides about calls to it.
type guarded struct {
	pod   *corev1.Pod
	world *evaluate.World
}

func usersOfTheBank(t *testing.T) guarded {
	t.Helper()
	data, err := os.ReadFile(bank)
	if err != nil {
		t.Fatal(err)
	}
	known, err := manifest.ReadDefinitions()
	if err != nil {
		t.Fatal(err)
	}
	objects := manifest.Read(known, "users", manifest.Source{Name: bank, Data: data})
	snapshots := objects.Snapshots(manifest.Settings{})
	if len(objects.Problems) > 0 || len(snapshots) != 1 {
		t.Fatalf("%d namespaces, %v", len(snapshots), objects.Problems)
	}
	planned := plan.Namespace(snapshots[0].Snapshot, drivers(t, config.GenerationPolicy))
	if len(planned.Problems) > 0 {
		t.Fatal(planned.Problems)
	}
	pod := meshed("users", "users", "10.244.0.1")
	pod.Labels["app"], pod.Spec.Containers = "users", snapshots[0].Snapshot.Deployments[0].Spec.Template.Spec.Containers
	return guarded{pod, worldFor(t, planned)}
}
