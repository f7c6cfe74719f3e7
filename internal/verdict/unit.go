package verdict

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Unit is what values of a metric are counted in.
type Unit string

// The units of metrics.
const (
	// Plain numbers have no unit.
	Plain Unit = ""
	// Percent is per cent, from 0 to 100.
	Percent Unit = "%"
	// PerSecond is a rate.
	PerSecond Unit = "/s"
	// Seconds is a time. Limits are written with ms or s.
	Seconds Unit = "s"
)

// Limit reads a limit as people write it: a decimal number such as 99.5 or, for Seconds, a duration such as 500ms or 2s.
func (u Unit) Limit(text string) (float64, error) {
	if u == Seconds {
		if !strings.HasSuffix(text, "s") {
			return 0, fmt.Errorf("%q is no time: write 500ms or 2s", text)
		}
		duration, err := time.ParseDuration(text)
		if err != nil {
			return 0, fmt.Errorf("%q is no time: write 500ms or 2s", text)
		}
		return duration.Seconds(), nil
	}
	value, err := strconv.ParseFloat(text, 64)
	if err != nil || !Of(value).has() || strings.ContainsAny(text, "xXpP_") {
		return 0, fmt.Errorf("%q is no decimal number: write one such as 99.5", text)
	}
	return value, nil
}

// Format shows a value for people.
func (u Unit) Format(value float64) string {
	if u == Seconds {
		return decimal(value*1000, 3) + "ms"
	}
	return decimal(value, 6) + string(u)
}

// decimal has at most so many digits after the point, and none that say nothing.
func decimal(value float64, digits int) string {
	text := strconv.FormatFloat(value, 'f', digits, 64)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	if text == "-0" {
		return "0"
	}
	return text
}
