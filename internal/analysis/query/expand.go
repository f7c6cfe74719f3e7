package query

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/prometheus/common/model"
)

// Values stand in a query for the templates of the same names.
type Values struct {
	// Namespace of the release, and the Service that it is about.
	Namespace, Service string
	// Variant that is measured, and Backend, the Service that answers for it.
	Variant, Backend string
	// Window that is looked at, between 1ms and 24h.
	Window time.Duration
}

// template is a name in double braces.
var template = regexp.MustCompile(`\{\{ *\.(Namespace|Service|Variant|Backend|Window) *\}\}`)

// name is what values may be: names of Kubernetes without periods hold nothing that PromQL gives a meaning to inside of quotes.
var name = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`)

const (
	// maxText is how long a query may be, before and after.
	maxText = 4096
	maxName = 63
)

// Expand puts values for the templates of a query. text/template is not used on purpose: it has functions, loops and comparisons, and nothing
// here needs them.
func Expand(text string, values Values) (string, error) {
	if len(text) > maxText {
		return "", fmt.Errorf("the query has %d characters; at most %d are allowed", len(text), maxText)
	}
	byName, err := values.byName()
	if err != nil {
		return "", err
	}
	rest := template.ReplaceAllLiteralString(text, "")
	if at := strings.Index(rest, "{{"); at >= 0 {
		return "", fmt.Errorf("%q is no template: write {{ .Namespace }}, {{ .Service }}, {{ .Variant }}, {{ .Backend }} or {{ .Window }}", excerpt(rest[at:]))
	}
	return template.ReplaceAllStringFunc(text, func(match string) string { return byName[template.FindStringSubmatch(match)[1]] }), nil
}

// TellsVariantsApart says whether the query differs between variants, without which comparing them says nothing.
func TellsVariantsApart(text string) bool {
	for _, match := range template.FindAllStringSubmatch(text, -1) {
		if match[1] == "Variant" || match[1] == "Backend" {
			return true
		}
	}
	return false
}

func (v Values) byName() (map[string]string, error) {
	byName := map[string]string{"Namespace": v.Namespace, "Service": v.Service, "Variant": v.Variant, "Backend": v.Backend}
	for _, field := range []string{"Namespace", "Service", "Variant", "Backend"} {
		if value := byName[field]; len(value) > maxName || !name.MatchString(value) {
			return nil, fmt.Errorf("%q is no name that could stand for {{ .%s }}", excerpt(value), field)
		}
	}
	if v.Window < time.Millisecond || v.Window > maxReach || v.Window%time.Millisecond != 0 {
		return nil, fmt.Errorf("%s is no window: it must be between 1ms and %s", v.Window, model.Duration(maxReach))
	}
	byName["Window"] = model.Duration(v.Window).String()
	return byName, nil
}

// excerpt keeps messages short.
func excerpt(text string) string {
	const length = 40
	if len(text) > length {
		return strings.ToValidUTF8(text[:length], "") + "…"
	}
	return strings.ToValidUTF8(text, "")
}
