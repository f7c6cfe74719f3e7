package config

import (
	"net/netip"

	metavalidation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Gateway is one instance of the edge.
type Gateway struct {
	// Name that profiles use.
	Name string `json:"name"`
	// Namespaces whose profiles may use the gateway. Empty: all.
	Namespaces []string `json:"namespaces,omitempty"`
	// Labels that objects for this instance carry, so that instances are told apart (Traefik: providers.kubernetesCRD.labelSelector).
	Labels map[string]string `json:"labels,omitempty"`
	// Class of the instance (Traefik: providers.kubernetesCRD.ingressClass). Empty: none.
	Class string `json:"class,omitempty"`
	// EntryPoints of the instance.
	EntryPoints EntryPoints `json:"entryPoints"`
	// ClientAddress says how the instance learns its clients' addresses: Connection when connections come from the clients themselves (external
	// traffic policy Local, or the PROXY protocol), ForwardedFor with clientAddressDepth. Empty: ForwardedFor with a depth, and not at all
	// without; then allowFrom is refused.
	ClientAddress ClientAddress `json:"clientAddress,omitempty"`
	// ClientCertificates says that the instance is set up for client certificates: what an entry point falls back to, its default TLS options
	// among it, asks for one too, and HTTP/3 is off. Default false: tls.clientAuth is refused.
	ClientCertificates bool `json:"clientCertificates,omitempty"`
	// Hardened says that the instance refuses encoded slashes, backslashes, semicolons, percent signs, question marks, hashes and NUL in paths,
	// and drops or refuses headers with underscores. Default false: the security preset Strict is refused.
	Hardened bool `json:"hardened,omitempty"`
	// ClientAddressDepth is which address of X-Forwarded-For, counted from the right, is the client's. 0: the connection's own.
	ClientAddressDepth int `json:"clientAddressDepth,omitempty"`
	// Meshed says that the instance's pods are in the mesh. Requests then go to the cluster IPs of Services, so that the mesh knows which Service
	// is meant, and headers by which clients could talk to the mesh are removed. Default false: requests go to pods.
	Meshed bool `json:"meshed,omitempty"`
	// Egress makes the instance a way out of the cluster, for EgressProfiles instead of IngressProfiles. Nil: it is a way in.
	Egress *Egress `json:"egress,omitempty"`
	// Pods of the instance, for access rules that admit it. Nil: they are not known, and such rules are refused.
	Pods *GatewayPods `json:"pods,omitempty"`
	// Verification asks the instance what it has made of the objects, and reports what it does not serve. Nil: it is not asked.
	Verification *Verification `json:"verification,omitempty"`
}

// GatewayPods say who a Service is called by when the instance calls it.
type GatewayPods struct {
	// Namespace that the pods are in.
	Namespace string `json:"namespace"`
	// Labels that the pods have, and no others in the namespace; at least one. NetworkPolicies admit by them.
	Labels map[string]string `json:"labels"`
	// ServiceAccount of the pods. A meshed instance is admitted by it.
	ServiceAccount string `json:"serviceAccount,omitempty"`
	// Service in the namespace that selects the pods. An instance outside the mesh is admitted by the addresses of its endpoints.
	Service string `json:"service,omitempty"`
	// Networks that calls of the instance come from, when they do not come from the pods' own addresses: with source NAT, or on the network of
	// the node. Whoever else calls from there is admitted too. Empty: calls come from the pods' addresses.
	Networks []string `json:"networks,omitempty"`
}

// ClientAddress is how an instance learns its clients' addresses.
type ClientAddress string

// The ways to learn a client's address.
const (
	// FromConnection: it is the connection's.
	FromConnection ClientAddress = "Connection"
	// FromForwardedFor: it stands in X-Forwarded-For.
	FromForwardedFor ClientAddress = "ForwardedFor"
)

// EntryPoints of a gateway by their names there.
type EntryPoints struct {
	// HTTP is the entry point for plain HTTP. Default web.
	HTTP string `json:"http,omitempty"`
	// HTTPS is the entry point for TLS. Default websecure.
	HTTPS string `json:"https,omitempty"`
}

func (g Gateway) validate(path *field.Path) field.ErrorList {
	// The name is the value of a label and is named in IngressProfiles, whose schema allows 32 characters.
	errs := words(path.Child("name"), g.Name, validation.IsDNS1123Label(g.Name))
	if len(g.Name) > 32 {
		errs = append(errs, field.TooLong(path.Child("name"), g.Name, 32))
	}
	errs = append(errs, namespaceNames(path.Child("namespaces"), g.Namespaces)...)
	errs = append(errs, metavalidation.ValidateLabels(g.Labels, path.Child("labels"))...)
	if g.EntryPoints.HTTP == g.EntryPoints.HTTPS {
		errs = append(errs, field.Invalid(path.Child("entryPoints"), g.EntryPoints.HTTP, "http and https must not be the same entry point"))
	}
	errs = append(errs, oneOf(path.Child("clientAddress"), g.ClientAddress, "", FromConnection, FromForwardedFor)...)
	if g.ClientAddress == FromForwardedFor && g.ClientAddressDepth == 0 || g.ClientAddress == FromConnection && g.ClientAddressDepth > 0 {
		errs = append(errs, field.Invalid(path.Child("clientAddress"), g.ClientAddress, "clientAddressDepth goes with ForwardedFor, and only with it"))
	}
	errs = append(errs, between(path.Child("clientAddressDepth"), g.ClientAddressDepth, 0, 16)...)
	if g.Egress != nil {
		errs = append(errs, g.Egress.validate(path.Child("egress"))...)
	}
	if g.Pods != nil {
		errs = append(errs, g.Pods.validate(path.Child("pods"), g.Meshed)...)
	}
	if g.Verification != nil {
		errs = append(errs, g.Verification.validate(path.Child("verification"))...)
	}
	return errs
}

func (p GatewayPods) validate(path *field.Path, meshed bool) field.ErrorList {
	errs := words(path.Child("namespace"), p.Namespace, validation.IsDNS1123Label(p.Namespace))
	if len(p.Labels) == 0 {
		errs = append(errs, field.Required(path.Child("labels"), "name labels of the pods; without one all pods of the namespace would be admitted"))
	}
	errs = append(errs, metavalidation.ValidateLabels(p.Labels, path.Child("labels"))...)
	switch {
	case meshed && p.ServiceAccount == "":
		errs = append(errs, field.Required(path.Child("serviceAccount"), "a meshed instance is admitted by it"))
	case !meshed && p.Service == "" && len(p.Networks) == 0:
		errs = append(errs, field.Required(path.Child("service"), "an instance outside the mesh is admitted by the endpoints of a Service; name one, or networks"))
	}
	if p.ServiceAccount != "" {
		errs = append(errs, words(path.Child("serviceAccount"), p.ServiceAccount, validation.IsDNS1123Subdomain(p.ServiceAccount))...)
	}
	if p.Service != "" {
		errs = append(errs, words(path.Child("service"), p.Service, validation.IsDNS1035Label(p.Service))...)
	}
	for i, network := range p.Networks {
		prefix, err := netip.ParsePrefix(network)
		if err != nil || prefix != prefix.Masked() || prefix.Bits() == 0 {
			errs = append(errs, field.Invalid(path.Child("networks").Index(i), network, "must be a network such as 10.1.0.0/16, with no bit set after the prefix, and not every address"))
		}
	}
	return errs
}
