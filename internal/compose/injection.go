package compose

// systemNamespaces run what the mesh itself needs to start: a proxy there can keep a cluster from coming up again.
var systemNamespaces = []string{"kube-node-lease", "kube-public", "kube-system"}
