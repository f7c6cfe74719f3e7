package plan

import (
	"reflect"

	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/model"
)

// Memory remembers what was rendered of a namespace, so that a group is rendered again only when something that is wanted of it has changed: of a
// namespace with many releases, an event is about one. What the drivers render depends on nothing but themselves and what is wanted, so a plan with
// a memory is the plan without. Its groups share their objects with those of earlier plans; nobody may change them.
//
// The zero Memory remembers nothing yet. It is for one namespace, and not for use by several at once.
type Memory struct {
	drivers Drivers
	// wanted are the groups of the last plan, drafts those of its rehearsal, by their keys.
	wanted, drafts groups
}

// groups are rendered groups by their keys.
type groups map[string]*rendered

// rendered is a group and what it was rendered from. A group without objects is none.
type rendered struct {
	wanted model.Namespace
	group  Group
}

// Namespace is the function Namespace with a memory.
func (m *Memory) Namespace(snapshot compose.Snapshot, drivers Drivers) Plan {
	if !reflect.DeepEqual(m.drivers, drivers) {
		*m = Memory{drivers: drivers}
	}
	return m.plan(snapshot, drivers)
}

// of is what is remembered of a group, if it would be rendered from the same again. Nil: nothing.
func (g groups) of(key string, wanted model.Namespace) *rendered {
	if before := g[key]; before != nil && reflect.DeepEqual(before.wanted, wanted) {
		return before
	}
	return nil
}
