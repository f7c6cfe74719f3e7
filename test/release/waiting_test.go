package release

import (
	"context"
	"errors"
	"net/http"
	"time"

	. "github.com/onsi/gomega"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/hack/testbed/operator"
	"github.com/kubemate/kubemate/internal/admission"
)

// serverTime is what the API server takes for the time, in whole seconds as in creation times: nothing that is created later bears an earlier one.
func serverTime(ctx context.Context) (time.Time, error) {
	access, err := rest.HTTPClientFor(world.Config())
	if err != nil {
		return time.Time{}, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, world.Config().Host+"/version", nil)
	if err != nil {
		return time.Time{}, err
	}
	response, err := access.Do(request)
	if err != nil {
		return time.Time{}, err
	}
	at, err := http.ParseTime(response.Header.Get("Date"))
	return at, errors.Join(err, response.Body.Close())
}

// eventuallyLater waits until what is created now is younger than an object, as their creation times say.
func (s *shop) eventuallyLater(than client.Object) {
	s.Helper()
	s.Eventually(serverTime).WithContext(s.ctx).WithTimeout(soon).WithPolling(look).Should(BeTemporally(">", than.GetCreationTimestamp().Time))
}

// shipped are the policies that vouch for actions.
func shipped() (admission.Pair, error) {
	return admission.Actions(admission.Settings{Operator: operator.UserName})
}

// eventuallyVouched waits until the operator trusts actions that are created from now on.
func (s *shop) eventuallyVouched() {
	s.Helper()
	pair, err := shipped()
	s.Expect(err).NotTo(HaveOccurred())
	live := admission.Pair{Policy: &admissionregistrationv1.ValidatingAdmissionPolicy{}, Binding: &admissionregistrationv1.ValidatingAdmissionPolicyBinding{}}
	s.Expect(admin.Get(s.ctx, client.ObjectKeyFromObject(pair.Policy), live.Policy)).To(Succeed())
	s.Expect(admin.Get(s.ctx, client.ObjectKeyFromObject(pair.Binding), live.Binding)).To(Succeed())
	force := admission.Judge(pair, live)
	s.Expect(force.Lacking).To(BeEmpty())
	s.Eventually(serverTime).WithContext(s.ctx).WithTimeout(soon).WithPolling(look).Should(Satisfy(force.Covers))
}

// eventuallyNone waits until none of a kind is Kubemate's in the namespace.
func (s *shop) eventuallyNone(kind schema.GroupVersionKind) {
	s.Helper()
	s.Eventually(func() ([]metav1.PartialObjectMetadata, error) {
		list := &metav1.PartialObjectMetadataList{}
		list.SetGroupVersionKind(kind)
		err := admin.List(s.ctx, list, client.InNamespace(s.namespace), ours)
		return list.Items, err
	}, soon, look).Should(BeEmpty())
}
