package drivertest

import (
	"time"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

var egressProfile = model.Origin{Kind: v1alpha1.KindEgressProfile, Name: "partners"}

func egressCases() []Case {
	prefix := &model.PathMatch{Kind: model.MatchPrefix, Value: "/pay"}
	return []Case{
		{"a partner is reached over TLS", []model.Feature{model.FeatureEgress}, Reached(PartnerRoute("acquirer", func(*model.EdgeRoute) {}))},
		{
			"a partner gets a credential, headers and paths of its own, and not too much at once",
			[]model.Feature{
				model.FeatureEgress, model.FeatureCredential, model.FeatureRequestHeaders, model.FeatureRateLimit, model.FeatureMaxInFlight,
				model.FeatureEdgeTimeout, model.FeatureRouteMatches,
			},
			Reached(
				PartnerRoute("acquirer", func(r *model.EdgeRoute) {
					r.Path, r.Methods, r.Upstream.Rewrite = prefix, []string{"POST"}, "/v2/pay"
					r.Upstream.Credential = &model.Credential{Name: "acquirer-token", Header: "Authorization"}
					r.Upstream.ClientSecret = "acquirer-client"
					r.SetHeaders, r.RemoveHeaders = []model.Header{{Name: "X-Bank", Value: "b"}}, []string{"X-Debug"}
					r.RateLimit = &model.RateLimit{Average: 10, Period: time.Second, Burst: 20}
					r.MaxInFlight, r.Timeout = 5, 10*time.Second
				}),
			),
		},
	}
}

// Reached is a namespace whose EgressProfile has one partner with these routes, and no other way out.
func Reached(routes ...model.EdgeRoute) model.Namespace {
	return model.Namespace{Name: "shop", Egresses: []model.Egress{{
		Name: "partners", Origin: egressProfile,
		Gateway: model.Gateway{Name: "egress", Labels: map[string]string{"edge": "out"}, HTTP: "web", Egress: &model.EgressGateway{
			Address: "egress.gateways.svc.cluster.local", Domain: "cluster.local", Credentials: "http://127.0.0.1:9091",
		}},
		Partners: []model.Partner{{
			Name: "acquirer", Backend: "acquirer-out", Host: "api.acquirer.example", Port: 443,
			Hosts: []string{"acquirer.shop", "acquirer.shop.svc", "acquirer.shop.svc.cluster.local"}, Routes: routes, YAMLPath: "spec.partners[0]",
		}},
		Confine: &model.Confinement{
			Allowed: []model.AllowedNetwork{{CIDR: "10.20.0.0/16", Ports: []int32{5432}}, {CIDR: "169.254.20.10/32"}}, Origin: egressProfile,
		},
	}}}
}

// PartnerRoute is a route to the partner of Reached, with what change makes of it.
func PartnerRoute(name string, change func(*model.EdgeRoute)) model.EdgeRoute {
	backend := name + "-out"
	route := model.EdgeRoute{
		Service: backend, Port: 443, YAMLPath: "spec.partners[0].routes[0]",
		Upstream: &model.Upstream{Host: "api.acquirer.example", Port: 443, CASecret: "acquirer-ca", Identity: backend},
		Table:    []model.Route{{Split: []model.Share{{Backend: backend, Weight: 1}}, Origins: []model.Origin{egressProfile}}},
	}
	change(&route)
	return route
}
