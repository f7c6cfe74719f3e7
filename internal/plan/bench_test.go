package plan_test

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/config"
	"github.com/kubemate/kubemate/internal/plan"
)

// Sizes of the namespace that the budget is about.
const (
	benchServices = 1000
	benchProfiles = 20
)

// BenchmarkPlanNamespace1000 plans a namespace with 1,000 Services, each with a release and a policy: cold, nothing is remembered between
// runs. The budget is 50 ms of CPU.
func BenchmarkPlanNamespace1000(b *testing.B) { benchmarkPlan(b, 0, plan.Namespace) }

// BenchmarkPlanNamespace1000Edges is the same namespace with 200 of the Services published by 20 profiles.
func BenchmarkPlanNamespace1000Edges(b *testing.B) { benchmarkPlan(b, benchProfiles, plan.Namespace) }

// BenchmarkPlanNamespace1000EdgesAgain is the same when nothing has changed since the last time, which is remembered.
func BenchmarkPlanNamespace1000EdgesAgain(b *testing.B) {
	var memory plan.Memory
	benchmarkPlan(b, benchProfiles, memory.Namespace)
}

func benchmarkPlan(b *testing.B, profiles int, namespace func(compose.Snapshot, plan.Drivers) plan.Plan) {
	for _, generation := range generations {
		b.Run(string(generation), func(b *testing.B) {
			cfg, err := config.Parse([]byte("injection: {enabled: true}"))
			if err != nil {
				b.Fatal(err)
			}
			cfg.Mesh.Linkerd.Generation = generation
			snapshot := largeSnapshot(generation, profiles)
			snapshot.Gateways = settingsOf(cfg).Gateways
			drivers := driversFor(cfg)
			if problems := namespace(snapshot, drivers).Problems; len(problems) > 0 && !problems[0].Advisory {
				b.Fatalf("the namespace is not one that plans well: %v", problems[0])
			}
			b.ReportAllocs()
			before := cpuTime(b)
			b.ResetTimer()
			for b.Loop() {
				namespace(snapshot, drivers)
			}
			b.StopTimer()
			b.ReportMetric(float64(cpuTime(b)-before)/float64(b.N)/float64(time.Millisecond), "CPU-ms/op")
		})
	}
}

// BenchmarkCompose1000 is the part of it before any driver.
func BenchmarkCompose1000(b *testing.B) {
	snapshot := largeSnapshot(config.GenerationPolicy, 0)
	b.ReportAllocs()
	for b.Loop() {
		compose.Namespace(snapshot, nil)
	}
}

// cpuTime is the time that the process spent on processors, garbage collection included.
func cpuTime(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// largeSnapshot has 1,000 of everything; matches are left out for a generation that cannot express them.
func largeSnapshot(generation config.Generation, profiles int) compose.Snapshot {
	snapshot := compose.Snapshot{Namespace: "large", Endpoints: map[string]compose.Endpoints{}, InjectionAllowed: true}
	for i := range benchServices {
		name := fmt.Sprintf("service-%04d", i)
		snapshot.Services = append(snapshot.Services, benchService(name))
		for _, version := range []string{"v1", "v2"} {
			snapshot.Deployments = append(snapshot.Deployments, benchDeployment(name, version))
			snapshot.Endpoints[compose.LeafName("large", name, version)] = compose.Endpoints{Ready: 2, Total: 2}
		}
		snapshot.Releases = append(snapshot.Releases, benchRelease(name, generation))
		snapshot.Policies = append(snapshot.Policies, benchPolicy(name))
	}
	for i := range profiles {
		snapshot.Profiles = append(snapshot.Profiles, benchProfile(i))
	}
	return snapshot
}

func benchMeta(name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: "large", Name: name}
}

func benchService(name string) *corev1.Service {
	http := "http"
	return &corev1.Service{ObjectMeta: benchMeta(name), Spec: corev1.ServiceSpec{
		Type: corev1.ServiceTypeClusterIP, ClusterIP: "10.0.0.1", Selector: map[string]string{"app": name},
		Ports: []corev1.ServicePort{{Name: "http", Port: 8080, TargetPort: intstr.FromString("http"), AppProtocol: &http}},
	}}
}

func benchDeployment(service, version string) *appsv1.Deployment {
	labels := map[string]string{"app": service, "version": version, "team": "shop"}
	probe := &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/healthz", Port: intstr.FromString("http")}}}
	replicas := int32(2)
	return &appsv1.Deployment{ObjectMeta: benchMeta(service + "-" + version), Spec: appsv1.DeploymentSpec{
		Replicas: &replicas, Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": service, "version": version}},
		Template: corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels}, Spec: corev1.PodSpec{Containers: []corev1.Container{{
			Name: "main", Ports: []corev1.ContainerPort{{Name: "http", ContainerPort: 8080}}, ReadinessProbe: probe, LivenessProbe: probe,
		}}}},
	}, Status: appsv1.DeploymentStatus{ReadyReplicas: 2}}
}

func benchRelease(service string, generation config.Generation) *v1alpha1.CanaryRelease {
	variant := func(version string, weight int32) v1alpha1.Variant {
		deployment := v1alpha1.ObjectName(service + "-" + version)
		return v1alpha1.Variant{Name: v1alpha1.VariantName(version), Deployment: &deployment, Weight: &weight}
	}
	release := &v1alpha1.CanaryRelease{ObjectMeta: benchMeta(service), Spec: v1alpha1.CanaryReleaseSpec{
		Service:  v1alpha1.ReleaseService{Name: v1alpha1.ServiceName(service)},
		Variants: []v1alpha1.Variant{variant("v1", 90), variant("v2", 10)}, Stable: "v1",
	}}
	if generation == config.GenerationPolicy {
		value := v1alpha1.MatchValue("1")
		release.Spec.Matches = []v1alpha1.ReleaseMatch{{
			To: "v2", Any: []v1alpha1.RequestMatch{{Headers: []v1alpha1.ValueMatch{{Name: "x-canary", Value: &value}}}},
		}}
	}
	return release
}

func benchPolicy(service string) *v1alpha1.MeshPolicy {
	target, timeout := v1alpha1.ServiceName(service), v1alpha1.Duration("2s")
	callers := []v1alpha1.Caller{
		{ServiceAccount: &v1alpha1.ServiceAccountRef{Namespace: "large", Name: "web"}},
		{ServiceAccount: &v1alpha1.ServiceAccountRef{Namespace: "ops", Name: "batch"}},
	}
	policy := &v1alpha1.MeshPolicy{ObjectMeta: benchMeta(service), Spec: v1alpha1.MeshPolicySpec{
		Target:     v1alpha1.PolicyTarget{Kind: v1alpha1.TargetService, Name: &target},
		Access:     &v1alpha1.Access{Rules: []v1alpha1.AccessRule{{From: callers}}},
		Resilience: &v1alpha1.Resilience{Timeout: &timeout, Retries: &v1alpha1.Retries{Limit: 1}},
	}}
	return policy
}

func benchProfile(number int) *v1alpha1.IngressProfile {
	profile := &v1alpha1.IngressProfile{ObjectMeta: benchMeta(fmt.Sprintf("profile-%02d", number))}
	profile.Spec.Hosts = []v1alpha1.Host{v1alpha1.Host(fmt.Sprintf("shop-%02d.example", number))}
	for i := range 10 {
		prefix := v1alpha1.PathValue(fmt.Sprintf("/api/%d", i))
		profile.Spec.Routes = append(profile.Spec.Routes, v1alpha1.IngressRoute{
			Match: &v1alpha1.IngressMatch{Path: &v1alpha1.AccessPath{Prefix: &prefix}}, StripPrefix: true,
			To: v1alpha1.IngressBackend{Service: v1alpha1.ServiceName(fmt.Sprintf("service-%04d", number*10+i)), Port: 8080},
		})
	}
	return profile
}
