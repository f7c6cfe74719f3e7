package linkerd

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/kubemate/kubemate/internal/model"
)

// The admission policies of the chart keep the operator to these annotations of Namespaces and pod templates: one that is missing there could never be written.
func TestTheFencesKnowEveryAnnotation(t *testing.T) {
	for file, want := range map[string][]string{"injection": NamespaceAnnotations(), "restarts": TemplateAnnotations()} {
		template, err := os.ReadFile("../../../charts/kubemate/templates/" + file + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		var own []string
		for _, found := range regexp.MustCompile(`'([a-z.]*linkerd\.io/[a-z-]+)'`).FindAllSubmatch(template, -1) {
			own = append(own, string(found[1]))
		}
		slices.Sort(own)
		if !slices.Equal(own, want) {
			t.Errorf("the admission policy of %s lists %v, the drivers write %v", file, own, want)
		}
	}
}

// facts/linkerd.md, 4: an annotation replaces Linkerd's default list, which holds the ports of well-known databases.
func TestDefaultPortsStayOpaque(t *testing.T) {
	ports := &model.OpaquePorts{Ports: []model.PortRange{{First: 3306, Last: 3306}, {First: 9000, Last: 9010}}}
	const want = "25,587,3306,4444,5432,6379,9000-9010,9300,11211"
	if got := namespaceAnnotations(model.Namespace{Pods: model.Pods{Opaque: ports}})[0].Annotations[annotationOpaque]; got != want {
		t.Errorf("of pods: %s, want %s", got, want)
	}
	if got := serviceAnnotations("shop", &model.Service{Opaque: ports})[0].Annotations[annotationOpaque]; got != want {
		t.Errorf("of a Service: %s, want %s", got, want)
	}
}
