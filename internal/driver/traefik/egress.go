package traefik

import (
	"net"
	"regexp"
	"strconv"
	"strings"

	"github.com/traefik/traefik/v3/pkg/config/dynamic"
	traefikio "github.com/traefik/traefik/v3/pkg/provider/kubernetes/crd/traefikio/v1alpha1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubemate/kubemate/internal/model"
)

// partnerEdges are the ways out as what they are to Traefik: ways in, by the names that partners have in the cluster. A slash in the name keeps
// them apart from the edges of IngressProfiles, whose names have none.
func partnerEdges(egresses []model.Egress) []model.Edge {
	var edges []model.Edge
	for i := range egresses {
		egress := &egresses[i]
		for j := range egress.Partners {
			partner := &egress.Partners[j]
			edges = append(edges, model.Edge{
				Name: egress.Name + "/" + partner.Name, Gateway: egress.Gateway, Hosts: partner.Hosts, Routes: partner.Routes, Origin: egress.Origin,
			})
		}
	}
	return edges
}

// partner is the backend that stands for a server outside of the cluster. Its scheme is always said: Traefik would speak plain HTTP to a port
// other than 443.
func (w *routeWriter) partner(share model.Share, weight *int) (traefikio.Service, error) {
	transport, err := w.upstream()
	return traefikio.Service{LoadBalancerSpec: traefikio.LoadBalancerSpec{
		Kind: "Service", Name: share.Backend, Port: intstr.FromInt32(w.route.Port), Scheme: "https", Weight: weight, ServersTransport: transport,
	}}, err
}

// upstream adds the ServersTransport to a server outside of the cluster, once, and gives its name. Versions of TLS are left out: Traefik's client
// takes 1.2 and newer by itself, and Traefik 3.7 drops a transport's certificates together with a minimum version that it does not like.
func (w *routeWriter) upstream() (string, error) {
	to := w.route.Upstream
	name := objectName(w.edge.Name, "transport", "upstream", w.namespace, w.edge.Name, to.Identity)
	if w.upstreams[name] {
		return name, nil
	}
	w.upstreams[name] = true
	authorities := to.CASecret
	spec := traefikio.ServersTransportSpec{ServerName: to.Host, RootCAs: []traefikio.RootCA{{Secret: &authorities}}}
	if to.ClientSecret != "" {
		spec.CertificatesSecrets = []string{to.ClientSecret}
	}
	if w.route.Timeout > 0 {
		bound := intstr.FromString(wholeUnits(w.route.Timeout))
		spec.ForwardingTimeouts = &traefikio.ForwardingTimeouts{ResponseHeaderTimeout: &bound}
	}
	return name, w.add(&traefikio.ServersTransport{TypeMeta: typeMeta(kindServersTransport), ObjectMeta: w.meta(name), Spec: spec}, nil)
}

// rewritePath puts the partner's path in the place of the route's. Traefik has decoded what needs no escape in the path by then, as it has for
// the rule.
func (w *routeWriter) rewritePath() (*traefikio.MiddlewareSpec, error) {
	if w.route.Upstream == nil || w.route.Upstream.Rewrite == "" {
		return nil, nil
	}
	to := w.route.Upstream.Rewrite
	if err := checkPath(to); err != nil {
		return nil, err
	}
	matched := "^"
	if !anyPath(w.route.Path) {
		matched += regexp.QuoteMeta(w.route.Path.Value)
	}
	// A dollar is a reference to a group in what replaces a match.
	replacement := strings.ReplaceAll(to, "$", "$$")
	switch {
	case !anyPath(w.route.Path) && w.route.Path.Kind == model.MatchExact:
		matched += "$"
	case to == "/": // what follows the prefix brings its own slash, or nothing
		matched, replacement = matched+"/?(.*)$", replacement+"${1}"
	default:
		matched, replacement = matched+"(.*)$", replacement+"${1}"
	}
	return &traefikio.MiddlewareSpec{ReplacePathRegex: &dynamic.ReplacePathRegex{Regex: matched, Replacement: replacement}}, nil
}

// insideHeaders tell of the way inside of the cluster: Traefik adds all of them, but the last, which its callers may.
var insideHeaders = []string{
	"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Proto", "X-Forwarded-Server", "X-Real-Ip", "X-Replaced-Path", "Forwarded",
}

// asPartnerKnows gives the request the Host by which the partner knows itself, and removes what tells of the way inside.
func (w *routeWriter) asPartnerKnows() (*traefikio.MiddlewareSpec, error) {
	to := w.route.Upstream
	if to == nil {
		return nil, nil
	}
	host := to.Host
	if to.Port != 443 {
		host = net.JoinHostPort(host, strconv.Itoa(int(to.Port)))
	}
	headers := map[string]string{"Host": host}
	for _, name := range insideHeaders {
		headers[name] = "" // an empty value removes the header
	}
	return &traefikio.MiddlewareSpec{Headers: &dynamic.Headers{CustomRequestHeaders: headers}}, nil
}

// credential asks the credentials server beside the gateway for a header. Traefik drops what the caller sent in it, and sends nothing on when the
// server does not answer, or has none. The server sees no header of the request: Traefik would send it all of them unless told which.
func (w *routeWriter) credential() (*traefikio.MiddlewareSpec, error) {
	to := w.route.Upstream
	if to == nil || to.Credential == nil {
		return nil, nil
	}
	if w.edge.Gateway.Egress == nil || w.edge.Gateway.Egress.Credentials == "" {
		return nil, invalidError{textError("credential: the gateway " + w.edge.Gateway.Name + " has no credentials server; ask the administrator for one")}
	}
	return &traefikio.MiddlewareSpec{ForwardAuth: &traefikio.ForwardAuth{
		Address:            w.edge.Gateway.Egress.Credentials + "/v1/" + to.Credential.Name + "/" + to.Credential.Header,
		AuthRequestHeaders: []string{"Accept"}, AuthResponseHeaders: []string{to.Credential.Header},
	}}, nil
}
