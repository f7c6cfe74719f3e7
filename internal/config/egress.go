package config

import (
	"net/netip"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubemate/kubemate/internal/model"
)

// Egress makes a gateway a way out of the cluster.
type Egress struct {
	// Address is the DNS name of the instance's Service, such as egress.gateways.svc.cluster.local. The names of partners in the cluster lead
	// there, so its port for plain HTTP is the one that workloads call, 80 as a rule.
	Address string `json:"address"`
	// CredentialsAddress is where the credentials server listens, as the instance's pods see it. Default 127.0.0.1:9091: in the same pod.
	CredentialsAddress string `json:"credentialsAddress,omitempty"`
	// Partners that may be reached; all others are refused. At least one.
	Partners []EgressPartner `json:"partners"`
}

// EgressPartner is a server outside of the cluster that namespaces may reach.
type EgressPartner struct {
	// Host of the partner, or a wildcard such as *.partner.example for all hosts of one label more.
	Host string `json:"host"`
	// Ports of the partner. Default 443.
	Ports []int32 `json:"ports,omitempty"`
	// Namespaces whose EgressProfiles may reach the partner; at least one.
	Namespaces []string `json:"namespaces"`
	// Credentials that may be sent to the partner, and to no other. Default none.
	Credentials []EgressCredential `json:"credentials,omitempty"`
}

// EgressCredential is a header that the instance adds to requests.
type EgressCredential struct {
	// Name that EgressProfiles use, and the folder of the credentials server that the Secret is mounted at.
	Name string `json:"name"`
	// Header that carries it. Default Authorization.
	Header string `json:"header,omitempty"`
}

// Defaults of an egress gateway.
const (
	defaultCredentialsAddress = "127.0.0.1:9091"
	defaultPartnerPort        = 443
	defaultCredentialHeader   = "Authorization"
)

func (e *Egress) complete() {
	if e.CredentialsAddress == "" {
		e.CredentialsAddress = defaultCredentialsAddress
	}
	for i := range e.Partners {
		partner := &e.Partners[i]
		if len(partner.Ports) == 0 {
			partner.Ports = []int32{defaultPartnerPort}
		}
		for j := range partner.Credentials {
			if partner.Credentials[j].Header == "" {
				partner.Credentials[j].Header = defaultCredentialHeader
			}
		}
	}
}

// serviceDomain is what follows NAME.NAMESPACE.svc in the DNS name of a Service. Empty: it is no such name.
func serviceDomain(address string) string {
	parts := strings.SplitN(address, ".", 4)
	if len(parts) < 4 || parts[2] != "svc" {
		return ""
	}
	return parts[3]
}

func (e *Egress) validate(path *field.Path) field.ErrorList {
	errs := words(path.Child("address"), e.Address, validation.IsDNS1123Subdomain(e.Address))
	if len(errs) == 0 && serviceDomain(e.Address) == "" {
		errs = append(errs, field.Invalid(path.Child("address"), e.Address, "must be the full name of a Service, such as egress.gateways.svc.cluster.local"))
	}
	if address, err := netip.ParseAddrPort(e.CredentialsAddress); err != nil || !address.Addr().IsLoopback() {
		errs = append(errs, field.Invalid(path.Child("credentialsAddress"), e.CredentialsAddress,
			"must be an address and a port on the loopback device, such as 127.0.0.1:9091: credentials do not travel"))
	}
	if len(e.Partners) == 0 {
		errs = append(errs, field.Required(path.Child("partners"), "name the servers that may be reached"))
	}
	for i := range e.Partners {
		errs = append(errs, e.Partners[i].validate(path.Child("partners").Index(i))...)
	}
	return errs
}

func (p *EgressPartner) validate(path *field.Path) field.ErrorList {
	host := strings.TrimPrefix(p.Host, "*.")
	errs := words(path.Child("host"), p.Host, validation.IsDNS1123Subdomain(host))
	if len(errs) == 0 && (!strings.Contains(host, ".") || isAddress(host)) {
		errs = append(errs, field.Invalid(path.Child("host"), p.Host, "must be a DNS name of two labels at least: addresses have no certificate"))
	}
	for i, port := range p.Ports {
		errs = append(errs, words(path.Child("ports").Index(i), "", validation.IsValidPortNum(int(port)))...)
	}
	if len(p.Namespaces) == 0 {
		errs = append(errs, field.Required(path.Child("namespaces"), "name the namespaces that may reach the partner"))
	}
	errs = append(errs, namespaceNames(path.Child("namespaces"), p.Namespaces)...)
	for i, credential := range p.Credentials {
		at := path.Child("credentials").Index(i)
		errs = append(errs, words(at.Child("name"), credential.Name, validation.IsDNS1123Label(credential.Name))...)
		if wrong := validation.IsHTTPHeaderName(credential.Header); len(wrong) > 0 || slices.Contains(neverCredentials, strings.ToLower(credential.Header)) {
			errs = append(errs, field.Invalid(at.Child("header"), credential.Header, "must be the name of a header that a credential can be in, such as Authorization or X-Api-Key"))
		}
	}
	return errs
}

func isAddress(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}

// neverCredentials are headers by which connections work.
var neverCredentials = []string{
	"connection", "content-length", "host", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
}

// model is the gateway in the words of the model. Nil: the gateway is no way out.
func (e *Egress) model() *model.EgressGateway {
	if e == nil {
		return nil
	}
	out := &model.EgressGateway{Address: e.Address, Domain: serviceDomain(e.Address), Credentials: "http://" + e.CredentialsAddress}
	for _, partner := range e.Partners {
		allowed := model.AllowedPartner{Host: partner.Host, Ports: slices.Sorted(slices.Values(partner.Ports)), Namespaces: partner.Namespaces}
		for _, credential := range partner.Credentials {
			allowed.Credentials = append(allowed.Credentials, model.Credential(credential))
		}
		out.Partners = append(out.Partners, allowed)
	}
	return out
}
