package model

import (
	"cmp"
	"slices"
	"strings"
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

// Compare orders origins by object: by kind, then by name.
func (o Origin) Compare(other Origin) int {
	return cmp.Or(strings.Compare(o.Kind, other.Kind), strings.Compare(o.Name, other.Name))
}

// OriginsOf lists the objects that the lines of a routing table come from, sorted, without duplicates.
func OriginsOf(routes []Route) []Origin {
	objects := make([]Origin, 0, 2) // most often a release and a policy
	for i := range routes {
		for _, origin := range routes[i].Origins {
			if object := origin.Object(); !slices.Contains(objects, object) {
				objects = append(objects, object)
			}
		}
	}
	slices.SortFunc(objects, Origin.Compare)
	return objects
}

// SortOrigins reduces origins to their objects, sorted and without duplicates.
func SortOrigins(origins []Origin) []Origin {
	out := make([]Origin, 0, len(origins))
	for _, o := range origins {
		out = append(out, o.Object())
	}
	slices.SortFunc(out, Origin.Compare)
	return slices.Compact(out)
}
