package traefik

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/traefik/traefik/v3/pkg/config/dynamic"
	traefikio "github.com/traefik/traefik/v3/pkg/provider/kubernetes/crd/traefikio/v1alpha1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubemate/kubemate/internal/model"
)

// rateLimit writes a token bucket for each client address. An error refuses what Traefik would take for no limit or for another one.
func rateLimit(limit model.RateLimit, gateway model.Gateway) (*traefikio.RateLimit, error) {
	if limit.Average < 1 || limit.Average > math.MaxInt64/int64(time.Second) || limit.Burst < 1 || limit.Period <= 0 {
		return nil, invalidError{fmt.Errorf("rateLimit: %d per %s with a burst of %d is no limit; average, period and burst must be above 0",
			limit.Average, limit.Period, limit.Burst)}
	}
	period := intstr.FromString(wholeUnits(limit.Period))
	written := &traefikio.RateLimit{Average: &limit.Average, Period: &period, Burst: &limit.Burst}
	// Without a depth the address is the connection's, which is also what Traefik does when nothing is said.
	if strategy := addressStrategy(gateway); strategy != nil {
		written.SourceCriterion = &dynamic.SourceCriterion{IPStrategy: strategy}
	}
	return written, nil
}

// wholeUnits writes a duration as a whole number of one unit: the schema of Traefik's types has no decimal point.
func wholeUnits(d time.Duration) string {
	for _, unit := range []struct {
		name string
		size time.Duration
	}{{"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}, {"ms", time.Millisecond}, {"us", time.Microsecond}} {
		if d%unit.size == 0 {
			return strconv.FormatInt(int64(d/unit.size), 10) + unit.name
		}
	}
	return strconv.FormatInt(int64(d), 10) + "ns"
}
