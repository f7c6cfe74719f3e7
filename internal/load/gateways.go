package load

import (
	"context"
	"fmt"
	"maps"
	"net/netip"
	"slices"

	discoveryv1 "k8s.io/api/discovery/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/model"
)

// indexGateways finds MeshPolicies of the whole cluster by the gateways that their access rules name.
const indexGateways = "kubemate.gateways"

// Follows is the Service whose endpoints tell the addresses of a gateway. False: it is known otherwise, or not at all.
func Follows(gateway *model.Gateway) (client.ObjectKey, bool) {
	if gateway.Pods == nil || gateway.Meshed || len(gateway.Pods.Networks) > 0 {
		return client.ObjectKey{}, false
	}
	return client.ObjectKey{Namespace: gateway.Pods.Namespace, Name: gateway.Pods.Service}, true
}

// followed are the Services whose endpoints tell the addresses of gateways.
func followed(gateways map[string]model.Gateway) map[client.ObjectKey]bool {
	services := map[client.ObjectKey]bool{}
	for _, gateway := range gateways {
		if service, ok := Follows(&gateway); ok {
			services[service] = true
		}
	}
	return services
}

// serviceOf is the Service that a slice belongs to.
func serviceOf(slice *discoveryv1.EndpointSlice) client.ObjectKey {
	return client.ObjectKey{Namespace: slice.Namespace, Name: slice.Labels[discoveryv1.LabelServiceName]}
}

// Addresses are the addresses of all endpoints of slices, ready or not, as networks of one address each, sorted.
func Addresses(of []discoveryv1.EndpointSlice) []string {
	found := map[netip.Addr]bool{}
	for i := range of {
		for _, endpoint := range of[i].Endpoints {
			for _, text := range endpoint.Addresses {
				if address, err := netip.ParseAddr(text); err == nil { // a name is no address
					found[address.Unmap()] = true
				}
			}
		}
	}
	networks := make([]string, 0, len(found))
	for _, address := range slices.SortedFunc(maps.Keys(found), netip.Addr.Compare) {
		networks = append(networks, netip.PrefixFrom(address, address.BitLen()).String())
	}
	return networks
}

// gatewayAddresses reads the addresses of the gateways that a namespace's policies name.
func (r *Reader) gatewayAddresses(ctx context.Context, view *View) error {
	view.GatewayAddresses = map[string][]string{}
	for _, policy := range view.Policies {
		for _, name := range compose.Gateways(policy) {
			gateway := r.config.Gateways[name]
			service, known := Follows(&gateway)
			if _, done := view.GatewayAddresses[name]; done || !known {
				continue
			}
			var list discoveryv1.EndpointSliceList
			err := r.cache.List(ctx, &list, client.InNamespace(service.Namespace), client.MatchingLabels{discoveryv1.LabelServiceName: service.Name})
			if err != nil {
				return fmt.Errorf("listing the EndpointSlices of Service %s, which tell the addresses of the gateway %s: %w", service, name, err)
			}
			view.GatewayAddresses[name] = Addresses(list.Items)
		}
	}
	return nil
}

// Admitting are the namespaces whose policies name a gateway that an EndpointSlice tells the addresses of.
func (r *Reader) Admitting(ctx context.Context, slice *discoveryv1.EndpointSlice) ([]string, error) {
	namespaces := map[string]bool{}
	for name, gateway := range r.config.Gateways {
		if service, ok := Follows(&gateway); !ok || service != serviceOf(slice) {
			continue
		}
		var policies v1alpha1.MeshPolicyList
		if err := r.cache.List(ctx, &policies, client.MatchingFields{indexGateways: name}); err != nil {
			return nil, fmt.Errorf("listing the MeshPolicies that admit the gateway %s: %w", name, err)
		}
		for i := range policies.Items {
			namespaces[policies.Items[i].Namespace] = true
		}
	}
	return slices.Sorted(maps.Keys(namespaces)), nil
}
