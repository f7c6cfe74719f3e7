package edge

import (
	"fmt"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	traefikio "github.com/traefik/traefik/v3/pkg/provider/kubernetes/crd/traefikio/v1alpha1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/hack/testbed"
	"github.com/kubemate/kubemate/internal/load"
	"github.com/kubemate/kubemate/internal/model"
)

// dynamicConfiguration is that of a Traefik, as far as it tells what it has loaded.
type dynamicConfiguration struct {
	Routers map[string]struct {
		Rule, Status string
		Error        []string
	}
	Services map[string]struct {
		Weighted struct {
			Services []struct{ Weight *int }
		}
	}
}

// gatewayOf is the Traefik that a profile is for.
func gatewayOf(p *v1alpha1.IngressProfile) *testbed.Traefik {
	if p.Spec.Gateway != nil && *p.Spec.Gateway == "intranet" {
		return intranet
	}
	return world.Traefik
}

// loads waits until Traefik has loaded what stands of a profile: every route, and the weights of every split. A status tells no more than that the
// objects are stored. It looks twice: Traefik changes its entry points one after the other.
func (n *namespace) loads(p *v1alpha1.IngressProfile) {
	GinkgoHelper()
	agreed := 0
	Eventually(func() string {
		if missing := n.missing(p); missing != "" {
			agreed = 0
			return missing
		}
		if agreed++; agreed < 2 {
			return "it has just been loaded"
		}
		return ""
	}).Should(BeEmpty())
}

// missing says what a Traefik has not loaded of a profile. Empty: nothing.
func (n *namespace) missing(p *v1alpha1.IngressProfile) string {
	GinkgoHelper()
	var has dynamicConfiguration
	if err := gatewayOf(p).Get(n.ctx, "/api/rawdata", &has); err != nil {
		return err.Error()
	}
	var routes traefikio.IngressRouteList
	var services traefikio.TraefikServiceList
	for _, list := range []client.ObjectList{&routes, &services} {
		Expect(admin.List(n.ctx, list, client.InNamespace(n.name))).To(Succeed())
	}
	found := 0
	for i := range routes.Items {
		if one := &routes.Items[i]; comesFrom(one, p) {
			found++
			for _, route := range one.Spec.Routes {
				if wrong := has.lacks(one, route.Match); wrong != "" {
					return wrong
				}
			}
		}
	}
	for i := range services.Items {
		if one := &services.Items[i]; comesFrom(one, p) && one.Spec.Weighted != nil && has.weights(one) != wanted(one) {
			return fmt.Sprintf("TraefikService %s has the weights %s, want %s", one.Name, has.weights(one), wanted(one))
		}
	}
	if found == 0 {
		return "there is no IngressRoute of " + p.Name
	}
	return ""
}

func comesFrom(object client.Object, p *v1alpha1.IngressProfile) bool {
	return slices.ContainsFunc(load.Origins(object), func(origin model.Origin) bool {
		return origin.Kind == v1alpha1.KindIngressProfile && origin.Name == p.Name
	})
}

// lacks says what is wrong with the router of a rule. It is told by the rule and by the beginning of its name.
func (c dynamicConfiguration) lacks(of *traefikio.IngressRoute, rule string) string {
	for name, router := range c.Routers {
		if router.Rule != rule || !strings.HasPrefix(name, of.Namespace+"-"+of.Name+"-") {
			continue
		}
		if router.Status != "enabled" {
			return fmt.Sprintf("router %s is %s: %v", name, router.Status, router.Error)
		}
		return ""
	}
	return "there is no router of IngressRoute " + of.Name + " for " + rule
}

func (c dynamicConfiguration) weights(of *traefikio.TraefikService) string {
	loaded, there := c.Services[of.Namespace+"-"+of.Name+"@kubernetescrd"]
	if !there {
		return "none"
	}
	var weights []int
	for _, service := range loaded.Weighted.Services {
		weights = append(weights, weightOf(service.Weight))
	}
	slices.Sort(weights)
	return fmt.Sprint(weights)
}

func wanted(of *traefikio.TraefikService) string {
	var weights []int
	for _, service := range of.Spec.Weighted.Services {
		weights = append(weights, weightOf(service.Weight))
	}
	slices.Sort(weights)
	return fmt.Sprint(weights)
}

func weightOf(weight *int) int {
	if weight == nil {
		return 1
	}
	return *weight
}
