package driver

import (
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/internal/model"
)

// Follower is an optional ability of a driver: an object of its own goes on following the split of a Service while the custom resource that says
// everything else about the object is held, and cannot be asked (docs/adr/0015).
type Follower interface {
	// Follow is a standing object of the driver that carries the split of a Service, with the split as it is to be now, and all else as it stands. Nil:
	// the object needs no change.
	Follow(standing client.Object, service *model.Service) (client.Object, error)
}
