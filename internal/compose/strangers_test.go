package compose

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

func TestRoutesOfOthersAreReportedOnTheHostsThatTheyAskFor(t *testing.T) {
	stranger := func(host string, number int) Stranger {
		return Stranger{Kind: "IngressRoute", Namespace: "legacy", Name: fmt.Sprintf("r%d", number), Host: host}
	}
	own := contest{origin: model.Origin{Kind: v1alpha1.KindIngressProfile, Name: "shop"}, won: []wonHost{
		{key: model.HostKey{Gateway: "public", Host: "shop.example"}, index: 1}, {key: model.HostKey{Gateway: "public", Host: "*.bank.example"}, index: 2},
	}}
	for name, test := range map[string]struct {
		strangers []Stranger
		path      string
		named     string
	}{
		"the same host":           {[]Stranger{stranger("shop.example", 1)}, "spec.hosts[1]", "IngressRoute legacy/r1;"},
		"a wildcard over it":      {[]Stranger{stranger("*.example", 1)}, "spec.hosts[1]", "IngressRoute legacy/r1;"},
		"a host under a wildcard": {[]Stranger{stranger("a.bank.example", 1)}, "spec.hosts[2]", "IngressRoute legacy/r1;"},
		"another host":            {[]Stranger{stranger("other.bank", 1)}, "", ""},
		"more than can be named":  {[]Stranger{stranger("shop.example", 1), stranger("shop.example", 2), stranger("shop.example", 3), stranger("shop.example", 4)}, "spec.hosts[1]", "legacy/r3 and 1 more;"},
	} {
		t.Run(name, func(t *testing.T) {
			c := &composer{snapshot: Snapshot{Strangers: test.strangers}}
			problems := c.strangers(own)
			if test.path == "" {
				if len(problems) > 0 {
					t.Errorf("%+v", problems)
				}
				return
			}
			if len(problems) != 1 || problems[0].Origin.Path != test.path || !problems[0].Advisory || problems[0].Reason != v1alpha1.ReasonForeignRoute {
				t.Fatalf("%+v", problems)
			}
			if !strings.Contains(problems[0].Message, test.named) {
				t.Errorf("%q does not name %q", problems[0].Message, test.named)
			}
		})
	}
}
