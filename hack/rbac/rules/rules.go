// Package rules computes the rights that the operator needs from what its drivers write. It holds no list of generated
// kinds: a new driver brings its rights along.
package rules

import (
	"cmp"
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/admission"
	"github.com/kubemate/kubemate/internal/config"
	"github.com/kubemate/kubemate/internal/driver/builtin"
)

// Name of the ServiceAccount and the roles, and Namespace where the operator is installed, without Helm.
const (
	Name      = "kubemate"
	Namespace = "kubemate-system"
)

// Part is a set of rules that goes with a piece of the configuration.
type Part struct {
	Name  string
	Rules []rbacv1.PolicyRule
}

// Verbs. The operator reads from caches, so it lists and watches; it gets only the admission policies that a ReleaseAction depends on.
var (
	read  = []string{"list", "watch"}
	write = []string{"create", "delete", "list", "patch", "watch"} // a server-side apply is a patch that may create
)

// Parts are all rules, those that are needed always first.
func Parts() []Part {
	none := config.OperatorConfig{Mesh: config.Mesh{Driver: config.None}, Edge: config.Edge{Driver: config.None}}
	mesh, edge := none, none
	mesh.Mesh = config.Mesh{Driver: config.Linkerd, Linkerd: config.LinkerdMesh{RouteGroup: config.RouteGroupLinkerd}}
	edge.Edge.Driver = config.Traefik
	gateway := mesh
	gateway.Mesh.Linkerd.RouteGroup = config.RouteGroupGateway

	always := builtin.New(none).Kinds()
	withMesh := builtin.New(mesh).Kinds()
	return []Part{
		{"base", slices.Concat(inputs(always), policies("validating", admission.ActionsName), writes(always))},
		{"mesh", writes(without(withMesh, always))},
		{"gateway-routes", writes(without(builtin.New(gateway).Kinds(), withMesh))},
		{"edge", writes(without(builtin.New(edge).Kinds(), always))},
		{"four-eyes", policies("mutating", admission.FourEyesName)},
		{"injection", []rbacv1.PolicyRule{
			rule("", []string{"namespaces"}, []string{"patch"}),
			rule("", []string{"pods"}, read), // to count those that wait for a restart
			named(rule("admissionregistration.k8s.io", []string{"mutatingwebhookconfigurations"}, read), builtin.New(mesh).Injector()),
		}},
		{"restarts", []rbacv1.PolicyRule{rule("apps", []string{"daemonsets", "deployments", "statefulsets"}, []string{"patch"})}},
		{"own", own()},
	}
}

// Join is the rules of some parts.
func Join(names ...string) []rbacv1.PolicyRule {
	var joined []rbacv1.PolicyRule
	for _, part := range Parts() {
		if slices.Contains(names, part.Name) {
			joined = append(joined, part.Rules...)
		}
	}
	return joined
}

// inputs is what the operator looks at and never changes, but for status and Events. Kinds that it writes anyway are left out.
func inputs(written []schema.GroupVersionKind) []rbacv1.PolicyRule {
	custom := []string{"canaryreleases", "egressprofiles", "ingressprofiles", "meshpolicies", "releaseactions"}
	status := make([]string, len(custom))
	for i, resource := range custom {
		status[i] = resource + "/status"
	}
	core := []string{"namespaces"}
	if !slices.Contains(written, schema.GroupVersionKind{Version: "v1", Kind: "Service"}) {
		core = append(core, "services")
	}
	return []rbacv1.PolicyRule{
		rule(v1alpha1.GroupName, custom, read),
		rule(v1alpha1.GroupName, status, []string{"patch"}),
		rule(v1alpha1.GroupName, []string{"releaseactions"}, []string{"delete"}), // once they are older than their retention
		rule("", core, read),
		rule("apiextensions.k8s.io", []string{"customresourcedefinitions"}, read),
		rule("apps", []string{"daemonsets", "deployments", "statefulsets"}, read),
		rule("authentication.k8s.io", []string{"selfsubjectreviews"}, []string{"create"}), // who am I
		rule("discovery.k8s.io", []string{"endpointslices"}, read),
		rule("events.k8s.io", []string{"events"}, []string{"create", "patch"}),
	}
}

// policies is reading an admission policy and its binding, by name.
func policies(kind, name string) []rbacv1.PolicyRule {
	read := rule("admissionregistration.k8s.io", []string{kind + "admissionpolicies", kind + "admissionpolicybindings"}, []string{"get"})
	return []rbacv1.PolicyRule{named(read, name)}
}

// named is a rule for one object.
func named(rule rbacv1.PolicyRule, name string) rbacv1.PolicyRule {
	rule.ResourceNames = []string{name}
	return rule
}

// own is what the operator keeps in its own namespace: the Lease of leader election, and the records of hosts, which it never deletes.
func own() []rbacv1.PolicyRule {
	create := rule("coordination.k8s.io", []string{"leases"}, []string{"create"}) // a name cannot bound creation
	renew := rule("coordination.k8s.io", []string{"leases"}, []string{"get", "update"})
	renew.ResourceNames = []string{Name}
	records := rule(v1alpha1.GroupName, []string{"hostclaims"}, []string{"create", "list", "patch", "watch"})
	return []rbacv1.PolicyRule{create, renew, records}
}

// writes is one rule for each API group.
func writes(kinds []schema.GroupVersionKind) []rbacv1.PolicyRule {
	resources := map[string][]string{}
	for _, kind := range kinds {
		plural, _ := meta.UnsafeGuessKindToResource(kind)
		resources[kind.Group] = append(resources[kind.Group], plural.Resource)
	}
	var rules []rbacv1.PolicyRule
	for group, names := range resources {
		slices.Sort(names)
		rules = append(rules, rule(group, slices.Compact(names), write))
	}
	slices.SortFunc(rules, func(a, b rbacv1.PolicyRule) int { return cmp.Compare(a.APIGroups[0], b.APIGroups[0]) })
	return rules
}

func without(all, drop []schema.GroupVersionKind) []schema.GroupVersionKind {
	return slices.DeleteFunc(slices.Clone(all), func(kind schema.GroupVersionKind) bool { return slices.Contains(drop, kind) })
}

func rule(group string, resources, verbs []string) rbacv1.PolicyRule {
	return rbacv1.PolicyRule{APIGroups: []string{group}, Resources: resources, Verbs: verbs}
}
