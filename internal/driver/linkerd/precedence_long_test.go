package linkerd

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1beta3"
	"github.com/kubemate/kubemate/internal/evaluate"
	"github.com/kubemate/kubemate/internal/model"
)

// TestLongTables is about tables that do not fit one HTTPRoute in their own order: with few splits elements move together, with many there are
// several objects, between which no tie may be left.
func TestLongTables(t *testing.T) {
	for name, splits := range map[string]int{"few splits": 3, "many splits": 40} {
		t.Run(name, func(t *testing.T) {
			var written, refused, several, requests int
			for seed := range uint64(300) {
				random := rand.New(rand.NewPCG(seed, 7))
				svc := &model.Service{Name: "orders", RoutedPorts: []int32{80}, Routes: longTable(random, splits)}
				objects, err := policyDriver{}.outbound(nil, "shop", svc)
				if err != nil {
					refused++
					continue
				}
				written++
				routes := make([]*v1beta3.HTTPRoute, len(objects))
				for i, object := range objects {
					routes[i] = object.Object.(*v1beta3.HTTPRoute)
				}
				if len(routes) > 2 {
					several++
				}
				for range 60 {
					requests++
					checkLong(t, random, svc, routes)
				}
			}
			t.Logf("%d tables written, %d of them as more objects than timeouts, %d refused, %d requests", written, several, refused, requests)
			if written == 0 || splits > 16 && several == 0 {
				t.Error("the test is about nothing")
			}
		})
	}
}

func checkLong(t *testing.T, random *rand.Rand, svc *model.Service, routes []*v1beta3.HTTPRoute) {
	t.Helper()
	a := asked{
		method: []string{"GET", "POST"}[random.IntN(2)], path: []string{"/", "/a", "/a/", "/a/b", "/a/b/c", "/b"}[random.IntN(6)],
		headers: map[string]string{"x-a": strconv.Itoa(random.IntN(9))}, query: map[string]string{"p": strconv.Itoa(random.IntN(9))},
	}
	request := evaluate.Request{Method: a.method, Path: a.path, Headers: lists(a.headers), Query: lists(a.query)}
	line := slices.IndexFunc(svc.Routes, func(route model.Route) bool { return a.matches(route.Match) })
	want := answerOf(&svc.Routes[line])
	for _, got := range askInAnyOrder(routes, request) {
		if got != want {
			t.Fatalf("%+v: line %d wants %s, Linkerd does %s", request, line, want, got)
		}
	}
}

// longTable has 24 lines of one demand beside the path, and two timeouts.
func longTable(random *rand.Rand, splits int) []model.Route {
	origins := []model.Origin{{Kind: "CanaryRelease", Name: "orders"}}
	table := make([]model.Route, 0, 25)
	for range 24 {
		value := []model.ValueMatch{{Kind: model.MatchExact, Value: strconv.Itoa(random.IntN(9))}}
		match := model.Match{Path: somePaths[random.IntN(len(somePaths))]}
		switch random.IntN(4) {
		case 0, 1:
			value[0].Name, match.Headers = "x-a", value
		case 2:
			value[0].Name, match.Query = "p", value
		case 3:
			match.Methods = []string{"GET"}
		}
		table = append(table, model.Route{
			Match: match, Split: []model.Share{{Backend: "v" + strconv.Itoa(random.IntN(splits)), Weight: 1}}, Origins: origins,
		})
	}
	for i := range table {
		if table[i].Match.Path.Value == "/b" {
			table[i].Timeout = time.Second
		}
	}
	return append(table, model.Route{Origins: origins})
}
