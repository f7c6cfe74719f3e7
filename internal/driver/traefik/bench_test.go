package traefik_test

import (
	"fmt"
	"testing"

	"github.com/kubemate/kubemate/internal/driver/traefik"
	"github.com/kubemate/kubemate/internal/model"
)

// One edge at a time, as plans are made: the whole plan of 1,000 Services has 50 ms.
func BenchmarkRender(b *testing.B) {
	for _, c := range []struct {
		name string
		edge model.Edge
	}{
		{"one Service", edge(plain, to(nil, "web"))},
		{"one Service under release", edge(plain, released(to(nil, "orders"), grayscale))},
		{"TLS, guards and all matches", edge(secured, guarded(released(to(prefix("/api"), "orders"), allMatches()...)))},
		{"100 Services under release", edge(secured, manyPaths(100)...)},
	} {
		b.Run(c.name, func(b *testing.B) {
			ns := model.Namespace{Name: "bank", Edges: []model.Edge{c.edge}}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := traefik.New().Render(ns); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func manyPaths(count int) []model.EdgeRoute {
	routes := make([]model.EdgeRoute, count)
	for i := range routes {
		routes[i] = released(to(prefix(fmt.Sprintf("/api/%03d", i)), "orders"), grayscale)
	}
	return routes
}
