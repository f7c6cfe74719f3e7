package plan_test

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"pgregory.net/rapid"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

func genPolicy(t *rapid.T, number int) *v1alpha1.MeshPolicy {
	policy := &v1alpha1.MeshPolicy{
		TypeMeta:   metav1.TypeMeta{APIVersion: v1alpha1.GroupVersion.String(), Kind: v1alpha1.KindMeshPolicy},
		ObjectMeta: genMeta(t, "policy", number),
	}
	if rapid.IntRange(0, 4).Draw(t, "of the namespace") == 0 {
		policy.Spec.Target.Kind = v1alpha1.TargetNamespace
		if rapid.Bool().Draw(t, "resilience of the namespace") {
			policy.Spec.Resilience = genResilience(t)
		}
		genSettings(t, &policy.Spec)
		policy.Spec.Network = genNetwork(t)
		policy.Spec.Injection = ref(rapid.SampledFrom([]v1alpha1.Injection{"Enabled", "Disabled", "Ingress"}).Draw(t, "injection"))
		return policy
	}
	if rapid.IntRange(0, 4).Draw(t, "opaque") == 0 {
		policy.Spec.OpaquePorts = genPortRanges(t)
	}
	policy.Spec.Target = v1alpha1.PolicyTarget{Kind: v1alpha1.TargetService, Name: ref(genServices.Draw(t, "target"))}
	if rapid.Bool().Draw(t, "access") {
		policy.Spec.Access = genAccess(t)
	}
	policy.Spec.Network = genNetwork(t)
	if policy.Spec.Access == nil && policy.Spec.Network == nil || rapid.Bool().Draw(t, "resilience") {
		policy.Spec.Resilience = genResilience(t)
	}
	return policy
}

// genSettings draws what a policy may want of a namespace as a whole.
func genSettings(t *rapid.T, spec *v1alpha1.MeshPolicySpec) {
	spec.MTLS = either(t, rapid.SampledFrom([]v1alpha1.MTLS{v1alpha1.MTLSStrict, v1alpha1.MTLSPermissive}), "mtls")
	if rapid.Bool().Draw(t, "bypass") {
		spec.Bypass = &v1alpha1.Bypass{OutboundPorts: genPortRanges(t), Expires: either(t, rapid.Just(metav1.Unix(1800000000, 0)), "expires")}
	}
	if rapid.Bool().Draw(t, "opaque") {
		spec.OpaquePorts = genPortRanges(t)
	}
	if rapid.Bool().Draw(t, "proxy") {
		spec.Proxy = &v1alpha1.Proxy{LogLevel: ref("warn"), Await: either(t, rapid.Bool(), "await")}
	}
}

func genPortRanges(t *rapid.T) []v1alpha1.PortRange {
	return rapid.SampledFrom([][]v1alpha1.PortRange{
		{{Port: 8080}}, {{Port: 8000, EndPort: ref(v1alpha1.PortNumber(9000))}, {Port: 3306}},
	}).Draw(t, "ports")
}

// genNetwork isolates now and then, mostly from all but a few.
func genNetwork(t *rapid.T) *v1alpha1.Network {
	if rapid.IntRange(0, 2).Draw(t, "isolated") > 0 {
		return nil
	}
	network := &v1alpha1.Network{Isolate: true}
	for range rapid.IntRange(0, 2).Draw(t, "also allowed") {
		peer := rapid.SampledFrom([]v1alpha1.NetworkPeer{
			{Namespace: ref(v1alpha1.NamespaceName("ops"))}, {CIDR: ref(v1alpha1.CIDR("10.0.0.0/8"))}, {Any: ref(true)},
		}).Draw(t, "peer")
		allowed := v1alpha1.NetworkAllowance{From: []v1alpha1.NetworkPeer{peer}}
		if rapid.Bool().Draw(t, "some ports") {
			allowed.Ports = genPortRanges(t)
		}
		network.AlsoAllow = append(network.AlsoAllow, allowed)
	}
	return network
}

func genAccess(t *rapid.T) *v1alpha1.Access {
	access := &v1alpha1.Access{}
	for range rapid.IntRange(0, 2).Draw(t, "rules") {
		rule := v1alpha1.AccessRule{}
		for range rapid.IntRange(1, 2).Draw(t, "callers") {
			rule.From = append(rule.From, genCaller(t))
		}
		if rapid.Bool().Draw(t, "to") {
			rule.To = append(rule.To, genRequests(t))
		}
		access.Rules = append(access.Rules, rule)
	}
	return access
}

func genCaller(t *rapid.T) v1alpha1.Caller {
	namespace := rapid.SampledFrom([]v1alpha1.NamespaceName{"shop", "ops"}).Draw(t, "namespace")
	switch rapid.IntRange(0, 3).Draw(t, "caller") {
	case 0:
		return v1alpha1.Caller{ServiceAccount: &v1alpha1.ServiceAccountRef{Namespace: namespace, Name: "web"}}
	case 1:
		return v1alpha1.Caller{Namespace: &namespace}
	case 2:
		cidr := rapid.SampledFrom([]v1alpha1.CIDR{"10.0.0.0/8", "2001:db8::/32"}).Draw(t, "cidr")
		return v1alpha1.Caller{CIDR: &cidr, Unauthenticated: either(t, rapid.Just(true), "unauthenticated")}
	default:
		return v1alpha1.Caller{Any: ref(true)}
	}
}

func genRequests(t *rapid.T) v1alpha1.Requests {
	requests := v1alpha1.Requests{Ports: genPortList(t)}
	if rapid.Bool().Draw(t, "methods") {
		requests.Methods = []v1alpha1.HTTPMethod{genMethods.Draw(t, "method")}
	}
	if requests.Ports == nil && requests.Methods == nil || rapid.Bool().Draw(t, "paths") {
		requests.Paths = []v1alpha1.AccessPath{genAccessPath(t)}
	}
	return requests
}

func genAccessPath(t *rapid.T) v1alpha1.AccessPath {
	if rapid.Bool().Draw(t, "exact") {
		return v1alpha1.AccessPath{Exact: ref(genPaths.Draw(t, "path"))}
	}
	return v1alpha1.AccessPath{Prefix: ref(genPaths.Draw(t, "path"))}
}

func genResilience(t *rapid.T) *v1alpha1.Resilience {
	resilience := &v1alpha1.Resilience{Timeout: either(t, rapid.SampledFrom([]v1alpha1.Duration{"2s", "500ms"}), "timeout")}
	if resilience.Timeout == nil || rapid.Bool().Draw(t, "retries") {
		resilience.Retries = genRetries(t)
		if rapid.Bool().Draw(t, "budget") {
			resilience.RetryBudget = &v1alpha1.RetryBudget{Ratio: "0.2", MinPerSecond: 10}
		}
	}
	for range rapid.IntRange(0, 2).Draw(t, "resilience routes") {
		route := v1alpha1.ResilienceRoute{Timeout: ref(v1alpha1.Duration("3s"))}
		if rapid.Bool().Draw(t, "methods") {
			route.Match.Methods = []v1alpha1.HTTPMethod{genMethods.Draw(t, "method")}
		}
		if route.Match.Methods == nil || rapid.Bool().Draw(t, "path") {
			route.Match.Path = ref(genAccessPath(t))
		}
		if rapid.Bool().Draw(t, "route retries") {
			route.Retries = genRetries(t)
		}
		resilience.Routes = append(resilience.Routes, route)
	}
	if rapid.IntRange(0, 3).Draw(t, "breaker") == 0 {
		resilience.CircuitBreaker = &v1alpha1.CircuitBreaker{ConsecutiveFailures: either(t, rapid.Int32Range(1, 9), "failures")}
	}
	return resilience
}

func genRetries(t *rapid.T) *v1alpha1.Retries {
	return &v1alpha1.Retries{
		Limit: rapid.Int32Range(1, 10).Draw(t, "limit"), NonIdempotent: rapid.Bool().Draw(t, "nonIdempotent"),
		PerTryTimeout: either(t, rapid.Just(v1alpha1.Duration("100ms")), "perTryTimeout"),
	}
}

func genProfile(t *rapid.T, number int) *v1alpha1.IngressProfile {
	profile := &v1alpha1.IngressProfile{
		TypeMeta:   metav1.TypeMeta{APIVersion: v1alpha1.GroupVersion.String(), Kind: v1alpha1.KindIngressProfile},
		ObjectMeta: genMeta(t, "profile", number),
	}
	profile.Spec.Hosts = rapid.SliceOfNDistinct(rapid.SampledFrom([]v1alpha1.Host{"shop.example", "*.shop.example", "bank.example"}), 1, 2, rapid.ID).Draw(t, "hosts")
	if rapid.Bool().Draw(t, "tls") {
		secret := v1alpha1.ObjectName(fmt.Sprintf("tls-%d", rapid.IntRange(0, 1).Draw(t, "secret")))
		profile.Spec.TLS = &v1alpha1.IngressTLS{SecretName: secret, RedirectHTTP: rapid.Bool().Draw(t, "redirect")}
	}
	if rapid.Bool().Draw(t, "security") {
		profile.Spec.Security = &v1alpha1.SecurityHeaders{Preset: ref(v1alpha1.SecurityStrict)}
	}
	for range rapid.IntRange(1, 3).Draw(t, "routes") {
		route := v1alpha1.IngressRoute{To: v1alpha1.IngressBackend{Service: genServices.Draw(t, "to"), Port: genPorts.Draw(t, "port")}}
		if rapid.IntRange(0, 3).Draw(t, "match") > 0 {
			path := genAccessPath(t)
			route.Match = &v1alpha1.IngressMatch{Path: &path}
			route.StripPrefix = path.Prefix != nil && *path.Prefix != "/" && rapid.Bool().Draw(t, "strip")
		}
		if rapid.IntRange(0, 3).Draw(t, "limited") == 0 {
			route.RateLimit = &v1alpha1.RateLimit{Average: rapid.Int64Range(1, 1000).Draw(t, "average"), Burst: either(t, rapid.Int64Range(1, 100), "burst")}
		}
		profile.Spec.Routes = append(profile.Spec.Routes, route)
	}
	return profile
}
