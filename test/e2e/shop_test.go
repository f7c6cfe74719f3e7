package e2e

import (
	"context"
	"fmt"
	"strconv"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// shop is a namespace of its own for one test: Services whose pods are of several versions.
type shop struct {
	ctx       context.Context
	namespace string
}

// newShop makes a namespace; it goes away with the test.
func newShop(ctx context.Context, name string) *shop {
	if attempt := CurrentSpecReport().NumAttempts; attempt > 1 {
		name += "-" + strconv.Itoa(attempt) // the namespace of the one before is still being deleted
	}
	s := &shop{ctx: ctx, namespace: name}
	ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
	Expect(admin.Create(ctx, ns)).To(Succeed())
	DeferCleanup(func(ctx context.Context) { Expect(client.IgnoreNotFound(admin.Delete(ctx, ns))).To(Succeed()) })
	return s
}

// host is a host name that no other test uses.
func (s *shop) host() string { return s.namespace + ".example" }

func (s *shop) create(objects ...client.Object) {
	GinkgoHelper()
	for _, object := range objects {
		object.SetNamespace(s.namespace)
		Expect(admin.Create(s.ctx, object)).To(Succeed())
	}
}

// service makes a Service over one Deployment for each version, and waits until all their pods answer.
func (s *shop) service(name string, versions ...string) {
	GinkgoHelper()
	s.create(&corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: corev1.ServiceSpec{
			Selector: map[string]string{"app": name},
			Ports:    []corev1.ServicePort{{Name: "http", Port: 80, TargetPort: intstr.FromInt32(8080)}},
		},
	})
	for _, version := range versions {
		s.create(deployment(name, version, 2))
	}
	for _, version := range versions {
		s.eventuallyReady(name+"-"+version, 2)
	}
}

func deployment(app, version string, replicas int32) *appsv1.Deployment {
	labels := map[string]string{"app": app, "version": version}
	return &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: app + "-" + version},
		Spec: appsv1.DeploymentSpec{
			Replicas: &replicas,
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec: corev1.PodSpec{Containers: []corev1.Container{{
					Name: "app", Image: "app", Ports: []corev1.ContainerPort{{ContainerPort: 8080}},
				}}},
			},
		},
	}
}

func (s *shop) eventuallyReady(deployment string, replicas int32) {
	GinkgoHelper()
	Eventually(func(g Gomega) {
		var found appsv1.Deployment
		g.Expect(admin.Get(s.ctx, s.key(deployment), &found)).To(Succeed())
		g.Expect(found.Status.ReadyReplicas).To(Equal(replicas))
	}, "60s").Should(Succeed())
}

// scale sets the replicas of a Deployment.
func (s *shop) scale(deployment string, replicas int32) {
	GinkgoHelper()
	patch := client.RawPatch("application/merge-patch+json", fmt.Appendf(nil, `{"spec":{"replicas":%d}}`, replicas))
	Expect(admin.Patch(s.ctx, &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: deployment}}, patch)).To(Succeed())
}

func (s *shop) key(name string) client.ObjectKey {
	return client.ObjectKey{Namespace: s.namespace, Name: name}
}

// release makes a CanaryRelease with the weights of the versions, in the order given: "v1", 90, "v2", 10. The first is stable.
func release(service string, weights ...any) *v1alpha1.CanaryRelease {
	spec := v1alpha1.CanaryReleaseSpec{Service: v1alpha1.ReleaseService{Name: v1alpha1.ServiceName(service)}}
	for i := 0; i < len(weights); i += 2 {
		version, weight := weights[i].(string), int32(weights[i+1].(int))
		name := v1alpha1.ObjectName(service + "-" + version)
		spec.Variants = append(spec.Variants, v1alpha1.Variant{Name: v1alpha1.VariantName(version), Deployment: &name, Weight: &weight})
	}
	spec.Stable = spec.Variants[0].Name
	return &v1alpha1.CanaryRelease{ObjectMeta: metav1.ObjectMeta{Name: service}, Spec: spec}
}

// ingress leads all requests of the shop's host to a Service.
func (s *shop) ingress(service string) *v1alpha1.IngressProfile {
	return &v1alpha1.IngressProfile{
		ObjectMeta: metav1.ObjectMeta{Name: service},
		Spec: v1alpha1.IngressProfileSpec{
			Hosts:  []v1alpha1.Host{v1alpha1.Host(s.host())},
			Routes: []v1alpha1.IngressRoute{{To: v1alpha1.IngressBackend{Service: v1alpha1.ServiceName(service), Port: 80}}},
		},
	}
}

// eventually waits until a condition of the object's newest generation has a status.
func (s *shop) eventually(object client.Object, condition string, status metav1.ConditionStatus) {
	GinkgoHelper()
	Eventually(func(g Gomega) {
		g.Expect(admin.Get(s.ctx, s.key(object.GetName()), object)).To(Succeed())
		found := meta.FindStatusCondition(conditions(object), condition)
		g.Expect(found).NotTo(BeNil(), "no condition %s yet", condition)
		g.Expect(found.ObservedGeneration).To(Equal(object.GetGeneration()))
		g.Expect(found.Status).To(Equal(status), "%s: %s: %s", condition, found.Reason, found.Message)
	}).Should(Succeed())
}

func (s *shop) eventuallyIsReady(object client.Object) {
	GinkgoHelper()
	s.eventually(object, v1alpha1.ConditionReady, metav1.ConditionTrue)
}

func conditions(object client.Object) []metav1.Condition {
	switch o := object.(type) {
	case *v1alpha1.CanaryRelease:
		return o.Status.Conditions
	case *v1alpha1.MeshPolicy:
		return o.Status.Conditions
	case *v1alpha1.IngressProfile:
		return o.Status.Conditions
	}
	return nil
}

// setWeights edits the weights of a release by version.
func (s *shop) setWeights(name string, weights map[string]int32) {
	GinkgoHelper()
	found := &v1alpha1.CanaryRelease{ObjectMeta: metav1.ObjectMeta{Name: name}}
	s.edit(found, func() {
		for i := range found.Spec.Variants {
			if weight, ok := weights[string(found.Spec.Variants[i].Name)]; ok {
				found.Spec.Variants[i].Weight = &weight
			}
		}
	})
}
