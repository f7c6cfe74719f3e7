package linkerd

import (
	"errors"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1beta1"
	"github.com/kubemate/kubemate/internal/model"
)

// inbound adds a Server for each port of a Service's pods and a ServerAuthorization for each way in which callers are known.
func (d classicDriver) inbound(objects []driver.Object, namespace string, svc *model.Service) ([]driver.Object, error) {
	if len(svc.Access) > 0 && len(svc.Selector) == 0 {
		return nil, noSelector(svc)
	}
	for i := range svc.Access {
		access := &svc.Access[i]
		origins := []model.Origin{access.Origin.Object()}
		server := serverName(namespace, svc.Name, access.Port, wordsOf(access.Except)...)
		clients, err := d.clients(access)
		if err != nil {
			return nil, err
		}
		for _, who := range clients {
			objects = append(objects, driver.Object{Object: serverAuthorization(namespace, svc.Name, server, who), Origins: origins})
		}
		objects = append(objects, driver.Object{Origins: origins, Guards: true, Object: &v1beta1.Server{
			TypeMeta:   metav1.TypeMeta{APIVersion: policyV1beta1, Kind: kindServer},
			ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: server},
			Spec: v1beta1.ServerSpec{
				PodSelector: podsOf(svc.Selector, access.Except),
				Port:        targetPort(access.Port), ProxyProtocol: proxyProtocol(access.Protocol),
			},
		}})
	}
	return objects, nil
}

// clients lists the ways in which a grant knows its callers. Networks are always written, because none means the cluster's own, and identities
// always too, because Linkerd ignores an authorization that has none.
func (d classicDriver) clients(access *model.Access) ([]v1beta1.Client, error) {
	grants := make([]*model.Grant, len(access.Grants))
	for i := range access.Grants {
		grants[i] = &access.Grants[i]
		if len(grants[i].Requests) > 0 {
			return nil, errors.New("driver " + NameClassic + ": " + access.Origin.String() + ": " + grants[i].Path +
				" grants some requests, though the driver does not claim " + string(model.FeatureAccessRequests))
		}
	}
	who := gather(grants)
	if who.any {
		return []v1beta1.Client{{Unauthenticated: true, Networks: networks(everywhere)}}, nil
	}
	var clients []v1beta1.Client
	if len(who.identities) > 0 {
		clients = append(clients, v1beta1.Client{Networks: networks(everywhere), MeshTLS: d.meshTLS(who)})
	}
	if len(who.open) > 0 {
		clients = append(clients, v1beta1.Client{Networks: networks(who.open), Unauthenticated: true})
	}
	if len(who.meshed) > 0 {
		clients = append(clients, v1beta1.Client{Networks: networks(who.meshed), MeshTLS: &v1beta1.MeshTLS{Identities: []string{"*"}}})
	}
	return clients, nil
}

// meshTLS writes ServiceAccounts by name and Namespaces by the end that the identities of their ServiceAccounts have in common.
func (d classicDriver) meshTLS(who callers) *v1beta1.MeshTLS {
	out := &v1beta1.MeshTLS{}
	for _, ref := range who.identities {
		if ref.Kind == "Namespace" {
			out.Identities = append(out.Identities, "*."+ref.Name+".serviceaccount.identity."+d.config.ControlPlaneNamespace+"."+d.config.TrustDomain)
		} else {
			out.ServiceAccounts = append(out.ServiceAccounts, v1beta1.ServiceAccount{Name: ref.Name, Namespace: ref.Namespace})
		}
	}
	return out
}

func networks(cidrs []string) []v1beta1.Network {
	out := make([]v1beta1.Network, len(cidrs))
	for i, cidr := range cidrs {
		out[i].CIDR = cidr
	}
	return out
}

// serverAuthorization is named by its content and never edited: another content makes another object.
func serverAuthorization(namespace, service, server string, who v1beta1.Client) *v1beta1.ServerAuthorization {
	words := []string{kindServerAuthorization, server}
	for _, network := range who.Networks {
		words = append(words, network.CIDR)
	}
	if who.MeshTLS != nil {
		words = append(append(words, kindMeshTLSAuthentication), who.MeshTLS.Identities...)
		for _, account := range who.MeshTLS.ServiceAccounts {
			words = append(words, account.Namespace, account.Name)
		}
	}
	return &v1beta1.ServerAuthorization{
		TypeMeta:   metav1.TypeMeta{APIVersion: policyV1beta1, Kind: kindServerAuthorization},
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: contentName(service, words...)},
		Spec:       v1beta1.ServerAuthorizationSpec{Server: v1beta1.ServerRef{Name: server}, Client: who},
	}
}
