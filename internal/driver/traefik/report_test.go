package traefik_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/driver/traefik"
)

func ingressRoute(namespace, name string, rules ...string) *unstructured.Unstructured {
	var routes []any
	for _, rule := range rules {
		routes = append(routes, map[string]any{"match": rule})
	}
	return &unstructured.Unstructured{Object: map[string]any{
		"kind": "IngressRoute", "metadata": map[string]any{"namespace": namespace, "name": name}, "spec": map[string]any{"routes": routes},
	}}
}

func TestRoutersAreExpectedUnderTraefiksNames(t *testing.T) {
	middleware := ingressRoute("shop", "x", "Host(`a`)")
	middleware.SetKind("Middleware")
	for name, test := range map[string]struct {
		object *unstructured.Unstructured
		want   []string
	}{
		"a router for each rule": {
			ingressRoute("shop", "web-route-1", "Host(`a.example`)", "Host(`b.example`)"),
			[]string{"shop-web-route-1-6f4450db918ac69a4bf5", "shop-web-route-1-c4db8f9dc8b2b68d04e0"},
		},
		"hyphens in a row":  {ingressRoute("shop", "a--b", "Host(`a.example`)"), []string{"shop-a-b-6f4450db918ac69a4bf5"}},
		"no rules":          {ingressRoute("shop", "none"), []string{}},
		"not about routing": {middleware, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got := traefik.New().ReportNames(test.object)
			if !slices.Equal(got, test.want) {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

func TestAReportOfTraefikIsRead(t *testing.T) {
	for name, test := range map[string]struct {
		answer string
		want   driver.Report
		wrong  string
	}{
		"served, warned of, refused, somebody else's": {
			answer: `[
				{"name": "shop-a-1@kubernetescrd", "status": "enabled", "rule": "Host(` + "`a`" + `)", "middlewares": ["x"]},
				{"name": "shop-b-1@kubernetescrd", "status": "warning", "error": ["an entry point does not exist"]},
				{"name": "shop-c-1@kubernetescrd", "status": "disabled", "error": ["middleware \"x\" does not exist", "no service"]},
				{"name": "shop-d-1@kubernetescrd", "status": "disabled"},
				{"name": "api@internal", "status": "enabled"}]`,
			want: driver.Report{
				"shop-a-1": "", "shop-b-1": "", "shop-c-1": `middleware "x" does not exist; no service`, "shop-d-1": "Traefik does not say why",
			},
		},
		"a password that Traefik repeats": {
			answer: `[{"name": "shop-a-1@kubernetescrd", "status": "disabled", "error": ["error parsing BasicUser: alice$apr1$H6uskkkW\nbob", "more"]}]`,
			want:   driver.Report{"shop-a-1": "error parsing BasicUser (not repeated here, it holds a password)"},
		},
		"nothing":       {answer: `[]`, want: driver.Report{}},
		"another API":   {answer: `{"status": "success"}`, wrong: "no list"},
		"half a list":   {answer: `[{"name": "shop-a-1@kubernetescrd", "status": "enabled"}`, wrong: "EOF"},
		"half a router": {answer: `[{"name": "shop-a`, wrong: "EOF"},
		"a page":        {answer: `<html>`, wrong: "invalid character"},
	} {
		t.Run(name, func(t *testing.T) {
			got := driver.Report{}
			err := traefik.New().ReportQuestions()[0].Read(strings.NewReader(test.answer), got)
			if test.wrong != "" {
				if err == nil || !strings.Contains(err.Error(), test.wrong) {
					t.Errorf("%v, %v", got, err)
				}
				return
			}
			if err != nil || !maps.Equal(got, test.want) {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}

func TestTheCertificatesOfTraefikAreRead(t *testing.T) {
	question := traefik.New().ReportQuestions()[1]
	if !question.Optional {
		t.Error("Traefik 3.6 does not know the question")
	}
	got := driver.Report{}
	err := question.Read(strings.NewReader(`[{"name": "1f", "sans": ["Shop.example", "*.shop.example"], "commonName": "bank"}, {"sans": []}]`), got)
	want := driver.Report{"certificates": "", "certificate for shop.example": "", "certificate for *.shop.example": ""}
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("%q, %v", got, err)
	}
	if err := question.Read(strings.NewReader(`[{"sans"`), got); err == nil || !strings.Contains(err.Error(), "certificates") {
		t.Errorf("half a list: %v", err)
	}
}
