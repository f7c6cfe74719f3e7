// Package testbed runs the real servers that Kubemate meets in production: etcd, kube-apiserver, the controller
// manager, the scheduler, kwok (nodes and pods that exist only in the API), Traefik and Prometheus, with one backend that
// answers for every pod. They run in a network namespace of their own, without root and without containers, and whatever ends
// this process, even kill -9, ends them too.
//
// A suite names what it needs once, and every test of the package may share one testbed:
//
//	var pieces = testbed.Options{Controllers: true, Traefik: &testbed.TraefikOptions{}, Backend: &backend.Options{}}
//
//	func TestMain(m *testing.M) { os.Exit(testbed.Main(m, pieces)) }
//
//	func TestWeights(t *testing.T) {
//		tb := testbed.Shared(t)               // started by the first test that asks, stopped after the last
//		client := kubernetes.NewForConfigOrDie(tb.Config())
//		...
//		result, err := load.Run(t.Context(), load.Options{URL: tb.Traefik.Web(), Host: "shop.example", Count: 100})
//	}
//
// Main builds the pinned servers into the user's cache when they are missing (minutes, once per version and machine,
// with progress on standard error) and re-executes the test binary inside the namespace. Options{} alone is etcd and
// kube-apiserver: enough for tests of CRDs, admission, RBAC and reconcilers, and ready in about three seconds.
//
// # What a Testbed gives
//
//	tb.Config()                          *rest.Config of an administrator (a copy, without client-side rate limit)
//	tb.Kubeconfig()                      path of the same as a file
//	tb.ConfigFor("jane", "devs")         a user with groups, by client certificate
//	tb.ServiceAccountConfig(ctx, ns, sa) the ServiceAccount's own powers, by a TokenRequest
//	tb.InstallCRDs(ctx, paths...)        files or folders; returns when each kind is served
//	testbed.TraefikCRDs(), GatewayCRDs() the paths to pass for those two
//	tb.Audit(user).Since(instant)        what the log tells of a user (Options.Audit)
//	tb.Server("kube-apiserver")          the process: Signal, Kill, Restart, LogTail
//	tb.AddNodes(ctx, n)                  further nodes; pods get addresses that are never used twice
//	tb.SetPodReady(ctx, ns, pod, false)  as a failing readiness probe would
//	tb.Kubectl(ctx, "get", "pods")
//	tb.Traefik.Web(), WebSecure(), API(), Metrics(), Restart(ctx), Routers(ctx)
//	tb.Prometheus.URL(), Scrape(ctx, targets...), Restart(ctx), Kill()
//	tb.StartTraefik(ctx, name, options)  a second gateway, for example with another ingress class
//	tb.StartPrometheus(ctx, name, opts)  a second one, for example to kill while others need the first
//	tb.Backend.Set(backend.Matcher{Labels: …}, backend.Behaviour{Latency: …, ErrorRate: …, Status: …, Down: true})
//	tb.Expose(target, port)              reach an address of the namespace from outside: 127.0.0.1:port
//	tb.ExposeKubeconfig(port)            a kubeconfig that works in another terminal
//
// Two annotations on a pod (template) change its life: testbed.kubemate.io/ready: "false" runs it without ever becoming
// ready, and testbed.kubemate.io/termination: "2s" keeps it, terminating, that long after its deletion.
//
// Inside the namespace there is no network but the pods' own, no kube-proxy (Service addresses lead nowhere, webhooks
// behind a Service work) and no kubelet. A process can run several testbeds, but only one at a time with a Backend.
//
// # Places
//
// KUBEMATE_TESTBED_CACHE overrides where the built servers are kept (default: kubemate/testbed in the user's cache
// directory). KUBEMATE_ARTIFACTS names a folder that keeps all logs; without it everything a testbed wrote is removed
// when it stops.
package testbed
