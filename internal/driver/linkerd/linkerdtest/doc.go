// Package linkerdtest answers what Linkerd would do with objects, for tests. It is written from Linkerd's sources and shares no code with the
// driver, so that both can be compared:
//
//   - matches and their order: linkerd2-proxy, linkerd/http/route/src/{lib.rs,http/match.rs,http/match/{path,header,query_param}.rs}
//   - the order of routes: linkerd2, policy-controller/grpc/src/{outbound.rs,inbound/http.rs}
//   - authorization: linkerd2, policy-controller/k8s/index/src/inbound/index.rs; linkerd2-proxy, linkerd/app/inbound/src/policy/http.rs
//   - what is admitted: linkerd2, policy-controller/runtime/src/{admission.rs,validation.rs}
package linkerdtest
