package plan_test

import (
	"maps"
	"slices"
	"strings"

	split "github.com/servicemeshinterface/smi-sdk-go/pkg/apis/split/v1alpha2"
	"pgregory.net/rapid"

	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1beta3"
	"github.com/kubemate/kubemate/internal/evaluate"
	"github.com/kubemate/kubemate/internal/plan"
)

// linkerdReading chooses among the emitted HTTPRoutes as Linkerd's proxies do. Which of them is older nobody knows beforehand: their order is drawn.
func linkerdReading(t *rapid.T, planned plan.Plan) reading {
	routes := rapid.Permutation(objectsOf[*v1beta3.HTTPRoute](planned)).Draw(t, "age of routes")
	table, err := evaluate.NewTable(routes)
	if err != nil {
		t.Fatal(err)
	}
	return reading{name: "Linkerd", ask: func(c call) string {
		_, rule := table.Find(c.linkerd())
		if rule == nil {
			return "404"
		}
		weights := map[string]int64{}
		for _, backend := range rule.BackendRefs {
			weights[backend.Name] += int64(backend.Weight)
		}
		return splitText(weights)
	}}
}

func (c call) linkerd() evaluate.Request {
	request := evaluate.Request{Method: c.method, Path: c.path, Headers: lists(c.headers), Query: lists(c.query)}
	if len(c.cookies) > 0 {
		request.Headers["cookie"] = []string{c.cookieHeader()}
	}
	return request
}

// cookieHeader has all cookies, among others that nobody asks for.
func (c call) cookieHeader() string {
	pairs := []string{"other=1"}
	for _, name := range slices.Sorted(maps.Keys(c.cookies)) {
		pairs = append(pairs, name+"="+c.cookies[name])
	}
	return strings.Join(append(pairs, "last=2"), "; ")
}

func lists(values map[string]string) map[string][]string {
	out := map[string][]string{}
	for name, value := range values {
		out[name] = []string{value}
	}
	return out
}

// trafficSplitText is the split that the classic generation wrote.
func trafficSplitText(t *rapid.T, planned plan.Plan) string {
	splits := objectsOf[*split.TrafficSplit](planned)
	if len(splits) != 1 {
		t.Fatalf("%d TrafficSplits: %v", len(splits), planned.Problems)
	}
	weights := map[string]int64{}
	for _, backend := range splits[0].Spec.Backends {
		weights[backend.Service] += int64(backend.Weight)
	}
	return splitText(weights)
}
