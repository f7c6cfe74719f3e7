package plan_test

import (
	"encoding/json"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"pgregory.net/rapid"

	"github.com/kubemate/kubemate/internal/model"
	"github.com/kubemate/kubemate/internal/plan"
)

// modelReading reads the routing table of the model: the first line that is true decides.
func modelReading(planned plan.Plan) reading {
	table := serviceOf(planned.Model, "orders").Routes
	return reading{name: "the model", ask: func(c call) string { return askTable(table, c) }}
}

func modelEdgeReading(planned plan.Plan) edgeReading {
	table := planned.Model.Edges[0].Routes[0].Table
	return edgeReading{name: "the model of the edge", ask: func(c call) string { return askTable(table, c) }}
}

// fakeReading reads what the fake mesh driver wrote.
func fakeReading(t *rapid.T, planned plan.Plan) reading {
	var table []model.Route
	for _, object := range objectsOf[*corev1.ConfigMap](planned) {
		if object.Name == "routes.orders" {
			if err := json.Unmarshal([]byte(object.Data["routes"]), &table); err != nil {
				t.Fatal(err)
			}
		}
	}
	return reading{name: "the fake driver", ask: func(c call) string { return askTable(table, c) }}
}

// objectsOf are the planned objects of a type.
func objectsOf[T any](planned plan.Plan) []T {
	var found []T
	for _, group := range planned.Groups {
		for _, object := range group.Objects {
			if typed, ok := object.Object.(T); ok {
				found = append(found, typed)
			}
		}
	}
	return found
}

func askTable(table []model.Route, c call) string {
	i := slices.IndexFunc(table, func(route model.Route) bool { return lineTrue(&route.Match, c) })
	if i < 0 {
		return "nobody"
	}
	weights := map[string]int64{}
	for _, share := range table[i].Split {
		weights[share.Backend] += int64(share.Weight)
	}
	return splitText(weights)
}

func lineTrue(match *model.Match, c call) bool {
	if len(match.Methods) > 0 && !slices.Contains(match.Methods, c.method) || match.Path != nil && !modelPathTrue(*match.Path, c.path) {
		return false
	}
	all := func(wanted []model.ValueMatch, has map[string]string) bool {
		return !slices.ContainsFunc(wanted, func(w model.ValueMatch) bool { return !modelValueTrue(w, has[w.Name]) })
	}
	return all(match.Headers, c.headers) && all(match.Cookies, c.cookies) && all(match.Query, c.query)
}

func modelPathTrue(match model.PathMatch, path string) bool {
	switch match.Kind {
	case model.MatchExact:
		return path == match.Value
	case model.MatchPrefix:
		return match.Value == "/" || path == match.Value || strings.HasPrefix(path, match.Value+"/")
	default:
		return whole(match.Value, path)
	}
}

func modelValueTrue(match model.ValueMatch, value string) bool {
	switch match.Kind {
	case model.MatchExact:
		return value == match.Value
	case model.MatchPrefix:
		return value != "" && strings.HasPrefix(value, match.Value)
	default:
		return value != "" && whole(match.Value, value)
	}
}
