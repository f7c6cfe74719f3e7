package compose

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/kubemate/kubemate/internal/model"
)

// KindRetained stands in the place of a custom resource in the origins of what a deleted release leaves behind; the name is the Service's.
const KindRetained = "Retained"

// retention composes what deleted releases leave behind: all traffic at their stable variant, until nothing would change without it
// (api.md, Delete). The annotation on the split is the only state, so it survives the release and the operator.
func (c *composer) retention() {
	for _, service := range slices.Sorted(maps.Keys(c.snapshot.Retained)) {
		retain := c.snapshot.Retained[service]
		if _, released := c.splits[splitOf(service)]; !released && !retain.Release && c.retains(retain) {
			c.retain(retain, model.Origin{Kind: KindRetained, Name: service})
		}
	}
}

// retains says whether a split of a deleted release must stay.
func (c *composer) retains(retain model.Retain) bool {
	if _, problem := c.routableService(retain.Service); problem != "" {
		return false
	}
	all, stable := c.snapshot.Endpoints[retain.Service], c.snapshot.Endpoints[retain.StableLeaf]
	switch {
	case stable.Ready == 0 && all.Ready > 0:
		return false // stable is gone, others answer: a black hole otherwise
	case all.Total > 0 && all == stable:
		return false // the Service selects stable's pods only: nothing would change
	}
	return true
}

// retain sends a standing split to its stable leaf.
func (c *composer) retain(retain model.Retain, origin model.Origin) {
	part := c.byName[retain.Service]
	if selector, ours := c.snapshot.LeafSelectors[retain.StableLeaf]; ours {
		part.leaves = []model.Leaf{newLeaf(part, retain.StableLeaf, selector, origin)}
	}
	ports := retainedPorts(retain.Ports, part.ports)
	if len(ports) == 0 {
		return
	}
	part.table = &table{
		routes:   []model.Route{{Split: []model.Share{{Backend: retain.StableLeaf, Weight: 1}}, Origins: []model.Origin{origin}}},
		backends: []model.Backend{{Variant: "stable", Service: retain.StableLeaf, Ready: c.snapshot.Endpoints[retain.StableLeaf].Ready > 0, Stable: true}},
		ports:    ports, retain: retain,
	}
	if c.snapshot.Endpoints[retain.StableLeaf].Ready == 0 {
		c.heldSplits = append(c.heldSplits, retain.Service)
	}
}

// retainedPorts are the split ports that the Service still has.
func retainedPorts(text string, ports []model.Port) []int32 {
	all := routable(ports)
	if text == "" {
		return all
	}
	chosen := strings.Split(text, "+")
	return slices.DeleteFunc(all, func(port int32) bool { return !slices.Contains(chosen, strconv.Itoa(int(port))) })
}
