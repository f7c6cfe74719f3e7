package driver

import (
	"slices"

	"github.com/kubemate/kubemate/internal/model"
)

// Withhold takes out of a Service the advisory parts that a driver cannot express, so that Render never sees what it would have to ignore.
// The Service it is given stays as it is.
func Withhold(features model.FeatureSet, svc model.Service) model.Service {
	if features[model.FeatureTimeout] && features[model.FeatureRetry] && features[model.FeatureRetryLimit] &&
		features[model.FeatureRetryOn] && features[model.FeatureRetryGRPC] && features[model.FeaturePerTryTimeout] {
		return svc
	}
	routes := make([]model.Route, len(svc.Routes))
	for i, route := range svc.Routes {
		if !features[model.FeatureTimeout] {
			route.Timeout = 0
		}
		route.Retry = withholdRetry(features, route.Retry)
		routes[i] = route
	}
	svc.Routes = routes
	return svc
}

func withholdRetry(features model.FeatureSet, retry *model.Retry) *model.Retry {
	if retry == nil || !features[model.FeatureRetry] {
		return nil
	}
	left := *retry
	if !features[model.FeatureRetryLimit] {
		left.Limit = 1
	}
	if !features[model.FeatureRetryGRPC] {
		left.On = slices.DeleteFunc(slices.Clone(left.On), model.OfGRPC)
	}
	if len(left.On) == 0 {
		return nil
	}
	if !features[model.FeatureRetryOn] {
		left.On = []string{"5xx"}
	}
	if !features[model.FeaturePerTryTimeout] {
		left.PerTryTimeout = 0
	}
	return &left
}
