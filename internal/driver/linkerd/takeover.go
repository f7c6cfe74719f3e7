package linkerd

import (
	"strings"

	serviceprofile "github.com/linkerd/linkerd2/controller/gen/apis/serviceprofile/v1alpha2"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/internal/model"
)

// TakingKind is ServiceProfile.
func (policyDriver) TakingKind() schema.GroupVersionKind {
	return serviceprofile.SchemeGroupVersion.WithKind(kindServiceProfile)
}

// TakesOver is true of ServiceProfiles with routes or overrides: proxies that find one ignore HTTPRoutes and what the Service is annotated with
// (linkerd2-proxy, outbound/src/sidecar.rs). One beside the Service is for all callers, one elsewhere for those of its namespace.
func (policyDriver) TakesOver(object client.Object) (model.Takeover, bool) {
	profile, ok := object.(*serviceprofile.ServiceProfile)
	if !ok || len(profile.Spec.Routes)+len(profile.Spec.DstOverrides) == 0 {
		return model.Takeover{}, false
	}
	words := strings.Split(profile.Name, ".") // orders.shop.svc.cluster.local
	if len(words) < 4 || words[2] != "svc" {
		return model.Takeover{}, false
	}
	taken := model.Takeover{Service: words[0], Namespace: words[1], Object: kindServiceProfile + " " + profile.Name + " of namespace " + profile.Namespace}
	if profile.Namespace != taken.Namespace {
		taken.Callers = profile.Namespace
	}
	return taken, true
}
