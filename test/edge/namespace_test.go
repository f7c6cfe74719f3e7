package edge

import (
	"context"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// namespace is one that tests make profiles in.
type namespace struct {
	ctx  context.Context
	name string
}

func newNamespace(ctx context.Context, name string) *namespace {
	GinkgoHelper()
	Expect(admin.Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}})).To(Succeed())
	return &namespace{ctx, name}
}

// create makes objects that go away with the test.
func (n *namespace) create(objects ...client.Object) {
	GinkgoHelper()
	for _, object := range objects {
		object.SetNamespace(n.name)
		Expect(admin.Create(n.ctx, object)).To(Succeed())
		DeferCleanup(func(ctx context.Context) { Expect(client.IgnoreNotFound(admin.Delete(ctx, object))).To(Succeed()) })
	}
}

// service makes a Service for the whole suite, over a Deployment of one pod for each version. Its port 80 carries HTTP/1, its port 81 HTTP/2.
func (n *namespace) service(name string, versions ...string) {
	GinkgoHelper()
	Expect(admin.Create(n.ctx, &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Namespace: n.name, Name: name},
		Spec: corev1.ServiceSpec{Selector: map[string]string{"app": name}, Ports: []corev1.ServicePort{
			{Name: "http", Port: 80, TargetPort: intstr.FromInt32(8080)},
			{Name: "grpc", Port: 81, TargetPort: intstr.FromInt32(8080), AppProtocol: ptr.To("kubernetes.io/h2c")},
		}},
	})).To(Succeed())
	for _, version := range versions {
		labels := map[string]string{"app": name, "version": version}
		Expect(admin.Create(n.ctx, &appsv1.Deployment{
			ObjectMeta: metav1.ObjectMeta{Namespace: n.name, Name: name + "-" + version},
			Spec: appsv1.DeploymentSpec{
				Replicas: ptr.To(int32(1)), Selector: &metav1.LabelSelector{MatchLabels: labels},
				Template: corev1.PodTemplateSpec{
					ObjectMeta: metav1.ObjectMeta{Labels: labels},
					Spec: corev1.PodSpec{Containers: []corev1.Container{{
						Name: "app", Image: "app", Ports: []corev1.ContainerPort{{ContainerPort: 8080}},
					}}},
				},
			},
		})).To(Succeed())
	}
}

func (n *namespace) eventuallyReady(deployments ...string) {
	GinkgoHelper()
	Eventually(func(g Gomega) {
		for _, name := range deployments {
			var found appsv1.Deployment
			g.Expect(admin.Get(n.ctx, n.key(name), &found)).To(Succeed())
			g.Expect(found.Status.ReadyReplicas).To(BeEquivalentTo(1))
		}
	}, "60s").Should(Succeed())
}

// leaves are the generated Services behind one under release.
func (n *namespace) leaves(service string) []string {
	GinkgoHelper()
	var list corev1.ServiceList
	Expect(admin.List(n.ctx, &list, client.InNamespace(n.name), client.MatchingLabels{v1alpha1.LabelManagedBy: v1alpha1.ManagedBy})).To(Succeed())
	var names []string
	for _, found := range list.Items {
		if strings.HasPrefix(found.Name, service+"-") {
			names = append(names, found.Name)
		}
	}
	Expect(names).NotTo(BeEmpty())
	return names
}

func (n *namespace) key(name string) client.ObjectKey {
	return client.ObjectKey{Namespace: n.name, Name: name}
}

// profile leads the host NAME.example along the routes.
func profile(name string, routes ...v1alpha1.IngressRoute) *v1alpha1.IngressProfile {
	return &v1alpha1.IngressProfile{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec:       v1alpha1.IngressProfileSpec{Hosts: []v1alpha1.Host{v1alpha1.Host(hostOf(name))}, Routes: routes},
	}
}

func hostOf(name string) string { return name + ".example" }

// route leads a prefix to port 80 of a Service.
func route(prefix v1alpha1.PathValue, service v1alpha1.ServiceName) v1alpha1.IngressRoute {
	return v1alpha1.IngressRoute{
		Match: &v1alpha1.IngressMatch{Path: &v1alpha1.AccessPath{Prefix: &prefix}},
		To:    v1alpha1.IngressBackend{Service: service, Port: 80},
	}
}

// with changes a route.
func with(route v1alpha1.IngressRoute, change func(*v1alpha1.IngressRoute)) v1alpha1.IngressRoute {
	change(&route)
	return route
}

// publish makes a profile and waits until its gateway serves it.
func (n *namespace) publish(profile *v1alpha1.IngressProfile) {
	GinkgoHelper()
	n.store(profile)
	n.loads(profile)
}

// store makes a profile and waits until it is stored: a gateway may still refuse it.
func (n *namespace) store(profile *v1alpha1.IngressProfile) {
	GinkgoHelper()
	n.create(profile)
	n.eventually(profile, v1alpha1.ConditionReady, metav1.ConditionTrue)
}

// released waits until a release is in force as it is meant: while a variant has no ready pods yet, stable answers in its place, and the release is
// ready all the same.
func (n *namespace) released(release *v1alpha1.CanaryRelease) {
	GinkgoHelper()
	Eventually(func(g Gomega) {
		g.Expect(admin.Get(n.ctx, n.key(release.Name), release)).To(Succeed())
		g.Expect(meta.IsStatusConditionTrue(release.Status.Conditions, v1alpha1.ConditionReady)).To(BeTrue())
		g.Expect(release.Status.ObservedGeneration).To(Equal(release.Generation))
		g.Expect(release.Status.Variants).To(HaveLen(len(release.Spec.Variants)))
		for _, variant := range release.Status.Variants {
			g.Expect(variant.Ready).To(BeTrue(), "variant %s", variant.Name)
			g.Expect(variant.Programmed).To(Equal(variant.Wanted), "variant %s", variant.Name)
		}
	}).Should(Succeed())
}

// eventually waits until the object's condition of its newest generation is the one wanted.
func (n *namespace) eventually(object client.Object, condition string, status metav1.ConditionStatus) *metav1.Condition {
	GinkgoHelper()
	var found *metav1.Condition
	Eventually(func(g Gomega) {
		g.Expect(admin.Get(n.ctx, n.key(object.GetName()), object)).To(Succeed())
		found = meta.FindStatusCondition(conditions(object), condition)
		g.Expect(found).NotTo(BeNil(), "no condition %s yet", condition)
		g.Expect(found.ObservedGeneration).To(Equal(object.GetGeneration()))
		g.Expect(found.Status).To(Equal(status), "%s: %s: %s", condition, found.Reason, found.Message)
	}).Should(Succeed())
	return found
}

func conditions(object client.Object) []metav1.Condition {
	switch o := object.(type) {
	case *v1alpha1.CanaryRelease:
		return o.Status.Conditions
	case *v1alpha1.IngressProfile:
		return o.Status.Conditions
	}
	return nil
}

// edit changes an object as it stands now: the operator writes its status meanwhile.
func (n *namespace) edit(object client.Object, change func()) {
	GinkgoHelper()
	Eventually(func() error {
		if err := admin.Get(n.ctx, n.key(object.GetName()), object); err != nil {
			return err
		}
		change()
		return admin.Update(n.ctx, object)
	}).Should(Succeed())
}
