package drivertest

import (
	"regexp"
	"slices"
	"sync"
	"testing"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/model"
)

// Case is a namespace that the driver can write.
type Case struct {
	// Name is a sentence.
	Name string
	// Features that the case shows.
	Features []model.Feature
	// Namespace is the input. It is checked to be the same after every Render.
	Namespace model.Namespace
}

var driverName = regexp.MustCompile(`^[A-Za-z0-9][-A-Za-z0-9]{0,31}$`)

// Contract runs the contract of package driver over the cases.
func Contract(t *testing.T, d driver.Driver, cases ...Case) {
	t.Helper()
	t.Run("the name is an id", func(t *testing.T) {
		if !driverName.MatchString(d.Name()) {
			t.Errorf("the name %q is not made of at most 32 letters, digits and hyphens", d.Name())
		}
	})
	t.Run("kinds are listed once", func(t *testing.T) { checkKinds(t, d.Kinds()) })
	t.Run("every claimed feature is shown by a case", func(t *testing.T) { checkFeatures(t, d, cases) })
	t.Run("nothing is wanted of an empty namespace", func(t *testing.T) {
		out := render(t, d, model.Namespace{Name: "empty"})
		if len(out.Objects)+len(out.Borrowed) > 0 {
			t.Errorf("an empty namespace gave %d objects and %d borrowed", len(out.Objects), len(out.Borrowed))
		}
	})
	t.Run("metrics are queries about one backend", func(t *testing.T) { checkMetrics(t, d) })
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) { checkCase(t, d, c) })
	}
}

func checkCase(t *testing.T, d driver.Driver, c Case) {
	out := render(t, d, c.Namespace)
	if len(out.Objects)+len(out.Borrowed)+len(out.Templates) == 0 {
		t.Error("the case gave no output")
	}
	checkOutput(t, d, c.Namespace.Name, out)
	t.Run("every feature that is asked for is claimed", func(t *testing.T) { checkNeeds(t, d, c.Namespace) })
	t.Run("the same input gives the same bytes", func(t *testing.T) {
		compare(t, YAML(out), YAML(render(t, d, c.Namespace)))
	})
	t.Run("the order of what has no order does not matter", func(t *testing.T) {
		for seed := range uint64(8) {
			compare(t, YAML(out), YAML(render(t, d, shuffled(c.Namespace, seed))))
		}
	})
	t.Run("parts give what the whole gives", func(t *testing.T) {
		compare(t, YAML(out), YAML(renderParts(t, d, c.Namespace)))
	})
	t.Run("names of 63 characters give valid names", func(t *testing.T) {
		long := lengthened(c.Namespace)
		outLong := render(t, d, long)
		checkOutput(t, d, long.Name, outLong)
		if len(outLong.Objects) != len(out.Objects) {
			t.Errorf("%d objects with long names, %d with short ones", len(outLong.Objects), len(out.Objects))
		}
	})
	t.Run("it is safe for concurrent use", func(t *testing.T) { checkConcurrent(t, d, c.Namespace, YAML(out)) })
}

// render renders and checks that the model stays as it was.
func render(t *testing.T, d driver.Driver, ns model.Namespace) driver.Output {
	t.Helper()
	before := fingerprint(t, ns)
	out, err := d.Render(ns)
	if err != nil {
		t.Fatalf("Render: %v", err)
	}
	if after := fingerprint(t, ns); after != before {
		t.Errorf("Render changed the model\nbefore: %s\nafter:  %s", before, after)
	}
	return out
}

// renderParts renders every Service, every Edge, every Egress and the namespace as a whole by itself.
func renderParts(t *testing.T, d driver.Driver, ns model.Namespace) driver.Output {
	t.Helper()
	whole := render(t, d, model.Namespace{Name: ns.Name, Injection: ns.Injection, Pods: ns.Pods})
	add := func(part driver.Output) {
		whole.Objects = append(whole.Objects, part.Objects...)
		whole.Borrowed = append(whole.Borrowed, part.Borrowed...)
		whole.Templates = append(whole.Templates, part.Templates...)
	}
	for _, template := range ns.Templates {
		add(render(t, d, model.Namespace{Name: ns.Name, Templates: []model.Template{template}}))
	}
	for _, svc := range ns.Services {
		add(render(t, d, model.Namespace{Name: ns.Name, Services: []model.Service{svc}}))
	}
	for _, isolation := range ns.Isolations {
		add(render(t, d, model.Namespace{Name: ns.Name, Isolations: []model.Isolation{isolation}}))
	}
	if ns.Outside != nil {
		add(render(t, d, model.Namespace{Name: ns.Name, Outside: ns.Outside}))
	}
	for _, edge := range ns.Edges {
		add(render(t, d, model.Namespace{Name: ns.Name, Edges: []model.Edge{edge}}))
	}
	for _, egress := range ns.Egresses {
		add(render(t, d, model.Namespace{Name: ns.Name, Egresses: []model.Egress{egress}}))
	}
	return whole
}

func checkConcurrent(t *testing.T, d driver.Driver, ns model.Namespace, want string) {
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			out, err := d.Render(ns)
			if err != nil {
				t.Errorf("Render: %v", err)
				return
			}
			if YAML(out) != want {
				t.Error("concurrent calls of Render gave different outputs")
			}
		})
	}
	group.Wait()
}

func checkKinds(t *testing.T, kinds []schema.GroupVersionKind) {
	if len(kinds) == 0 {
		t.Error("there are no kinds")
	}
	for i, kind := range kinds {
		if kind.Kind == "" || kind.Version == "" {
			t.Errorf("%v has no kind or no version", kind)
		}
		if slices.Contains(kinds[:i], kind) {
			t.Errorf("%v is listed twice", kind)
		}
	}
}

func checkFeatures(t *testing.T, d driver.Driver, cases []Case) {
	shown := model.FeatureSet{}
	for _, c := range cases {
		for _, feature := range c.Features {
			shown[feature] = true
		}
	}
	for feature, claimed := range d.Features() {
		if claimed && !shown[feature] {
			t.Errorf("the driver %s claims %s, and no case shows it", d.Name(), feature)
		}
	}
}

// checkNeeds checks that a case would reach the driver. A gap that is only reported, as that of a retry whose limit cannot be set, is none.
func checkNeeds(t *testing.T, d driver.Driver, ns model.Namespace) {
	problems := driver.NewCheck(d).Namespace(ns)
	if ns.Outside != nil {
		problems = append(problems, driver.NewCheck(d).Outside(*ns.Outside)...)
	}
	for _, template := range ns.Templates {
		problems = append(problems, driver.NewCheck(d).Template(template)...)
	}
	for _, svc := range ns.Services {
		problems = append(problems, driver.NewCheck(d).Service(svc)...)
	}
	for _, edge := range ns.Edges {
		problems = append(problems, driver.NewCheck(d).Edge(edge)...)
	}
	for _, egress := range ns.Egresses {
		problems = append(problems, driver.NewCheck(d).Egress(egress)...)
	}
	for _, problem := range problems {
		if problem.Advisory {
			continue
		}
		t.Errorf("the case asks for what the driver does not claim: %v", problem)
	}
}
