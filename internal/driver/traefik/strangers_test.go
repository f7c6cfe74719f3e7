package traefik_test

import (
	"slices"
	"testing"

	traefikio "github.com/traefik/traefik/v3/pkg/provider/kubernetes/crd/traefikio/v1alpha1"

	"github.com/kubemate/kubemate/internal/driver/traefik"
)

func TestTheHostsOfForeignRoutesAreFound(t *testing.T) {
	for rule, want := range map[string][]string{
		"Host(`shop.example`)":                                               {"shop.example"},
		"Host(`Shop.Example.`) && PathPrefix(`/`)":                           {"shop.example"},
		"(Host(`b.example`) || Host(`a.example`)) && ClientIP(`10.0.0.0/8`)": {"a.example", "b.example"},
		"Host(`*.shop.example`)":                                             {"*.shop.example"},
		"Host(`a.example`) && !Host(`b.example`)":                            {"a.example"},
		"HostRegexp(`^.+\\.example$`)":                                       {},
		"PathPrefix(`/`)":                                                    {},
		"Host(`a b`)":                                                        {},
		"Host(`a.example`":                                                   {},
		"":                                                                   {},
	} {
		route := &traefikio.IngressRoute{Spec: traefikio.IngressRouteSpec{Routes: []traefikio.Route{{Match: rule}}}}
		if got := traefik.New().RouteHosts(route); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", rule, got, want)
		}
	}
	if got := traefik.New().RouteHosts(&traefikio.Middleware{}); got != nil {
		t.Errorf("a Middleware asks for %q", got)
	}
}
