package linkerd

import (
	"slices"
	"strconv"

	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1beta3"
	"github.com/kubemate/kubemate/internal/model"
)

// Limits of one value of a match.
const (
	maxHeaderValue = 4096
	maxValue       = 1024
)

// writeMatch writes a conjunction. The text says why it cannot be written.
func writeMatch(e *element, x expressions) (v1beta3.HTTPRouteMatch, string) {
	match := e.match
	out := v1beta3.HTTPRouteMatch{Path: writePath(e.path, x), Method: e.method}
	if len(out.Path.Value) > maxValue {
		return out, "the path is longer than " + strconv.Itoa(maxValue) + " characters"
	}
	if why := tooMany(match); why != "" {
		return out, why
	}
	out.Headers = writeValues(match.Headers, x)
	out.QueryParams = writeValues(match.Query, x)
	if len(match.Cookies) > 0 {
		text, err := cookieExpression(match.Cookies)
		if err != nil {
			return out, err.Error()
		}
		out.Headers = slices.Insert(out.Headers, cookieIndex(out.Headers), v1beta3.HTTPValueMatch{
			Type: v1beta3.MatchRegularExpression, Name: headerCookie, Value: text,
		})
	}
	for _, header := range out.Headers {
		if len(header.Value) > maxHeaderValue {
			return out, "the expression for the header " + header.Name + " is longer than " + strconv.Itoa(maxHeaderValue) + " characters"
		}
	}
	for _, query := range out.QueryParams {
		if len(query.Value) > maxValue {
			return out, "the expression for the query parameter " + query.Name + " is longer than " + strconv.Itoa(maxValue) + " characters"
		}
	}
	return out, ""
}

const headerCookie = "cookie"

// cookieIndex is where the header stands among the others, which are sorted.
func cookieIndex(headers []v1beta3.HTTPValueMatch) int {
	for i := range headers {
		if headers[i].Name > headerCookie {
			return i
		}
	}
	return len(headers)
}

func writePath(path *model.PathMatch, x expressions) v1beta3.HTTPPathMatch {
	switch path.Kind {
	case model.MatchExact:
		return v1beta3.HTTPPathMatch{Type: v1beta3.MatchExact, Value: path.Value}
	case model.MatchRegex:
		return v1beta3.HTTPPathMatch{Type: v1beta3.MatchRegularExpression, Value: x[path.Value].text}
	case model.MatchPrefix:
	}
	return v1beta3.HTTPPathMatch{Type: v1beta3.MatchPathPrefix, Value: path.Value}
}

func writeValues(values []model.ValueMatch, x expressions) []v1beta3.HTTPValueMatch {
	if len(values) == 0 {
		return nil
	}
	out := make([]v1beta3.HTTPValueMatch, len(values))
	for i, value := range values {
		out[i] = v1beta3.HTTPValueMatch{Name: value.Name, Type: v1beta3.MatchRegularExpression}
		switch {
		case value.Kind == model.MatchRegex:
			out[i].Value = x[value.Value].text
		case value.Kind == model.MatchPrefix:
			out[i].Value = beginning(value.Value)
		case value.Value == "":
			out[i].Value = "^$" // the API refuses an empty value
		default:
			out[i].Type, out[i].Value = v1beta3.MatchExact, value.Value
		}
	}
	return out
}
