package e2e

import "github.com/kubemate/kubemate/hack/testbed/backend"

// down is how a pod behaves whose process is gone.
var down = backend.Behaviour{Down: true}

// downMatcher selects the pods of a version in a namespace.
func downMatcher(namespace, version string) backend.Matcher {
	return backend.Matcher{Namespace: namespace, Labels: map[string]string{"version": version}}
}
