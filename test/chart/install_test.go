package chart

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"sigs.k8s.io/yaml"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/hack/rbac/rules"
)

// fenceWithin is how long the API server may take to begin to enforce a new admission policy.
const fenceWithin = 30 * time.Second

// restrictedNamespace makes a namespace that admits restricted pods only.
func restrictedNamespace(ctx SpecContext, name string) {
	GinkgoHelper()
	_, err := administrator().CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{
		Name: name, Labels: map[string]string{"pod-security.kubernetes.io/enforce": "restricted", "pod-security.kubernetes.io/warn": "restricted"},
	}}, metav1.CreateOptions{})
	if !apierrors.IsAlreadyExists(err) {
		Expect(err).NotTo(HaveOccurred())
	}
}

func administrator() *kubernetes.Clientset {
	GinkgoHelper()
	client, err := kubernetes.NewForConfig(server.Config())
	Expect(err).NotTo(HaveOccurred())
	return client
}

var _ = Describe("The API server", func() {
	for _, values := range valuesFiles {
		It("accepts every object, and the pods as restricted: "+values, func(ctx SpecContext) {
			restrictedNamespace(ctx, rules.Namespace)
			objects := render(ctx, values)
			output, err := server.Kubectl(ctx, "apply", "--server-side", "--dry-run=server", "--validate=strict", "--force-conflicts", "--filename="+file(objects))
			Expect(err).NotTo(HaveOccurred())
			Expect(output).NotTo(ContainSubstring("Warning"))
			admitted(ctx, only[appsv1.Deployment](objects, "Deployment", nameOf(values)))
		})
	}

	It("installs, upgrades and uninstalls with Helm, and the CRDs stay", func(ctx SpecContext) {
		const namespace = "by-helm"
		restrictedNamespace(ctx, namespace)
		release := []string{"operator", chartPath, "--namespace", namespace}
		_, err := helm(ctx, append([]string{"install", "--take-ownership", "--force-conflicts"}, release...)...)
		Expect(err).NotTo(HaveOccurred())
		_, err = administrator().AppsV1().Deployments(namespace).Get(ctx, "operator", metav1.GetOptions{})
		Expect(err).NotTo(HaveOccurred())
		_, err = helm(ctx, append([]string{"upgrade", "--force-conflicts", "--set=config.log.level=debug", "--set=podDisruptionBudget.enabled=true"}, release...)...)
		Expect(err).NotTo(HaveOccurred())
		_, err = helm(ctx, "uninstall", "operator", "--namespace", namespace)
		Expect(err).NotTo(HaveOccurred())
		_, err = administrator().AppsV1().Deployments(namespace).Get(ctx, "operator", metav1.GetOptions{})
		Expect(apierrors.IsNotFound(err)).To(BeTrue())
		_, err = server.Kubectl(ctx, "get", "canaryreleases", "--namespace", namespace)
		Expect(err).NotTo(HaveOccurred(), "custom resources must survive an uninstall")
	})

	It("lets the operator change nothing but injection on Namespaces", func(ctx SpecContext) {
		const namespace = "fenced"
		restrictedNamespace(ctx, namespace)
		_, err := helm(ctx, "install", "fenced", chartPath, "--namespace", namespace, "--set=config.injection.enabled=true,crds.install=false,admissionPolicies.install=false")
		Expect(err).NotTo(HaveOccurred())
		access, err := server.ServiceAccountConfig(ctx, namespace, "fenced")
		Expect(err).NotTo(HaveOccurred())
		operator, err := kubernetes.NewForConfig(access)
		Expect(err).NotTo(HaveOccurred())
		patch := func(metadata map[string]any) error {
			content, err := json.Marshal(map[string]any{"metadata": metadata})
			Expect(err).NotTo(HaveOccurred())
			_, err = operator.CoreV1().Namespaces().Patch(ctx, namespace, types.MergePatchType, content, metav1.PatchOptions{})
			return err
		}
		tries := 0
		Eventually(func() error { // a change each time: what changes nothing is allowed
			tries++
			return patch(map[string]any{"labels": map[string]any{"try": strconv.Itoa(tries)}})
		}).WithContext(ctx).WithTimeout(fenceWithin).Should(MatchError(ContainSubstring("nothing but annotations of a Namespace")))
		Expect(patch(map[string]any{"labels": map[string]any{"pod-security.kubernetes.io/enforce": "privileged"}})).To(HaveOccurred())
		Expect(patch(map[string]any{"annotations": map[string]any{"owner": "me"}})).To(MatchError(ContainSubstring("only its own annotations of a Namespace")))
		Expect(patch(map[string]any{"finalizers": []string{"example.com/x"}})).To(MatchError(ContainSubstring("nothing but annotations")))
		lent := map[string]any{"config.linkerd.io/proxy-log-level": "warn", "linkerd.io/inject": "enabled", v1alpha1.AnnotationBorrowed: "linkerd.io/inject", v1alpha1.AnnotationOrigins: "MeshPolicy/mesh"}
		Expect(patch(map[string]any{"annotations": lent})).To(Succeed())
		for annotation := range lent {
			lent[annotation] = nil
		}
		Expect(patch(map[string]any{"annotations": lent})).To(Succeed())
		_, err = administrator().CoreV1().Namespaces().Patch(ctx, namespace, types.MergePatchType, []byte(`{"metadata":{"labels":{"a":"b"}}}`), metav1.PatchOptions{})
		Expect(err).NotTo(HaveOccurred(), "others are not confined")
	})
})

var _ = Describe("An operator that may restart workloads", func() {
	It("changes nothing of them but its mark and the annotations of the mesh in the pod template", func(ctx SpecContext) {
		const namespace = "restarting"
		restrictedNamespace(ctx, namespace)
		_, err := helm(ctx, "install", "restarting", chartPath, "--namespace", namespace,
			"--set=config.injection.enabled=true,config.injection.restarts=true,crds.install=false,admissionPolicies.install=false")
		Expect(err).NotTo(HaveOccurred())
		access, err := server.ServiceAccountConfig(ctx, namespace, "restarting")
		Expect(err).NotTo(HaveOccurred())
		operator, err := kubernetes.NewForConfig(access)
		Expect(err).NotTo(HaveOccurred())
		labels := map[string]string{"app": "orders"}
		template := corev1.PodTemplateSpec{
			ObjectMeta: metav1.ObjectMeta{Labels: labels, Annotations: map[string]string{"kept": "yes"}},
			Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "app", Image: "app"}}},
		}
		meta, selector := metav1.ObjectMeta{Name: "orders"}, &metav1.LabelSelector{MatchLabels: labels}
		_, err = administrator().AppsV1().Deployments(namespace).Create(ctx, &appsv1.Deployment{ObjectMeta: meta, Spec: appsv1.DeploymentSpec{Selector: selector, Template: template}}, metav1.CreateOptions{})
		Expect(err).NotTo(HaveOccurred())
		_, err = administrator().AppsV1().StatefulSets(namespace).Create(ctx, &appsv1.StatefulSet{ObjectMeta: meta, Spec: appsv1.StatefulSetSpec{Selector: selector, Template: template}}, metav1.CreateOptions{})
		Expect(err).NotTo(HaveOccurred())
		_, err = administrator().AppsV1().DaemonSets(namespace).Create(ctx, &appsv1.DaemonSet{ObjectMeta: meta, Spec: appsv1.DaemonSetSpec{Selector: selector, Template: template}}, metav1.CreateOptions{})
		Expect(err).NotTo(HaveOccurred())
		for kind, patch := range map[string]func(string, ...string) error{
			"Deployment": func(body string, sub ...string) error {
				_, err := operator.AppsV1().Deployments(namespace).Patch(ctx, "orders", types.MergePatchType, []byte(body), metav1.PatchOptions{}, sub...)
				return err
			},
			"StatefulSet": func(body string, sub ...string) error {
				_, err := operator.AppsV1().StatefulSets(namespace).Patch(ctx, "orders", types.MergePatchType, []byte(body), metav1.PatchOptions{}, sub...)
				return err
			},
			"DaemonSet": func(body string, sub ...string) error {
				_, err := operator.AppsV1().DaemonSets(namespace).Patch(ctx, "orders", types.MergePatchType, []byte(body), metav1.PatchOptions{}, sub...)
				return err
			},
		} {
			By(kind)
			tries := 0
			Eventually(func() error { // a change each time: what changes nothing is allowed
				tries++
				return patch(`{"metadata":{"labels":{"try":"` + strconv.Itoa(tries) + `"}}}`)
			}).WithContext(ctx).WithTimeout(fenceWithin).Should(MatchError(ContainSubstring("nothing of a workload but annotations")))
			for _, body := range []string{
				`{"metadata":{"annotations":{"a":"b"}}}`, `{"metadata":{"finalizers":["example.com/x"]}}`,
				`{"spec":{"minReadySeconds":7}}`, `{"spec":{"template":{"metadata":{"labels":{"a":"b"}}}}}`,
				`{"spec":{"template":{"spec":{"serviceAccountName":"admin"}}}}`,
				`{"spec":{"template":{"spec":{"containers":[{"name":"app","image":"other"}]}}}}`,
			} {
				Expect(patch(body)).To(MatchError(ContainSubstring("nothing of a workload but annotations")), "%s of a %s", body, kind)
			}
			for _, annotation := range []string{`"kept":null`, `"kept":"no"`, `"config.linkerd.io/default-inbound-policy":"all-unauthenticated"`, `"config.linkerd.io/proxy-image":"other"`} {
				Expect(patch(`{"spec":{"template":{"metadata":{"annotations":{`+annotation+`}}}}}`)).To(
					MatchError(ContainSubstring("only its own annotations of a pod template")), "%s of a %s", annotation, kind)
			}
			Expect(patch(`{"status":{"observedGeneration":9}}`, "status")).To(HaveOccurred())
			for _, annotations := range []string{
				`"kubemate.io/restarted":"x"`, `"kubemate.io/borrowed":"linkerd.io/inject","linkerd.io/inject":"disabled"`,
				`"kubemate.io/restarted":null,"kubemate.io/borrowed":null,"linkerd.io/inject":null`,
			} {
				Expect(patch(`{"spec":{"template":{"metadata":{"annotations":{`+annotations+`}}}}}`)).To(Succeed(), "%s of a %s", annotations, kind)
			}
		}
		_, err = administrator().AppsV1().Deployments(namespace).Patch(ctx, "orders", types.MergePatchType, []byte(`{"spec":{"minReadySeconds":7}}`), metav1.PatchOptions{})
		Expect(err).NotTo(HaveOccurred(), "others are not confined")
	})
})

// admitted tries to create a pod of the Deployment: what Pod Security refuses in a Deployment is only warned of.
func admitted(ctx SpecContext, deployment *appsv1.Deployment) {
	GinkgoHelper()
	pod := &corev1.Pod{ObjectMeta: deployment.Spec.Template.ObjectMeta, Spec: deployment.Spec.Template.Spec}
	pod.GenerateName = "try-"
	_, err := administrator().CoreV1().Pods(rules.Namespace).Create(ctx, pod, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
	Expect(err).NotTo(HaveOccurred())
}

// file holds the objects until the spec ends.
func file(objects []*unstructured.Unstructured) string {
	GinkgoHelper()
	var text strings.Builder
	for _, object := range objects {
		content, err := yaml.Marshal(object.Object)
		Expect(err).NotTo(HaveOccurred())
		text.WriteString("---\n" + string(content))
	}
	path := filepath.Join(GinkgoT().TempDir(), "objects.yaml")
	Expect(os.WriteFile(path, []byte(text.String()), 0o600)).To(Succeed())
	return path
}
