package releases

import (
	"strings"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// alternatives writes what a match asks of a request, for people.
func alternatives(any []v1alpha1.RequestMatch) string {
	words := make([]string, len(any))
	for i := range any {
		words[i] = alternative(&any[i])
	}
	return strings.Join(words, " | ")
}

func alternative(match *v1alpha1.RequestMatch) string {
	var words []string
	if match.GRPC != nil {
		call := "grpc " + match.GRPC.Service
		if match.GRPC.Method != nil {
			call += "/" + *match.GRPC.Method
		}
		words = append(words, call)
	}
	if match.Method != nil {
		words = append(words, string(*match.Method))
	}
	if match.Path != nil {
		words = append(words, pathText(match.Path))
	}
	for _, group := range []struct {
		word   string
		values []v1alpha1.ValueMatch
	}{{"header", match.Headers}, {"cookie", match.Cookies}, {"query", match.Query}} {
		for i := range group.values {
			words = append(words, group.word+" "+valueText(&group.values[i]))
		}
	}
	return strings.Join(words, " & ")
}

func pathText(path *v1alpha1.PathMatch) string {
	switch {
	case path.Exact != nil:
		return "path = " + string(*path.Exact)
	case path.Prefix != nil:
		return "path below " + string(*path.Prefix)
	default:
		return "path ~ " + string(*path.Regex)
	}
}

func valueText(value *v1alpha1.ValueMatch) string {
	switch {
	case value.Value != nil:
		return value.Name + " = " + string(*value.Value)
	case value.Prefix != nil:
		return value.Name + " begins with " + string(*value.Prefix)
	default:
		return value.Name + " ~ " + string(*value.Regex)
	}
}
