package builtin

import (
	"slices"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubemate/kubemate/internal/config"
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/driver/linkerd"
)

// Kinds by which the generations of Linkerd are known. Linkerd of any age serves ServiceProfile, so the newer generation is asked first.
var (
	linkerdPolicySign = []schema.GroupVersionKind{{Group: "policy.linkerd.io", Version: "v1beta3", Kind: "Server"}}
	// linkerdRateLimits is the kind that the policy generation has from 2.17 on.
	linkerdRateLimits = schema.GroupVersionKind{Group: "policy.linkerd.io", Version: "v1alpha1", Kind: "HTTPLocalRateLimitPolicy"}
	// linkerdEgress are the kinds that the ways out take, from 2.17 on.
	linkerdEgress = []schema.GroupVersionKind{
		{Group: "policy.linkerd.io", Version: "v1alpha1", Kind: "EgressNetwork"},
		{Group: "gateway.networking.k8s.io", Version: "v1alpha2", Kind: "TLSRoute"},
		{Group: "gateway.networking.k8s.io", Version: "v1alpha2", Kind: "TCPRoute"},
	}
	linkerdClassicSign = []schema.GroupVersionKind{
		{Group: "policy.linkerd.io", Version: "v1beta1", Kind: "Server"},
		{Group: "linkerd.io", Version: "v1alpha2", Kind: "ServiceProfile"},
	}
)

// generations are all of Linkerd, and those that the configuration allows, the newest first.
func generations(operator config.OperatorConfig) (all, allowed []generation) {
	cfg := operator.Mesh.Linkerd
	linkerdConfig := linkerd.Config{
		RouteGroup: cfg.RouteGroup, ClusterDomain: cfg.ClusterDomain, ControlPlaneNamespace: cfg.Namespace, ProxyPort: int32(operator.Network.ProxyPort),
	}
	policy := generation{driver: linkerd.Policy(linkerdConfig), sign: linkerdPolicySign}
	policy.reduced = func(served map[schema.GroupVersionKind]bool) driver.MeshDriver {
		older := linkerdConfig
		older.WithoutRateLimits = !served[linkerdRateLimits]
		older.WithoutEgress = slices.ContainsFunc(linkerdEgress, func(kind schema.GroupVersionKind) bool { return !served[kind] })
		return linkerd.Policy(older)
	}
	classic := generation{driver: linkerd.Classic(linkerdConfig), sign: linkerdClassicSign}
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
