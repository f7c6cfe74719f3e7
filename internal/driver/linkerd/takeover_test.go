package linkerd

import (
	"testing"

	serviceprofile "github.com/linkerd/linkerd2/controller/gen/apis/serviceprofile/v1alpha2"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/model"
)

// facts/linkerd.md, 2.1 and 9.1: a ServiceProfile hides HTTPRoutes and annotations when it has routes or overrides, and not otherwise.
func TestAServiceProfileTakesAServiceOver(t *testing.T) {
	profile := func(namespace, name string, spec serviceprofile.ServiceProfileSpec) client.Object {
		return &serviceprofile.ServiceProfile{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}, Spec: spec}
	}
	routes := serviceprofile.ServiceProfileSpec{Routes: []*serviceprofile.RouteSpec{{Name: "all"}}}
	overrides := serviceprofile.ServiceProfileSpec{DstOverrides: []*serviceprofile.WeightedDst{{Authority: "v2.shop.svc.cluster.local"}}}
	const name = "orders.shop.svc.cluster.local"
	whole := model.Takeover{Namespace: "shop", Service: "orders", Object: "ServiceProfile " + name + " of namespace shop"}
	ofCallers := model.Takeover{Namespace: "shop", Service: "orders", Callers: "web", Object: "ServiceProfile " + name + " of namespace web"}
	for does, one := range map[string]struct {
		object client.Object
		want   *model.Takeover
	}{
		"with routes, for all callers":                {profile("shop", name, routes), &whole},
		"with overrides":                              {profile("shop", name, overrides), &whole},
		"in another namespace, for the callers there": {profile("web", name, routes), &ofCallers},
		"not with a budget alone":                     {profile("shop", name, serviceprofile.ServiceProfileSpec{RetryBudget: &serviceprofile.RetryBudget{}}), nil},
		"not when it is named after something else":   {profile("shop", "api.partner.example", routes), nil},
		"not when it is of another kind":              {&corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: name}}, nil},
	} {
		got, takes := Policy(Config{}).(driver.Yielding).TakesOver(one.object)
		if takes != (one.want != nil) || takes && got != *one.want {
			t.Errorf("%s: %+v", does, got)
		}
	}
	if _, yields := Classic(Config{}).(driver.Yielding); yields {
		t.Error("the classic generation writes ServiceProfiles itself")
	}
}
