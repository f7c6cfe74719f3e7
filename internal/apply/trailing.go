package apply

import (
	"context"
	"slices"
	"strings"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/internal/load"
)

// guardsAhead is another group of the namespace whose guards are not all in force, but for late ones. Empty: there is none.
func (e *Engine) guardsAhead(id groupID) string {
	labels := e.unfinished(id)
	slices.Sort(labels)
	for _, label := range labels {
		if one := e.planned(groupID{id.namespace, label}); one != nil && slices.ContainsFunc(one.objects, func(w wanted) bool { return w.object.Guards && !w.object.Late }) {
			return one.key
		}
	}
	return ""
}

// early is why an object must not be written yet: the guards that it comes after are not in force, of other groups, or of its own, where something is
// asleep or not accepted. Nil: it may.
func (e *Engine) early(ctx context.Context, one *group, object wanted, id groupID, asleep error) error {
	if object.object.Late {
		if asleep != nil {
			return asleep
		}
		waiting, err := e.unaccepted(ctx, one, awaited)
		if waiting != nil {
			return unacceptedError{waiting: *waiting, dormant: object.ref}
		}
		return err
	}
	if !object.object.Trails {
		return nil
	}
	if ahead := e.guardsAhead(id); ahead != "" {
		return trailingError{object.ref, ahead}
	}
	return nil
}

// trails says whether the group has an object that is written after the guards of others.
func (g *group) trails() bool {
	return slices.ContainsFunc(g.objects, func(w wanted) bool { return w.object.Trails })
}

// shields says whether a standing object must stay until what trails is written: until then it may be all that guards. A split guards nothing, and
// must not wait for what has nothing to do with it.
func (g *group) shields(live client.Object) bool { return g.trails() && load.Retain(live) == nil }

// outlives says whether a standing object must stay until what has to go of groups that trail is gone: where those guard too, they refuse from then on what the
// object refuses until now.
func (e *Engine) outlives(ctx context.Context, s *submission, id groupID, live client.Object) bool {
	if load.Retain(live) != nil {
		return false
	}
	for label, one := range s.groups {
		if label == id.label || !one.trails() {
			continue
		}
		standing, err := e.options.Reader.Group(ctx, id.namespace, label)
		if err != nil {
			return true // not known: better wait
		}
		if slices.ContainsFunc(standing, func(object client.Object) bool { return s.unwanted(object) && !e.deleted(object) }) {
			return true
		}
	}
	return false
}

// trailingError is a reason to wait.
type trailingError struct {
	ref   Ref
	group string
}

func (e trailingError) Error() string {
	kind, name, _ := strings.Cut(e.group, ".")
	return "waiting for what guards " + kind + " " + name + ", then " + e.ref.String() + " is written"
}
