package linkerd

import (
	"slices"
	"strconv"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1beta3"
	"github.com/kubemate/kubemate/internal/model"
)

// chunk is the elements of one object.
type chunk struct {
	// line that stands for the timeout and retry of all.
	line int
	// number among the chunks of one timeout and retry, counted from the last.
	number int
	rules  [][]element
}

// chunks lays elements into objects. The one with the last line comes last.
func chunks(elements []element, actions, classes []int) []chunk {
	var all []chunk
	last := classes[elements[len(elements)-1].line]
	for class := range classes {
		if classes[class] == class && class != last {
			all = append(all, chunksOf(class, elements, actions, classes)...)
		}
	}
	return append(all, chunksOf(last, elements, actions, classes)...)
}

// chunksOf lays the elements of one timeout and retry into objects. Neighbours with the same action share a rule; they keep their order.
func chunksOf(class int, elements []element, actions, classes []int) []chunk {
	var all []chunk
	previous := -1
	for i := range elements {
		e := &elements[i]
		if classes[e.line] != class {
			continue
		}
		if len(all) == 0 {
			all = append(all, chunk{line: class})
		}
		current := &all[len(all)-1]
		full := len(current.rules) > 0 && len(current.rules[len(current.rules)-1]) == maxMatches
		if actions[e.line] != previous || full {
			if len(current.rules) == maxRules {
				all = append(all, chunk{line: class})
				current = &all[len(all)-1]
			}
			current.rules = append(current.rules, nil)
		}
		rule := &current.rules[len(current.rules)-1]
		*rule = append(*rule, *e)
		previous = actions[e.line]
	}
	for i := range all {
		all[i].number = len(all) - 1 - i
	}
	return all
}

func writeRules(routes []model.Route, part chunk, x expressions) (routeObject, error) {
	object := routeObject{line: part.line, rules: make([]routeRule, len(part.rules))}
	for i, elements := range part.rules {
		rule := routeRule{line: elements[0].line, matches: make([]v1beta3.HTTPRouteMatch, len(elements))}
		for j := range elements {
			match, why := writeMatch(&elements[j].match, x)
			if why != "" {
				return object, model.Problem{
					Origin: place(routes[elements[j].line]), Reason: v1alpha1.ReasonUnsupported,
					Message: "the match cannot be written for Linkerd: " + why + "; make it simpler",
				}
			}
			rule.matches[j] = match
		}
		object.rules[i] = rule
	}
	return object, nil
}

// Limits of one value of a match.
const (
	maxHeaderValue = 4096
	maxValue       = 1024
)

// writeMatch writes a conjunction. The text says why it cannot be written.
func writeMatch(match *model.Match, x expressions) (v1beta3.HTTPRouteMatch, string) {
	out := v1beta3.HTTPRouteMatch{Path: writePath(match.Path, x)}
	if len(out.Path.Value) > maxValue {
		return out, "the path is longer than " + strconv.Itoa(maxValue) + " characters"
	}
	if why := tooMany(*match); why != "" {
		return out, why
	}
	if len(match.Methods) > 0 {
		out.Method = match.Methods[0]
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
	}
	return v1beta3.HTTPPathMatch{Type: v1beta3.MatchPathPrefix, Value: path.Value}
}

func writeValues(values []model.ValueMatch, x expressions) []v1beta3.HTTPValueMatch {
	if len(values) == 0 {
		return nil
	}
	out := make([]v1beta3.HTTPValueMatch, len(values), len(values)+1)
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
