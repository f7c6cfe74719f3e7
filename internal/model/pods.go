package model

import "time"

// Pods is how new pods of a namespace run in the mesh. Each part may come from another policy.
type Pods struct {
	// Encryption of what no access rules speak about. Nil: the mesh's own default.
	Encryption *Encryption
	// Bypass of the mesh. Nil: the mesh's own.
	Bypass *Bypass
	// Opaque are the ports of pods and Services that carry bytes and no requests. Nil: the mesh's own.
	Opaque *OpaquePorts
	// Proxy is how proxies run. Nil: the mesh's own.
	Proxy *Proxy
}

// Empty says whether nothing is wanted.
func (p Pods) Empty() bool { return p == Pods{} }

// Origins lists where it all comes from, in no order.
func (p Pods) Origins() []Origin {
	var all []Origin
	if p.Encryption != nil {
		all = append(all, p.Encryption.Origin)
	}
	if p.Bypass != nil {
		all = append(all, p.Bypass.Origin)
	}
	if p.Opaque != nil {
		all = append(all, p.Opaque.Origin)
	}
	if p.Proxy != nil {
		all = append(all, p.Proxy.Origin)
	}
	return all
}

// Encryption refuses callers without mesh identity.
type Encryption struct{ Origin Origin }

// PortRange is one port, or several in a row.
type PortRange struct {
	// First and Last, which may be equal, 1 to 65535.
	First, Last int32
}

// Holds says whether the port is one of the range.
func (r PortRange) Holds(port int32) bool { return r.First <= port && port <= r.Last }

// Bypass names ports that proxies do not touch.
type Bypass struct {
	// Inbound and Outbound ports, in the order of the policy. One of them is not empty.
	Inbound, Outbound []PortRange
	Origin            Origin
}

// OpaquePorts carry bytes and no requests.
type OpaquePorts struct {
	// Ports in the order of the policy, never empty.
	Ports  []PortRange
	Origin Origin
}

// Proxy is how proxies run. What is empty is the mesh's own.
type Proxy struct {
	// CPURequest, CPULimit, MemoryRequest and MemoryLimit are quantities of Kubernetes.
	CPURequest, CPULimit, MemoryRequest, MemoryLimit string
	// LogLevel is "error", "warn", "info", "debug" or "trace".
	LogLevel string
	// AccessLog is "apache" or "json".
	AccessLog string
	// ShutdownGracePeriod is how long open connections have to end.
	ShutdownGracePeriod time.Duration
	// WaitBeforeExit is how long proxies go on before they stop, in whole seconds.
	WaitBeforeExit time.Duration
	// Await keeps containers from starting before the proxy is ready. Nil: the mesh's own.
	Await  *bool
	Origin Origin
}
