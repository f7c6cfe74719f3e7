package compose

import (
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// bytesOn is a policy about the opaque ports of a Service or, without one, of the namespace.
func bytesOn(name, service string, port v1alpha1.PortNumber) *v1alpha1.MeshPolicy {
	policy := accessPolicy(name, service)
	policy.Spec.Access, policy.Spec.OpaquePorts = nil, []v1alpha1.PortRange{{Port: port}}
	return policy
}

func TestWhoSaysWhichPortsAreOpaque(t *testing.T) {
	asleep := bytesOn("asleep", "users", 8080)
	asleep.Annotations = map[string]string{v1alpha1.AnnotationReconcile: v1alpha1.ReconcileDisabled}
	for name, test := range map[string]struct {
		policies  []*v1alpha1.MeshPolicy
		forbidden bool
		want      map[string]string // the policy that says so of each Service
	}{
		"the namespace's of all":                             {[]*v1alpha1.MeshPolicy{bytesOn("all", "", 8080)}, false, map[string]string{"users": "all", "web": "all"}},
		"its own of a Service":                               {[]*v1alpha1.MeshPolicy{bytesOn("all", "", 8080), bytesOn("own", "users", 8080)}, false, map[string]string{"users": "own", "web": "all"}},
		"the older of two, whatever comes after it":          {[]*v1alpha1.MeshPolicy{bytesOn("a", "", 8080), bytesOn("b", "", 9000), bytesOn("c", "web", 8080)}, false, map[string]string{"users": "a", "web": "c"}},
		"of a Service too":                                   {[]*v1alpha1.MeshPolicy{bytesOn("a", "users", 8080), bytesOn("b", "users", 9000)}, false, map[string]string{"users": "a"}},
		"nobody where the namespace's may not":               {[]*v1alpha1.MeshPolicy{bytesOn("all", "", 8080)}, true, map[string]string{}},
		"nor does one that is switched off, or another then": {[]*v1alpha1.MeshPolicy{asleep, bytesOn("b", "users", 8080)}, false, map[string]string{}},
		"nor one that is refused":                            {[]*v1alpha1.MeshPolicy{bytesOn("refused", "", 8080), bytesOn("t", "", 8080)}, false, map[string]string{}},
	} {
		t.Run(name, func(t *testing.T) {
			c := newComposer(Snapshot{
				Namespace: "shop", InjectionAllowed: !test.forbidden, Services: []*corev1.Service{namedService("users"), namedService("web")}, Policies: test.policies,
			}, map[model.Origin]bool{{Kind: v1alpha1.KindMeshPolicy, Name: "refused"}: true})
			c.readOpaque()
			for _, service := range []string{"users", "web"} {
				var got string
				if marked := c.byName[service].opaque; marked != nil {
					got = marked.Origin.Name
				}
				if protocol := c.byName[service].ports[0].Protocol; (protocol == model.ProtocolOpaque) != (test.want[service] != "") {
					t.Errorf("the port of %s is %q", service, protocol)
				}
				if test.want[service] != got {
					t.Errorf("of %s says %q, want %q", service, got, test.want[service])
				}
			}
		})
	}
}
