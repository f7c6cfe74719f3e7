package analysis

import (
	"context"
	"time"

	prometheus "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"

	"github.com/kubemate/kubemate/internal/verdict"
)

// Measurement is one question to a source, and what came of it.
type Measurement struct {
	// Sample is the outcome. Its message names neither addresses nor what the source answered, for it is shown to users of the namespace.
	verdict.Sample
	// Query as it was sent. Empty when it could not be made.
	Query string
	// At is the time that was asked about.
	At time.Time
	// Cause is the whole error of a failed measurement, for the operator's log. Nil: none.
	Cause error
}

// read sends a query that is fit to be sent. It waits for its turn as long as the context allows; the source's timeout counts from then.
func (s *source) read(ctx context.Context, query string, at time.Time) Measurement {
	measurement := Measurement{Query: query, At: at}
	if err := s.free.Acquire(ctx, 1); err != nil {
		measurement.fail(s.explain(ctx, err), err)
		return measurement
	}
	defer s.free.Release(1)
	limited, cancel := context.WithTimeout(ctx, s.config.Timeout.Duration)
	defer cancel()
	done := observe(s.config.Name)
	value, warnings, err := s.api.Query(limited, query, at, prometheus.WithTimeout(s.config.Timeout.Duration))
	switch {
	case err != nil:
		measurement.fail(s.explain(ctx, err), err)
	case len(warnings) > 0:
		// Such as a store that did not answer: the value is of a part, and nobody knows of which.
		measurement.fail("the metric source "+s.config.Name+" warns: "+brief(warnings[0]), nil)
	default:
		measurement.Sample = sample(value)
	}
	done(measurement.State)
	return measurement
}

func (m *Measurement) fail(message string, cause error) {
	m.Sample, m.Cause = verdict.Fault(message), cause
}

// sample takes the one number out of an answer. The client gives nil for what an answer leaves out.
func sample(value model.Value) verdict.Sample {
	switch value := value.(type) {
	case nil:
		return verdict.Fault("the metric source " + noAnswer)
	case *model.Scalar:
		return verdict.Of(float64(value.Value))
	case model.Vector:
		switch {
		case len(value) == 0:
			return verdict.None("no data")
		case len(value) > 1:
			return verdict.Fault("the query gives several series and must give one: aggregate, for example with sum()")
		case value[0] == nil:
			return verdict.Fault("the metric source " + noAnswer)
		case value[0].Histogram != nil:
			return verdict.Fault("the query gives a histogram and must give one number: use histogram_quantile()")
		}
		return verdict.Of(float64(value[0].Value))
	}
	return verdict.Fault("the answer is a " + value.Type().String() + " and must be one number")
}
