package main

import (
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/yaml"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

const profileYAML = `
metadata: {namespace: shop, name: shop, generation: 1}
spec:
  hosts: [shop.example]
  tls: {secretName: shop}
  routes:
  - {match: {path: {prefix: /api}}, to: {service: orders, port: 80}, stripPrefix: true}
  - {to: {service: web, port: 80}}
`

const releaseYAML = `
metadata: {namespace: shop, name: orders, generation: 1, uid: a}
spec:
  service: {name: orders}
  stable: v1
  variants: [{name: v1, deployment: orders-v1, weight: 9}, {name: v2, deployment: orders-v2, weight: 1}]
  matches:
  - {to: v2, any: [{headers: [{name: X-A, regex: b+}]}, {cookies: [{name: c, prefix: d}], path: {prefix: /new}, query: [{name: q, value: "1"}]}]}
  - {to: v2, any: [{path: {regex: /x}}]}
status:
  stable: v1
  variants: [{name: v1, wanted: 90%, programmed: 90%, ready: true}, {name: v2, wanted: 10%, programmed: 10%, ready: true}]
`

func parse[T any](t *testing.T, text string) T {
	t.Helper()
	var object T
	if err := yaml.UnmarshalStrict([]byte(text), &object); err != nil {
		t.Fatal(err)
	}
	return object
}

// shop is a profile and a release that are accepted and ready.
func shop(t *testing.T) objects {
	t.Helper()
	o := objects{
		profiles: []v1alpha1.IngressProfile{parse[v1alpha1.IngressProfile](t, profileYAML)},
		releases: []v1alpha1.CanaryRelease{parse[v1alpha1.CanaryRelease](t, releaseYAML)},
	}
	for _, status := range []*v1alpha1.CommonStatus{&o.profiles[0].Status.CommonStatus, &o.releases[0].Status.CommonStatus} {
		status.ObservedGeneration = 1
		status.Conditions = []metav1.Condition{
			{Type: v1alpha1.ConditionAccepted, Status: metav1.ConditionTrue}, {Type: v1alpha1.ConditionReady, Status: metav1.ConditionTrue},
		}
	}
	return o
}

// text shows routes in short: what is sent, and who should answer.
func text(routes []route) string {
	var lines []string
	for _, r := range routes {
		line := r.method + " " + r.url() + " " + r.header.Get("Cookie")
		for _, one := range r.answerers {
			line += " " + one.name + "=" + short(one.programmed)
		}
		lines = append(lines, strings.Join(strings.Fields(line+" "+r.remark), " "))
	}
	return strings.Join(lines, "\n")
}

func wantRoutes(t *testing.T, w *world, want ...string) {
	t.Helper()
	if got := text(w.routes()); got != strings.Join(want, "\n") {
		t.Errorf("the routes are\n%s\nnot\n%s", got, strings.Join(want, "\n"))
	}
}

const web = "GET https://shop.example/"

func TestRoutesFollowTheReleases(t *testing.T) {
	w, o := newWorld(), shop(t)
	w.update(o)
	asked := []string{web, "GET https://shop.example/api v1=90 v2=10", "GET https://shop.example/api/new?q=1 c=d v1=0 v2=100"}
	wantRoutes(t, w, asked...)

	refused := shop(t)
	refused.releases[0].Generation, refused.releases[0].Status.ObservedGeneration = 2, 2
	refused.releases[0].Status.Conditions[0].Status, refused.releases[0].Status.Conditions[1].Status = metav1.ConditionFalse, metav1.ConditionFalse
	refused.releases[0].Spec.Matches = nil
	w.update(refused)
	wantRoutes(t, w, asked...)
	if len(w.remarks) != 1 {
		t.Errorf("the refusal is not told: %q", w.remarks)
	}

	empty := shop(t)
	empty.releases[0].Status.Variants[0].Programmed, empty.releases[0].Status.Variants[1].Programmed = "100%", "0%"
	empty.releases[0].Status.Variants[1].Ready = false
	w.update(empty)
	wantRoutes(t, w, web, "GET https://shop.example/api v1=100 v2=0 v2 should have 10 %, but no pod of it is ready",
		"GET https://shop.example/api/new?q=1 c=d v1=100 v2=0 v2 should answer, but no pod of it is ready")
}

func TestDeletedReleaseLeavesStableBehind(t *testing.T) {
	w, o := newWorld(), shop(t)
	w.update(o)
	w.update(objects{profiles: o.profiles})
	wantRoutes(t, w, web, "GET https://shop.example/api v1=100 v2=0 release orders is gone: after 5 s its stable version has all requests")

	again := shop(t)
	again.releases[0].UID, again.releases[0].Spec.OnDelete = types.UID("b"), v1alpha1.OnDeleteRelease
	w.update(again)
	w.update(objects{profiles: o.profiles})
	wantRoutes(t, w, web, "GET https://shop.example/api")

	w.update(objects{})
	wantRoutes(t, w)
}
