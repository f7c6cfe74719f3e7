package compose

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// routeReader reads what a route asks for besides leading somewhere, and collects what is wrong with it.
type routeReader struct {
	*composer
	spec     *v1alpha1.IngressRoute
	gateway  model.Gateway
	origin   model.Origin
	route    *model.EdgeRoute
	problems model.Problems
}

func (r *routeReader) problem(field, reason, message string) {
	r.problems = append(r.problems, model.Problem{Origin: at(r.origin, r.origin.Path+field), Reason: reason, Message: message})
}

func (r *routeReader) read() model.Problems {
	r.conditions()
	r.limits()
	r.auth()
	r.requestHeaders()
	if r.spec.Timeout != nil {
		r.route.Timeout = r.duration(*r.spec.Timeout, ".timeout")
	}
	if r.spec.Retries != nil {
		r.route.Attempts = r.spec.Retries.Attempts
	}
	if sticky := r.spec.Sticky; sticky != nil {
		r.route.Sticky = &model.Sticky{Cookie: sticky.Cookie.Name}
		if sticky.Cookie.MaxAge != nil {
			r.route.Sticky.MaxAge = r.duration(*sticky.Cookie.MaxAge, ".sticky.cookie.maxAge")
		}
	}
	return r.problems
}

func (r *routeReader) duration(text v1alpha1.Duration, field string) time.Duration {
	d, err := time.ParseDuration(string(text))
	if err != nil {
		r.problem(field, v1alpha1.ReasonInvalid, err.Error()+"; write a whole number with one unit, such as 5s")
	}
	return d
}

// conditions are what the route asks of a request besides its path.
func (r *routeReader) conditions() {
	match := r.spec.Match
	if match == nil {
		return
	}
	for _, method := range match.Methods {
		r.route.Methods = append(r.route.Methods, string(method))
	}
	slices.Sort(r.route.Methods)
	values := reader{origin: at(r.origin, r.origin.Path+".match")}
	r.route.Headers = values.values(match.Headers, "headers", strings.ToLower)
	r.problems = append(r.problems, values.problems...)
}

// limits are who may call, how often and how much.
func (r *routeReader) limits() {
	for _, network := range r.spec.AllowFrom {
		r.route.AllowFrom = append(r.route.AllowFrom, string(network))
	}
	slices.Sort(r.route.AllowFrom)
	if len(r.route.AllowFrom) > 0 && !r.gateway.ClientAddress {
		r.problem(".allowFrom", v1alpha1.ReasonInvalid, "the gateway "+r.gateway.Name+" is not declared to know its clients' addresses, so the list could admit all of them or none;"+
			" ask the administrator to set clientAddress, or leave allowFrom out")
	}
	if r.spec.RateLimit != nil {
		limit, wrong := readRateLimit(r.spec.RateLimit)
		if wrong != "" {
			r.problem(".rateLimit", v1alpha1.ReasonInvalid, wrong)
		}
		r.route.RateLimit = limit
	}
	if r.spec.MaxInFlight != nil {
		r.route.MaxInFlight = *r.spec.MaxInFlight
	}
	if r.spec.BodyLimit != nil {
		size, ok := byteSize(*r.spec.BodyLimit)
		if !ok {
			r.problem(".bodyLimit", v1alpha1.ReasonInvalid, *r.spec.BodyLimit+" is no number of bytes; write one such as 10Mi")
		}
		r.route.BodyLimit = size
	}
}

// byteSize reads a whole number of bytes, Ki or Mi.
func byteSize(text string) (int64, bool) {
	unit := int64(1)
	if kibibytes, found := strings.CutSuffix(text, "Ki"); found {
		text, unit = kibibytes, 1<<10
	} else if mebibytes, found := strings.CutSuffix(text, "Mi"); found {
		text, unit = mebibytes, 1<<20
	}
	number, err := strconv.ParseInt(text, 10, 32)
	return number * unit, err == nil && number > 0
}

func (r *routeReader) auth() {
	auth := r.spec.Auth
	if auth == nil {
		return
	}
	if auth.Basic != nil {
		r.route.BasicAuth = string(auth.Basic.SecretName)
	}
	if auth.Forward == nil {
		return
	}
	forward := &model.ForwardAuth{Service: string(auth.Forward.Service), Port: int32(auth.Forward.Port), Path: string(auth.Forward.Path)}
	for _, header := range auth.Forward.ResponseHeaders {
		forward.Headers = append(forward.Headers, string(header))
	}
	slices.Sort(forward.Headers)
	r.route.ForwardAuth = forward
	asked, message := r.routableService(forward.Service)
	if message != "" {
		r.problem(".auth.forward.service", v1alpha1.ReasonServiceNotFound, message)
		return
	}
	if _, ok := findPort(asked.ports, forward.Port); !ok {
		r.problem(".auth.forward.port", v1alpha1.ReasonPortNotFound, portMissing(forward.Service, forward.Port))
	}
}

func (r *routeReader) requestHeaders() {
	headers := r.spec.RequestHeaders
	if headers == nil {
		return
	}
	seen := map[string]bool{}
	once := func(field string, name v1alpha1.HeaderName) {
		if lower := strings.ToLower(string(name)); seen[lower] {
			r.problem(".requestHeaders."+field, v1alpha1.ReasonInvalid, "the header "+string(name)+" stands twice, whatever its case; remove one")
		} else {
			seen[lower] = true
		}
	}
	for i, header := range headers.Set {
		once("set["+strconv.Itoa(i)+"]", header.Name)
		r.route.SetHeaders = append(r.route.SetHeaders, model.Header{Name: string(header.Name), Value: string(header.Value)})
	}
	for i, name := range headers.Remove {
		once("remove["+strconv.Itoa(i)+"]", name)
		r.route.RemoveHeaders = append(r.route.RemoveHeaders, string(name))
	}
	slices.SortFunc(r.route.SetHeaders, func(a, b model.Header) int { return strings.Compare(a.Name, b.Name) })
	slices.Sort(r.route.RemoveHeaders)
}
