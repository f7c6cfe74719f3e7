package analysis

import (
	"regexp"
	"strconv"

	"github.com/kubemate/kubemate/internal/verdict"
)

// builtIn is a metric that is computed from the signals of drivers.
type builtIn struct {
	unit  verdict.Unit
	value func(*measuring, Variant) verdict.Sample
}

// latencyName is latency-p and a quantile in per cent: p50, p99, p999 for 99.9 per cent.
var latencyName = regexp.MustCompile(`^latency-p([0-9]{2,4})$`)

// builtInOf finds the metric of a name.
func builtInOf(name string) (builtIn, bool) {
	switch name {
	case "success-rate":
		return builtIn{verdict.Percent, (*measuring).successRate}, true
	case "request-rate":
		return builtIn{verdict.PerSecond, (*measuring).requestRate}, true
	}
	digits := latencyName.FindStringSubmatch(name)
	if digits == nil {
		return builtIn{}, false
	}
	quantile, err := strconv.ParseFloat("0."+digits[1], 64)
	if err != nil || quantile <= 0 {
		return builtIn{}, false
	}
	return builtIn{verdict.Seconds, func(m *measuring, v Variant) verdict.Sample { return m.latency(v, quantile) }}, true
}

// requests are those of all carriers together: a variant that is called from inside and from outside is one variant.
func (m *measuring) requests(v Variant) verdict.Sample {
	total := verdict.None("neither a mesh nor a gateway counts requests of this release")
	for _, carrier := range m.Carriers {
		counted := m.signal(carrier.Requests(m.traffic(v)))
		switch {
		case counted.State == verdict.Failed:
			return counted
		case counted.State == verdict.Measured:
			total = verdict.Of(total.Value + counted.Value)
		case total.State != verdict.Measured:
			total = verdict.None("no requests were counted")
		}
	}
	return total
}

func (m *measuring) requestRate(v Variant) verdict.Sample {
	counted := m.requests(v)
	if counted.State == verdict.Measured {
		return verdict.Of(counted.Value / m.Window.Seconds())
	}
	return counted
}

// successRate weighs the carriers by their requests.
func (m *measuring) successRate(v Variant) verdict.Sample {
	var total, failed float64
	for _, carrier := range m.Carriers {
		counted, failures := m.signal(carrier.Requests(m.traffic(v))), m.signal(carrier.Failures(m.traffic(v)))
		switch {
		case counted.State == verdict.Failed:
			return counted
		case counted.State != verdict.Measured || counted.Value <= 0:
			continue
		case failures.State == verdict.Failed:
			return failures
		case failures.State != verdict.Measured:
			return verdict.None("requests were counted, and not how many of them failed")
		}
		total += counted.Value
		// Series begin and end at different times, so that a difference of their sums may be a hair below nothing or above all.
		failed += min(max(failures.Value, 0), counted.Value)
	}
	if total == 0 {
		return verdict.None("no requests were counted")
	}
	return verdict.Of(100 * (1 - failed/total))
}

// latency is the worst of the carriers': what one of them takes longer is what its clients wait.
func (m *measuring) latency(v Variant, quantile float64) verdict.Sample {
	worst := verdict.None("no latencies were counted")
	for _, carrier := range m.Carriers {
		measured := m.signal(carrier.Latency(m.traffic(v), quantile))
		switch {
		case measured.State == verdict.Failed:
			return measured
		case measured.State == verdict.Measured && (worst.State != verdict.Measured || measured.Value > worst.Value):
			worst = measured
		}
	}
	return worst
}
