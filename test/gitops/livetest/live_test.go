// Package livetest acts on releases as Argo CD does, against a real API server with the shipped policy and the roles of config/gitops.
package livetest

import (
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/hack/testbed"
	"github.com/kubemate/kubemate/internal/admission"
	"github.com/kubemate/kubemate/test/gitops"
	"github.com/kubemate/kubemate/test/phases"
)

const (
	checkout = "../../.."
	// patience is how long the API server may take to take up roles and policies.
	patience = 30 * time.Second
)

func TestMain(m *testing.M) { os.Exit(testbed.Main(m, testbed.Options{})) }

// TestArgoCDActsOnReleases runs every action of the shipped configuration that the release offers, as the ServiceAccount of Argo CD.
func TestArgoCDActsOnReleases(t *testing.T) {
	server := testbed.Shared(t)
	cluster := prepare(t, server)
	argocd := argoCD(t, server)
	argo, err := gitops.ReadArgo(checkout, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	moments, err := phases.Releases()
	if err != nil {
		t.Fatal(err)
	}
	created := map[string]bool{}
	for _, moment := range moments {
		release := store(t, cluster, moment)
		offered, err := argo.Offered(v1alpha1.KindCanaryRelease, release)
		if err != nil {
			t.Fatal(err)
		}
		for _, verb := range offered {
			content, err := argo.Create(v1alpha1.KindCanaryRelease, verb, release, map[string]any{"reason": "CHG-7"})
			if err != nil {
				t.Fatal(err)
			}
			err = argocd.Create(t.Context(), &unstructured.Unstructured{Object: content})
			switch {
			case verb == "approve":
				if err == nil || !strings.Contains(err.Error(), "a role must grant the verb approve") {
					t.Errorf("Argo CD approves without having been granted it: %v", err)
				}
			case err != nil:
				t.Errorf("%s when %s: %v", verb, moment.Name, err)
			default:
				created[verb] = true
			}
		}
	}
	if len(created) != 5 {
		t.Errorf("only these were created: %v", created)
	}
	t.Run("approvals are granted apart", func(t *testing.T) {
		kubectl(t, server, commands(t)[2]...)
		moment, err := phases.Find(moments, "awaiting-approval")
		if err != nil {
			t.Fatal(err)
		}
		moment.Release.Name = "approved"
		content, err := argo.Create(v1alpha1.KindCanaryRelease, "approve", store(t, cluster, moment), map[string]any{})
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, func() error { return argocd.Create(t.Context(), &unstructured.Unstructured{Object: content}) })
	})
	t.Run("but never under four eyes", func(t *testing.T) {
		policy(t, cluster, admission.Settings{Operator: "admin", ApproverGroups: []string{"system:serviceaccounts"}})
		moment, err := phases.Find(moments, "awaiting-approval")
		if err != nil {
			t.Fatal(err)
		}
		moment.Release.Name = "four-eyes"
		content, err := argo.Create(v1alpha1.KindCanaryRelease, "approve", store(t, cluster, moment), map[string]any{})
		if err != nil {
			t.Fatal(err)
		}
		gomega.NewWithT(t).Eventually(func() error {
			return argocd.Create(t.Context(), &unstructured.Unstructured{Object: content}, client.DryRunAll)
		}).WithTimeout(patience).Should(gomega.MatchError(gomega.ContainSubstring("an approval is given by a person, not by a ServiceAccount")))
	})
}

// prepare makes a cluster with Kubemate's kinds, the shipped policy and the roles for Argo CD.
func prepare(t *testing.T, server *testbed.Testbed) client.Client {
	t.Helper()
	if err := server.InstallCRDs(t.Context(), checkout+"/config/crd/bases"); err != nil {
		t.Fatal(err)
	}
	kubectl(t, server, "create", "namespace", "shop")
	kubectl(t, server, "create", "namespace", "argocd")
	kubectl(t, server, "create", "serviceaccount", "argocd-server", "-n", "argocd")
	kubectl(t, server, "create", "configmap", "argocd-cm", "-n", "argocd", "--from-literal=kept=yes")
	documented(t, server, 2) // the third lets Argo CD approve
	data, err := server.Kubectl(t.Context(), "get", "configmap", "argocd-cm", "-n", "argocd", "-o", "jsonpath={.data}")
	if err != nil || !strings.Contains(data, `"kept":"yes"`) || !strings.Contains(data, "resource.customizations.health.kubemate.io_CanaryRelease") {
		t.Fatalf("the ConfigMap of Argo CD: %s, %v", data, err)
	}
	all := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{scheme.AddToScheme, v1alpha1.AddToScheme} {
		if err := add(all); err != nil {
			t.Fatal(err)
		}
	}
	cluster, err := client.New(server.Config(), client.Options{Scheme: all})
	if err != nil {
		t.Fatal(err)
	}
	policy(t, cluster, admission.Settings{Operator: "admin"})
	probe := &v1alpha1.ReleaseAction{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", GenerateName: "probe-"},
		Spec: v1alpha1.ReleaseActionSpec{
			Release: "nothing", ReleaseUID: "00000000-0000-0000-0000-000000000000", Generation: 1, Action: v1alpha1.VerbPause, Actor: "nobody",
		},
	}
	gomega.NewWithT(t).Eventually(func() error { return cluster.Create(t.Context(), probe.DeepCopy(), client.DryRunAll) }).
		WithTimeout(patience).Should(gomega.MatchError(gomega.ContainSubstring("an action is created by its actor")))
	return cluster
}

func policy(t *testing.T, cluster client.Client, settings admission.Settings) {
	t.Helper()
	pair, err := admission.Actions(settings)
	if err != nil {
		t.Fatal(err)
	}
	for _, object := range []client.Object{pair.Policy, pair.Binding} {
		if err := cluster.Patch(t.Context(), object, client.Apply, client.FieldOwner("test"), client.ForceOwnership); err != nil { //nolint:staticcheck // the typed objects are whole
			t.Fatal(err)
		}
	}
}

// argoCD is a client that is what Argo CD's server is in the cluster that it runs in.
func argoCD(t *testing.T, server *testbed.Testbed) client.Client {
	t.Helper()
	access, err := server.ServiceAccountConfig(t.Context(), "argocd", "argocd-server")
	if err != nil {
		t.Fatal(err)
	}
	made, err := client.New(access, client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// store stores a release with its status, and returns it as the cluster holds it.
func store(t *testing.T, cluster client.Client, moment phases.Moment) map[string]any {
	t.Helper()
	wanted := moment.Release
	if wanted.Name == "orders" {
		wanted.Name = moment.Name
	}
	wanted.UID, wanted.ResourceVersion, wanted.CreationTimestamp = "", "", metav1.Time{}
	status := wanted.Status
	if err := cluster.Create(t.Context(), wanted); err != nil {
		t.Fatal(err)
	}
	wanted.Status = status
	if err := cluster.Status().Update(t.Context(), wanted); err != nil {
		t.Fatalf("the status of %s is refused: %v", moment.Name, err)
	}
	stored := &unstructured.Unstructured{}
	stored.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(v1alpha1.KindCanaryRelease))
	if err := cluster.Get(t.Context(), client.ObjectKeyFromObject(wanted), stored); err != nil {
		t.Fatal(err)
	}
	return stored.Object
}

// documented runs the first commands of docs/gitops.md.
func documented(t *testing.T, server *testbed.Testbed, count int) {
	t.Helper()
	all := commands(t)
	if len(all) != 3 {
		t.Fatalf("docs/gitops.md has %d commands", len(all))
	}
	for _, args := range all[:count] {
		kubectl(t, server, args...)
	}
}

// commands are the arguments of kubectl in docs/gitops.md. Both pages have the same.
func commands(t *testing.T) [][]string {
	t.Helper()
	var pages [2][][]string
	for i, page := range []string{"gitops.md", "gitops.zh-CN.md"} {
		content, err := os.ReadFile(checkout + "/docs/" + page)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(content)) {
			if command, is := strings.CutPrefix(line, "kubectl "); is {
				pages[i] = append(pages[i], strings.Fields(strings.ReplaceAll(command, "config/gitops/", checkout+"/config/gitops/")))
			}
		}
	}
	if !reflect.DeepEqual(pages[0], pages[1]) {
		t.Fatalf("the pages differ: %v", pages)
	}
	return pages[0]
}

func eventually(t *testing.T, do func() error) {
	t.Helper()
	gomega.NewWithT(t).Eventually(do).WithTimeout(patience).Should(gomega.Succeed())
}

func kubectl(t *testing.T, server *testbed.Testbed, args ...string) {
	t.Helper()
	if out, err := server.Kubectl(t.Context(), args...); err != nil {
		t.Fatalf("kubectl %v: %v\n%s", args, err, out)
	}
}
