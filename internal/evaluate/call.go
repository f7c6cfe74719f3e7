package evaluate

import (
	"net/netip"

	corev1 "k8s.io/api/core/v1"
)

// Call is a call from somebody to a port of a pod.
type Call struct {
	From Caller
	// To is the pod that is called.
	To *corev1.Pod
	// Port of the pod.
	Port int32
	// Dialed is the port that the caller dials, a Service's. 0: Port. Only the ports that the caller's proxy leaves alone are about it.
	Dialed int32
	// Request that is sent. Nil: a connection that carries no HTTP.
	Request *Request
}

// Caller is who calls: a pod, a process of the callee's node, or something outside the cluster.
type Caller struct {
	// Pod that calls. Nil: no pod.
	Pod *corev1.Pod
	// Address that the callee sees. Zero: the pod's.
	Address netip.Addr
	// Node says that the call comes from the callee's own node, as the probes of the kubelet do. Without Address it is the node's.
	Node bool
	// Identity of a caller that is in the mesh without being a pod, such as an ExternalWorkload. Empty: the pod's.
	Identity string
}

// Request is what a proxy sees of a request.
type Request struct {
	// Method of HTTP. That of gRPC is POST.
	Method string
	// Path without query. That of gRPC is "/package.Service/Method".
	Path string
	// Host that the request is for, without port. Empty: none that a route could name.
	Host string
	// Headers by name in lower case, each with its values.
	Headers map[string][]string
	// Query parameters, decoded.
	Query map[string][]string
	// HTTP2 says that the caller speaks HTTP/2 without asking first, as gRPC does. False: HTTP/1.
	HTTP2 bool
}

// Answer says whether a call arrives at the application.
type Answer struct {
	Outcome Outcome
	// Audit says whether Linkerd logs the call as one that only an audit allows.
	Audit Audit
	// By is the object that decides. For a default that no object changes only Kind and Name are set.
	By Ref
	// Reason is one sentence.
	Reason string
}

// Allowed says whether the call arrives.
func (a Answer) Allowed() bool { return a.Outcome == Delivered }

// Outcome is what the caller meets.
type Outcome string

// The outcomes.
const (
	// Delivered: the call arrives at the application.
	Delivered Outcome = "Delivered"
	// Dropped: a NetworkPolicy keeps the packets away; the caller waits in vain.
	Dropped Outcome = "Dropped"
	// Refused: the callee's proxy closes the connection.
	Refused Outcome = "Refused"
	// Forbidden: the callee's proxy answers 403, or PermissionDenied to gRPC.
	Forbidden Outcome = "Forbidden"
	// NotFound: the callee's proxy has routes and none is for the request; it answers 404.
	NotFound Outcome = "NotFound"
	// Redirected: a route of the callee's proxy answers with a redirect.
	Redirected Outcome = "Redirected"
)

// Audit is whether a call that is allowed is logged as if it were not.
type Audit string

const (
	// Unaudited is no.
	Unaudited Audit = ""
	// MayBeAudited is now and then, though it is granted, because a proxy looks at the grants of a Server and its audit in no order.
	MayBeAudited Audit = "Maybe"
	// Audited is yes: nothing but the audit allows the call.
	Audited Audit = "Yes"
)

// Ref names an object.
type Ref struct{ Kind, Namespace, Name string }

func (r Ref) String() string {
	if r.Namespace == "" {
		return r.Kind + " " + r.Name
	}
	return r.Kind + " " + r.Namespace + "/" + r.Name
}
