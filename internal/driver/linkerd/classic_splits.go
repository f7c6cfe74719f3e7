package linkerd

import (
	"errors"
	"math"
	"slices"
	"strconv"

	split "github.com/servicemeshinterface/smi-sdk-go/pkg/apis/split/v1alpha2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/model"
)

// maxWeights bounds the sum of a TrafficSplit: Linkerd multiplies each weight by 10,000 and adds in 32 bits.
const maxWeights = math.MaxUint32 / 10_000

// outbound adds a ServiceProfile for the timeouts and retries of a Service, and a TrafficSplit for its weights. Both are about the
// Service as a whole. The ServiceProfile is there even when it says nothing: the SMI extension completes it, and would create it otherwise.
func (d classicDriver) outbound(objects []driver.Object, namespace string, svc *model.Service) ([]driver.Object, error) {
	if len(svc.Routes) == 0 {
		return objects, nil
	}
	routes, x, err := compile(svc.Routes)
	if err != nil {
		return nil, err
	}
	if err := d.checkRoutes(svc); err != nil {
		return nil, err
	}
	origins := model.OriginsOf(routes)
	objects = append(objects, driver.Object{Object: d.profile(namespace, svc, routes, x), Origins: origins})
	if shares := routes[0].Split; len(shares) > 0 {
		objects = append(objects, driver.Object{Object: trafficSplit(namespace, svc.Name, shares), Origins: origins, Retain: svc.Retain})
	}
	return objects, nil
}

// checkRoutes refuses what Features does not claim, and what would reach further than was asked.
func (d classicDriver) checkRoutes(svc *model.Service) error {
	first := svc.Routes[0].Split
	sum := int64(0)
	for _, share := range first {
		sum += int64(share.Weight)
	}
	if sum > maxWeights {
		return model.Problem{
			Origin: place(svc.Routes[0]).Object(), Reason: v1alpha1.ReasonUnsupported,
			Message: "the weights add up to " + strconv.FormatInt(sum, 10) + ", more than the " + strconv.Itoa(maxWeights) + " that this Linkerd can count; use smaller ones",
		}
	}
	for i := range svc.Routes {
		match := &svc.Routes[i].Match
		if len(match.Headers) > 0 || len(match.Cookies) > 0 || len(match.Query) > 0 || !slices.Equal(first, svc.Routes[i].Split) {
			return errors.New("driver " + NameClassic + ": Service " + svc.Name + ": line " + strconv.Itoa(i) +
				" of the routing table has a split or a match of its own, though the driver does not claim " + string(model.FeatureMatches))
		}
	}
	for _, port := range svc.Ports {
		if len(first) > 0 && port.Protocol != model.ProtocolOpaque && !slices.Contains(svc.RoutedPorts, port.Number) {
			return model.Problem{
				Origin: place(svc.Routes[0]).Object(), Reason: v1alpha1.ReasonUnsupported,
				Message: "this Linkerd splits all ports of a Service, and port " + strconv.Itoa(int(port.Number)) + " of Service " + svc.Name +
					" is left out; name all ports, or move it to a Service of its own",
			}
		}
	}
	return nil
}

// trafficSplit has the name of its Service: a split of somebody else for the same Service, which would fight with this one, most likely has
// the same name and is noticed.
func trafficSplit(namespace, service string, shares []model.Share) *split.TrafficSplit {
	backends := make([]split.TrafficSplitBackend, len(shares))
	for i, share := range shares {
		backends[i] = split.TrafficSplitBackend{Service: share.Backend, Weight: int(share.Weight)}
	}
	return &split.TrafficSplit{
		TypeMeta:   metav1.TypeMeta{APIVersion: split.SchemeGroupVersion.String(), Kind: kindTrafficSplit},
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: service},
		Spec:       split.TrafficSplitSpec{Service: service, Backends: backends},
	}
}
