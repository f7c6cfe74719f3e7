package chart

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/hack/rbac/rules"
	"github.com/kubemate/kubemate/internal/admission"
	"github.com/kubemate/kubemate/internal/load"
)

// released is a release without much in it.
func released(name string) *v1alpha1.CanaryRelease {
	release := &v1alpha1.CanaryRelease{Spec: v1alpha1.CanaryReleaseSpec{
		Service: v1alpha1.ReleaseService{Name: "orders"}, Stable: "v1",
		Variants: []v1alpha1.Variant{{Name: "v1", Deployment: ptr[v1alpha1.ObjectName]("orders-v1")}, {Name: "v2", Deployment: ptr[v1alpha1.ObjectName]("orders-v2")}},
	}}
	release.Namespace, release.Name = shop, name
	return release
}

func ptr[T any](value T) *T { return &value }

var _ = Describe("Under four eyes", Ordered, func() {
	BeforeAll(func(ctx SpecContext) {
		prepare(ctx)
		install(ctx, "four-eyes")
		// The API server refuses what a policy would change as long as it has not read the schema of a new kind.
		Eventually(func() error {
			return carol.client().Create(ctx, released("probe"), client.DryRunAll)
		}).Should(Succeed())
	})
	AfterAll(func(ctx SpecContext) {
		for _, object := range []client.Object{&admissionregistrationv1.MutatingAdmissionPolicyBinding{}, &admissionregistrationv1.MutatingAdmissionPolicy{}} {
			object.SetName(admission.FourEyesName)
			Expect(admin.client().Delete(ctx, object)).To(Succeed())
		}
		install(ctx, "default")
	})

	It("every action has a reason", func(ctx SpecContext) {
		action := does("alice", v1alpha1.VerbPause)
		action.Spec.Reason = " "
		Expect(alice.client().Create(ctx, action)).To(MatchError(ContainSubstring("say in spec.reason why")))
		action.Spec.Reason = "CHG-2"
		Expect(alice.client().Create(ctx, action)).To(Succeed(), "only approvals take an approver")
	})

	It("an approver is in a group of approvers", func(ctx SpecContext) {
		Expect(bob.client().Create(ctx, does("bob", v1alpha1.VerbApprove))).To(MatchError(ContainSubstring(
			`four eyes are asked for: user "bob" is in none of the groups of approvers (release-approvers, system:serviceaccounts)`)))
		Expect(carol.client().Create(ctx, does(carol.name, v1alpha1.VerbApprove))).To(Succeed())
	})

	It("an approver is no ServiceAccount", func(ctx SpecContext) {
		Expect(account(ctx, shop, "pipeline").Create(ctx, does("system:serviceaccount:actions:pipeline", v1alpha1.VerbApprove))).To(
			MatchError(ContainSubstring("an approval is given by a person, not by a ServiceAccount")))
	})

	It("a release knows the last person who changed it, whatever users write", func(ctx SpecContext) {
		release := released("stamped")
		release.Annotations = map[string]string{v1alpha1.AnnotationChangedBy: "bob", "team": "orders"}
		Expect(carol.client().Create(ctx, release)).To(Succeed())
		stamped := func(by, generation string) {
			GinkgoHelper()
			Expect(admin.client().Get(ctx, client.ObjectKeyFromObject(release), release)).To(Succeed())
			Expect(release.Annotations).To(HaveKeyWithValue(v1alpha1.AnnotationChangedBy, by))
			Expect(release.Annotations).To(HaveKeyWithValue(v1alpha1.AnnotationChangedGeneration, generation))
			Expect(release.Annotations).To(HaveKeyWithValue("team", "orders"))
		}
		patch := func(by client.Client, body string) {
			GinkgoHelper()
			Expect(by.Patch(ctx, release, client.RawPatch(types.MergePatchType, []byte(body)))).To(Succeed())
		}
		stamped(carol.name, "1")
		patch(alice.client(), `{"spec":{"onDelete":"Release"}}`)
		stamped("alice", "2")
		patch(carol.client(), `{"metadata":{"labels":{"tier":"gold"}}}`)
		stamped("alice", "2")
		patch(alice.client(), `{"metadata":{"annotations":{"kubemate.io/changed-by":"bob","kubemate.io/changed-generation":"9"}}}`)
		stamped("alice", "2")
		patch(alice.client(), `{"metadata":{"annotations":{"kubemate.io/changed-by":null,"kubemate.io/changed-generation":null}}}`)
		stamped("alice", "2")
		patch(account(ctx, shop, "pipeline"), `{"spec":{"onDelete":"Stable"},"metadata":{"annotations":{"kubemate.io/changed-by":"bob"}}}`)
		stamped("alice", "3")
		Expect(release.Generation).To(BeEquivalentTo(3))

		again := released("stamped")
		again.Annotations = map[string]string{"team": "orders"}
		again.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(v1alpha1.KindCanaryRelease))
		again.Spec.OnDelete = v1alpha1.OnDeleteRelease
		Expect(carol.client().Patch(ctx, again, client.Apply, client.FieldOwner("kubectl"), client.ForceOwnership)).To(Succeed()) //nolint:staticcheck // the way that kubectl apply --server-side goes
		stamped(carol.name, "4")
	})

	It("a release that a ServiceAccount created is its own until a person changes it", func(ctx SpecContext) {
		release := released("by-git")
		Expect(account(ctx, shop, "pipeline").Create(ctx, release)).To(Succeed())
		Expect(release.Annotations).To(HaveKeyWithValue(v1alpha1.AnnotationChangedBy, "system:serviceaccount:actions:pipeline"))
		Expect(alice.client().Patch(ctx, release, client.RawPatch(types.MergePatchType, []byte(`{"spec":{"onDelete":"Release"}}`)))).To(Succeed())
		Expect(release.Annotations).To(HaveKeyWithValue(v1alpha1.AnnotationChangedBy, "alice"))
	})

	It("the operator can read the policy that stamps, and knows it", func(ctx SpecContext) {
		shipped, err := admission.FourEyes()
		Expect(err).NotTo(HaveOccurred())
		live, err := load.NewGuards(account(ctx, rules.Namespace, rules.Name)).FourEyes(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(admission.Judge(shipped, live).Lacking).To(BeEmpty(), "the API server must store it as it is shipped")
	})

	It("the policies hold no expression that the API server warns of", func(ctx SpecContext) {
		for _, values := range []string{"four-eyes", "default"} {
			if values == "default" {
				install(ctx, values)
			}
			checked := &admissionregistrationv1.ValidatingAdmissionPolicy{ObjectMeta: metav1.ObjectMeta{Name: admission.ActionsName}}
			Eventually(func() (int64, error) {
				err := admin.client().Get(ctx, client.ObjectKeyFromObject(checked), checked)
				return checked.Generation - checked.Status.ObservedGeneration, err
			}).WithContext(ctx).WithTimeout(fenceWithin).Should(BeZero())
			Expect(checked.Status.TypeChecking).NotTo(BeNil())
			Expect(checked.Status.TypeChecking.ExpressionWarnings).To(BeEmpty())
		}
		install(ctx, "four-eyes")
	})

	It("the operator knows who it is", func(ctx SpecContext) {
		access, err := server.ServiceAccountConfig(ctx, rules.Namespace, rules.Name)
		Expect(err).NotTo(HaveOccurred())
		Expect(load.User(ctx, access)).To(Equal("system:serviceaccount:" + rules.Namespace + ":" + rules.Name))
	})
})
