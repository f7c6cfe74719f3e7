package load

import (
	"context"
	"fmt"
	"reflect"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/internal/admission"
)

// Guards reads the admission policies that guard ReleaseActions from the API server, never from a cache: a cache of policies may be older than
// the cache that shows an action. A policy that stands unchanged now, and did so before the action was created, has seen the action.
type Guards struct {
	reader client.Reader
}

// NewGuards makes Guards of a reader that asks the API server, such as manager.GetAPIReader.
func NewGuards(reader client.Reader) Guards { return Guards{reader} }

// Actions are the ValidatingAdmissionPolicy for ReleaseActions and its binding, as they stand.
func (g Guards) Actions(ctx context.Context) (admission.Pair, error) {
	return g.pair(ctx, admission.ActionsName, &admissionregistrationv1.ValidatingAdmissionPolicy{}, &admissionregistrationv1.ValidatingAdmissionPolicyBinding{})
}

// FourEyes are the MutatingAdmissionPolicy that stamps changes of CanaryReleases and its binding, as they stand.
func (g Guards) FourEyes(ctx context.Context) (admission.Pair, error) {
	return g.pair(ctx, admission.FourEyesName, &admissionregistrationv1.MutatingAdmissionPolicy{}, &admissionregistrationv1.MutatingAdmissionPolicyBinding{})
}

func (g Guards) pair(ctx context.Context, name string, policy, binding client.Object) (admission.Pair, error) {
	found := admission.Pair{Policy: policy, Binding: binding}
	for _, object := range []*client.Object{&found.Policy, &found.Binding} {
		kind := reflect.TypeOf(*object).Elem().Name()
		err := g.reader.Get(ctx, client.ObjectKey{Name: name}, *object)
		switch {
		case client.IgnoreNotFound(err) == nil && err != nil, meta.IsNoMatchError(err): // an API server that is too old has no such kind
			*object = nil
		case err != nil:
			return admission.Pair{}, fmt.Errorf("reading %s %s: %w", kind, name, err)
		}
	}
	return found, nil
}

// User asks the API server who a client is.
func User(ctx context.Context, cluster *rest.Config) (string, error) {
	clients, err := kubernetes.NewForConfig(cluster)
	if err != nil {
		return "", fmt.Errorf("making a client to ask for the own user: %w", err)
	}
	review, err := clients.AuthenticationV1().SelfSubjectReviews().Create(ctx, &authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
	if err != nil {
		return "", fmt.Errorf("asking the API server for the own user: %w", err)
	}
	return review.Status.UserInfo.Username, nil
}
