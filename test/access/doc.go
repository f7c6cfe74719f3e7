// Package access shows that who may call whom is what the MeshPolicies say.
//
// Random policies of a random namespace are planned for each generation of Linkerd; then random calls are put to two judges that know nothing of
// each other: a plain reading of the policies, and package evaluate on the objects of the plan. They must agree. The share of calls allowed and
// denied is printed, and the test fails when a feature never decided a call.
//
// The same is asked where policies isolate pods from the network: then the plan's NetworkPolicies take part. And the example of the documents does what they
// say.
//
// By itself it asks 5,000 calls of each generation, and as many again with isolated pods. The long mode asks more:
//
//	go test ./test/access -calls=100000
//
// A second test watches changes: while one set of policies takes the place of another, whatever write fails, no call is allowed that neither
// allows, and none is refused that both allow. It runs the real writer on an API server in memory, in time of its own; -changes=N makes more.
package access
