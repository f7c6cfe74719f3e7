package driver

import (
	"slices"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// meshNeeds lists the features that a Service asks of a mesh.
func meshNeeds(svc model.Service) []need {
	var needs []need
	for _, route := range svc.Routes {
		needs = append(needs, routeNeeds(route)...)
	}
	for _, access := range svc.Access {
		needs = append(needs, need{model.FeatureAccess, access.Origin})
		for _, grant := range access.Grants {
			if len(grant.Requests) > 0 {
				origin := access.Origin
				origin.Path = grant.Path
				needs = append(needs, need{model.FeatureAccessRequests, origin})
			}
		}
	}
	return needs
}

func routeNeeds(route model.Route) []need {
	var needs []need
	if release, ok := originOf(route, v1alpha1.KindCanaryRelease); ok {
		if len(route.Split) > 0 {
			needs = append(needs, need{model.FeatureWeights, release.Object()})
		}
		needs = append(needs, matchNeeds(route.Match, release)...)
	}
	if policy, ok := originOf(route, v1alpha1.KindMeshPolicy); ok {
		needs = append(needs, resilienceNeeds(route, policy)...)
	}
	return needs
}

// matchNeeds looks at lines that a release's match asks for: those whose origin names one. The methods of other lines are compose's own, to
// keep retries away from requests that may not be repeated, and every driver that retries can tell methods apart.
func matchNeeds(match model.Match, origin model.Origin) []need {
	if origin.Path == "" {
		return nil
	}
	needs := []need{{model.FeatureMatches, origin}}
	if len(match.Query) > 0 {
		needs = append(needs, need{model.FeatureMatchQuery, origin})
	}
	return needs
}

func resilienceNeeds(route model.Route, origin model.Origin) []need {
	at := func(path string) model.Origin {
		return model.Origin{Kind: origin.Kind, Name: origin.Name, Path: "spec.resilience." + path}
	}
	var needs []need
	if route.Timeout > 0 {
		needs = append(needs, need{model.FeatureTimeout, at("timeout")})
	}
	if route.Retry == nil {
		return needs
	}
	needs = append(needs, need{model.FeatureRetry, at("retries")}, need{model.FeatureRetryLimit, at("retries.limit")})
	if !slices.Equal(route.Retry.On, []string{"5xx"}) {
		needs = append(needs, need{model.FeatureRetryOn, at("retries.on")})
	}
	if slices.ContainsFunc(route.Retry.On, model.OfGRPC) {
		needs = append(needs, need{model.FeatureRetryGRPC, at("retries.on")})
	}
	if route.Retry.PerTryTimeout > 0 {
		needs = append(needs, need{model.FeaturePerTryTimeout, at("retries.perTryTimeout")})
	}
	return needs
}

// edgeNeeds lists the features that an Edge asks of a gateway.
func edgeNeeds(edge model.Edge) []need {
	at := func(path string) model.Origin {
		return model.Origin{Kind: edge.Origin.Kind, Name: edge.Origin.Name, Path: path}
	}
	needs := []need{{model.FeatureHosts, at("spec.hosts")}}
	if edge.TLS != nil {
		needs = append(needs, need{model.FeatureTLS, at("spec.tls")})
		if edge.TLS.RedirectHTTP {
			needs = append(needs, need{model.FeatureRedirect, at("spec.tls.redirectHTTP")})
		}
	}
	if edge.Security != nil {
		needs = append(needs, need{model.FeatureSecurityHeaders, at("spec.security")})
	}
	for _, route := range edge.Routes {
		if route.StripPrefix {
			needs = append(needs, need{model.FeatureStripPrefix, at(route.YAMLPath + ".stripPrefix")})
		}
		if route.RateLimit != nil {
			needs = append(needs, need{model.FeatureRateLimit, at(route.YAMLPath + ".rateLimit")})
		}
		for _, line := range route.Table {
			if release, ok := originOf(line, v1alpha1.KindCanaryRelease); ok {
				needs = append(needs, need{model.FeatureWeights, release.Object()})
				needs = append(needs, matchNeeds(line.Match, release)...)
			}
		}
	}
	return needs
}

func originOf(route model.Route, kind string) (model.Origin, bool) {
	for _, origin := range route.Origins {
		if origin.Kind == kind {
			return origin, true
		}
	}
	return model.Origin{}, false
}
