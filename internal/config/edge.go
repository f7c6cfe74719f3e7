package config

import "github.com/kubemate/kubemate/internal/model"

// Model is the gateways, by name, and the reservations in the words of the model.
func (e Edge) Model() (map[string]model.Gateway, []model.Reservation) {
	gateways := make(map[string]model.Gateway, len(e.Gateways))
	for _, gateway := range e.Gateways {
		gateways[gateway.Name] = model.Gateway{
			Name: gateway.Name, Namespaces: gateway.Namespaces, Labels: gateway.Labels, Class: gateway.Class,
			HTTP: gateway.EntryPoints.HTTP, HTTPS: gateway.EntryPoints.HTTPS, ClientAddressDepth: gateway.ClientAddressDepth,
			ClientAddress:      gateway.ClientAddress == FromConnection || gateway.ClientAddressDepth > 0,
			ClientCertificates: gateway.ClientCertificates, Hardened: gateway.Hardened, Meshed: gateway.Meshed, Pods: gateway.Pods.model(), Egress: gateway.Egress.model(),
		}
	}
	var reservations []model.Reservation
	for _, reservation := range e.Reservations {
		reservations = append(reservations, model.Reservation(reservation))
	}
	return gateways, reservations
}

func (p *GatewayPods) model() *model.GatewayPods {
	if p == nil {
		return nil
	}
	pods := model.GatewayPods(*p)
	return &pods
}
