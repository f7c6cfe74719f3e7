package compose

import (
	"slices"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// systemNamespaces run what the mesh itself needs to start: a proxy there can keep a cluster from coming up again.
var systemNamespaces = []string{"kube-node-lease", "kube-public", "kube-system"}

// readInjection reads the injection of the policy's namespace.
func (c *composer) readInjection(policy *v1alpha1.MeshPolicy, origin model.Origin) (*model.Injection, model.Problems) {
	if policy.Spec.Injection == nil {
		return nil, nil
	}
	origin = at(origin, "spec.injection")
	problem := model.Problem{Origin: origin, Reason: v1alpha1.ReasonInvalid}
	switch {
	case slices.Contains(systemNamespaces, c.snapshot.Namespace):
		problem.Message = "the namespace " + c.snapshot.Namespace + " belongs to Kubernetes itself, its pods get no proxy; remove injection"
		return nil, model.Problems{problem}
	case !c.snapshot.InjectionAllowed:
		problem.Message = "the operator may not annotate Namespaces here; ask the administrator to set injection.enabled in its configuration"
		return nil, model.Problems{problem}
	}
	return &model.Injection{Mode: model.InjectionMode(*policy.Spec.Injection), Origin: origin}, nil
}
