package e2e

import (
	"context"
	"time"

	. "github.com/onsi/ginkgo/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1beta3"
)

// acceptRoutes stands for Linkerd's controller, which is not in the testbed: it says of every route for a Server that it is accepted, until the
// context ends.
func acceptRoutes(ctx context.Context) {
	ticks := time.NewTicker(100 * time.Millisecond)
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
		var routes v1beta3.HTTPRouteList
		if err := admin.List(ctx, &routes); err != nil {
			GinkgoWriter.Println("listing HTTPRoutes:", err)
			continue
		}
		for i := range routes.Items {
			if err := acceptRoute(ctx, &routes.Items[i]); client.IgnoreNotFound(err) != nil {
				GinkgoWriter.Println("accepting a route:", err)
			}
		}
	}
}

func acceptRoute(ctx context.Context, route *v1beta3.HTTPRoute) error {
	parent := route.Spec.ParentRefs[0]
	if parent.Kind != "Server" || len(route.Status.Parents) > 0 {
		return nil
	}
	accepted := route.DeepCopy()
	accepted.Status.Parents = []v1beta3.RouteParentStatus{{
		ParentRef:      v1beta3.StatusParentRef{Group: parent.Group, Kind: parent.Kind, Namespace: route.Namespace, Name: parent.Name},
		ControllerName: "linkerd.io/policy-controller",
		Conditions: []metav1.Condition{{
			Type: "Accepted", Status: metav1.ConditionTrue, Reason: "Accepted", LastTransitionTime: metav1.Now(),
		}},
	}}
	return admin.Status().Patch(ctx, accepted, client.MergeFrom(route))
}
