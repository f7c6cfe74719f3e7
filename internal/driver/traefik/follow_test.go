package traefik_test

import (
	"reflect"
	"testing"

	. "github.com/onsi/gomega"
	traefikio "github.com/traefik/traefik/v3/pkg/provider/kubernetes/crd/traefikio/v1alpha1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/internal/driver/traefik"
	"github.com/kubemate/kubemate/internal/model"
)

func TestFollow(t *testing.T) {
	testers := model.Match{Headers: []model.ValueMatch{{Name: "x-tester", Kind: model.MatchExact, Value: "1"}}}
	splits := func(routes ...model.Route) *model.Service {
		return &model.Service{Name: "orders", Routes: routes, Retain: &model.Retain{Service: "orders", StableLeaf: "v1"}}
	}
	rest := func(shares ...model.Share) model.Route { return model.Route{Split: shares} }
	match := func(backend string) model.Route {
		return model.Route{Match: testers, Split: []model.Share{{Backend: backend, Weight: 1}}}
	}
	half := []model.Share{{Backend: "v1", Weight: 50}, {Backend: "v2", Weight: 50}}
	all := func(backend string) []model.Share { return []model.Share{{Backend: backend, Weight: 100}} }
	one := func(backend string) []model.Share { return []model.Share{{Backend: backend, Weight: 1}} }

	for _, c := range []struct {
		name     string
		standing client.Object
		service  *model.Service
		want     []model.Share
	}{
		{"the rest follows a rollback", standing(half), splits(rest(all("v1")...)), all("v1")},
		{"the rest follows a step", standing(all("v1")), splits(rest(half...)), half},
		{"the rest follows a match's loss of its backend in nothing", standing(half), splits(match("v1"), rest(half...)), nil},
		{"what follows already is left alone", standing(half), splits(rest(half...)), nil},
		{"a match keeps its backend while the release leads a match there", ofMatch(standing(one("v2"))), splits(match("v2"), rest(all("v1")...)), nil},
		{"a match goes to stable when the release leads none there", ofMatch(standing(one("v2"))), splits(match("v3"), rest(half...)), one("v1")},
		{"a match goes to stable with a rollback", ofMatch(standing(one("v2"))), splits(rest(all("v1")...)), one("v1")},
		{"a Service that is not split is left alone", standing(half), &model.Service{Name: "orders"}, nil},
		{"other kinds are left alone", &traefikio.IngressRoute{}, splits(rest(half...)), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := NewWithT(t)
			followed, err := traefik.New().Follow(c.standing, c.service)
			g.Expect(err).NotTo(HaveOccurred())
			same, err := traefik.New().Follow(loose(t, c.standing), c.service)
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(reflect.DeepEqual(same, followed)).To(BeTrue(), "whichever way the object was read")
			if c.want == nil {
				g.Expect(followed).To(BeNil())
				return
			}
			var read traefikio.TraefikService
			content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(followed)
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(runtime.DefaultUnstructuredConverter.FromUnstructured(content, &read)).To(Succeed())
			var shares []model.Share
			for _, child := range read.Spec.Weighted.Services {
				shares = append(shares, model.Share{Backend: child.Name, Weight: int32(*child.Weight)})
				g.Expect(child.Scheme).To(Equal("h2c"), "how a backend is spoken to stays")
				g.Expect(child.ServersTransport).To(Equal("slow"))
				g.Expect(child.Port).To(Equal(intstr.FromInt32(8080)))
			}
			g.Expect(shares).To(Equal(c.want))
			g.Expect(read.Labels).To(HaveKeyWithValue("team", "payments"), "by which a gateway may choose what it loads")
			g.Expect(read.Annotations).NotTo(HaveKey("kubemate.io/applied"))
		})
	}
}

// standing is a TraefikService as it stands in a cluster.
func standing(shares []model.Share) *traefikio.TraefikService {
	object := &traefikio.TraefikService{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: "shop", Name: "shop-orders", Labels: map[string]string{"team": "payments"}, Annotations: map[string]string{"kubemate.io/applied": "digest"},
		},
		Spec: traefikio.TraefikServiceSpec{Weighted: &traefikio.WeightedRoundRobin{}},
	}
	for _, share := range shares {
		weight := int(share.Weight)
		object.Spec.Weighted.Services = append(object.Spec.Weighted.Services, traefikio.Service{LoadBalancerSpec: traefikio.LoadBalancerSpec{
			Kind: "Service", Name: share.Backend, Port: intstr.FromInt32(8080), Scheme: "h2c", ServersTransport: "slow", Weight: &weight,
		}})
	}
	return object
}

// loose is an object as it is read by who does not know its type.
func loose(t *testing.T, object client.Object) client.Object {
	t.Helper()
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
	if err != nil {
		t.Fatal(err)
	}
	read := &unstructured.Unstructured{Object: content}
	read.SetAPIVersion("traefik.io/v1alpha1")
	read.SetKind(reflect.TypeOf(object).Elem().Name())
	return read
}

func ofMatch(object *traefikio.TraefikService) client.Object {
	object.Annotations["traefik.kubemate.io/line"] = "match"
	return object
}
