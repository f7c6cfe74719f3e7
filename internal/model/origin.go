package model

import (
	"cmp"
	"slices"
)

// Origin is the line of YAML that an intent came from. All objects of one plan are of one namespace.
type Origin struct {
	Kind string
	Name string
	// Path is the place in the object, "spec.matches[0].any[1]" for example. Empty: the object as a whole.
	Path string
}

// Object is the origin without its place: the custom resource as a whole.
func (o Origin) Object() Origin { return Origin{Kind: o.Kind, Name: o.Name} }

// String is "Kind/name", the way origins stand in annotations and messages.
func (o Origin) String() string { return o.Kind + "/" + o.Name }

// SortOrigins reduces origins to their objects, sorted and without duplicates.
func SortOrigins(origins []Origin) []Origin {
	out := make([]Origin, 0, len(origins))
	for _, o := range origins {
		out = append(out, o.Object())
	}
	slices.SortFunc(out, func(a, b Origin) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	})
	return slices.Compact(out)
}
