package compose

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// defaultPartnerPort is the port of a partner that names none.
const defaultPartnerPort = 443

// partnerReader reads a partner and collects what is wrong with it.
type partnerReader struct {
	*composer
	spec    *v1alpha1.Partner
	profile string
	gateway model.Gateway
	// origin with the place of the partner.
	origin   model.Origin
	problems model.Problems
}

func (r *partnerReader) problem(field, reason, message string) {
	r.problems = append(r.problems, model.Problem{Origin: at(r.origin, r.origin.Path+field), Reason: reason, Message: message})
}

func (r *partnerReader) read() model.Partner {
	name := string(r.spec.Name)
	partner := model.Partner{
		Name: name, Backend: partnerBackend(r.snapshot.Namespace, r.profile, name), Host: string(r.spec.Host), Port: defaultPartnerPort,
		Hosts: r.hosts(name), YAMLPath: r.origin.Path,
	}
	if r.spec.Port != nil {
		partner.Port = int32(*r.spec.Port)
	}
	upstream := model.Upstream{
		Host: partner.Host, Port: partner.Port, CASecret: string(r.spec.TLS.CASecret), Credential: r.permit(&partner), Identity: partner.Backend,
	}
	if secret := r.spec.TLS.ClientCertificateSecret; secret != nil {
		upstream.ClientSecret = string(*secret)
	}
	all := r.common(&partner)
	if credential := upstream.Credential; credential != nil && changes(&all, credential.Header) {
		r.problem(".requestHeaders", v1alpha1.ReasonInvalid, "the header "+credential.Header+" carries the credential "+credential.Name+"; leave it out")
	}
	partner.Routes = r.routes(all, upstream)
	return partner
}

// hosts are the names of the partner's Service that say the namespace: the gateway serves several.
func (r *partnerReader) hosts(name string) []string {
	short := name + "." + r.snapshot.Namespace
	return []string{short, short + ".svc", short + ".svc." + r.gateway.Egress.Domain}
}

// permit finds what the administrator says about the partner, and the credential there. Nil: none is asked for, or something is wrong.
func (r *partnerReader) permit(partner *model.Partner) *model.Credential {
	permitted := false
	for _, allowed := range r.gateway.Egress.Partners {
		pattern, host := model.HostKey{Host: allowed.Host}, model.HostKey{Host: partner.Host}
		if !pattern.Covers(host) || !slices.Contains(allowed.Ports, partner.Port) || !slices.Contains(allowed.Namespaces, r.snapshot.Namespace) {
			continue
		}
		permitted = true
		for i := range allowed.Credentials {
			if r.spec.Credential != nil && allowed.Credentials[i].Name == *r.spec.Credential {
				return &allowed.Credentials[i]
			}
		}
	}
	switch {
	case !permitted:
		r.problem(".host", v1alpha1.ReasonInvalid, "the operator's configuration does not let this namespace reach "+partner.Host+" on port "+
			strconv.Itoa(int(partner.Port))+" through the gateway "+r.gateway.Name+"; ask the administrator to add it to egress.partners")
	case r.spec.Credential != nil:
		r.problem(".credential", v1alpha1.ReasonInvalid, "the operator's configuration has no credential "+*r.spec.Credential+" for "+partner.Host+
			" on the gateway "+r.gateway.Name+"; name one that is there, or ask the administrator to add it to egress.partners")
	}
	return nil
}

// common reads what the partner asks of all its routes. A route of an edge that asks for the same is read by the same rules.
func (r *partnerReader) common(partner *model.Partner) model.EdgeRoute {
	same := v1alpha1.IngressRoute{
		RateLimit: r.spec.RateLimit, MaxInFlight: r.spec.MaxInFlight, RequestHeaders: r.spec.RequestHeaders, Timeout: r.spec.Timeout,
	}
	route := model.EdgeRoute{
		Service: partner.Backend, Port: partner.Port, YAMLPath: r.origin.Path,
		Table: []model.Route{{Split: []model.Share{{Backend: partner.Backend, Weight: 1}}, Origins: []model.Origin{r.origin.Object()}}},
	}
	reader := routeReader{composer: r.composer, spec: &same, gateway: r.gateway, origin: r.origin, route: &route}
	r.problems = append(r.problems, reader.read()...)
	return route
}

// routes reads the kinds of requests that may be sent. Without any there is one for all.
func (r *partnerReader) routes(all model.EdgeRoute, upstream model.Upstream) []model.EdgeRoute {
	if len(r.spec.Routes) == 0 {
		all.Upstream = &upstream
		return []model.EdgeRoute{all}
	}
	var routes []model.EdgeRoute
	asked := claims{}
	for i := range r.spec.Routes {
		spec, place := &r.spec.Routes[i], at(r.origin, r.origin.Path+".routes["+strconv.Itoa(i)+"]")
		same := v1alpha1.IngressRoute{Match: spec.Match}
		route, own := all, upstream
		route.Path, route.YAMLPath, route.Upstream = routePath(&same), place.Path, &own
		if spec.RewritePath != nil {
			own.Rewrite = string(*spec.RewritePath)
		}
		reader := routeReader{composer: r.composer, spec: &same, gateway: r.gateway, origin: place, route: &route}
		reader.conditions()
		r.problems = append(r.problems, reader.problems...)
		if problem, won := asked.claim(claimed{pathText(route.Path) + " of partner", conditionsText(spec.Match, string(r.spec.Name))}, place); !won {
			r.problems = append(r.problems, problem)
		}
		routes = append(routes, route)
	}
	slices.SortStableFunc(routes, mostSpecificFirst)
	return routes
}

// changes says whether a route sets or removes a header itself.
func changes(route *model.EdgeRoute, header string) bool {
	return slices.ContainsFunc(route.SetHeaders, func(one model.Header) bool { return strings.EqualFold(one.Name, header) }) ||
		slices.ContainsFunc(route.RemoveHeaders, func(one string) bool { return strings.EqualFold(one, header) })
}

// partnerBackend is the name of the generated Service by which the gateway finds a partner.
func partnerBackend(namespace, profile, partner string) string {
	digest := sha256.Sum256([]byte("egress/" + namespace + "/" + profile + "/" + partner))
	suffix := "-out-" + hex.EncodeToString(digest[:4])
	return partner[:min(len(partner), maxName-len(suffix))] + suffix
}
