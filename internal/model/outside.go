package model

// Outside is what pods of a namespace may call outside of the cluster. Pods of the cluster can be called as before. An address that lies in one of Networks
// is reached on the network's ports and on no others, whatever its host.
type Outside struct {
	// Hosts sorted by protocol and host, each of both once. Empty: none.
	Hosts []OutsideHost
	// Networks that no two overlap but one holds the other, sorted. Those that lie in another have its ports too. Empty: none.
	Networks []OutsideNetwork
	// Cluster is the networks of the cluster's pods, Services and nodes, sorted: no host is looked for there.
	Cluster []string
	Origin  Origin
}

// OutsideHost is a host that pods with a proxy may call.
type OutsideHost struct {
	// Host in lower case; "*.partner.example" is all names below, of any number of labels.
	Host string
	// Protocol by which the host is known.
	Protocol HostProtocol
	// Ports ascending, never empty. Hosts of different protocols share none.
	Ports []int32
}

// HostProtocol is how a host is known from outside of a connection.
type HostProtocol string

const (
	// HostByTLS is by the server name of a TLS handshake.
	HostByTLS HostProtocol = "TLS"
	// HostByHTTP is by the Host of requests over plain HTTP.
	HostByHTTP HostProtocol = "HTTP"
)

// OutsideNetwork is a network that pods may call.
type OutsideNetwork struct {
	CIDR string
	// Ports ascending, by TCP and UDP, never empty.
	Ports []int32
	// InCluster says that it lies in one of the cluster's networks, where a mesh does not look for ways out. Otherwise it meets none of them.
	InCluster bool
}
