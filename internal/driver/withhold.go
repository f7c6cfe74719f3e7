package driver

import (
	"slices"

	"github.com/kubemate/kubemate/internal/model"
)

// Withhold takes out of a Service the advisory parts that the driver cannot express, so that Render never sees what it would have to ignore.
// The Service it is given stays as it is.
func (c Check) Withhold(svc model.Service) model.Service {
	if !c.features[model.FeatureRetryBudget] {
		svc.RetryBudget = nil
	}
	if !c.features[model.FeatureCircuitBreaker] {
		svc.Breaker = nil
	}
	if !c.excessive(svc.Routes) {
		return svc
	}
	routes := make([]model.Route, len(svc.Routes))
	for i, route := range svc.Routes {
		if !c.features[model.FeatureTimeout] {
			route.Timeout = 0
		}
		if c.excessiveRetry(route.Retry) {
			route.Retry = c.withholdRetry(*route.Retry)
		}
		routes[i] = route
	}
	svc.Routes = routes
	return svc
}

// WithholdPods takes out of a namespace's pods the advisory parts that the driver cannot express.
func (c Check) WithholdPods(pods model.Pods) model.Pods {
	if !c.features[model.FeatureBypass] {
		pods.Bypass = nil
	}
	if !c.features[model.FeatureProxy] {
		pods.Proxy = nil
	}
	return pods
}

// excessive says whether a route has an advisory part that the driver cannot express.
func (c Check) excessive(routes []model.Route) bool {
	for i := range routes {
		if routes[i].Timeout > 0 && !c.features[model.FeatureTimeout] || c.excessiveRetry(routes[i].Retry) {
			return true
		}
	}
	return false
}

func (c Check) excessiveRetry(retry *model.Retry) bool {
	switch {
	case retry == nil:
		return false
	case !c.features[model.FeatureRetry], !c.features[model.FeatureRetryLimit] && retry.Limit != 1,
		!c.features[model.FeaturePerTryTimeout] && retry.PerTryTimeout > 0:
		return true
	}
	return !c.features[model.FeatureRetryGRPC] && slices.ContainsFunc(retry.On, model.OfGRPC) ||
		!c.features[model.FeatureRetryOn] && (len(retry.On) != 1 || retry.On[0] != "5xx")
}

// withholdRetry reduces a retry to what the driver can express. Nil: nothing is left of it.
func (c Check) withholdRetry(left model.Retry) *model.Retry {
	if !c.features[model.FeatureRetryGRPC] {
		left.On = slices.DeleteFunc(slices.Clone(left.On), model.OfGRPC)
	}
	if !c.features[model.FeatureRetry] || len(left.On) == 0 {
		return nil
	}
	if !c.features[model.FeatureRetryLimit] {
		left.Limit = 1
	}
	if !c.features[model.FeatureRetryOn] {
		left.On = []string{"5xx"}
	}
	if !c.features[model.FeaturePerTryTimeout] {
		left.PerTryTimeout = 0
	}
	return &left
}
