package compose

import (
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	k8slabels "k8s.io/apimachinery/pkg/labels"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// Snapshot is all that composing a namespace looks at. Its objects are shared with caches: they are never changed.
type Snapshot struct {
	// Namespace is its name.
	Namespace string
	// Releases, Policies, Profiles and Egresses are the custom resources of the namespace, in any order. Those being deleted are left out.
	Releases []*v1alpha1.CanaryRelease
	Policies []*v1alpha1.MeshPolicy
	Profiles []*v1alpha1.IngressProfile
	Egresses []*v1alpha1.EgressProfile
	// Services of the namespace, without the leaf Services that Kubemate generates.
	Services []*corev1.Service
	// Deployments, StatefulSets and DaemonSets of the namespace: what makes the pods of Services.
	Deployments  []*appsv1.Deployment
	StatefulSets []*appsv1.StatefulSet
	DaemonSets   []*appsv1.DaemonSet
	// Endpoints of the namespace's Services, generated ones too, by Service name. A missing entry is a Service without endpoints.
	Endpoints map[string]Endpoints
	// Retained are the splits that stand in the cluster, by the name of the Service that is split.
	Retained map[string]model.Retain
	// LeafSelectors are the selectors of the leaf Services that stand in the cluster, by name.
	LeafSelectors map[string]map[string]string
	// Guarding are the policies that what guards the pods of Services in the cluster comes from, by the Service's name, in any order.
	Guarding map[string][]model.Origin
	// ForeignGuards guard ports of pods in the cluster and were not generated, sorted by name.
	ForeignGuards []Guard
	// ForeignCaptures are the names of objects that say what pods of the namespace may call outside of the cluster and were not generated, sorted.
	ForeignCaptures []string
	// Claims of other namespaces on hosts that overlap with those of this namespace's profiles, in any order.
	Claims []Claim
	// Recorded are the hosts that are recorded as this namespace's, in any order.
	Recorded []Claim
	// Strangers are routes of others that ask for hosts of this namespace's profiles, sorted. Nil: there are none, or nobody knows.
	Strangers []Stranger
	// Reservations of the operator's configuration.
	Reservations []model.Reservation
	// Gateways of the operator's configuration, by name.
	Gateways map[string]model.Gateway
	// GatewayAddresses are the addresses of gateways that are known by the endpoints of a Service, ready or not, by the gateway's name: networks
	// of one address each, sorted. A missing entry is a gateway without pods.
	GatewayAddresses map[string][]string
	// ClusterNetworks are the networks of the cluster's pods, Services and nodes, where a mesh looks for no ways out.
	ClusterNetworks []string
	// Reachable are networks that pods may call whatever is closed: what nodes and the cluster itself offer.
	Reachable []model.AllowedNetwork
	// NetworkPolicies of the namespace that were not generated, in any order.
	NetworkPolicies []*networkingv1.NetworkPolicy
	// MissingInjector is the name of the MutatingWebhookConfiguration that gives pods their proxies and is known not to be there. Empty: it is, or nobody
	// knows.
	MissingInjector string
	// MeshNamespace is where the mesh's control plane runs, OperatorNamespace where the operator does: neither's pods are put into the mesh. Empty: not known.
	MeshNamespace, OperatorNamespace string
	// Takeovers of Services of the namespace by objects of others, sorted by the object.
	Takeovers []model.Takeover
	// Now is the time, for what expires. Zero: nothing has.
	Now time.Time
	// KillSwitch is what the kill switch is on. Empty: it is off.
	KillSwitch v1alpha1.KillSwitchScope
	// InjectionAllowed says whether the operator may annotate Namespaces.
	InjectionAllowed bool
	// RestartsAllowed says whether the operator may restart workloads.
	RestartsAllowed bool
}

// Guard is an object of the mesh that guards a port of pods.
type Guard struct {
	Name string
	Pods k8slabels.Selector
	Port model.TargetPort
}

// Endpoints counts the endpoints of a Service.
type Endpoints struct {
	// Ready counts the endpoints that get traffic, Total all of them.
	Ready, Total int
}

// Claim is a host of another namespace.
type Claim struct {
	model.HostKey
	Namespace string
	// Record is the name of the HostClaim that says so. Empty: none does yet.
	Record string
	// Profile is the name of the IngressProfile that asks for the host. Empty: it is recorded.
	Profile string
	// Since is the age of the record or the profile.
	Since time.Time
}
