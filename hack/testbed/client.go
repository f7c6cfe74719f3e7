package testbed

import (
	"fmt"

	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// NewClient is access to the kinds of Kubernetes and to others, which register themselves. Its scheme is its own: that of client-go is read by the
// testbed's watches as long as it runs, and must not change meanwhile.
func NewClient(config *rest.Config, others ...func(*runtime.Scheme) error) (client.Client, error) {
	scheme := runtime.NewScheme()
	for _, register := range append(others, clientgoscheme.AddToScheme) {
		if err := register(scheme); err != nil {
			return nil, fmt.Errorf("registering the kinds of a client: %w", err)
		}
	}
	return client.New(config, client.Options{Scheme: scheme})
}
