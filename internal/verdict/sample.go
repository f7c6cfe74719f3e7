package verdict

import "math"

// State says whether something could be measured.
type State string

// The states of a Sample.
const (
	// Measured: there is a value.
	Measured State = "Measured"
	// Missing: the question was answered, and there is nothing to tell.
	Missing State = "Missing"
	// Failed: the question could not be asked, or the answer is no measurement.
	Failed State = "Failed"
)

// Sample is the outcome of one measurement. The zero value is Missing.
type Sample struct {
	// State of the sample. Empty: Missing.
	State State
	// Value, when Measured: finite.
	Value float64
	// Message says why there is no value. Empty when Measured.
	Message string
}

// Of is a sample with a value. One that is no finite number is no measurement.
func Of(value float64) Sample {
	switch {
	case math.IsNaN(value):
		return Fault("the value is not a number")
	case math.IsInf(value, 0):
		return Fault("the value is infinite")
	}
	return Sample{State: Measured, Value: value}
}

// None is a sample without data.
func None(message string) Sample { return Sample{State: Missing, Message: message} }

// Fault is a measurement that failed.
func Fault(message string) Sample { return Sample{State: Failed, Message: message} }

// has says whether the sample has a value.
func (s Sample) has() bool { return s.State == Measured }
