package plan_test

import (
	"fmt"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"pgregory.net/rapid"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/compose"
)

const meaningHost = "shop.example"

// story is a release, where it is published, and which of its variants are not ready. Stable always is.
type story struct {
	release *v1alpha1.CanaryRelease
	unready map[v1alpha1.VariantName]bool
	// prefix is the path of the only route of the profile, empty for all paths; strip takes it away before the Service sees it.
	prefix string
	strip  bool
}

func drawStory(t *rapid.T) *story {
	s := &story{release: &v1alpha1.CanaryRelease{ObjectMeta: meaningMeta("orders")}, unready: map[v1alpha1.VariantName]bool{}}
	s.release.Spec.Service.Name = "orders"
	count := rapid.SampledFrom([]int{2, 2, 3, 3, 4, 16}).Draw(t, "variants")
	names := make([]v1alpha1.VariantName, count)
	someWeight := rapid.IntRange(0, 4).Draw(t, "weighted") > 0
	for i := range names {
		names[i] = v1alpha1.VariantName(fmt.Sprintf("v%d", i+1))
		s.release.Spec.Variants = append(s.release.Spec.Variants, drawVariant(t, names[i], someWeight))
	}
	if someWeight { // a release without any weight above 0 is refused by its definition
		s.release.Spec.Variants[rapid.IntRange(0, count-1).Draw(t, "weighs")].Weight = ref(rapid.Int32Range(1, 10_000).Draw(t, "weight"))
	}
	s.release.Spec.Stable = rapid.SampledFrom(names).Draw(t, "stable")
	if rapid.Bool().Draw(t, "rollout") {
		s.drawDecision(t, names)
	}
	for _, name := range names {
		s.unready[name] = name != s.stable() && rapid.IntRange(0, 5).Draw(t, "unready") == 0
	}
	for range rapid.SampledFrom([]int{0, 1, 2, 2, 3, 4}).Draw(t, "matches") {
		match := v1alpha1.ReleaseMatch{To: rapid.SampledFrom(names[:min(count, 4)]).Draw(t, "to")}
		for range rapid.IntRange(1, 2).Draw(t, "alternatives") {
			match.Any = append(match.Any, drawAlternative(t))
		}
		s.release.Spec.Matches = append(s.release.Spec.Matches, match)
	}
	s.prefix = rapid.SampledFrom([]string{"", "", "/api", "/shop"}).Draw(t, "published at")
	s.strip = s.prefix == "/shop"
	return s
}

// drawDecision has a rollout under way: shares of a tenth of a per cent and more, and some matches that do not hold.
func (s *story) drawDecision(t *rapid.T, names []v1alpha1.VariantName) {
	s.release.Generation = 1
	s.release.Spec.Rollout = &v1alpha1.Rollout{To: rapid.SampledFrom(names).Draw(t, "rollout to"), Steps: []v1alpha1.RolloutStep{{Weight: intstr.FromInt32(100)}}}
	decision := &v1alpha1.ReleaseStatus{
		ObservedGeneration: 1, Revision: 1, Phase: v1alpha1.PhaseProgressing, Reason: v1alpha1.ReasonStepBegun, To: s.release.Spec.Rollout.To,
		Matches: v1alpha1.ReleaseMatches{Hold: rapid.SampledFrom([]v1alpha1.MatchesHold{"", v1alpha1.MatchesAll, v1alpha1.MatchesNone, v1alpha1.MatchesExcept}).Draw(t, "hold")},
	}
	if decision.Matches.Hold == v1alpha1.MatchesExcept {
		decision.Matches.Except = []v1alpha1.VariantName{rapid.SampledFrom(names).Draw(t, "except")}
	}
	if rapid.IntRange(0, 3).Draw(t, "promoted") == 0 {
		decision.Stable, decision.StableInSpec = rapid.SampledFrom(names).Draw(t, "promoted stable"), s.release.Spec.Stable
	}
	left := int32(1000)
	for i, name := range names {
		share := min(left, rapid.SampledFrom([]int32{0, 1, 5, 50, 250, rapid.Int32Range(0, 1000).Draw(t, "any share")}).Draw(t, "share"))
		if i == len(names)-1 {
			share = left
		}
		if share > 0 {
			decision.Split = append(decision.Split, v1alpha1.ReleaseShare{Variant: name, Share: share})
		}
		left -= share
	}
	s.release.Status.Release = decision
}

func drawVariant(t *rapid.T, name v1alpha1.VariantName, weighted bool) v1alpha1.Variant {
	variant := v1alpha1.Variant{Name: name}
	if rapid.IntRange(0, 5).Draw(t, "own") == 0 {
		variant.Service = ref(v1alpha1.ServiceName("own-" + string(name)))
	} else {
		variant.Deployment = ref(v1alpha1.ObjectName("orders-" + string(name)))
	}
	if weighted && rapid.Bool().Draw(t, "weighted variant") {
		variant.Weight = ref(rapid.SampledFrom([]int32{0, 1, 2, 5, 10, 50, 95, 999, 9990, 10_000, rapid.Int32Range(0, 10_000).Draw(t, "any weight")}).Draw(t, "weight"))
	}
	return variant
}

// What matches ask for and requests have: few values, so that they meet. Each expression stands with texts that it is true of.
var (
	meaningPaths   = []string{"/", "/api", "/api/", "/api/v1", "/api/v1/x", "/apis", "/a.b", "/bank.Orders/Place", "/bank.Orders", "/bank.Orders/Place/x", "/bank.Reports/Place"}
	meaningMethods = []string{"GET", "POST", "DELETE"}
	meaningValues  = []string{"1", "12", "beta-1", "eu-1", "on"}
	pathExpr       = map[string][]string{"/api/v[0-9]+": {"/api/v1", "/api/v22"}, "/(?:api|apis)": {"/api", "/apis"}, ".*/x": {"/api/v1/x", "/x"}, "/[a-z]+": {"/api", "/x"}}
	valueExpr      = map[string][]string{"1|12": {"1", "12"}, "beta-[0-9]+": {"beta-1", "beta-22"}, "[a-z]{2}(-1)?": {"eu-1", "on", "eu"}, "1.*": {"1", "12", "1a"}}
)

func drawAlternative(t *rapid.T) v1alpha1.RequestMatch {
	match := v1alpha1.RequestMatch{}
	switch rapid.IntRange(0, 7).Draw(t, "what is called") {
	case 0:
		match.GRPC = &v1alpha1.GRPCMatch{Service: rapid.SampledFrom([]string{"bank.Orders", "bank.Reports"}).Draw(t, "gRPC service")}
		match.GRPC.Method = either(t, rapid.SampledFrom([]string{"Place", "Cancel"}), "gRPC method")
	case 1:
		match.Path = &v1alpha1.PathMatch{Exact: ref(v1alpha1.PathValue(rapid.SampledFrom(meaningPaths).Draw(t, "exact")))}
	case 2, 3:
		prefix := rapid.SampledFrom(meaningPaths).Draw(t, "prefix")
		if prefix != "/" {
			prefix = strings.TrimSuffix(prefix, "/")
		}
		match.Path = &v1alpha1.PathMatch{Prefix: ref(v1alpha1.PathValue(prefix))}
	case 4:
		match.Path = &v1alpha1.PathMatch{Regex: ref(v1alpha1.Regex(drawKey(t, pathExpr)))}
	}
	if match.GRPC == nil && rapid.IntRange(0, 2).Draw(t, "has method") == 0 {
		match.Method = ref(v1alpha1.HTTPMethod(rapid.SampledFrom(meaningMethods).Draw(t, "method")))
	}
	match.Headers = drawMatches(t, "X-Canary", "x-region")
	match.Cookies = drawMatches(t, "cohort", "seen")
	match.Query = drawMatches(t, "preview", "p")
	if match.GRPC == nil && match.Path == nil && match.Method == nil && len(match.Headers)+len(match.Cookies)+len(match.Query) == 0 {
		match.Headers = []v1alpha1.ValueMatch{{Name: "X-Canary", Value: ref(v1alpha1.MatchValue("1"))}}
	}
	return match
}

func drawMatches(t *rapid.T, names ...string) []v1alpha1.ValueMatch {
	var matches []v1alpha1.ValueMatch
	for _, name := range names {
		switch rapid.IntRange(0, 11).Draw(t, name) {
		case 0:
			matches = append(matches, v1alpha1.ValueMatch{Name: name, Value: ref(v1alpha1.MatchValue(rapid.SampledFrom(meaningValues).Draw(t, "value")))})
		case 1:
			matches = append(matches, v1alpha1.ValueMatch{Name: name, Prefix: ref(v1alpha1.MatchValue(rapid.SampledFrom([]string{"1", "beta-", "e"}).Draw(t, "prefix")))})
		case 2:
			matches = append(matches, v1alpha1.ValueMatch{Name: name, Regex: ref(v1alpha1.Regex(drawKey(t, valueExpr)))})
		}
	}
	return matches
}

func drawKey(t *rapid.T, expressions map[string][]string) string {
	return rapid.SampledFrom(sortedKeys(expressions)).Draw(t, "expression")
}

// snapshot is the namespace of the story.
func (s *story) snapshot() compose.Snapshot {
	snapshot := compose.Snapshot{
		Namespace: "shop", Releases: []*v1alpha1.CanaryRelease{s.release}, Endpoints: map[string]compose.Endpoints{},
		Services: []*corev1.Service{meaningService("orders", "")},
	}
	for _, variant := range s.release.Spec.Variants {
		if variant.Service != nil {
			snapshot.Services = append(snapshot.Services, meaningService(string(*variant.Service), string(variant.Name)))
		} else {
			snapshot.Deployments = append(snapshot.Deployments, meaningDeployment(string(variant.Name)))
		}
		if !s.unready[variant.Name] {
			snapshot.Endpoints[leafOf(variant)] = compose.Endpoints{Ready: 1, Total: 1}
		}
	}
	route := v1alpha1.IngressRoute{To: v1alpha1.IngressBackend{Service: "orders", Port: 8080}, StripPrefix: s.strip}
	if s.prefix != "" {
		route.Match = &v1alpha1.IngressMatch{Path: &v1alpha1.AccessPath{Prefix: ref(v1alpha1.PathValue(s.prefix))}}
	}
	profile := &v1alpha1.IngressProfile{ObjectMeta: meaningMeta("shop")}
	profile.Spec = v1alpha1.IngressProfileSpec{Hosts: []v1alpha1.Host{meaningHost}, Routes: []v1alpha1.IngressRoute{route}}
	snapshot.Profiles = []*v1alpha1.IngressProfile{profile}
	return snapshot
}

func meaningMeta(name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: "shop", Name: name}
}

func meaningService(name, version string) *corev1.Service {
	svc := &corev1.Service{ObjectMeta: meaningMeta(name)}
	svc.Spec.Selector = map[string]string{"app": "orders"}
	if version != "" {
		svc.Spec.Selector["version"] = version
	}
	svc.Spec.Ports = []corev1.ServicePort{{Name: "http", Port: 8080, TargetPort: intstr.FromInt32(8080)}}
	return svc
}

func meaningDeployment(version string) *appsv1.Deployment {
	labels := map[string]string{"app": "orders", "version": version}
	deployment := &appsv1.Deployment{ObjectMeta: meaningMeta("orders-" + version)}
	deployment.Spec = appsv1.DeploymentSpec{Replicas: ref(int32(1)), Selector: &metav1.LabelSelector{MatchLabels: labels}}
	deployment.Spec.Template.Labels = labels
	return deployment
}
