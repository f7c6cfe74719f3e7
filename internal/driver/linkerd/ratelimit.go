package linkerd

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	policyv1alpha1 "github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1beta3"
	"github.com/kubemate/kubemate/internal/model"
)

const kindRateLimit = "HTTPLocalRateLimitPolicy"

// limit bounds the requests of the Server at hand. It has the Server's name, so that a Server never has two, of which Linkerd would follow the older.
func (g *guard) limit() {
	limit := g.access.RateLimit
	if limit == nil {
		return
	}
	g.add(&policyv1alpha1.HTTPLocalRateLimitPolicy{
		TypeMeta:   metav1.TypeMeta{APIVersion: policyV1alpha1, Kind: kindRateLimit},
		ObjectMeta: g.meta(g.server),
		Spec: policyv1alpha1.HTTPLocalRateLimitPolicySpec{
			TargetRef: policyv1alpha1.TargetRef{Group: v1beta3.GroupVersion.Group, Kind: kindServer, Name: g.server},
			Total:     perSecond(limit.RequestsPerSecond), Identity: perSecond(limit.PerClient), Overrides: overrides(limit.Clients),
		},
	})
}

func perSecond(requests int32) *policyv1alpha1.RateLimit {
	if requests == 0 {
		return nil
	}
	return &policyv1alpha1.RateLimit{RequestsPerSecond: int64(requests)}
}

func overrides(clients []model.ClientLimit) []policyv1alpha1.RateLimitOverride {
	var out []policyv1alpha1.RateLimitOverride
	for _, client := range clients {
		out = append(out, policyv1alpha1.RateLimitOverride{
			RequestsPerSecond: int64(client.RequestsPerSecond),
			ClientRefs:        []policyv1alpha1.RateLimitClient{{Kind: "ServiceAccount", Name: client.Name, Namespace: client.Namespace}},
		})
	}
	return out
}
