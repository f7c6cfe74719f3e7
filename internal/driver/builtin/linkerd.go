package builtin

import (
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubemate/kubemate/internal/config"
	"github.com/kubemate/kubemate/internal/driver/linkerd"
)

// Kinds by which the generations of Linkerd are known. Linkerd of any age serves ServiceProfile, so the newer generation is asked first.
var (
	linkerdPolicySign  = []schema.GroupVersionKind{{Group: "policy.linkerd.io", Version: "v1beta3", Kind: "Server"}}
	linkerdClassicSign = []schema.GroupVersionKind{
		{Group: "policy.linkerd.io", Version: "v1beta1", Kind: "Server"},
		{Group: "linkerd.io", Version: "v1alpha2", Kind: "ServiceProfile"},
	}
)

// generations are all of Linkerd, and those that the configuration allows, the newest first.
func generations(cfg config.LinkerdMesh) (all, allowed []generation) {
	linkerdConfig := linkerd.Config{RouteGroup: cfg.RouteGroup, ClusterDomain: cfg.ClusterDomain}
	policy := generation{linkerd.Policy(linkerdConfig), linkerdPolicySign}
	classic := generation{linkerd.Classic(linkerdConfig), linkerdClassicSign}
	all = []generation{policy, classic}
	switch cfg.Generation {
	case config.GenerationPolicy:
		return all, []generation{policy}
	case config.GenerationClassic:
		return all, []generation{classic}
	case config.GenerationAuto:
	}
	return all, all
}
