package verdict

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func at(value float64) *float64 { return &value }

func reading(variant string, requests, value Sample) Reading {
	return Reading{Variant: variant, Requests: requests, Value: value}
}

func TestJudge(t *testing.T) {
	success := Criterion{Unit: Percent, Min: at(99.5), MinRequests: 100}
	latency := Criterion{Unit: Seconds, Max: at(0.5), MinRequests: 1}
	drop := Criterion{Unit: Percent, MaxDrop: at(0.5), MinRequests: 100}
	rise := Criterion{Unit: Seconds, MaxRise: at(0.1), MinRequests: 1}
	plain := Criterion{Max: at(0.02)}
	enough, few := Of(1000), Of(99.6)
	stable := reading("v1", enough, Of(99.9))
	for name, test := range map[string]struct {
		criterion         Criterion
		candidate, stable Reading
		want              Result
		says              string
	}{
		"a value above the minimum passes":               {success, reading("v2", enough, Of(99.6)), Reading{}, Pass, "99.6% of v2"},
		"a value at the minimum passes":                  {success, reading("v2", enough, Of(100*(1-5.0/1000))), Reading{}, Pass, ""},
		"a value below the minimum fails":                {success, reading("v2", enough, Of(99.4)), Reading{}, Fail, "below the minimum 99.5%"},
		"a value at the maximum passes":                  {latency, reading("v2", enough, Of(0.5)), Reading{}, Pass, "500ms"},
		"a value above the maximum fails":                {latency, reading("v2", enough, Of(0.5011)), Reading{}, Fail, "501.1ms of v2 is above the maximum 500ms"},
		"fewer requests than asked for are no data":      {success, reading("v2", few, Of(100)), Reading{}, NoData, "99 requests, fewer than 100"},
		"fewer requests are no data even when they fail": {success, reading("v2", few, Of(0)), Reading{}, NoData, ""},
		"exactly the requests asked for are enough":      {success, reading("v2", Of(100), Of(100)), Reading{}, Pass, ""},
		"no requests are no data":                        {success, reading("v2", None("nothing was counted"), Of(100)), Reading{}, NoData, "nothing was counted"},
		"requests that cannot be counted are an error":   {success, reading("v2", Fault("timeout"), Of(100)), Reading{}, Error, "timeout"},
		"no value is no data":                            {success, reading("v2", enough, Sample{}), Reading{}, NoData, "no data"},
		"a value that cannot be had is an error":         {success, reading("v2", enough, Fault("several series")), Reading{}, Error, "several series"},
		"an error comes before few requests":             {success, reading("v2", few, Fault("timeout")), Reading{}, Error, ""},
		"a NaN is an error":                              {success, reading("v2", enough, Of(math.NaN())), Reading{}, Error, "not a number"},
		"an infinite value is an error":                  {latency, reading("v2", enough, Of(math.Inf(1))), Reading{}, Error, "infinite"},
		"a NaN that got past Of is an error":             {latency, reading("v2", enough, Sample{State: Measured, Value: math.NaN()}), Reading{}, Error, "finite"},
		"a drop within the margin passes":                {drop, reading("v2", enough, Of(99.4)), stable, Pass, "99.4% of v2 beside 99.9% of v1"},
		"a drop beyond the margin fails":                 {drop, reading("v2", enough, Of(99.39)), stable, Fail, "a drop of 0.51%, more than 0.5%"},
		"a rise is no drop":                              {drop, reading("v2", enough, Of(100)), stable, Pass, ""},
		"a rise beyond the margin fails":                 {rise, reading("v2", enough, Of(0.31)), reading("v1", enough, Of(0.2)), Fail, "a rise of 110ms, more than 100ms"},
		"stable with few requests is no data":            {drop, reading("v2", enough, Of(99.9)), reading("v1", few, Of(99.9)), NoData, "v1 answered 99 requests"},
		"stable that is not measured is no data":         {drop, reading("v2", enough, Of(99.9)), reading("v1", enough, Sample{}), NoData, "v1"},
		"stable that cannot be asked is an error":        {drop, reading("v2", enough, Of(99.9)), reading("v1", enough, Fault("down")), Error, "v1: down"},
		"an error of stable comes before gaps":           {drop, reading("v2", few, Sample{}), reading("v1", enough, Fault("down")), Error, ""},
		"stable is not looked at without comparison":     {success, reading("v2", enough, Of(100)), reading("v1", Fault("down"), Fault("down")), Pass, ""},
		"without MinRequests nobody counts":              {plain, reading("v2", Fault("down"), Of(0.01)), Reading{}, Pass, "0.01 of v2"},
	} {
		t.Run(name, func(t *testing.T) {
			got := Judge(test.criterion, test.candidate, test.stable)
			if got.Result != test.want || !strings.Contains(got.Message, test.says) {
				t.Errorf("%s %q; want %s with %q", got.Result, got.Message, test.want, test.says)
			}
			if got.Message == "" {
				t.Error("the verdict has no message")
			}
		})
	}
}

func TestNothingPassesThatWasNotMeasured(t *testing.T) {
	sample := rapid.Custom(func(t *rapid.T) Sample {
		return Sample{
			State: rapid.SampledFrom([]State{"", Measured, Missing, Failed}).Draw(t, "state"),
			Value: rapid.SampledFrom([]float64{0, 1, 50, 100, 1e6, math.NaN(), math.Inf(1), math.Inf(-1)}).Draw(t, "value"),
		}
	})
	limit := rapid.SampledFrom([]*float64{nil, at(0), at(1), at(100)})
	rapid.Check(t, func(t *rapid.T) {
		criterion := Criterion{
			Min: limit.Draw(t, "min"), Max: limit.Draw(t, "max"), MaxDrop: limit.Draw(t, "drop"), MaxRise: limit.Draw(t, "rise"),
			MinRequests: rapid.SampledFrom([]float64{0, 1, 100}).Draw(t, "requests"),
		}
		candidate := reading("v2", sample.Draw(t, "requests"), sample.Draw(t, "value"))
		stable := reading("v1", sample.Draw(t, "requests of stable"), sample.Draw(t, "value of stable"))
		looked := []Sample{candidate.Value}
		if criterion.MinRequests > 0 {
			looked = append(looked, candidate.Requests)
		}
		if criterion.Compares() {
			looked = append(looked, stable.Value)
			if criterion.MinRequests > 0 {
				looked = append(looked, stable.Requests)
			}
		}
		result := Judge(criterion, candidate, stable).Result
		for _, one := range looked {
			measured := one.State == Measured && !math.IsNaN(one.Value) && !math.IsInf(one.Value, 0)
			if !measured && (result == Pass || result == Fail) {
				t.Fatalf("%s from %+v", result, one)
			}
			if one.State == Failed && result != Error {
				t.Fatalf("%s, though a measurement failed", result)
			}
		}
	})
}

func TestLimits(t *testing.T) {
	for _, test := range []struct {
		unit Unit
		text string
		want float64
	}{
		{Percent, "99.5", 99.5},
		{Plain, "-0.25", -0.25},
		{Plain, "0", 0},
		{PerSecond, "12", 12},
		{Seconds, "500ms", 0.5},
		{Seconds, "2s", 2},
		{Seconds, "0.5s", 0.5},
	} {
		got, err := test.unit.Limit(test.text)
		if err != nil || got != test.want {
			t.Errorf("%q: %v, %v; want %v", test.text, got, err, test.want)
		}
	}
	for _, test := range []struct {
		unit Unit
		text string
	}{
		{Percent, ""},
		{Percent, "NaN"},
		{Percent, "Inf"},
		{Percent, "99,5"},
		{Percent, "500ms"},
		{Plain, "0x10"},
		{Plain, "1_000"},
		{Plain, "1e999"},
		{Seconds, "500"},
		{Seconds, "2m"},
		{Seconds, "s"},
		{Seconds, ""},
	} {
		if got, err := test.unit.Limit(test.text); err == nil {
			t.Errorf("%q is taken for %v", test.text, got)
		} else if !strings.Contains(err.Error(), "write") {
			t.Errorf("%q: the error does not say what to write: %v", test.text, err)
		}
	}
}
