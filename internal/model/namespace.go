package model

// Namespace is all that Kubemate wants of one namespace.
type Namespace struct {
	Name string
	// Injection of proxies into new pods. Nil: untouched.
	Injection *Injection
	// Pods is how new pods run in the mesh.
	Pods Pods
	// Templates are what pods of single Services' workloads need instead, for one policy each, those of older policies first.
	Templates []Template
	// Services that something is wanted of, sorted by name. A Service that is missing here is untouched.
	Services []Service
	// Isolations of pods from the network: first those of Services, sorted by name, last the one of the namespace. Where several are about a pod, what one of
	// them lets pass does.
	Isolations []Isolation
	// Outside is what the namespace's pods may call outside of the cluster. Nil: untouched.
	Outside *Outside
	// Edges are the ways in from outside, sorted by profile name.
	Edges []Edge
	// Egresses are the ways out to partners, sorted by profile name.
	Egresses []Egress
}

// Injection is whether new pods get a proxy.
type Injection struct {
	Mode   InjectionMode
	Origin Origin
}

// InjectionMode is whether and how new pods get a proxy.
type InjectionMode string

// The modes of injection.
const (
	InjectionEnabled  InjectionMode = "Enabled"
	InjectionDisabled InjectionMode = "Disabled"
	InjectionIngress  InjectionMode = "Ingress"
)

// Service is one Service and all that is wanted of it.
type Service struct {
	// Name of the Service, in the namespace.
	Name string
	// Selector of the Service's pods. Empty: none, endpoints are managed by somebody else.
	Selector map[string]string
	// Ports are all ports of the Service, in its order.
	Ports []Port
	// Leaves are Services to be generated, one for each variant that is a Deployment, sorted by name. Empty: none.
	Leaves []Leaf
	// Backends are the Services that the splits of Routes name, in the order of the variants. Empty: the Service itself answers.
	Backends []Backend
	// Routes is the routing table of RoutedPorts: in order, the first whose Match is true of a request decides. The last matches everything.
	// Empty: untouched, the mesh's own behaviour.
	Routes []Route
	// RoutedPorts are the ports of the Service that Routes is about, ascending. Empty exactly when Routes is.
	RoutedPorts []int32
	// Retain says where traffic goes once the release is gone. Nil: Routes carry no split.
	Retain *Retain
	// RetryBudget bounds the retries of Routes. Nil: the mesh's own.
	RetryBudget *RetryBudget
	// Breaker keeps callers away from pods that fail. Nil: none.
	Breaker *Breaker
	// Opaque ports of the Service carry bytes and no requests. Nil: the mesh's own.
	Opaque *OpaquePorts
	// Access says who may call, one entry for each port of the pods. Nil: untouched.
	Access []Access
}

// Origins lists where all that is wanted of the Service comes from, sorted, without duplicates.
func (s Service) Origins() []Origin {
	var all []Origin
	for _, leaf := range s.Leaves {
		all = append(all, leaf.Origin)
	}
	for _, route := range s.Routes {
		all = append(all, route.Origins...)
	}
	for _, access := range s.Access {
		all = append(all, access.Origin)
	}
	if s.Breaker != nil {
		all = append(all, s.Breaker.Origin)
	}
	if s.Opaque != nil {
		all = append(all, s.Opaque.Origin)
	}
	return SortOrigins(all)
}

// Port is a port of a Service.
type Port struct {
	// Name of the port. Empty: the only port.
	Name string
	// Number that clients call.
	Number int32
	// Target is where the pods listen.
	Target TargetPort
	// Protocol that the application speaks, as far as it is declared.
	Protocol Protocol
	// AppProtocol is the declaration itself, so that generated Services repeat it to the letter. Empty: none.
	AppProtocol string
}

// TargetPort is where pods listen: by number, or by the name of a container's port. Exactly one is set.
type TargetPort struct {
	Number int32
	Name   string
}

// Protocol is what an application speaks on a port.
type Protocol string

// The protocols that routing tells apart.
const (
	// ProtocolUnknown: not declared, detected by the proxy.
	ProtocolUnknown Protocol = ""
	// ProtocolHTTP: HTTP/1.
	ProtocolHTTP Protocol = "HTTP"
	// ProtocolH2C: HTTP/2 without TLS, gRPC among it.
	ProtocolH2C Protocol = "H2C"
	// ProtocolOpaque: anything else. Cannot be routed by request.
	ProtocolOpaque Protocol = "Opaque"
)

// Leaf is a Service to be generated that selects the pods of one variant.
type Leaf struct {
	// Name of the generated Service.
	Name string
	// Apex is the name of the Service whose ports and traffic policy the leaf has.
	Apex string
	// Selector of the variant's pods, never empty.
	Selector map[string]string
	// Ports are the apex's.
	Ports []Port
	// InternalTrafficPolicy is the apex's, "Cluster" or "Local". Empty: Cluster.
	InternalTrafficPolicy string
	// PublishNotReady is the apex's publishNotReadyAddresses.
	PublishNotReady bool
	Origin          Origin
}

// Backend is a Service that answers for one variant.
type Backend struct {
	// Variant is the name of the variant in the release.
	Variant string
	// Service is the name of the Service, in the namespace. Its ports have the numbers of the apex's.
	Service string
	// Ready says whether it has ready endpoints and is meant to keep them.
	Ready bool
	// Stable marks the backend where traffic returns to.
	Stable bool
}

// Retain is the answer to "where does traffic go when this split's release is gone", kept on the split itself.
type Retain struct {
	// Service that is split.
	Service string
	// StableLeaf is the name of the Service that answers for the stable variant.
	StableLeaf string
	// Ports of the Service that are split, ascending, joined by "+". Empty: all that carry HTTP.
	Ports string
	// Release removes the split when the release goes. False: all traffic goes to StableLeaf.
	Release bool
}
