package driver

import (
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/internal/model"
)

// Yielding is an optional ability of a mesh driver: its data plane knows objects that take a Service away from what the driver writes.
type Yielding interface {
	// TakingKind is the kind of such objects. It is among the kinds that some driver writes.
	TakingKind() schema.GroupVersionKind
	// TakesOver says which Service an object takes over, and how. False: none.
	TakesOver(object client.Object) (model.Takeover, bool)
}
