package chart

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/kubemate/kubemate/hack/rbac/rules"
	"github.com/kubemate/kubemate/internal/admission"
	"github.com/kubemate/kubemate/internal/config"
)

// settingsOf are the settings that an operator with the rendered configuration expects of its policies.
func settingsOf(objects []*unstructured.Unstructured, values string) (admission.Settings, config.Actions) {
	GinkgoHelper()
	text, _, err := unstructured.NestedString(find(objects, "ConfigMap", nameOf(values))[0].Object, "data", "config.yaml")
	Expect(err).NotTo(HaveOccurred())
	parsed, err := config.Parse([]byte(text))
	Expect(err).NotTo(HaveOccurred(), text)
	account, _, err := unstructured.NestedString(find(objects, "Deployment", nameOf(values))[0].Object, "spec", "template", "spec", "serviceAccountName")
	Expect(err).NotTo(HaveOccurred())
	return admission.SettingsOf(parsed.Actions, "system:serviceaccount:"+rules.Namespace+":"+account), parsed.Actions
}

var _ = Describe("The admission policies that the chart renders", func() {
	for _, values := range valuesFiles {
		It("are those that the operator expects: "+values, func(ctx SpecContext) {
			objects := render(ctx, values)
			settings, actions := settingsOf(objects, values)
			shipped, err := admission.Actions(settings)
			Expect(err).NotTo(HaveOccurred())
			if values == "small" {
				Expect(find(objects, "ValidatingAdmissionPolicy", admission.ActionsName)).To(BeEmpty(), "somebody else installs them")
				return
			}
			policy := only[admissionregistrationv1.ValidatingAdmissionPolicy](objects, "ValidatingAdmissionPolicy", admission.ActionsName)
			binding := only[admissionregistrationv1.ValidatingAdmissionPolicyBinding](objects, "ValidatingAdmissionPolicyBinding", admission.ActionsName)
			policy.Generation, binding.Generation = 1, 1 // as stored
			Expect(admission.Judge(shipped, admission.Pair{Policy: policy, Binding: binding}).Lacking).To(BeEmpty())

			stamps := find(objects, "MutatingAdmissionPolicy", admission.FourEyesName)
			if !actions.FourEyes.Enabled {
				Expect(stamps).To(BeEmpty(), "Kubernetes before 1.36 does not know the kind")
				return
			}
			shipped, err = admission.FourEyes()
			Expect(err).NotTo(HaveOccurred())
			stamp := only[admissionregistrationv1.MutatingAdmissionPolicy](objects, "MutatingAdmissionPolicy", admission.FourEyesName)
			bound := only[admissionregistrationv1.MutatingAdmissionPolicyBinding](objects, "MutatingAdmissionPolicyBinding", admission.FourEyesName)
			stamp.Generation, bound.Generation = 1, 1
			Expect(admission.Judge(shipped, admission.Pair{Policy: stamp, Binding: bound}).Lacking).To(BeEmpty())
		})
	}
})
