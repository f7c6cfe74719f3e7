package releases

import (
	"context"
	"fmt"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// access is how the commands reach a cluster and a person.
type access struct {
	streams genericiooptions.IOStreams
	now     func() time.Time
	flags   *genericclioptions.ConfigFlags
}

// session is a connection to a cluster.
type session struct {
	client client.WithWatch
	// namespace that the flags or the kubeconfig name.
	namespace string
}

func (a *access) connect() (*session, error) {
	namespace, _, err := a.flags.ToRawKubeConfigLoader().Namespace()
	if err != nil {
		return nil, fmt.Errorf("reading the kubeconfig: %w", err)
	}
	config, err := a.flags.ToRESTConfig()
	if err != nil {
		return nil, fmt.Errorf("reading the kubeconfig: %w", err)
	}
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{v1alpha1.AddToScheme, authenticationv1.AddToScheme} {
		if err := add(scheme); err != nil {
			return nil, err
		}
	}
	connected, err := client.NewWithWatch(config, client.Options{Scheme: scheme})
	if err != nil {
		return nil, fmt.Errorf("connecting to the cluster: %w", err)
	}
	return &session{client: connected, namespace: namespace}, nil
}

// release reads a release.
func (s *session) release(ctx context.Context, name string) (*v1alpha1.CanaryRelease, error) {
	var release v1alpha1.CanaryRelease
	err := s.client.Get(ctx, client.ObjectKey{Namespace: s.namespace, Name: name}, &release)
	switch {
	case apierrors.IsNotFound(err):
		return nil, fmt.Errorf("there is no CanaryRelease %s in namespace %s: see kubectl kubemate release list -A", name, s.namespace)
	case meta.IsNoMatchError(err):
		return nil, fmt.Errorf("reading the CanaryRelease %s: this cluster does not know the kind; is Kubemate installed there?", name)
	case err != nil:
		return nil, fmt.Errorf("reading the CanaryRelease %s: %w", name, err)
	}
	release.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(v1alpha1.KindCanaryRelease))
	return &release, nil
}

// whoami is the name under which the API server knows us.
func (s *session) whoami(ctx context.Context) (string, error) {
	review := &authenticationv1.SelfSubjectReview{}
	if err := s.client.Create(ctx, review); err != nil {
		return "", fmt.Errorf("asking the API server who you are: %w", err)
	}
	return review.Status.UserInfo.Username, nil
}
