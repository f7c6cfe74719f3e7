package model

// Isolation keeps packets away from some pods, in the mesh or not, but for those that it lets pass. What the cluster itself needs passes anyway: the
// driver knows it.
type Isolation struct {
	// Service whose pods are isolated. Empty: all pods of the namespace, but for those in Except.
	Service string
	// Selector of the Service's pods. Empty exactly when Service is.
	Selector map[string]string
	// Except are the selectors of pods that isolations of their own are about, without the namespace's passages. Empty: none; always with Service.
	Except []map[string]string
	// Passages are alternatives. Empty: nobody's packets pass.
	Passages []Passage
	// Origin of the wish to isolate, with its place.
	Origin Origin
	// Origins of all that has a say, Origin among them, sorted, never empty.
	Origins []Origin
}

// Passage lets the packets of some peers pass to some ports. Packets between proxies go to the mesh's own port: whoever may send to one port of a pod may
// send there too.
type Passage struct {
	// Peers of whom one must send. Empty: everybody.
	Peers []Peer
	// Targets and Ranges are ports of the pods of which one must be the packet's. Both empty: all ports.
	Targets []TargetPort
	Ranges  []PortRange
}

// Peer is who sends packets: the pods of a namespace, or a network. Exactly one of Namespace and CIDR is set.
type Peer struct {
	Namespace string
	CIDR      string
	// Pods of a gateway in Namespace, to which the peer is narrowed. Nil: all pods of the namespace.
	Pods *GatewayPods
}
