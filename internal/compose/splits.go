package compose

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// releases composes the CanaryReleases into leaf Services and routing tables.
func (c *composer) releases() {
	for _, release := range byAge(c.snapshot.Releases) {
		origin := model.Origin{Kind: v1alpha1.KindCanaryRelease, Name: release.Name}
		problem, won := c.splits.claim(splitOf(string(release.Spec.Service.Name)), at(origin, "spec.service.name"))
		if !won {
			c.add(problem)
			continue
		}
		composed := false
		c.fail(safely(func() { composed = c.release(release, origin) }), origin)
		if !composed {
			c.stop(release, origin)
		}
	}
}

// release composes a release that has won its Service. False: it is held.
func (c *composer) release(release *v1alpha1.CanaryRelease, origin model.Origin) bool {
	if c.skip(release, origin) {
		return false
	}
	r := resolve(c, c.switched(release), origin)
	switch {
	case len(r.problems) > 0:
		c.add(r.problems...)
		return false
	case Undecided(r.release):
		c.undecided = append(c.undecided, origin)
	default:
		c.split(r)
	}
	return true
}

func splitOf(service string) claimed { return claimed{"the split of Service", service} }

// split adds an understood release to its Service: the leaves at once, the table as soon as the leaves can carry it.
func (c *composer) split(r *resolved) {
	part, table, draft := r.part, r.table(), r.draft()
	part.leaves, part.draft = r.leaves, draft
	programmed := c.programmed(r.part.service.Name)
	stable := r.backends[r.stable]
	switch {
	case !stable.Ready && programmed:
		c.heldSplits = append(c.heldSplits, r.part.service.Name)
		c.waiting[r.origin] = Waiting{
			v1alpha1.ReasonNoHealthyBackend,
			"stable (" + stable.Variant + ", Service " + stable.Service + ") has no ready endpoints: the last good split stays until it has some",
		}
	case !stable.Ready:
		c.waiting[r.origin] = Waiting{
			v1alpha1.ReasonPending,
			"waiting for ready endpoints of stable (" + stable.Variant + ", Service " + stable.Service + ") before the first split; until then the Service answers as before",
		}
		return
	case !programmed && r.missing != "":
		c.waiting[r.origin] = Waiting{v1alpha1.ReasonPending, "waiting for the endpoints of Service " + r.missing + ", whose pods are ready, before the first split"}
		return
	}
	part.table = table
}

// programmed says whether a split of the Service stands in the cluster.
func (c *composer) programmed(service string) bool {
	_, ok := c.snapshot.Retained[service]
	return ok
}

// resolved is a release whose references have been looked up.
type resolved struct {
	release  *v1alpha1.CanaryRelease
	origin   model.Origin
	part     *part
	ports    []int32
	backends []model.Backend
	leaves   []model.Leaf
	// stable is the index of the stable variant.
	stable int
	// missing is a leaf Service without endpoints although its Deployment has ready pods. Empty: none.
	missing  string
	lines    []line
	problems model.Problems
}

// line is one alternative of a match, understood.
type line struct {
	match  model.Match
	to     int
	origin model.Origin
}

// table is the routing table of the release: matches in order, then weights.
func (r *resolved) table() *table {
	routes := make([]model.Route, 0, len(r.lines)+1)
	for _, line := range r.lines {
		if !holds(r.release, r.release.Spec.Variants[line.to].Name) {
			continue
		}
		routes = append(routes, model.Route{
			Match: line.match, Split: []model.Share{{Backend: r.backends[r.healthy(line.to)].Service, Weight: 1}}, Origins: []model.Origin{line.origin},
		})
	}
	routes = append(routes, model.Route{Split: r.shares(), Origins: []model.Origin{r.origin}})
	return &table{routes: routes, backends: r.backends, ports: r.ports, retain: model.Retain{
		Service: r.part.service.Name, StableLeaf: r.backends[r.stable].Service, Ports: joinPorts(r.release.Spec.Service.Ports, r.ports),
		Release: r.release.Spec.OnDelete == v1alpha1.OnDeleteRelease,
	}}
}

// draft is the table once all variants are ready and, of a rollout, while it shares requests out and all match rules hold: whether a mesh can
// express a release must not depend on which of its pods run just now, nor show only half-way. Nil: the table is all that.
func (r *resolved) draft() *table {
	unready := slices.ContainsFunc(r.backends, func(b model.Backend) bool { return !b.Ready })
	if !unready && r.release.Spec.Rollout == nil && r.release.Status.Release == nil {
		return nil
	}
	ready := *r
	ready.backends = slices.Clone(r.backends)
	for i := range ready.backends {
		ready.backends[i].Ready = true
	}
	ready.release = halfway(r.release)
	return ready.table()
}

// halfway is a release whose rollout, if it has one, gives a share to its target and to stable.
func halfway(release *v1alpha1.CanaryRelease) *v1alpha1.CanaryRelease {
	shared := *release
	shared.Spec.Stable, shared.Status.Release = Stable(release), nil
	if release.Spec.Rollout == nil {
		return &shared
	}
	one := int32(1)
	shared.Spec.Variants = slices.Clone(release.Spec.Variants)
	for i := range shared.Spec.Variants {
		variant := &shared.Spec.Variants[i]
		if (variant.Name == shared.Spec.Stable || variant.Name == release.Spec.Rollout.To) && (variant.Weight == nil || *variant.Weight == 0) {
			variant.Weight = &one
		}
	}
	return &shared
}

// healthy is the variant that answers in a variant's place: itself, or stable while it has no ready endpoints (promise I2).
func (r *resolved) healthy(variant int) int {
	if r.backends[variant].Ready {
		return variant
	}
	return r.stable
}

// shares gives every ready variant its weight and stable the weights of the others.
func (r *resolved) shares() []model.Share {
	weights := make([]int32, len(r.backends))
	for i, weight := range Weights(r.release) {
		weights[r.healthy(i)] += weight
	}
	shares := make([]model.Share, 0, len(weights))
	for i, weight := range weights {
		if weight > 0 {
			shares = append(shares, model.Share{Backend: r.backends[i].Service, Weight: weight})
		}
	}
	return shares
}

// joinPorts writes the ports for the retain annotation; empty when the release did not choose any.
func joinPorts(chosen []v1alpha1.PortNumber, ports []int32) string {
	if len(chosen) == 0 {
		return ""
	}
	text := make([]string, len(ports))
	for i, port := range ports {
		text[i] = strconv.Itoa(int(port))
	}
	return strings.Join(text, "+")
}
