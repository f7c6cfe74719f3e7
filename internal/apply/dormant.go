package apply

import (
	"context"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver"
)

// acceptTime is how long a data plane is waited for that says nothing about an object: longer than Linkerd takes to look at everything again.
// Then the object is taken for accepted, because what guards must not sleep for ever.
const acceptTime = 15 * time.Second

// glance is how often is looked whether the data plane has accepted something.
const glance = time.Second

// form is the form in which an object is to be written now: dormant as long as it was never awake and the data plane has not accepted all that
// comes into force with it, of which it returns the first.
func (e *Engine) form(ctx context.Context, one *group, object wanted) (wanted, *Ref, error) {
	if object.dormant == nil {
		return object, nil, nil
	}
	live, err := e.options.Reader.Get(ctx, object.kind, object.ref.key())
	if err != nil || !e.asleep(object, live) {
		return object, nil, err
	}
	waiting, err := e.unaccepted(ctx, one, awaited)
	if waiting != nil {
		object = *object.dormant
	}
	return object, waiting, err
}

// asleep says whether an object is not there, or dormant.
func (e *Engine) asleep(object wanted, live client.Object) bool {
	if known, stale := e.ledger.look(object.ref, live); stale {
		return known.deleted || known.digest == object.dormant.digest
	}
	return live == nil || live.GetAnnotations()[v1alpha1.AnnotationApplied] == object.dormant.digest
}

func awaited(object driver.Object) bool { return object.Awaited }

// unaccepted is the first of some objects of a group that the data plane has not accepted. Nil: it has accepted all.
func (e *Engine) unaccepted(ctx context.Context, one *group, which func(driver.Object) bool) (*Ref, error) {
	for _, object := range one.objects {
		if !which(object.object) {
			continue
		}
		live, err := e.options.Reader.Get(ctx, object.kind, object.ref.key())
		if err != nil {
			return nil, err
		}
		accepted, err := e.accepted(live)
		if err != nil {
			return nil, fmt.Errorf("reading the status of %s: %w", object.ref, err)
		}
		if !accepted {
			return &object.ref, nil
		}
	}
	return nil, nil
}

// accepted says whether some parent of a standing object accepts it, or was asked too long ago to be waited for.
func (e *Engine) accepted(live client.Object) (bool, error) {
	if live == nil {
		return false, nil
	}
	if e.options.Now().Sub(live.GetCreationTimestamp().Time) > acceptTime {
		return true, nil
	}
	content, err := contentOf(live)
	if err != nil {
		return false, err
	}
	var said routeStatus
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(content, &said); err != nil {
		return false, err
	}
	for _, parent := range said.Status.Parents {
		if meta.IsStatusConditionTrue(parent.Conditions, string(gatewayv1.RouteConditionAccepted)) {
			return true, nil
		}
	}
	return false, nil
}

// routeStatus is what every kind of route and policy of the Gateway API says of its parents.
type routeStatus struct {
	Status struct {
		Parents []gatewayv1.RouteParentStatus `json:"parents"`
	} `json:"status"`
}

// unacceptedError is a reason to wait.
type unacceptedError struct {
	waiting, dormant Ref
}

func (e unacceptedError) Error() string {
	return "waiting for the mesh to accept " + e.waiting.String() + ", then " + e.dormant.String() + " comes into force"
}
