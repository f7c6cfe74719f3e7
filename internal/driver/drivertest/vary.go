package drivertest

import (
	"encoding/json"
	"math/rand/v2"
	"strings"

	"github.com/kubemate/kubemate/internal/model"
)

// shuffled copies a namespace with everything that has no order in another order. Routes, ports, backends, isolations and
// edge routes have one.
func shuffled(ns model.Namespace, seed uint64) model.Namespace {
	ns = clone(ns)
	random := rand.New(rand.NewPCG(seed, seed))
	shuffle(random, ns.Templates)
	shuffle(random, ns.Services)
	shuffle(random, ns.Edges)
	shuffle(random, ns.Egresses)
	for _, svc := range ns.Services {
		shuffle(random, svc.Leaves)
		shuffle(random, svc.Access)
		for _, access := range svc.Access {
			shuffle(random, access.Grants)
			shuffle(random, access.Probes)
			for _, grant := range access.Grants {
				shuffle(random, grant.Requests)
			}
		}
	}
	return ns
}

func shuffle[T any](random *rand.Rand, values []T) {
	random.Shuffle(len(values), func(i, j int) { values[i], values[j] = values[j], values[i] })
}

// lengthened copies a namespace with all names of Services, leaves and profiles at 63 characters. Names that differ keep differing, at
// their very end.
func lengthened(ns model.Namespace) model.Namespace {
	ns = clone(ns)
	for i := range ns.Services {
		lengthenService(&ns.Services[i])
	}
	for i := range ns.Isolations {
		ns.Isolations[i].Service = lengthen(ns.Isolations[i].Service)
	}
	for i := range ns.Edges {
		edge := &ns.Edges[i]
		edge.Name = lengthen(edge.Name)
		for j := range edge.Routes {
			route := &edge.Routes[j]
			route.Service = lengthen(route.Service)
			lengthenTable(route.Table)
			lengthenRetain(route.Retain)
		}
	}
	for i := range ns.Egresses {
		lengthenEgress(&ns.Egresses[i])
	}
	return ns
}

func lengthenEgress(egress *model.Egress) {
	egress.Name = lengthen(egress.Name)
	for i := range egress.Partners {
		partner := &egress.Partners[i]
		partner.Name, partner.Backend = lengthen(partner.Name), lengthen(partner.Backend)
		for j := range partner.Routes {
			route := &partner.Routes[j]
			route.Service = lengthen(route.Service)
			lengthenTable(route.Table)
		}
	}
}

func lengthenService(svc *model.Service) {
	svc.Name = lengthen(svc.Name)
	for i := range svc.Leaves {
		svc.Leaves[i].Name = lengthen(svc.Leaves[i].Name)
		svc.Leaves[i].Apex = lengthen(svc.Leaves[i].Apex)
	}
	for i := range svc.Backends {
		svc.Backends[i].Service = lengthen(svc.Backends[i].Service)
	}
	lengthenTable(svc.Routes)
	lengthenRetain(svc.Retain)
}

func lengthenTable(table []model.Route) {
	for i := range table {
		for j := range table[i].Split {
			table[i].Split[j].Backend = lengthen(table[i].Split[j].Backend)
		}
	}
}

func lengthenRetain(retain *model.Retain) {
	if retain == nil {
		return
	}
	retain.Service = lengthen(retain.Service)
	retain.StableLeaf = lengthen(retain.StableLeaf)
}

func lengthen(name string) string {
	if name == "" {
		return ""
	}
	return strings.Repeat("x", 63-1-len(name)) + "-" + name
}

func clone(ns model.Namespace) model.Namespace {
	bytes, err := json.Marshal(ns)
	if err != nil {
		panic(err) // the model holds nothing that JSON cannot say
	}
	var copied model.Namespace
	if err := json.Unmarshal(bytes, &copied); err != nil {
		panic(err)
	}
	return copied
}
