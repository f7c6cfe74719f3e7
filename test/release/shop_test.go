package release

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/hack/testbed/load"
)

const (
	// soon is how long something may take that comes by itself.
	soon = 60 * time.Second
	// look is the time between two looks.
	look = 25 * time.Millisecond
	// rate is how many requests are sent in a second.
	rate = 200
)

// shop is a namespace of its own for one test.
type shop struct {
	*testing.T
	*WithT
	ctx       context.Context
	namespace string
}

var notInNames = regexp.MustCompile(`[^a-z0-9]+`)

// newShop makes a namespace that is named after the test; it goes away with it.
func newShop(t *testing.T) *shop {
	name := notInNames.ReplaceAllString(strings.ToLower(t.Name()[strings.LastIndex(t.Name(), "/")+1:]), "-")
	s := &shop{T: t, WithT: NewWithT(t), ctx: t.Context(), namespace: strings.Trim(name[:min(len(name), 40)], "-")}
	ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: s.namespace}}
	s.Expect(admin.Create(s.ctx, ns)).To(Succeed())
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(s.tail())
		}
		_ = admin.Delete(context.Background(), ns)
	})
	return s
}

// tail is the release's status, for people who look why a test has failed.
func (s *shop) tail() string {
	output, err := world.Kubectl(context.Background(), "get", "canaryreleases,ingressprofiles", "-n", s.namespace, "-o", "yaml")
	if err != nil {
		return err.Error()
	}
	return output
}

func (s *shop) host(service string) string { return service + "." + s.namespace + ".example" }

func (s *shop) key(name string) client.ObjectKey {
	return client.ObjectKey{Namespace: s.namespace, Name: name}
}

func (s *shop) create(objects ...client.Object) {
	s.Helper()
	for _, object := range objects {
		object.SetNamespace(s.namespace)
		s.Expect(admin.Create(s.ctx, object)).To(Succeed())
	}
}

// service makes a Service over a Deployment for each version, and a way in from outside, and waits until all pods are ready.
func (s *shop) service(name string, versions ...string) {
	s.Helper()
	s.create(&corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: corev1.ServiceSpec{
			Selector: map[string]string{"app": name},
			Ports:    []corev1.ServicePort{{Name: "http", Port: 80, TargetPort: intstr.FromInt32(8080)}},
		},
	}, &v1alpha1.IngressProfile{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: v1alpha1.IngressProfileSpec{
			Hosts:  []v1alpha1.Host{v1alpha1.Host(s.host(name))},
			Routes: []v1alpha1.IngressRoute{{To: v1alpha1.IngressBackend{Service: v1alpha1.ServiceName(name), Port: 80}}},
		},
	})
	for _, version := range versions {
		s.create(deployment(name, version, 2))
	}
	for _, version := range versions {
		s.eventuallyReady(name+"-"+version, 2)
	}
	// The first answer through the gateway: what follows is not about the installation.
	s.Eventually(func() error {
		result, err := load.Run(s.ctx, load.Options{URL: world.Traefik.Web() + "/", Host: s.host(name), Count: 5})
		if err != nil {
			return err
		}
		return result.Err()
	}, soon, look).Should(Succeed())
}

func deployment(app, version string, replicas int32) *appsv1.Deployment {
	labels := map[string]string{"app": app, "version": version}
	return &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: app + "-" + version},
		Spec: appsv1.DeploymentSpec{
			Replicas: &replicas, Selector: &metav1.LabelSelector{MatchLabels: labels},
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
	s.Helper()
	s.Eventually(func() (int32, error) {
		var found appsv1.Deployment
		err := admin.Get(s.ctx, s.key(deployment), &found)
		return found.Status.ReadyReplicas, err
	}, soon, look).Should(Equal(replicas))
}

func (s *shop) scale(deployment string, replicas int32) {
	s.Helper()
	patch := client.RawPatch("application/merge-patch+json", fmt.Appendf(nil, `{"spec":{"replicas":%d}}`, replicas))
	s.Expect(admin.Patch(s.ctx, &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: deployment}}, patch)).To(Succeed())
}

// rollout is a release of a Service from v1 to v2.
func rollout(service string, steps ...v1alpha1.RolloutStep) *v1alpha1.CanaryRelease {
	return rolloutTo(service, []string{"v1", "v2"}, "v2", steps...)
}

// rolloutTo is a release of a Service among versions, of which the first is stable.
func rolloutTo(service string, versions []string, to v1alpha1.VariantName, steps ...v1alpha1.RolloutStep) *v1alpha1.CanaryRelease {
	spec := v1alpha1.CanaryReleaseSpec{Service: v1alpha1.ReleaseService{Name: v1alpha1.ServiceName(service)}, Stable: v1alpha1.VariantName(versions[0])}
	for _, version := range versions {
		name := v1alpha1.ObjectName(service + "-" + version)
		spec.Variants = append(spec.Variants, v1alpha1.Variant{Name: v1alpha1.VariantName(version), Deployment: &name})
	}
	spec.Rollout = &v1alpha1.Rollout{To: to, Steps: steps}
	return &v1alpha1.CanaryRelease{ObjectMeta: metav1.ObjectMeta{Name: service}, Spec: spec}
}

// step gives the target per cent and is held.
func step(weight int32, hold time.Duration) v1alpha1.RolloutStep {
	made := v1alpha1.RolloutStep{Weight: intstr.FromInt32(weight)}
	if hold > 0 {
		text := v1alpha1.LongDuration(fmt.Sprintf("%dms", hold.Milliseconds()))
		made.Hold = &text
	}
	return made
}

// approved is a step that waits for an approval.
func approved(of v1alpha1.RolloutStep) v1alpha1.RolloutStep {
	of.Approval = true
	return of
}

// release as it stands.
func (s *shop) release(name string) *v1alpha1.CanaryRelease {
	s.Helper()
	var found v1alpha1.CanaryRelease
	s.Expect(admin.Get(s.ctx, s.key(name), &found)).To(Succeed())
	return &found
}

// eventually waits until the release is in a phase and at a step, 0 for none, and until what was decided is in force.
func (s *shop) eventually(name string, phase v1alpha1.ReleasePhase, number int32) *v1alpha1.CanaryRelease {
	s.Helper()
	var found *v1alpha1.CanaryRelease
	s.Eventually(func(g Gomega) {
		found = s.release(name)
		decision := found.Status.Release
		g.Expect(decision).NotTo(BeNil())
		g.Expect(decision.ObservedGeneration).To(Equal(found.Generation))
		at := int32(0)
		if decision.Step != nil {
			at = decision.Step.Number
		}
		g.Expect(decision.Phase).To(Equal(phase), decision.Message)
		g.Expect(at).To(Equal(number), found.Status.Explanation)
		g.Expect(found.Status.Programmed).NotTo(BeNil())
		g.Expect(found.Status.Programmed.Revision).To(Equal(decision.Revision), found.Status.Explanation)
	}, soon, look).Should(Succeed())
	return found
}

// stepsBegun are the steps of the history, in order, and when each began.
func stepsBegun(of *v1alpha1.CanaryRelease) (numbers []int32, at []time.Time) {
	for _, transition := range of.Status.Release.History {
		if transition.Reason == v1alpha1.ReasonStepBegun {
			numbers, at = append(numbers, transition.Step), append(at, transition.At.Time)
		}
	}
	return numbers, at
}

// edit changes a release as it stands now.
func (s *shop) edit(name string, change func(*v1alpha1.CanaryRelease)) {
	s.Helper()
	s.Eventually(func() error {
		found := s.release(name)
		change(found)
		return admin.Update(s.ctx, found)
	}, soon, look).Should(Succeed())
}

// act does what a person does with kubectl kubemate.
func (s *shop) act(name string, verb v1alpha1.ReleaseVerb, number *int32) {
	s.Helper()
	s.eventuallyVouched()
	of := s.release(name)
	s.create(&v1alpha1.ReleaseAction{
		ObjectMeta: metav1.ObjectMeta{GenerateName: name + "-"},
		Spec: v1alpha1.ReleaseActionSpec{
			Release: v1alpha1.ObjectName(name), ReleaseUID: string(of.UID), Generation: of.Generation, Action: verb, Step: number, Actor: "admin",
		},
	})
}

// underLoad sends requests to a Service while something happens, and returns what came back.
func (s *shop) underLoad(service string, perSecond float64, happens func()) load.Result {
	s.Helper()
	running, err := load.Start(s.ctx, load.Options{URL: world.Traefik.Web() + "/", Host: s.host(service), Rate: perSecond, Duration: 5 * time.Minute})
	s.Expect(err).NotTo(HaveOccurred())
	happens()
	result := running.Stop()
	s.Logf("%s: %s", service, result)
	return result
}

// sample sends requests as fast as they are answered.
func (s *shop) sample(service string, count int) load.Result {
	s.Helper()
	result, err := load.Run(s.ctx, load.Options{URL: world.Traefik.Web() + "/", Host: s.host(service), Count: count, Workers: 4})
	s.Expect(err).NotTo(HaveOccurred())
	return result
}

// eventuallyShares waits until a version answers about a share of the requests.
func (s *shop) eventuallyShares(service, version string, share float64) {
	s.Helper()
	s.Eventually(func() float64 { return s.sample(service, 100).Share(version) }, soon, look).Should(BeNumerically("~", share, 0.04))
}
