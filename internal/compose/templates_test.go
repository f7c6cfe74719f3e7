package compose

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

func TestOpaquePortsOfPodsThatServicesShare(t *testing.T) {
	level := "warn"
	loud := accessPolicy("a-loud", "all")
	loud.Spec.Access, loud.Spec.Proxy = nil, &v1alpha1.Proxy{LogLevel: &level}
	for name, test := range map[string]struct {
		policies []*v1alpha1.MeshPolicy
		told     string // the policy that is told that an older one counts
	}{
		"different ones: the younger is told": {[]*v1alpha1.MeshPolicy{loud, bytesOn("b", "batch", 8080), bytesOn("c", "all", 9000)}, "c"},
		"the same: nobody is":                 {[]*v1alpha1.MeshPolicy{loud, bytesOn("b", "batch", 8080), bytesOn("c", "all", 8080)}, ""},
		"of other pods: nobody is":            {[]*v1alpha1.MeshPolicy{bytesOn("b", "batch", 8080), bytesOn("c", "web", 9000)}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			services := jobs()
			for _, service := range services {
				service.Spec.Ports = []corev1.ServicePort{{Name: "a", Port: 8080}, {Name: "b", Port: 9000}}
			}
			result := Namespace(Snapshot{
				Namespace: "shop", InjectionAllowed: true, Services: services, Policies: test.policies,
				Deployments: deployments(deploymentOf("batch", kind("batch"), "app", "kind"), deploymentOf("web", kind("web"), "app", "kind")),
			}, nil)
			var told string
			for _, problem := range result.Problems {
				if strings.Contains(problem.Message, "its list counts in their templates") {
					told += problem.Origin.Name
				}
			}
			if told != test.told {
				t.Errorf("told is %q, want %q: %v", told, test.told, result.Problems)
			}
		})
	}
}

func TestAServiceOutsideOfTheClusterHasNoPodTemplates(t *testing.T) {
	outside, disabled := namedService("outside"), v1alpha1.InjectionDisabled
	outside.Spec.Type, outside.Spec.Selector = corev1.ServiceTypeExternalName, map[string]string{"app": "users"}
	off := func(name, service string) *v1alpha1.MeshPolicy {
		policy := accessPolicy(name, service)
		policy.Spec.Access, policy.Spec.Injection = nil, &disabled
		return policy
	}
	result := Namespace(Snapshot{
		Namespace: "shop", InjectionAllowed: true, Services: []*corev1.Service{outside, namedService("users")}, Policies: []*v1alpha1.MeshPolicy{off("a", "outside"), off("b", "users")},
		Deployments: deployments(deploymentOf("users", map[string]string{"app": "users"}, "app")),
	}, nil)
	for _, problem := range result.Problems {
		if problem.Origin.Name == "b" {
			t.Errorf("the policy for the pods is told %v", problem)
		}
	}
	if len(result.Model.Templates) != 1 || result.Model.Templates[0].Service != "users" {
		t.Errorf("templates are %+v", result.Model.Templates)
	}
}

func TestProbesThatAreNotKnown(t *testing.T) {
	c := newComposer(Snapshot{Services: []*corev1.Service{namedService("users")}}, nil)
	some := []model.Grant{{Requests: []model.Request{{}}}}
	for name, test := range map[string]struct {
		access []model.Access
		want   string
	}{
		"are told where requests are told apart": {[]model.Access{{Port: model.TargetPort{Number: 8080}, Grants: some}}, "port 8080"},
		"not where everything goes":              {[]model.Access{{Port: model.TargetPort{Number: 8080}, Grants: []model.Grant{{}}}}, ""},
		"nor where nothing is refused":           {[]model.Access{{Port: model.TargetPort{Number: 8080}, Grants: some, Mode: model.AccessAudit}}, ""},
		"of any port":                            {[]model.Access{{Port: model.TargetPort{Number: 8080}}, {Port: model.TargetPort{Number: 9000}, Grants: some}}, "port 9000"},
	} {
		problems := c.unknownProbes(c.byName["users"], test.access)
		if (len(problems) > 0) != (test.want != "") || test.want != "" && !containsMessage(problems, test.want) {
			t.Errorf("%s: %v", name, problems)
		}
	}
}

func TestNetworksOfTheClusterThemselvesMayBeAllowed(t *testing.T) {
	for cidr, want := range map[string]bool{"10.0.0.0/8": true, "10.1.0.0/16": true, "203.0.113.0/24": true, "8.0.0.0/6": false} {
		r := &outsideReader{composer: newComposer(Snapshot{ClusterNetworks: []string{"10.0.0.0/8"}}, nil), networks: map[netip.Prefix][]int32{}}
		r.network(cidr, []int32{443}, "spec.egress.allow[0]")
		if got := len(r.problems) == 0; got != want {
			t.Errorf("%s is accepted: %v", cidr, got)
		}
	}
}

func TestWhichPoliciesAnnotatePodTemplates(t *testing.T) {
	disabled := v1alpha1.InjectionDisabled
	switched := func(policy *v1alpha1.MeshPolicy) *v1alpha1.MeshPolicy {
		policy.Spec.Access, policy.Spec.Injection = nil, &disabled
		return policy
	}
	for name, test := range map[string]struct {
		policy *v1alpha1.MeshPolicy
		want   bool
	}{
		"injection of a Service does":        {switched(accessPolicy("own", "users")), true},
		"so do opaque ports":                 {bytesOn("own", "users", 8080), true},
		"access does not":                    {accessPolicy("own", "users"), false},
		"nor does injection of a namespace":  {switched(accessPolicy("own", "")), false},
		"nor do opaque ports of a namespace": {bytesOn("own", "", 8080), false},
	} {
		if got := AnnotatesTemplates(&test.policy.Spec); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestPodTemplatesThatStayAsTheyAre(t *testing.T) {
	yes, now := true, time.Unix(1000, 0)
	applying := func(service string, ends int64) *v1alpha1.MeshPolicy {
		policy := open("own", service, 8080)
		policy.Spec.ApplyToWorkloads = &yes
		if ends > 0 {
			expires := metav1.Unix(ends, 0)
			policy.Spec.Bypass.Expires = &expires
		}
		return policy
	}
	injected, enabled := accessPolicy("own", "web"), v1alpha1.InjectionEnabled
	injected.Spec.Access, injected.Spec.Injection, injected.Spec.ApplyToWorkloads = nil, &enabled, &yes
	for name, test := range map[string]struct {
		policy   *v1alpha1.MeshPolicy
		composed bool
		want     []string
	}{
		"none of a policy in force":            {applying("web", 0), true, nil},
		"nor of one without a bypass":          {injected, true, nil},
		"nor while its bypass lasts":           {applying("web", 1001), true, nil},
		"those of a bypass that has ended":     {applying("web", 1000), true, []string{"web"}},
		"those of a policy that is held":       {applying("web", 0), false, []string{"web"}},
		"all where nobody knows which":         {applying("nowhere", 0), false, []string{"batch", "web"}},
		"none of a policy that does not write": {open("own", "web", 8080), false, nil},
	} {
		t.Run(name, func(t *testing.T) {
			c := newComposer(Snapshot{
				Services: jobs(), Now: now, Deployments: deployments(deploymentOf("batch", kind("batch"), "app", "kind"), deploymentOf("web", kind("web"), "app", "kind")),
			}, nil)
			c.keepTemplates(test.policy, test.composed)
			var got []string
			for _, workload := range c.kept {
				got = append(got, workload.Name)
			}
			expectList(t, got, test.want)
		})
	}
}

func TestPodTemplatesOfAServiceThatHasNone(t *testing.T) {
	outside, disabled := namedService("outside"), v1alpha1.InjectionDisabled
	outside.Spec.Type = corev1.ServiceTypeExternalName
	c := newComposer(Snapshot{Services: []*corev1.Service{outside, namedService("users")}}, nil)
	policy := accessPolicy("own", "nowhere")
	policy.Spec.Injection = &disabled
	if problems := c.claimTemplates(claims{}, &policy.Spec, model.Origin{}); problems != nil {
		t.Errorf("a Service that is not there: %v", len(problems))
	}
	if template, _, _ := c.readTemplate(c.byName["outside"], &policy.Spec, model.Origin{}); template != nil {
		t.Errorf("a Service outside of the cluster: %+v", template)
	}
	if template, _, _ := c.readTemplate(c.byName["users"], &accessPolicy("own", "users").Spec, model.Origin{}); template != nil {
		t.Errorf("a policy that wants nothing of pod templates: %+v", template)
	}
}
