package load

import (
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
	"github.com/kubemate/kubemate/internal/plan"
)

// routeReader takes the keys of ConfigMaps for hosts.
type routeReader struct{}

func (routeReader) RouteKind() schema.GroupVersionKind {
	return corev1.SchemeGroupVersion.WithKind("ConfigMap")
}

func (routeReader) RouteHosts(object client.Object) []string {
	var hosts []string
	if route, ok := object.(*corev1.ConfigMap); ok {
		for host := range route.Data {
			hosts = append(hosts, host)
		}
	}
	return hosts
}

func TestTheCacheKeepsTheHostsOfForeignRoutes(t *testing.T) {
	origins := plan.EncodeOrigins([]model.Origin{{Kind: v1alpha1.KindIngressProfile, Name: "shop"}})
	label := map[string]string{v1alpha1.LabelManagedBy: v1alpha1.ManagedBy}
	for name, test := range map[string]struct {
		labels, annotations map[string]string
		want                []string
	}{
		"somebody's":                         {nil, nil, []string{"shop.example"}},
		"somebody's who forges what we note": {nil, map[string]string{annotationHosts: "other.example"}, []string{"shop.example"}},
		"ours":                               {label, map[string]string{v1alpha1.AnnotationOrigins: origins}, nil},
		"with our label, and not ours":       {label, nil, []string{"shop.example"}},
		"with our label, and a forged note":  {label, map[string]string{annotationHosts: "other.example"}, []string{"shop.example"}},
	} {
		t.Run(name, func(t *testing.T) {
			route := &corev1.ConfigMap{Data: map[string]string{"shop.example": ""}}
			route.Labels, route.Annotations = test.labels, test.annotations
			cached, err := strangers{routeReader{}}.generated(route)
			if err != nil {
				t.Fatal(err)
			}
			if got := (strangers{routeReader{}}).hosts(cached.(client.Object)); !slices.Equal(got, test.want) {
				t.Errorf("%q, want %q", got, test.want)
			}
			if got := (strangers{}).hosts(cached.(client.Object)); got != nil {
				t.Errorf("without a reader: %q", got)
			}
		})
	}
	asks := hostValues(hostKeys("", []string{"shop.example"})...)
	for _, profile := range []string{"shop.example", "*.example"} {
		if !slices.ContainsFunc(overlapping(hostKeys("", []string{profile})...), func(value string) bool { return slices.Contains(asks, value) }) {
			t.Errorf("a route for shop.example is not found for a profile of %s", profile)
		}
	}
}
