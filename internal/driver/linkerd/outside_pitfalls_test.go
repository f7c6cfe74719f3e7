package linkerd

import (
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/driver/drivertest"
	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1beta3"
	"github.com/kubemate/kubemate/internal/model"
)

func waysOut(t *testing.T, ns model.Namespace) []driver.Object {
	t.Helper()
	out, err := Policy(Config{}).Render(ns)
	if err != nil {
		t.Fatal(err)
	}
	return out.Objects
}

// parents are the EgressNetworks and ports that a route is for.
func parents(t *testing.T, object driver.Object) (names []string, ports []int64) {
	t.Helper()
	switch route := object.Object.(type) {
	case *v1beta3.HTTPRoute:
		for _, ref := range route.Spec.ParentRefs {
			names, ports = append(names, ref.Name), append(ports, int64(ref.Port))
		}
	case *unstructured.Unstructured:
		refs, _, err := unstructured.NestedSlice(route.Object, "spec", "parentRefs")
		if err != nil {
			t.Fatal(err)
		}
		for _, ref := range refs {
			name, _, _ := unstructured.NestedString(ref.(map[string]any), "name")
			port, _, _ := unstructured.NestedInt64(ref.(map[string]any), "port")
			names, ports = append(names, name), append(ports, port)
		}
	}
	return names, ports
}

func TestRoutesOfWaysOutNameOnePortEachSoThatOthersStayWhenOneComes(t *testing.T) {
	before := drivertest.Outside()
	after := drivertest.Outside()
	after.Outside.Hosts[1].Ports = append(slices.Clone(after.Outside.Hosts[1].Ports), 9443)
	named := map[string]bool{}
	for _, object := range waysOut(t, after) {
		named[object.GetName()] = true
	}
	for _, object := range waysOut(t, before) {
		if !named[object.GetName()] {
			t.Errorf("%s goes, although what it allows stays", object.GetName())
		}
		if _, captures := object.Object.(*v1alpha1.EgressNetwork); captures {
			continue
		}
		if _, ports := parents(t, object); len(ports) != 1 || ports[0] == 0 {
			t.Errorf("%s is for the ports %v", object.GetName(), ports)
		}
	}
}

func TestRoutesOfOneEgressNetworkAndPortAreOfOneKind(t *testing.T) {
	kinds := map[string]string{}
	for _, object := range waysOut(t, drivertest.Outside()) {
		names, ports := parents(t, object)
		for i := range names {
			key, kind := names[i]+":"+portList([]model.PortRange{{First: int32(ports[i]), Last: int32(ports[i])}}), object.GetObjectKind().GroupVersionKind().Kind
			if known := kinds[key]; known != "" && known != kind {
				t.Errorf("%s has %s and %s, and Linkerd looks at one", key, known, kind)
			}
			kinds[key] = kind
		}
	}
	if len(kinds) == 0 {
		t.Error("there are no routes")
	}
}

func TestEgressNetworksDenyTakeNoPortForOpaqueAndStayOutsideOfTheCluster(t *testing.T) {
	var names []string
	for _, object := range waysOut(t, drivertest.Outside()) {
		network, ok := object.Object.(*v1alpha1.EgressNetwork)
		if !ok {
			continue
		}
		names = append(names, network.Name)
		if list, says := network.Annotations[annotationOpaque]; network.Spec.TrafficPolicy != v1alpha1.TrafficDeny || !says || list != "" {
			t.Errorf("%s: %+v %v", network.Name, network.Spec, network.Annotations)
		}
		for _, one := range network.Spec.Networks {
			if strings.HasPrefix(one.CIDR, "10.") {
				t.Errorf("%s captures %s of the cluster: its routes would not be accepted", network.Name, one.CIDR)
			}
		}
		if sleeps := object.Dormant != nil; sleeps != (len(network.Spec.Networks) == 0) {
			t.Errorf("%s: whether it sleeps is %v", network.Name, sleeps)
		}
	}
	if len(names) == 0 || slices.Max(names) != "egress-rest" {
		t.Errorf("the EgressNetwork for the rest must be deleted first, so be the last by name: %v", names)
	}
}

func TestWaysOutAreWrittenAfterTheirRoutes(t *testing.T) {
	kinds := Policy(Config{}).Kinds()
	last := kinds[len(kinds)-1]
	if last.Kind != kindEgressNetwork {
		t.Errorf("the last kind is %s", last.Kind)
	}
	for _, route := range []string{kindHTTPRoute, kindTLSRoute, kindTCPRoute} {
		if !slices.ContainsFunc(kinds, func(one schema.GroupVersionKind) bool { return one.Kind == route }) {
			t.Errorf("%s is not written", route)
		}
	}
}
