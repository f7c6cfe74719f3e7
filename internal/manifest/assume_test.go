package manifest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubemate/kubemate/internal/compose"
)

func TestWhatFilesLackIsAssumedAndSaid(t *testing.T) {
	objects := read(t, release+`---
apiVersion: kubemate.io/v1alpha1
kind: IngressProfile
metadata: {name: shop}
spec:
  hosts: [shop.example]
  routes:
  - {to: {service: orders, port: 8080}}
---
apiVersion: kubemate.io/v1alpha1
kind: MeshPolicy
metadata: {name: users}
spec:
  target: {kind: Service, name: users}
  resilience: {timeout: 2s}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: orders-v1}
spec:
  selector: {matchLabels: {app: orders, version: v1}}
  template: {metadata: {labels: {app: orders, version: v1}}}
`)
	objects.AssumeReferenced()
	namespace := objects.Snapshots(Settings{})[0]
	want := []string{
		"Deployment orders-v2 exists, with pods labelled app=orders,version=v2",
		"Service orders exists, selects app=orders and has port 8080 → 8080",
		"Service users exists, selects app=users and has port 80 → 80",
		"every Deployment has ready pods, unless its status says otherwise",
	}
	if diff := cmp.Diff(want, namespace.Assumptions); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if result := compose.Namespace(namespace.Snapshot, nil); len(result.Waiting) > 0 || len(result.Model.Services) != 2 {
		t.Errorf("the assumptions are not enough to split: %v", result.Waiting)
	}
}

func TestEndpoints(t *testing.T) {
	const base = `apiVersion: v1
kind: Service
metadata: {name: orders}
spec: {selector: {app: orders}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: orders-v1}
spec:
  replicas: 2
  selector: {matchLabels: {app: orders}}
  template: {metadata: {labels: {app: orders}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: orders-v2}
spec:
  selector: {matchLabels: {app: orders}}
  template: {metadata: {labels: {app: orders}}}
status: {observedGeneration: 1, replicas: 3, readyReplicas: 1}
`
	const slice = `---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: orders-1, labels: {kubernetes.io/service-name: orders}}
addressType: IPv4
endpoints: [{addresses: [10.0.0.1]}, {addresses: [10.0.0.2], conditions: {ready: false}}]
`
	for name, test := range map[string]struct {
		text    string
		service string
		want    compose.Endpoints
	}{
		"without EndpointSlices pods stand for them":                     {base, "orders", compose.Endpoints{Ready: 3, Total: 5}},
		"EndpointSlices are believed":                                    {base + slice, "orders", compose.Endpoints{Ready: 1, Total: 2}},
		"a Service without slices among slices has no endpoints":         {base + slice + "---\napiVersion: v1\nkind: Service\nmetadata: {name: empty}\nspec: {selector: {app: orders}}\n", "empty", compose.Endpoints{}},
		"a Service that matches no Deployment belongs to somebody else":  {"apiVersion: v1\nkind: Service\nmetadata: {name: db}\nspec: {selector: {app: db}}\n", "db", compose.Endpoints{Ready: 1, Total: 1}},
		"a leaf that is yet to be generated has the pods of its variant": {base + slice + "---\n" + release, compose.LeafName("shop", "orders", "v2"), compose.Endpoints{Ready: 1, Total: 3}},
		"a Deployment without status is taken to have what it asks for":  {base + "---\n" + release, compose.LeafName("shop", "orders", "v1"), compose.Endpoints{Ready: 2, Total: 2}},
		"nothing is known of the leaf of a Deployment that is not there": {release, compose.LeafName("shop", "orders", "v1"), compose.Endpoints{}},
	} {
		t.Run(name, func(t *testing.T) {
			got := read(t, test.text).Snapshots(Settings{})[0].Endpoints[test.service]
			if got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}
