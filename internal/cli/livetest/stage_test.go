package livetest

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	clientscheme "k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/hack/testbed"
	"github.com/kubemate/kubemate/internal/admission"
	"github.com/kubemate/kubemate/internal/cli"
)

const namespace = "acting"

// patience is how long something may take that takes moments.
const patience = 30 * time.Second

// stage is a namespace with releases, people and an operator.
type stage struct {
	server *testbed.Testbed
	client client.WithWatch
	people string // folder of kubeconfigs
	t      *testing.T
}

func prepareStage(t *testing.T, server *testbed.Testbed) *stage {
	t.Helper()
	if err := server.InstallCRDs(t.Context(), root+"/config/crd/bases"); err != nil {
		t.Fatal(err)
	}
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{clientscheme.AddToScheme, v1alpha1.AddToScheme} {
		if err := add(scheme); err != nil {
			t.Fatal(err)
		}
	}
	made, err := client.NewWithWatch(server.Config(), client.Options{Scheme: scheme})
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{server: server, client: made, people: t.TempDir(), t: t}
	s.apply(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}})
	s.role("operate", "abort", "pause", "promote", "resume", "retry")
	s.role("approve", "approve")
	s.policy(t, false)
	return s
}

func (s *stage) apply(object client.Object) {
	s.t.Helper()
	if err := s.client.Create(s.t.Context(), object); client.IgnoreAlreadyExists(err) != nil {
		s.t.Fatal(err)
	}
}

// role grants some verbs on releases, as the chart's roles do.
func (s *stage) role(name string, verbs ...string) {
	s.apply(&rbacv1.Role{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}, Rules: []rbacv1.PolicyRule{
		{APIGroups: []string{v1alpha1.GroupName}, Resources: []string{"canaryreleases"}, Verbs: append([]string{"get", "list", "watch"}, verbs...)},
		{APIGroups: []string{v1alpha1.GroupName}, Resources: []string{"releaseactions"}, Verbs: []string{"get", "list", "watch", "create"}},
	}})
}

// policy puts the admission policy into force, with or without reasons being a must, and waits until the API server has taken it up.
func (s *stage) policy(t *testing.T, reasonRequired bool) {
	t.Helper()
	ctx := context.Background() // cleanups use it too
	pair, err := admission.Actions(admission.Settings{Operator: "admin", ReasonRequired: reasonRequired})
	if err != nil {
		t.Fatal(err)
	}
	for _, object := range []client.Object{pair.Policy, pair.Binding} {
		if err := s.client.Patch(ctx, object, client.Apply, client.FieldOwner("test"), client.ForceOwnership); err != nil { //nolint:staticcheck // the typed objects are whole
			t.Fatal(err)
		}
	}
	refused := func(actor, why string) bool {
		err := s.client.Create(ctx, probe(actor), client.DryRunAll)
		return err != nil && strings.Contains(err.Error(), why)
	}
	poll(t, "the policy is in force", func() bool {
		return refused("nobody", "an action is created by its actor") && refused("admin", "asks for a reason") == reasonRequired
	})
}

// probe is an action without reason that is never stored.
func probe(actor string) *v1alpha1.ReleaseAction {
	return &v1alpha1.ReleaseAction{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, GenerateName: "probe-"},
		Spec: v1alpha1.ReleaseActionSpec{
			Release: "nothing", ReleaseUID: "00000000-0000-0000-0000-000000000000", Generation: 1, Action: v1alpha1.VerbPause, Actor: actor,
		},
	}
}

func (s *stage) requireReason(t *testing.T) {
	t.Helper()
	s.policy(t, true)
	t.Cleanup(func() { s.policy(t, false) })
}

// person runs commands of the plugin as somebody with roles in the namespace.
func (s *stage) person(name string, roles ...string) func(args ...string) (code int, out, told string) {
	s.t.Helper()
	for _, role := range roles {
		s.apply(&rbacv1.RoleBinding{
			ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name + "-" + role},
			RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: role},
			Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: name}},
		})
	}
	access, err := s.server.ConfigFor(name)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := testbed.WriteKubeconfig(s.kubeconfig(name), access); err != nil {
		s.t.Fatal(err)
	}
	s.awaitRights(name, len(roles) > 0)
	return func(args ...string) (code int, out, told string) { return s.run(s.kubeconfig(name), args...) }
}

func (s *stage) kubeconfig(name string) string { return filepath.Join(s.people, name) }

// awaitRights waits until the API server knows of new roles.
func (s *stage) awaitRights(name string, rights bool) {
	if !rights {
		return
	}
	poll(s.t, name+" has rights", func() bool {
		_, _, told := s.run(s.kubeconfig(name), "list")
		return !strings.Contains(told, `cannot list resource "canaryreleases"`)
	})
}

func (s *stage) run(kubeconfig string, args ...string) (code int, out, told string) {
	var stdout, stderr bytes.Buffer
	args = append([]string{"release", "--kubeconfig", kubeconfig, "-n", namespace}, args...)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	code = cli.Run(ctx, "", args, genericiooptions.IOStreams{In: strings.NewReader(""), Out: &stdout, ErrOut: &stderr})
	return code, stdout.String(), stderr.String()
}

// release creates a release that waits for an approval at its first step, and whose actions are decided on.
func (s *stage) release(t *testing.T, name string) string {
	t.Helper()
	s.unattended(t, name)
	attend(t, s.client, name)
	return name
}

// unattended is a release that no operator looks at any more.
func (s *stage) unattended(t *testing.T, name string) string {
	t.Helper()
	release := &v1alpha1.CanaryRelease{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}, Spec: v1alpha1.CanaryReleaseSpec{
		Service: v1alpha1.ReleaseService{Name: "orders"}, Stable: "v1",
		Variants: []v1alpha1.Variant{deployed("v1"), deployed("v2")},
		Rollout: &v1alpha1.Rollout{To: "v2", Steps: []v1alpha1.RolloutStep{
			{Weight: intstr.FromInt32(5), Approval: true}, {Weight: intstr.FromInt32(100)},
		}},
	}}
	if err := s.client.Create(t.Context(), release); err != nil {
		t.Fatal(err)
	}
	decide(t, s.client, name)
	s.eventually(t, name, func(r *v1alpha1.CanaryRelease) bool { return r.Status.Release.Phase == v1alpha1.PhaseAwaitingApproval })
	return name
}

func deployed(name string) v1alpha1.Variant {
	deployment := v1alpha1.ObjectName("orders-" + name)
	return v1alpha1.Variant{Name: v1alpha1.VariantName(name), Deployment: &deployment}
}

// eventually waits for something to be true of a release.
func (s *stage) eventually(t *testing.T, name string, holds func(*v1alpha1.CanaryRelease) bool) {
	t.Helper()
	poll(t, "release "+name, func() bool {
		var release v1alpha1.CanaryRelease
		return s.client.Get(t.Context(), client.ObjectKey{Namespace: namespace, Name: name}, &release) == nil && release.Status.Release != nil && holds(&release)
	})
}

// actions counts the actions that name a release.
func (s *stage) actions(t *testing.T, release string) int {
	t.Helper()
	var list v1alpha1.ReleaseActionList
	if err := s.client.List(t.Context(), &list, client.InNamespace(namespace)); err != nil {
		t.Fatal(err)
	}
	count := 0
	for i := range list.Items {
		if string(list.Items[i].Spec.Release) == release {
			count++
		}
	}
	return count
}

func poll(t *testing.T, what string, holds func() bool) {
	t.Helper()
	gomega.NewWithT(t).Eventually(holds).WithTimeout(patience).WithPolling(20*time.Millisecond).Should(gomega.BeTrue(), what)
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// firstLine closes a channel with the first line that is written.
type firstLine struct {
	once sync.Once
	seen chan struct{}
}

func (f *firstLine) Write(text []byte) (int, error) {
	f.once.Do(func() { close(f.seen) })
	return len(text), nil
}

// tee writes everything twice.
type tee struct {
	first  *bytes.Buffer
	second *firstLine
}

func (t tee) Write(text []byte) (int, error) {
	t.first.Write(text)
	return t.second.Write(text)
}
