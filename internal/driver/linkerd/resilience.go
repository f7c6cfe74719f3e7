package linkerd

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kubemate/kubemate/internal/model"
)

// Annotations of a route for timeouts and retries (Linkerd 2.16). They hold for every rule of the route.
const (
	annotationTimeout      = "timeout.linkerd.io/request"
	annotationRetryHTTP    = "retry.linkerd.io/http"
	annotationRetryLimit   = "retry.linkerd.io/limit"
	annotationRetryTimeout = "retry.linkerd.io/timeout"
)

// settings are the values of the annotations of a route. An empty one is left out.
type settings struct{ timeout, retryHTTP, retryLimit, retryTimeout string }

// sameResilience says whether two lines have the same timeout and retry, so that they can share an HTTPRoute.
func sameResilience(a, b *model.Route) bool {
	if a.Timeout != b.Timeout || (a.Retry == nil) != (b.Retry == nil) {
		return false
	}
	return a.Retry == b.Retry || a.Retry.Limit == b.Retry.Limit && a.Retry.PerTryTimeout == b.Retry.PerTryTimeout && slices.Equal(a.Retry.On, b.Retry.On)
}

// annotate writes timeout and retry as annotations. Nil: there are none.
func annotate(route *model.Route) map[string]string {
	if route.Timeout == 0 && route.Retry == nil {
		return nil
	}
	set := settingsOf(route)
	annotations := make(map[string]string, 4)
	for _, one := range [...]struct{ key, value string }{
		{annotationTimeout, set.timeout},
		{annotationRetryHTTP, set.retryHTTP},
		{annotationRetryLimit, set.retryLimit},
		{annotationRetryTimeout, set.retryTimeout},
	} {
		if one.value != "" {
			annotations[one.key] = one.value
		}
	}
	return annotations
}

func settingsOf(route *model.Route) settings {
	var set settings
	if route.Timeout > 0 {
		set.timeout = duration(route.Timeout)
	}
	retry := route.Retry
	if retry == nil {
		return set
	}
	set.retryLimit = strconv.Itoa(int(retry.Limit))
	// Linkerd refuses blanks. Statuses of gRPC are read on GRPCRoutes only; they are withheld (no FeatureRetryGRPC).
	set.retryHTTP = strings.Join(retry.On, ",")
	if retry.PerTryTimeout > 0 {
		set.retryTimeout = duration(retry.PerTryTimeout)
	}
	return set
}

// duration writes a duration the way Linkerd reads it: a whole number of one unit ("1m30s" is refused, or silently ignored). Below a
// millisecond is rounded up.
func duration(d time.Duration) string {
	d = (d + time.Millisecond - 1).Truncate(time.Millisecond)
	for _, unit := range []struct {
		length time.Duration
		name   string
	}{{time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}} {
		if d%unit.length == 0 {
			return strconv.FormatInt(int64(d/unit.length), 10) + unit.name
		}
	}
	return strconv.FormatInt(d.Milliseconds(), 10) + "ms"
}
