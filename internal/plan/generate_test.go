package plan_test

import (
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"pgregory.net/rapid"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// Few names, so that objects meet often.
var (
	genServices = rapid.SampledFrom([]v1alpha1.ServiceName{"orders", "users", "web", "nowhere"})
	genPorts    = rapid.SampledFrom([]v1alpha1.PortNumber{8080, 9090, 3306})
	genPaths    = rapid.SampledFrom([]v1alpha1.PathValue{"/", "/api", "/api/orders", "/apis", "/healthz"})
	genRegexes  = rapid.SampledFrom([]v1alpha1.Regex{"/.*", "/api/[0-9]+", "a|b", "beta-[0-9]+"})
	genMethods  = rapid.SampledFrom([]v1alpha1.HTTPMethod{"GET", "POST", "DELETE", "CONNECT"})
	genValues   = rapid.SampledFrom([]v1alpha1.MatchValue{"1", "on", "a b", "it's"})
)

// either is a pointer to a generated value, or nil.
func either[T any](t *rapid.T, gen *rapid.Generator[T], label string) *T {
	if rapid.Bool().Draw(t, label+" set") {
		value := gen.Draw(t, label)
		return &value
	}
	return nil
}

// genMeta is the metadata of the object with the number: of some age, sometimes suspended.
func genMeta(t *rapid.T, kind string, number int) metav1.ObjectMeta {
	meta := metav1.ObjectMeta{Namespace: "shop", Name: fmt.Sprintf("%s-%d", kind, number)}
	meta.CreationTimestamp = metav1.NewTime(time.Date(2026, 1, rapid.IntRange(1, 3).Draw(t, "day"), 0, 0, 0, 0, time.UTC))
	if rapid.IntRange(0, 9).Draw(t, "suspended") == 0 {
		meta.Annotations = map[string]string{v1alpha1.AnnotationReconcile: v1alpha1.ReconcileDisabled}
	}
	return meta
}

func genService(t *rapid.T, name string) *corev1.Service {
	svc := &corev1.Service{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Service"},
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name},
		Spec:       corev1.ServiceSpec{Selector: map[string]string{"app": rapid.SampledFrom([]string{name, "orders"}).Draw(t, "app")}},
	}
	if rapid.IntRange(0, 9).Draw(t, "headless") == 0 {
		svc.Spec.ClusterIP = corev1.ClusterIPNone
	}
	protocols := map[int32]string{8080: "http", 9090: "kubernetes.io/h2c", 3306: "mysql"}
	for _, port := range rapid.SliceOfNDistinct(rapid.SampledFrom([]int32{8080, 9090, 3306}), 1, 3, rapid.ID).Draw(t, "ports") {
		one := corev1.ServicePort{Name: fmt.Sprintf("p-%d", port), Port: port, TargetPort: intstr.FromInt32(port)}
		if rapid.Bool().Draw(t, "declared") {
			protocol := protocols[port]
			one.AppProtocol = &protocol
		}
		svc.Spec.Ports = append(svc.Spec.Ports, one)
	}
	return svc
}

func genDeployment(t *rapid.T, app, version string) *appsv1.Deployment {
	labels := map[string]string{"app": app}
	if rapid.IntRange(0, 4).Draw(t, "labelled") > 0 {
		labels["version"] = version
	}
	replicas := rapid.Int32Range(0, 2).Draw(t, "replicas")
	deployment := &appsv1.Deployment{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"},
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: app + "-" + version},
		Spec:       appsv1.DeploymentSpec{Replicas: &replicas, Selector: &metav1.LabelSelector{MatchLabels: labels}},
	}
	deployment.Spec.Template.Labels = labels
	probe := &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/healthz", Port: intstr.FromInt32(8080)}}}
	deployment.Spec.Template.Spec.Containers = []corev1.Container{{Name: "main", LivenessProbe: probe}}
	deployment.Status = appsv1.DeploymentStatus{ObservedGeneration: 1, Replicas: replicas, ReadyReplicas: rapid.Int32Range(0, replicas).Draw(t, "ready")}
	return deployment
}

func genRelease(t *rapid.T, number int) *v1alpha1.CanaryRelease {
	release := &v1alpha1.CanaryRelease{
		TypeMeta:   metav1.TypeMeta{APIVersion: v1alpha1.GroupVersion.String(), Kind: v1alpha1.KindCanaryRelease},
		ObjectMeta: genMeta(t, "release", number),
	}
	service := genServices.Draw(t, "service")
	release.Spec.Service = v1alpha1.ReleaseService{Name: service, Ports: genPortList(t)}
	names := rapid.SliceOfNDistinct(rapid.SampledFrom([]v1alpha1.VariantName{"v1", "v2", "v3"}), 2, 3, rapid.ID).Draw(t, "variants")
	for i, name := range names {
		variant := v1alpha1.Variant{Name: name, Weight: either(t, rapid.Int32Range(0, 100), "weight")}
		if own := v1alpha1.ServiceName("own-" + string(name)); rapid.IntRange(0, 4).Draw(t, "own") == 0 {
			variant.Service = &own
		} else {
			deployment := v1alpha1.ObjectName(string(service) + "-" + string(name))
			variant.Deployment = &deployment
		}
		if i == 0 { // a release without any weight above 0 is refused by its definition
			one := int32(1)
			variant.Weight = &one
		}
		release.Spec.Variants = append(release.Spec.Variants, variant)
	}
	release.Spec.Stable = rapid.SampledFrom(names).Draw(t, "stable")
	for range rapid.IntRange(0, 2).Draw(t, "matches") {
		match := v1alpha1.ReleaseMatch{To: rapid.SampledFrom(names).Draw(t, "to")}
		for range rapid.IntRange(1, 2).Draw(t, "alternatives") {
			match.Any = append(match.Any, genRequestMatch(t))
		}
		release.Spec.Matches = append(release.Spec.Matches, match)
	}
	release.Spec.OnDelete = rapid.SampledFrom([]v1alpha1.OnDelete{"", v1alpha1.OnDeleteStable, v1alpha1.OnDeleteRelease}).Draw(t, "onDelete")
	return release
}

func genPortList(t *rapid.T) []v1alpha1.PortNumber {
	if rapid.IntRange(0, 2).Draw(t, "choose ports") > 0 {
		return nil
	}
	return rapid.SliceOfNDistinct(genPorts, 1, 2, rapid.ID).Draw(t, "chosen ports")
}

func genRequestMatch(t *rapid.T) v1alpha1.RequestMatch {
	match := v1alpha1.RequestMatch{Method: either(t, genMethods, "method")}
	if rapid.Bool().Draw(t, "path") {
		match.Path = &v1alpha1.PathMatch{}
		switch rapid.IntRange(0, 2).Draw(t, "path kind") {
		case 0:
			match.Path.Exact = ref(genPaths.Draw(t, "exact"))
		case 1:
			match.Path.Prefix = ref(genPaths.Draw(t, "prefix"))
		default:
			match.Path.Regex = ref(genRegexes.Draw(t, "regex"))
		}
	}
	match.Headers = genValueMatches(t, "X-Canary", "x-tester")
	match.Cookies = genValueMatches(t, "cohort")
	match.Query = genValueMatches(t, "preview")
	if match.Method == nil && match.Path == nil && len(match.Headers)+len(match.Cookies)+len(match.Query) == 0 {
		match.Method = ref(genMethods.Draw(t, "some method"))
	}
	return match
}

func genValueMatches(t *rapid.T, names ...string) []v1alpha1.ValueMatch {
	var matches []v1alpha1.ValueMatch
	for _, name := range names {
		switch rapid.IntRange(0, 4).Draw(t, name) {
		case 0:
			matches = append(matches, v1alpha1.ValueMatch{Name: name, Value: ref(genValues.Draw(t, "value"))})
		case 1:
			matches = append(matches, v1alpha1.ValueMatch{Name: name, Regex: ref(genRegexes.Draw(t, "regex"))})
		}
	}
	return matches
}

func ref[T any](value T) *T { return &value }
