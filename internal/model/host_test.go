package model

import "testing"

func TestHostsOverlapWhereARequestIsForBoth(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"shop.example", "shop.example", true},
		{"shop.example", "pay.example", false},
		{"*.example", "shop.example", true},
		{"*.example", "a.shop.example", false},
		{"*.example", "example", false},
		{"*.example", "*.shop.example", false},
		{"*.example", "*.example", true},
		{"localhost", "*.localhost", false},
		{"localhost", "localhost", true},
	} {
		a, b := HostKey{"default", c.a}, HostKey{"default", c.b}
		if a.Overlaps(b) != c.want || b.Overlaps(a) != c.want {
			t.Errorf("%s and %s overlap: %t and %t, want %t", c.a, c.b, a.Overlaps(b), b.Overlaps(a), c.want)
		}
		if NewHostSet(a).Overlaps(b) != c.want || NewHostSet(b).Overlaps(a) != c.want {
			t.Errorf("the sets of %s and %s say something else", c.a, c.b)
		}
		if other := (HostKey{"other", c.b}); a.Overlaps(other) {
			t.Errorf("%s overlaps with %s on another gateway", c.a, c.b)
		}
	}
}
