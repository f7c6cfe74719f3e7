package manifest

import (
	"cmp"
	"maps"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/load"
	"github.com/kubemate/kubemate/internal/model"
)

// Namespace is one namespace, ready to be planned.
type Namespace struct {
	compose.Snapshot
	// Assumptions are sentences about what the objects do not say, sorted.
	Assumptions []string
	// Standing are the objects that Kubemate generated earlier, as far as they are among the objects.
	Standing []client.Object
	// Object is the Namespace itself. Nil: it is not among the objects.
	Object *corev1.Namespace
}

// Settings are what a snapshot holds of the operator's configuration.
type Settings struct {
	// Gateways by name.
	Gateways     map[string]model.Gateway
	Reservations []model.Reservation
	// InjectionAllowed says whether the operator may annotate Namespaces.
	InjectionAllowed bool
	// RestartsAllowed says whether the operator may restart workloads.
	RestartsAllowed bool
	// ClusterNetworks and Reachable are what pods whose ways out are closed are not kept from.
	ClusterNetworks []string
	Reachable       []model.AllowedNetwork
	// MeshNamespace is where the mesh's control plane runs. Empty: not known.
	MeshNamespace string
	// OperatorNamespace is where the operator runs, whose kill switch is that of the cluster. Empty: not known.
	OperatorNamespace string
	// Now is the time, for what expires. Zero: nothing has.
	Now time.Time
}

// Snapshots makes a snapshot of every namespace, sorted by name.
func (o *Objects) Snapshots(settings Settings) []Namespace {
	all := make([]Namespace, 0, len(o.namespaces))
	for _, name := range o.Names() {
		held := o.namespaces[name]
		claims, recorded := o.claims(name)
		snapshot := compose.Snapshot{
			Namespace: name, Releases: standing(held.releases), Policies: standing(held.policies), Profiles: standing(held.profiles),
			Egresses: standing(held.egresses),
			Services: sorted(held.services), Deployments: sorted(held.deployments),
			StatefulSets: sorted(held.statefulSets), DaemonSets: sorted(held.daemonSets), Endpoints: held.endpoints(name),
			Retained: held.retained(), LeafSelectors: held.leafSelectors(), Guarding: load.Guarding(held.standing, sorted(held.services)), ForeignGuards: load.ForeignGuards(held.foreign), ForeignCaptures: load.ForeignCaptures(held.foreign), Claims: claims, Recorded: recorded,
			Gateways: settings.Gateways, GatewayAddresses: o.gatewayAddresses(settings.Gateways), Reservations: settings.Reservations,
			KillSwitch: o.killSwitch(name, settings.OperatorNamespace), InjectionAllowed: settings.InjectionAllowed, RestartsAllowed: settings.RestartsAllowed,
			ClusterNetworks: settings.ClusterNetworks, Reachable: settings.Reachable,
			Now: settings.Now, NetworkPolicies: sorted(held.networks), Takeovers: o.takeovers(name), MissingInjector: o.MissingInjector,
			MeshNamespace: settings.MeshNamespace, OperatorNamespace: settings.OperatorNamespace,
		}
		slices.Sort(held.assumptions)
		all = append(all, Namespace{
			Snapshot: snapshot, Assumptions: slices.Compact(held.assumptions), Standing: held.standing, Object: held.object,
		})
	}
	return all
}

// takeovers are those of a namespace's Services, sorted by the object.
func (o *Objects) takeovers(namespace string) []model.Takeover {
	found := slices.DeleteFunc(slices.Clone(o.Takeovers), func(taken model.Takeover) bool { return taken.Namespace != namespace })
	slices.SortFunc(found, func(a, b model.Takeover) int { return cmp.Compare(a.Object, b.Object) })
	return found
}

// standing leaves out what is being deleted.
func standing[T client.Object](byName map[string]T) []T {
	return slices.DeleteFunc(sorted(byName), func(object T) bool { return !object.GetDeletionTimestamp().IsZero() })
}

// killSwitch is what the kill switch of a namespace is on, as far as the Namespaces are among the objects: the cluster before the namespace.
func (o *Objects) killSwitch(name, operator string) v1alpha1.KillSwitchScope {
	switch {
	case o.switchedOn(operator):
		return v1alpha1.KillSwitchCluster
	case o.switchedOn(name):
		return v1alpha1.KillSwitchNamespace
	}
	return ""
}

func (o *Objects) switchedOn(name string) bool {
	found := o.namespaces[name]
	return found != nil && found.object != nil && compose.KillSwitchOn(found.object.Labels)
}

// retained reads the retentions that stand on generated objects.
func (c *contents) retained() map[string]model.Retain {
	found := map[string]model.Retain{}
	for _, object := range c.standing {
		if retain := load.Retain(object); retain != nil {
			found[retain.Service] = *retain
		}
	}
	return found
}

// leafSelectors are the selectors of the generated Services.
func (c *contents) leafSelectors() map[string]map[string]string {
	found := map[string]map[string]string{}
	for _, object := range c.standing {
		if service, ok := object.(*corev1.Service); ok {
			found[service.Name] = service.Spec.Selector
		}
	}
	return found
}

// gatewayAddresses are those of gateways that are known by a Service, as far as its EndpointSlices are among the objects.
func (o *Objects) gatewayAddresses(gateways map[string]model.Gateway) map[string][]string {
	found := map[string][]string{}
	for name, gateway := range gateways {
		service, known := load.Follows(&gateway)
		if held := o.namespaces[service.Namespace]; known && held != nil {
			var located []discoveryv1.EndpointSlice
			for _, slice := range held.slices {
				if slice.Labels[discoveryv1.LabelServiceName] == service.Name {
					located = append(located, *slice)
				}
			}
			found[name] = load.Addresses(located)
		}
	}
	return found
}

// claims finds who else claims the hosts of a namespace's profiles, and which of them are recorded as the namespace's.
func (o *Objects) claims(namespace string) (claims, recorded []compose.Claim) {
	var keys []model.HostKey
	for _, profile := range o.namespaces[namespace].profiles {
		keys = append(keys, compose.HostKeys(profile)...)
	}
	own := model.NewHostSet(keys...)
	for _, other := range o.Names() {
		for _, profile := range standing(o.namespaces[other].profiles) {
			if other != namespace {
				claims = append(claims, compose.ProfileClaims(profile, own)...)
			}
		}
		for _, record := range o.namespaces[other].claims {
			claim := compose.RecordClaim(record)
			switch {
			case claim.Namespace == namespace:
				recorded = append(recorded, claim)
			case own.Overlaps(claim.HostKey):
				claims = append(claims, claim)
			}
		}
	}
	slices.SortFunc(claims, compose.Claim.Compare)
	slices.SortFunc(recorded, compose.Claim.Compare)
	return claims, recorded
}

// Overlay lays the custom resources of other objects over these. What is there already keeps the age that the cluster gave it, what is new
// came to be at the given time.
func (o *Objects) Overlay(files *Objects, now metav1.Time) {
	for name, from := range files.namespaces {
		to := o.namespace(name)
		overlay(to.releases, from.releases, now)
		overlay(to.policies, from.policies, now)
		overlay(to.profiles, from.profiles, now)
		maps.Copy(to.written, from.written)
	}
	o.Problems = append(o.Problems, files.Problems...)
	for kind, count := range files.Ignored {
		o.Ignored[kind] += count
	}
}

func overlay[T client.Object](to, from map[string]T, now metav1.Time) {
	for name, object := range from {
		object.SetCreationTimestamp(now)
		if present, ok := to[name]; ok {
			object.SetCreationTimestamp(present.GetCreationTimestamp())
			object.SetUID(present.GetUID())
			inherit(object, present)
		}
		to[name] = object
	}
}

// inherit gives an object from a file what the API server keeps of the one that it takes the place of, where a plan looks at it: what was decided
// about a release stays, and another spec is another generation.
func inherit(object, present client.Object) {
	release, ok := object.(*v1alpha1.CanaryRelease)
	if !ok {
		return
	}
	before, ok := present.(*v1alpha1.CanaryRelease)
	if !ok {
		return
	}
	release.Status = *before.Status.DeepCopy()
	release.Generation = before.Generation
	if !equality.Semantic.DeepEqual(release.Spec, before.Spec) {
		release.Generation++
	}
}
