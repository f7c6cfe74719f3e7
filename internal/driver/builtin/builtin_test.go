package builtin

import (
	"maps"
	"testing"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"

	"github.com/kubemate/kubemate/internal/config"
	"github.com/kubemate/kubemate/internal/model"
)

func parse(t *testing.T, text string) config.OperatorConfig {
	t.Helper()
	cfg, err := config.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func TestEveryKindHasAType(t *testing.T) {
	scheme := runtime.NewScheme()
	if err := clientgoscheme.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	if err := AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	for _, routes := range []string{config.RouteGroupLinkerd, config.RouteGroupGateway} {
		for _, kind := range New(parse(t, "mesh: {linkerd: {routeGroup: "+routes+"}}")).Kinds() {
			if !scheme.Recognizes(kind) || !scheme.Recognizes(kind.GroupVersion().WithKind(kind.Kind+"List")) {
				t.Errorf("%s is not registered, or its list is not", kind)
			}
		}
	}
}

func TestSelect(t *testing.T) {
	policy := map[schema.GroupVersionKind]bool{linkerdPolicySign[0]: true, linkerdClassicSign[1]: true}
	classic := map[schema.GroupVersionKind]bool{linkerdClassicSign[1]: true}
	edge := map[schema.GroupVersionKind]bool{{Group: "traefik.io", Version: "v1alpha1", Kind: "IngressRoute"}: true}
	for name, test := range map[string]struct {
		config     string
		served     map[schema.GroupVersionKind]bool
		standing   string
		mesh, edge string
	}{
		"a bare cluster has neither":                     {"", nil, "", "", ""},
		"new Linkerd serves both vocabularies":           {"", policy, "", "linkerd-policy", ""},
		"old Linkerd serves one":                         {"", classic, "", "linkerd-classic", ""},
		"what stands in the namespace is kept":           {"", policy, "linkerd-classic", "linkerd-classic", ""},
		"the configuration overrules what stands":        {"mesh: {linkerd: {generation: Policy}}", policy, "linkerd-classic", "linkerd-policy", ""},
		"the configuration cannot serve what is missing": {"mesh: {linkerd: {generation: Policy}}", classic, "", "", ""},
		"a mesh that is switched off":                    {"mesh: {driver: None}", policy, "", "", ""},
		"Traefik":                                        {"", edge, "", "", "traefik"},
		"an edge that is switched off":                   {"edge: {driver: None}", edge, "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			chosen := New(parse(t, test.config)).Select(test.served, map[string]bool{test.standing: true})
			mesh, edge := "", ""
			if chosen.Mesh != nil {
				mesh = chosen.Mesh.Name()
			}
			if chosen.Edge != nil {
				edge = chosen.Edge.Name()
			}
			if mesh != test.mesh || edge != test.edge || chosen.Kube == nil {
				t.Errorf("mesh %q, edge %q; want %q and %q", mesh, edge, test.mesh, test.edge)
			}
		})
	}
}

func TestWhatAGenerationThatIsNotAllowedLeftBehindIsStillSeen(t *testing.T) {
	auto, policy := New(parse(t, "")).Kinds(), New(parse(t, "mesh: {linkerd: {generation: Policy}}")).Kinds()
	if len(auto) != len(policy) {
		t.Errorf("%d kinds, of %d: objects of the other generation would stay for ever", len(policy), len(auto))
	}
}

func TestLinkerdBeforeItHadRateLimitsIsAskedForNone(t *testing.T) {
	served := map[schema.GroupVersionKind]bool{linkerdPolicySign[0]: true}
	for _, standing := range []string{"", "linkerd-policy"} {
		chosen := New(parse(t, "")).Select(served, map[string]bool{standing: true})
		if chosen.Mesh.Features()[model.FeatureRateLimit] {
			t.Errorf("rate limits are asked of Linkerd 2.16, standing %q", standing)
		}
		newer := maps.Clone(served)
		newer[linkerdRateLimits] = true
		if chosen = New(parse(t, "")).Select(newer, map[string]bool{standing: true}); !chosen.Mesh.Features()[model.FeatureRateLimit] {
			t.Errorf("no rate limits are asked of Linkerd 2.17, standing %q", standing)
		}
	}
}
