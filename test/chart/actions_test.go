package chart

import (
	"context"
	"fmt"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/hack/rbac/rules"
	"github.com/kubemate/kubemate/hack/testbed"
	"github.com/kubemate/kubemate/internal/admission"
	"github.com/kubemate/kubemate/internal/load"
)

const (
	// shop is the namespace of the releases.
	shop = "actions"
	// gone is how long a namespace may take to go.
	gone = time.Minute
)

// A user has a client and some roles in the shop.
type user struct {
	name   string
	groups []string
	roles  []string
}

var (
	alice = user{name: "alice", roles: []string{"kubemate-release-operator", "kubemate-edit"}}
	bob   = user{name: "bob", roles: []string{"kubemate-release-approver"}}
	carol = user{name: "carol@bank.example", groups: []string{"release-approvers"}, roles: []string{"kubemate-release-approver", "kubemate-edit"}}
	dave  = user{name: "dave", roles: []string{"approves-payments"}}
	erin  = user{name: "erin", roles: []string{"kubemate-edit"}}
	frank = user{name: "frank", roles: []string{"kubemate-view"}}
	// admin may do everything to everything.
	admin = user{name: "root", groups: []string{"system:masters"}}
)

func (u user) client() client.Client {
	GinkgoHelper()
	access, err := server.ConfigFor(u.name, u.groups...)
	Expect(err).NotTo(HaveOccurred())
	return clientOf(access)
}

func clientOf(access *rest.Config) client.Client {
	GinkgoHelper()
	made, err := testbed.NewClient(access, v1alpha1.AddToScheme)
	Expect(err).NotTo(HaveOccurred())
	return made
}

// account is the access of a ServiceAccount.
func account(ctx context.Context, namespace, name string) client.Client {
	GinkgoHelper()
	access, err := server.ServiceAccountConfig(ctx, namespace, name)
	Expect(err).NotTo(HaveOccurred())
	return clientOf(access)
}

// does is an action of an actor on the release orders.
func does(actor string, verb v1alpha1.ReleaseVerb) *v1alpha1.ReleaseAction {
	action := &v1alpha1.ReleaseAction{Spec: v1alpha1.ReleaseActionSpec{
		Release: "orders", ReleaseUID: "0f8fad5b-d9cb-469f-a165-70867728950e", Generation: 1, Action: verb, Actor: actor, Reason: "CHG-1",
	}}
	action.Namespace, action.GenerateName = shop, "try-"
	if verb == v1alpha1.VerbApprove || verb == v1alpha1.VerbPromote {
		action.Spec.Step = new(int32)
		*action.Spec.Step = 1
	}
	return action
}

// verbs are all there are.
var verbs = []v1alpha1.ReleaseVerb{
	v1alpha1.VerbApprove, v1alpha1.VerbPromote, v1alpha1.VerbPause, v1alpha1.VerbResume, v1alpha1.VerbAbort, v1alpha1.VerbRetry,
}

// install applies what the chart renders of some kinds, and waits until the policy works.
func install(ctx SpecContext, values string) {
	GinkgoHelper()
	var chosen []*unstructured.Unstructured
	for _, object := range render(ctx, values) {
		switch object.GetKind() {
		case "ClusterRole", "ClusterRoleBinding", "ServiceAccount",
			"ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding":
			chosen = append(chosen, object)
		}
	}
	_, err := server.Kubectl(ctx, "apply", "--server-side", "--force-conflicts", "--filename="+file(chosen))
	Expect(err).NotTo(HaveOccurred())
	probe := does("root", v1alpha1.VerbPause)
	probe.Spec.Actor, probe.Spec.Reason = "nobody", ""
	wanted := "an action is created by its actor"
	if values == "four-eyes" {
		probe.Spec.Actor, wanted = "root", "asks for a reason"
	}
	Eventually(func() error { return admin.client().Create(ctx, probe.DeepCopy(), client.DryRunAll) }).
		WithContext(ctx).WithTimeout(fenceWithin).Should(MatchError(ContainSubstring(wanted)))
}

// prepare makes the shop, its people and their roles.
func prepare(ctx SpecContext) {
	GinkgoHelper()
	Expect(server.InstallCRDs(ctx, root+"/config/crd/bases")).To(Succeed())
	cluster := administrator()
	for _, namespace := range []string{shop, rules.Namespace} {
		_, err := cluster.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}}, metav1.CreateOptions{})
		Expect(client.IgnoreAlreadyExists(err)).To(Succeed())
	}
	_, err := cluster.CoreV1().ServiceAccounts(shop).Create(ctx, &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "pipeline"}}, metav1.CreateOptions{})
	Expect(client.IgnoreAlreadyExists(err)).To(Succeed())
	_, err = cluster.RbacV1().ClusterRoles().Create(ctx, &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: "approves-payments"}, Rules: []rbacv1.PolicyRule{
		{APIGroups: []string{v1alpha1.GroupName}, Resources: []string{"canaryreleases"}, ResourceNames: []string{"payments"}, Verbs: []string{"approve"}},
		{APIGroups: []string{v1alpha1.GroupName}, Resources: []string{"releaseactions"}, Verbs: []string{"create"}},
	}}, metav1.CreateOptions{})
	Expect(client.IgnoreAlreadyExists(err)).To(Succeed())
	for _, one := range []user{alice, bob, carol, dave, erin, frank} {
		for _, role := range one.roles {
			bind(ctx, cluster, role, rbacv1.Subject{Kind: rbacv1.UserKind, APIGroup: rbacv1.GroupName, Name: one.name})
		}
	}
	for _, role := range []string{"kubemate-release-approver", "kubemate-edit"} {
		bind(ctx, cluster, role, rbacv1.Subject{Kind: rbacv1.ServiceAccountKind, Namespace: shop, Name: "pipeline"})
	}
}

func bind(ctx context.Context, cluster kubernetes.Interface, role string, subject rbacv1.Subject) {
	GinkgoHelper()
	_, err := cluster.RbacV1().RoleBindings(shop).Create(ctx, &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{GenerateName: "person-"},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: role}, Subjects: []rbacv1.Subject{subject},
	}, metav1.CreateOptions{})
	Expect(err).NotTo(HaveOccurred())
}

var _ = Describe("Actions on releases", Ordered, func() {
	BeforeAll(func(ctx SpecContext) {
		prepare(ctx)
		install(ctx, "default")
	})

	It("are those of the user who creates them", func(ctx SpecContext) {
		Expect(alice.client().Create(ctx, does("alice", v1alpha1.VerbPause))).To(Succeed())
		Expect(alice.client().Create(ctx, does("bob", v1alpha1.VerbPause))).To(And(Satisfy(apierrors.IsForbidden),
			MatchError(ContainSubstring(`spec.actor is "bob", but this request is of the user "alice": an action is created by its actor`))))
		Expect(admin.client().Create(ctx, does("alice", v1alpha1.VerbPause))).To(MatchError(ContainSubstring(`this request is of the user "root"`)), "not even who may do everything")
		forged := does("bob", v1alpha1.VerbPause)
		forged.Name, forged.GenerateName = "forged", ""
		forged.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(v1alpha1.KindReleaseAction))
		Expect(admin.client().Patch(ctx, forged, client.Apply, client.FieldOwner("kubectl"))).To(MatchError(ContainSubstring("an action is created by its actor"))) //nolint:staticcheck // the way that kubectl apply --server-side goes
		pipeline := account(ctx, shop, "pipeline")
		Expect(pipeline.Create(ctx, does("pipeline", v1alpha1.VerbApprove))).To(MatchError(ContainSubstring(`of the user "system:serviceaccount:actions:pipeline"`)))
		Expect(pipeline.Create(ctx, does("system:serviceaccount:actions:pipeline", v1alpha1.VerbApprove))).To(Succeed(), "four eyes are off")
	})

	It("are granted verb by verb", func(ctx SpecContext) {
		for _, verb := range verbs {
			approves := verb == v1alpha1.VerbApprove
			byAlice, byBob := alice.client().Create(ctx, does("alice", verb)), bob.client().Create(ctx, does("bob", verb))
			if approves {
				Expect(byAlice).To(MatchError(ContainSubstring(
					`user "alice" may not approve the release "orders" in namespace "actions": a role must grant the verb approve on canaryreleases.kubemate.io`)))
				Expect(byBob).To(Succeed())
				continue
			}
			Expect(byAlice).To(Succeed(), string(verb))
			Expect(byBob).To(MatchError(ContainSubstring(`user "bob" may not `)), string(verb))
		}
		Expect(erin.client().Create(ctx, does("erin", v1alpha1.VerbAbort))).To(Satisfy(apierrors.IsForbidden), "editing releases is another right")
	})

	It("are not for those who only look, nor is anything else", func(ctx SpecContext) {
		looking := frank.client()
		for _, list := range []client.ObjectList{&v1alpha1.CanaryReleaseList{}, &v1alpha1.MeshPolicyList{}, &v1alpha1.IngressProfileList{}, &v1alpha1.ReleaseActionList{}} {
			Expect(looking.List(ctx, list, client.InNamespace(shop))).To(Succeed())
		}
		Expect(looking.Create(ctx, does("frank", v1alpha1.VerbPause))).To(Satisfy(apierrors.IsForbidden))
		inject := &v1alpha1.MeshPolicy{Spec: v1alpha1.MeshPolicySpec{Target: v1alpha1.PolicyTarget{Kind: "Namespace"}}}
		inject.Namespace, inject.Name = shop, "looked-at"
		Expect(looking.Create(ctx, inject.DeepCopy())).To(Satisfy(apierrors.IsForbidden))
		Expect(erin.client().Create(ctx, inject, client.DryRunAll)).NotTo(Satisfy(apierrors.IsForbidden), "an editor may")
	})

	It("are granted for single releases", func(ctx SpecContext) {
		payments := does("dave", v1alpha1.VerbApprove)
		payments.Spec.Release = "payments"
		Expect(dave.client().Create(ctx, payments)).To(Succeed())
		Expect(dave.client().Create(ctx, does("dave", v1alpha1.VerbApprove))).To(MatchError(ContainSubstring(`user "dave" may not approve the release "orders"`)))
	})

	It("stay as they are", func(ctx SpecContext) {
		action := does("alice", v1alpha1.VerbAbort)
		Expect(alice.client().Create(ctx, action)).To(Succeed())
		key := client.ObjectKeyFromObject(action)
		patched := func(by client.Client, patch string) error {
			return by.Patch(ctx, &v1alpha1.ReleaseAction{ObjectMeta: metav1.ObjectMeta{Namespace: key.Namespace, Name: key.Name}}, client.RawPatch(types.MergePatchType, []byte(patch)))
		}
		Expect(patched(alice.client(), `{"spec":{"reason":"another"}}`)).To(Satisfy(apierrors.IsForbidden))
		Expect(patched(admin.client(), `{"spec":{"reason":"another"}}`)).To(MatchError(ContainSubstring("an action never changes")))
		Expect(patched(admin.client(), `{"metadata":{"finalizers":["example.com/hold"]}}`)).To(MatchError(ContainSubstring("an action takes no finalizer")))
		owner := fmt.Sprintf(`{"metadata":{"ownerReferences":[{"apiVersion":"v1","kind":"ConfigMap","name":"none","uid":%q}]}}`, action.Spec.ReleaseUID)
		Expect(patched(admin.client(), owner)).To(MatchError(ContainSubstring("an action has no owner")), "the garbage collector would delete it")
		Expect(patched(admin.client(), `{"metadata":{"labels":{"seen":"yes"}}}`)).To(Succeed())
	})

	It("are answered by the operator alone", func(ctx SpecContext) {
		action := does("alice", v1alpha1.VerbAbort)
		Expect(alice.client().Create(ctx, action)).To(Succeed())
		applied := client.RawPatch(types.MergePatchType, []byte(`{"status":{"phase":"Applied","observedGeneration":1}}`))
		Expect(alice.client().Status().Patch(ctx, action.DeepCopy(), applied)).To(Satisfy(apierrors.IsForbidden))
		Expect(admin.client().Status().Patch(ctx, action.DeepCopy(), applied)).To(MatchError(ContainSubstring("only the operator says what became of an action")))
		Expect(account(ctx, rules.Namespace, rules.Name).Status().Patch(ctx, action, applied)).To(Succeed())
	})

	It("are deleted by the operator alone", func(ctx SpecContext) {
		action := does("alice", v1alpha1.VerbAbort)
		Expect(alice.client().Create(ctx, action)).To(Succeed())
		Expect(alice.client().Delete(ctx, action)).To(Satisfy(apierrors.IsForbidden))
		Expect(admin.client().Delete(ctx, action)).To(MatchError(ContainSubstring("the operator deletes it when it is older than actions.retention")))
		Expect(admin.client().DeleteAllOf(ctx, &v1alpha1.ReleaseAction{}, client.InNamespace(shop))).To(MatchError(ContainSubstring("the record of what was done")))
		Expect(account(ctx, rules.Namespace, rules.Name).Delete(ctx, action)).To(Succeed())
	})

	It("go with their namespace", func(ctx SpecContext) {
		const leaving = "leaving"
		namespaces := administrator().CoreV1().Namespaces()
		_, err := namespaces.Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: leaving}}, metav1.CreateOptions{})
		Expect(err).NotTo(HaveOccurred())
		action := does("root", v1alpha1.VerbAbort)
		action.Namespace = leaving
		Expect(admin.client().Create(ctx, action)).To(Succeed())
		Expect(namespaces.Delete(ctx, leaving, metav1.DeleteOptions{})).To(Succeed())
		Eventually(func() error {
			_, err := namespaces.Get(ctx, leaving, metav1.GetOptions{})
			return err
		}).WithContext(ctx).WithTimeout(gone).Should(Satisfy(apierrors.IsNotFound))
	})

	It("rest on a policy that the operator can read and knows", func(ctx SpecContext) {
		settings, _ := settingsOf(render(ctx, "default"), "default")
		shipped, err := admission.Actions(settings)
		Expect(err).NotTo(HaveOccurred())
		guards := load.NewGuards(account(ctx, rules.Namespace, rules.Name))
		judge := func() admission.Force {
			GinkgoHelper()
			live, err := guards.Actions(ctx)
			Expect(err).NotTo(HaveOccurred())
			return admission.Judge(shipped, live)
		}
		before := judge()
		Expect(before.Lacking).To(BeEmpty(), "the API server must store it as it is shipped")

		binding := &admissionregistrationv1.ValidatingAdmissionPolicyBinding{ObjectMeta: metav1.ObjectMeta{Name: admission.ActionsName}}
		warn := client.RawPatch(types.MergePatchType, []byte(`{"spec":{"validationActions":["Warn"]}}`))
		Expect(admin.client().Patch(ctx, binding, warn)).To(Succeed())
		Expect(judge().Lacking).To(ContainSubstring("is not the one that this version of Kubemate ships"))
		Expect(admin.client().Delete(ctx, binding)).To(Succeed())
		Expect(judge().Lacking).To(ContainSubstring("ValidatingAdmissionPolicyBinding releaseactions.kubemate.io is missing"))
		install(ctx, "default")
		after := judge()
		Expect(after.Lacking).To(BeEmpty())
		Expect(after.Since).To(BeTemporally(">", before.Since), "what was created meanwhile, nobody vouches for")
	})
})
