package verdict

import (
	"fmt"
	"math"
)

// Result is what a metric ends in.
type Result string

// The results.
const (
	// Pass: measured, and within every limit.
	Pass Result = "Pass"
	// Fail: measured, and beyond a limit.
	Fail Result = "Fail"
	// NoData: nothing to judge. Never a pass by itself; the release says what it counts as.
	NoData Result = "NoData"
	// Error: the measurement failed. Never a pass.
	Error Result = "Error"
)

// Verdict on one metric.
type Verdict struct {
	Result Result
	// Message says in words what was measured and how it stands to the limits, or why there is nothing to judge.
	Message string
}

// Criterion is what a metric may be. It has absolute limits (Min, Max) or relative ones (MaxDrop, MaxRise); with none it passes.
type Criterion struct {
	// Unit of the values and limits.
	Unit Unit
	// Min is the least value that passes, Max the greatest. Nil: no limit.
	Min, Max *float64
	// MaxDrop is how far the candidate may lie below stable, MaxRise how far above. Nil: no limit.
	MaxDrop, MaxRise *float64
	// MinRequests is how many requests there must be to judge; of stable too, when the candidate is compared with it. 0: Requests are not
	// looked at.
	MinRequests float64
}

// Compares says whether the criterion is about stable too.
func (c Criterion) Compares() bool { return c.MaxDrop != nil || c.MaxRise != nil }

// Reading is what was measured of one variant.
type Reading struct {
	// Variant is the name of the variant, for messages.
	Variant string
	// Requests that the variant answered in the window.
	Requests Sample
	// Value of the metric in the same window.
	Value Sample
}

// Judge holds the candidate's reading against the criterion. stable is looked at only when the criterion compares.
//
// Errors come before missing data, and both before limits, so that nothing passes that was not measured; fewer requests than asked for are
// missing data, whatever their value.
func Judge(criterion Criterion, candidate, stable Reading) Verdict {
	readings := []Reading{candidate}
	if criterion.Compares() {
		readings = append(readings, stable)
	}
	for _, look := range []func(Criterion, Reading) *Verdict{faults, gaps} {
		for _, reading := range readings {
			if verdict := look(criterion, reading); verdict != nil {
				return *verdict
			}
		}
	}
	return criterion.limits(candidate, stable)
}

// faults finds a measurement that failed.
func faults(criterion Criterion, reading Reading) *Verdict {
	counted := criterion.MinRequests > 0
	switch {
	case counted && reading.Requests.State == Failed:
		return &Verdict{Error, fmt.Sprintf("requests of %s: %s", reading.Variant, reading.Requests.Message)}
	case reading.Value.State == Failed:
		return &Verdict{Error, fmt.Sprintf("%s: %s", reading.Variant, reading.Value.Message)}
	case reading.Value.has() && !Of(reading.Value.Value).has(), counted && reading.Requests.has() && !Of(reading.Requests.Value).has():
		return &Verdict{Error, reading.Variant + ": the value is no finite number"}
	}
	return nil
}

// gaps finds a measurement without data.
func gaps(criterion Criterion, reading Reading) *Verdict {
	if criterion.MinRequests > 0 {
		switch {
		case !reading.Requests.has():
			return &Verdict{NoData, fmt.Sprintf("requests of %s: %s", reading.Variant, orNone(reading.Requests.Message))}
		case under(reading.Requests.Value, criterion.MinRequests):
			return &Verdict{NoData, fmt.Sprintf("%s answered %s requests, fewer than %s",
				reading.Variant, decimal(math.Floor(reading.Requests.Value), 0), decimal(criterion.MinRequests, 0))}
		}
	}
	if !reading.Value.has() {
		return &Verdict{NoData, fmt.Sprintf("%s: %s", reading.Variant, orNone(reading.Value.Message))}
	}
	return nil
}

func orNone(message string) string {
	if message == "" {
		return "no data"
	}
	return message
}

// limits compares values that are there.
func (c Criterion) limits(candidate, stable Reading) Verdict {
	value := candidate.Value.Value
	shown := fmt.Sprintf("%s of %s", c.Unit.Format(value), candidate.Variant)
	if c.Compares() {
		shown = fmt.Sprintf("%s beside %s of %s", shown, c.Unit.Format(stable.Value.Value), stable.Variant)
	}
	rise := value - stable.Value.Value
	switch {
	case c.Min != nil && under(value, *c.Min):
		return Verdict{Fail, fmt.Sprintf("%s is below the minimum %s", shown, c.Unit.Format(*c.Min))}
	case c.Max != nil && under(*c.Max, value):
		return Verdict{Fail, fmt.Sprintf("%s is above the maximum %s", shown, c.Unit.Format(*c.Max))}
	case c.MaxDrop != nil && under(*c.MaxDrop, -rise):
		return Verdict{Fail, fmt.Sprintf("%s is a drop of %s, more than %s", shown, c.Unit.Format(-rise), c.Unit.Format(*c.MaxDrop))}
	case c.MaxRise != nil && under(*c.MaxRise, rise):
		return Verdict{Fail, fmt.Sprintf("%s is a rise of %s, more than %s", shown, c.Unit.Format(rise), c.Unit.Format(*c.MaxRise))}
	}
	return Verdict{Pass, shown}
}

// precision is how far two values may lie apart and still be the same: 99.9 - 99.4 is not quite 0.5 in binary.
const precision = 1e-9

// under says whether a is less than b, by more than arithmetic loses.
func under(a, b float64) bool { return a < b-precision*max(1, math.Abs(a), math.Abs(b)) }
