package compose

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/util/validation"
	"pgregory.net/rapid"
)

func TestLeafNamesAreValidAndDistinct(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		namespace := rapid.StringMatching(`[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?`)
		service := rapid.StringMatching(`[a-z]([-a-z0-9]{0,61}[a-z0-9])?`)
		variant := rapid.StringMatching(`[a-z0-9]([-a-z0-9]{0,30}[a-z0-9])?`)
		type key struct{ namespace, service, variant string }
		one := key{namespace.Draw(t, "namespace"), service.Draw(t, "service"), variant.Draw(t, "variant")}
		two := key{namespace.Draw(t, "namespace"), service.Draw(t, "service"), variant.Draw(t, "variant")}
		first, second := LeafName(one.namespace, one.service, one.variant), LeafName(two.namespace, two.service, two.variant)
		if problems := validation.IsDNS1035Label(first); len(problems) > 0 {
			t.Fatalf("%s is no name of a Service: %v", first, problems)
		}
		if first == second && one != two {
			t.Fatalf("%v and %v have one name: %s", one, two, first)
		}
	})
}

func TestLongNamesAreCut(t *testing.T) {
	long := strings.Repeat("a", 63)
	for _, name := range []string{LeafName("shop", long, "v1"), LeafName("shop", "orders", long), CertificateName("shop", long), CertificateName("shop", long+long), partnerBackend("shop", "out", long)} {
		if len(name) != maxName {
			t.Errorf("%s has %d characters, want %d", name, len(name), maxName)
		}
	}
	if one, two := CertificateName("shop", long+"b"), CertificateName("shop", long+"c"); one == two {
		t.Errorf("both are %s", one)
	}
}

func TestJoinedNamesDoNotCollide(t *testing.T) {
	if one, two := LeafName("shop", "orders-v1", "a"), LeafName("shop", "orders", "v1-a"); one == two {
		t.Errorf("both are %s", one)
	}
}
