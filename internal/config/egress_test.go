package config

import (
	"reflect"
	"strings"
	"testing"

	"github.com/kubemate/kubemate/internal/model"
)

func egress(fields string) string {
	return "edge: {gateways: [{name: out, egress: {" + fields + "}}]}"
}

func TestProblemsOfAnEgressGatewayNameTheirPath(t *testing.T) {
	const address = "address: egress.gateways.svc.cluster.local"
	partner := func(fields string) string { return egress(address + ", partners: [{" + fields + "}]") }
	for name, test := range map[string]struct {
		file string
		want []string
	}{
		"no Service":                       {egress("partners: [{host: a.example, namespaces: [a]}]"), []string{"edge.gateways[0].egress.address"}},
		"a Service without its domain":     {egress("address: egress.gateways, partners: [{host: a.example, namespaces: [a]}]"), []string{"egress.address", "full name"}},
		"credentials that travel":          {egress(address + ", credentialsAddress: '10.0.0.1:9091', partners: [{host: a.example, namespaces: [a]}]"), []string{"egress.credentialsAddress", "loopback"}},
		"no partners":                      {egress(address), []string{"egress.partners", "name the servers"}},
		"a partner without host":           {partner("namespaces: [a]"), []string{"egress.partners[0].host"}},
		"a partner by address":             {partner("host: 192.0.2.7, namespaces: [a]"), []string{"egress.partners[0].host", "no certificate"}},
		"every host":                       {partner("host: '*', namespaces: [a]"), []string{"egress.partners[0].host"}},
		"every host of a top-level domain": {partner("host: '*.example', namespaces: [a]"), []string{"egress.partners[0].host", "two labels"}},
		"a port that is none":              {partner("host: a.example, ports: [70000], namespaces: [a]"), []string{"egress.partners[0].ports[0]"}},
		"a partner for nobody":             {partner("host: a.example"), []string{"egress.partners[0].namespaces", "name the namespaces"}},
		"a partner for a pattern":          {partner("host: a.example, namespaces: ['*']"), []string{"egress.partners[0].namespaces[0]"}},
		"a credential outside its folder":  {partner("host: a.example, namespaces: [a], credentials: [{name: ../x}]"), []string{"credentials[0].name"}},
		"a header that is none":            {partner("host: a.example, namespaces: [a], credentials: [{name: x, header: 'A B'}]"), []string{"credentials[0].header"}},
		"a header of the connection":       {partner("host: a.example, namespaces: [a], credentials: [{name: x, header: Host}]"), []string{"credentials[0].header"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte(test.file))
			if err == nil {
				t.Fatal("it is accepted")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%v: does not say %q", err, want)
				}
			}
		})
	}
}

func TestAnEgressGatewayHasDefaults(t *testing.T) {
	cfg, err := Parse([]byte(egress("address: egress.gateways.svc.bank.internal, partners: [{host: '*.partner.example', namespaces: [shop], credentials: [{name: x}]}]")))
	if err != nil {
		t.Fatal(err)
	}
	gateways, _ := cfg.Edge.Model()
	want := &model.EgressGateway{
		Address: "egress.gateways.svc.bank.internal", Domain: "bank.internal", Credentials: "http://127.0.0.1:9091",
		Partners: []model.AllowedPartner{{
			Host: "*.partner.example", Ports: []int32{443}, Namespaces: []string{"shop"}, Credentials: []model.Credential{{Name: "x", Header: "Authorization"}},
		}},
	}
	if got := gateways["out"].Egress; !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}
