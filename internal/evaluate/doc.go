// Package evaluate answers "may this caller call that pod", and "may this pod leave the cluster", for objects as they stand: NetworkPolicies of
// Kubernetes, and the authorization and the ways out of Linkerd, old and new, taken together. The answer names the object that decides.
//
// It knows nothing of Kubemate's model and drivers, only the API types of the objects, so that it can judge what the drivers write. It is
// written from these sources:
//
//   - NetworkPolicy: Kubernetes, networking.k8s.io/v1 API reference and concepts/services-networking/network-policies
//   - which Server guards a port, and what it allows: linkerd2, policy-controller/k8s/index/src/inbound/*.rs, defaults.rs, cluster_info.rs
//   - the order of routes: linkerd2, policy-controller/grpc/src/inbound/{http,grpc}.rs; linkerd2-proxy, linkerd/http/route/src
//   - what a proxy lets through: linkerd2-proxy, linkerd/proxy/server-policy/src, linkerd/app/inbound/src/{detect.rs,policy}
//   - which port carries meshed calls: linkerd.io, common-errors/network-policy
//   - which EgressNetwork holds an address, and what its routes let through: linkerd2, policy-controller/k8s/index/src/outbound/index/egress_network.rs,
//     policy-controller/grpc/src/outbound.rs and outbound/*.rs; linkerd2-proxy, linkerd/app/outbound/src/{sidecar.rs,tls,opaq}
//
// What it leaves out: rate limits, which refuse by number and not by caller; the time that changes need to arrive; addresses that are
// translated on the way.
package evaluate
