package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/cli-runtime/pkg/genericiooptions"
)

// run runs the plugin and returns its exit code and what it wrote.
func run(t *testing.T, stdin string, args ...string) (code int, out, errOut string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = Run(context.Background(), "v1.2.3", args, genericiooptions.IOStreams{In: strings.NewReader(stdin), Out: &stdout, ErrOut: &stderr})
	return code, stdout.String(), stderr.String()
}

const grayscale = `apiVersion: kubemate.io/v1alpha1
kind: CanaryRelease
metadata: {name: orders, namespace: shop}
spec:
  service: {name: orders, ports: [8080]}
  variants:
  - {name: v1, deployment: orders-v1, weight: 90}
  - {name: v2, deployment: orders-v2, weight: 10}
  stable: v1
`

const injection = `---
apiVersion: kubemate.io/v1alpha1
kind: MeshPolicy
metadata: {name: shop, namespace: shop}
spec: {target: {kind: Namespace}, injection: Enabled}
`

const ofPods = `---
apiVersion: kubemate.io/v1alpha1
kind: MeshPolicy
metadata: {name: quiet, namespace: shop}
spec: {target: {kind: Service, name: orders}, proxy: {logLevel: warn}}
---
apiVersion: v1
kind: Service
metadata: {name: orders, namespace: shop}
spec: {selector: {app: orders}, ports: [{port: 8080}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: orders, namespace: shop}
spec: {serviceName: orders, selector: {matchLabels: {app: orders}}, template: {metadata: {labels: {app: orders}}, spec: {containers: [{name: app, image: app}]}}}
`

func TestPodTemplatesArePrinted(t *testing.T) {
	for name, test := range map[string]struct{ policy, want string }{
		"for Git":       {ofPods, "Service orders (StatefulSet orders); give them to the templates in Git:\n#   config.linkerd.io/proxy-log-level: warn\n"},
		"that we write": {strings.Replace(ofPods, "warn}", "warn}, applyToWorkloads: true, restart: Rolling", 1), "; they are written there with a restart:\n#   config"},
		"where none is": {strings.Split(ofPods, "---\napiVersion: apps")[0], "Service orders (no workload is known); give them"},
	} {
		code, out, errOut := run(t, test.policy, "plan", "-f", "-")
		if code != ExitFine || !strings.Contains(out, test.want) {
			t.Errorf("%s: exit code %d, no %q in\n%s\n%s", name, code, test.want, out, errOut)
		}
	}
	_, out, _ := run(t, ofPods, "plan", "-f", "-", "-o", "json")
	var document planDocument
	if err := json.Unmarshal([]byte(out), &document); err != nil {
		t.Fatal(err)
	}
	got := document.Namespaces[0].PodTemplates
	if len(got) != 1 || got[0].Policy != "quiet" || got[0].Applied || got[0].Workloads[0] != "StatefulSet orders" || got[0].Annotations["config.linkerd.io/proxy-log-level"] != "warn" {
		t.Errorf("%+v", got)
	}
}

func TestExitCodes(t *testing.T) {
	directory := t.TempDir()
	for name, test := range map[string]struct {
		stdin string
		args  []string
		code  int
		// out and errOut are parts of what is written.
		out, errOut string
	}{
		"a sound release":                       {grayscale, []string{"plan", "-f", "-"}, ExitFine, "kind: HTTPRoute", "assumed: Service orders exists"},
		"the older words of Linkerd":            {grayscale, []string{"plan", "-f", "-", "--driver", "linkerd-classic"}, ExitFine, "kind: TrafficSplit", ""},
		"no mesh at all":                        {grayscale, []string{"plan", "-f", "-", "--driver", "none"}, ExitFine, "kind: Service", ""},
		"a policy without a mesh":               {injection, []string{"plan", "-f", "-", "--driver", "none"}, ExitFound, "", "MeshPolicy/shop spec.injection: no mesh"},
		"borrowed annotations are printed":      {injection, []string{"plan", "-f", "-"}, ExitFine, "kubemate.io/borrowed: linkerd.io/inject", "assumed: the operator may annotate"},
		"an object that the server refuses":     {strings.Replace(grayscale, "stable: v1", "stable: v9", 1), []string{"plan", "-f", "-"}, ExitFound, "", "(Invalid) at stdin:4"},
		"what is missing is a problem if told":  {grayscale, []string{"plan", "-f", "-", "--complete"}, ExitFound, "", "CanaryRelease/orders spec.service.name: there is no Service orders"},
		"a suspended object is no mistake":      {strings.Replace(grayscale, "shop}", "shop, annotations: {kubemate.io/reconcile: disabled}}", 1), []string{"plan", "-f", "-"}, ExitFine, "", "(Suspended)"},
		"a difference to nothing":               {grayscale, []string{"plan", "-f", "-", "-o", "diff"}, ExitFound, "--- /dev/null\n+++ planned/shop/", ""},
		"nothing differs":                       {"", []string{"plan", "-f", "-", "-o", "diff"}, ExitFine, "", ""},
		"a file that is not there":              {"", []string{"plan", "-f", filepath.Join(directory, "nothing.yaml")}, ExitFailed, "", "no such file"},
		"a directory without manifests":         {"", []string{"plan", "-f", directory}, ExitFailed, "", "-R looks into the directories below"},
		"an output that is none":                {"", []string{"plan", "-f", "-", "-o", "xml"}, ExitFailed, "", "choose yaml, json or diff"},
		"a driver that is none":                 {"", []string{"plan", "-f", "-", "--driver", "istio"}, ExitFailed, "", "choose linkerd-policy"},
		"a flag that is none":                   {"", []string{"plan", "--frobnicate"}, ExitFailed, "", "unknown flag"},
		"neither files nor a cluster":           {"", []string{"plan"}, ExitFailed, "", "name manifests with -f"},
		"another namespace than the flag":       {grayscale, []string{"plan", "-f", "-", "-n", "bank"}, ExitFailed, "", "--namespace is bank"},
		"all namespaces need a cluster":         {grayscale, []string{"plan", "-f", "-", "-A"}, ExitFailed, "", "is for a cluster"},
		"a configuration that is not there":     {grayscale, []string{"plan", "-f", "-", "--config", "nothing.yaml"}, ExitFailed, "", "nothing.yaml"},
		"a kubeconfig that is not there":        {"", []string{"plan", "--kubeconfig", filepath.Join(directory, "none")}, ExitFailed, "", "kubeconfig"},
		"help teaches":                          {"", []string{"plan", "--help"}, ExitFine, "kubectl kubemate plan -f deploy/ -R", ""},
		"the version":                           {"", []string{"version"}, ExitFine, "kubectl-kubemate v1.2.3 ", ""},
		"the namespace of objects without one":  {strings.Replace(grayscale, ", namespace: shop", "", 1), []string{"plan", "-f", "-", "-n", "bank"}, ExitFine, "namespace: bank", ""},
		"the default namespace is kubernetes's": {strings.Replace(grayscale, ", namespace: shop", "", 1), []string{"plan", "-f", "-"}, ExitFine, "namespace: default", ""},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, errOut := run(t, test.stdin, test.args...)
			if code != test.code || !strings.Contains(out, test.out) || !strings.Contains(errOut, test.errOut) {
				t.Errorf("exit code %d, want %d; output should hold %q, errors %q\n%s\n%s", code, test.code, test.out, test.errOut, out, errOut)
			}
			if strings.Contains(out+errOut, "\x1b[") {
				t.Error("colours without a terminal")
			}
		})
	}
}

func TestSamplesPlanWithoutProblems(t *testing.T) {
	code, out, errOut := run(t, "", "plan", "-f", "../../config/samples", "-R", "--complete")
	if code != ExitFine {
		t.Errorf("exit code %d:\n%s", code, errOut)
	}
	for _, kind := range []string{"HTTPRoute", "IngressRoute", "Server", "AuthorizationPolicy", "TraefikService", "Middleware", "TLSOption"} {
		if !strings.Contains(out, "kind: "+kind+"\n") {
			t.Errorf("the samples make no %s", kind)
		}
	}
}

func TestDirectoriesBelowAreReadWhenTold(t *testing.T) {
	directory := t.TempDir()
	below := filepath.Join(directory, "below")
	if err := os.Mkdir(below, 0o755); err != nil {
		t.Fatal(err)
	}
	for path, text := range map[string]string{filepath.Join(directory, "a.yaml"): injection, filepath.Join(below, "b.yml"): grayscale, filepath.Join(below, "c.txt"): "- x"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, out, _ := run(t, "", "plan", "-f", directory); strings.Contains(out, "HTTPRoute") {
		t.Error("a directory below is read without being told")
	}
	if code, out, errOut := run(t, "", "plan", "-f", directory, "-R"); code != ExitFine || !strings.Contains(out, "HTTPRoute") {
		t.Errorf("exit code %d, a directory below is not read:\n%s", code, errOut)
	}
}

const rollout = grayscale + `  rollout:
    to: v2
    steps: [{weight: "0.5", approval: true}, {weight: 100}]
`

func TestRolloutsArePlannedWhereTheyWouldBegin(t *testing.T) {
	code, out, errOut := run(t, rollout, "plan", "-f", "-", "--driver", "linkerd-classic")
	if code != ExitFine || !strings.Contains(out, "-v1-1cbae91d\n    weight: 995\n") || !strings.Contains(out, "-v2-4ba92968\n    weight: 5\n") {
		t.Errorf("exit code %d, not the first step:\n%s", code, out)
	}
	if !strings.Contains(errOut, "assumed: CanaryRelease/orders is where the operator would begin: step 1 of 2 gives v2 0.5%") {
		t.Errorf("the step is not told:\n%s", errOut)
	}
	unready := strings.NewReplacer(", weight: 90", "", ", weight: 10", "").Replace(rollout) + `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: orders-v2, namespace: shop}
spec: {replicas: 2, selector: {matchLabels: {app: orders, version: v2}}, template: {metadata: {labels: {app: orders, version: v2}}}}
status: {observedGeneration: 1, replicas: 2}
`
	_, out, errOut = run(t, unready, "plan", "-f", "-", "--driver", "linkerd-classic")
	if strings.Contains(out, "weight: 5\n") || !strings.Contains(errOut, "v2 has 0 of 1 ready replicas that 0.5% need") {
		t.Errorf("a step begins without pods:\n%s\n%s", out, errOut)
	}
}

func TestTheKillSwitchIsPlanned(t *testing.T) {
	const on = `---
apiVersion: v1
kind: Namespace
metadata: {name: kubemate-system, labels: {kubemate.io/kill-switch: "on"}}
`
	const share = "-v2-4ba92968\n    weight: 10\n"
	classic := []string{"plan", "-f", "-", "--driver", "linkerd-classic"}
	if _, out, _ := run(t, grayscale, classic...); !strings.Contains(out, share) {
		t.Fatalf("not the weights of the spec:\n%s", out)
	}
	code, out, errOut := run(t, grayscale+on, classic...)
	if code != ExitFine || strings.Contains(out, share) || !strings.Contains(errOut, "assumed: the kill switch of the cluster stays on") {
		t.Errorf("exit code %d, a switch on the operator's namespace is not for all:\n%s\n%s", code, out, errOut)
	}
	if _, out, errOut := run(t, grayscale+on, append(classic, "--operator-namespace", "mesh")...); !strings.Contains(out, share) {
		t.Errorf("a switch on any namespace is for all:\n%s\n%s", out, errOut)
	}
	_, out, errOut = run(t, grayscale+strings.Replace(on, "kubemate-system", "shop", 1), classic...)
	if strings.Contains(out, share) || !strings.Contains(errOut, "the kill switch of the namespace stays on") {
		t.Errorf("a switch on the namespace does nothing:\n%s\n%s", out, errOut)
	}
}

func TestJSONIsOneVersionedDocument(t *testing.T) {
	broken := strings.Replace(strings.Replace(grayscale, "name: orders,", "name: broken,", 1), "stable: v1", "stable: v9", 1)
	code, out, _ := run(t, grayscale+"---\n"+broken+injection, "plan", "-f", "-", "-o", "json", "--driver", "none")
	if code != ExitFound {
		t.Errorf("exit code %d", code)
	}
	var document planDocument
	if err := json.Unmarshal([]byte(out), &document); err != nil {
		t.Fatal(err)
	}
	if document.APIVersion != "cli.kubemate.io/v1alpha1" || document.Kind != "Plan" || len(document.Namespaces) != 1 || len(document.Problems) != 1 {
		t.Fatalf("not the document that is promised: %s", out)
	}
	namespace := document.Namespaces[0]
	if namespace.Name != "shop" || len(namespace.Objects) != 2 || len(namespace.Problems) != 1 || namespace.Held[0] != "MeshPolicy/shop" {
		t.Errorf("not the namespace that was planned: %+v", namespace)
	}
	if problem := document.Problems[0]; problem.Name != "broken" || problem.Path != "spec" || problem.File != "stdin" || problem.Line != 14 {
		t.Errorf("the problem does not say where it is: %+v", problem)
	}
}

func TestPlanOfAPlanDoesNotDiffer(t *testing.T) {
	_, written, _ := run(t, grayscale, "plan", "-f", "-")
	code, out, errOut := run(t, grayscale+written, "plan", "-f", "-", "-o", "diff")
	if code != ExitFine || out != "" {
		t.Errorf("exit code %d, differences:\n%s\n%s", code, out, errOut)
	}
	changed := strings.Replace(grayscale, "weight: 10", "weight: 30", 1)
	code, out, _ = run(t, changed+written, "plan", "-f", "-", "-o", "diff")
	if code != ExitFound || !strings.Contains(out, "-      weight: 10\n") || !strings.Contains(out, "+      weight: 30\n") {
		t.Errorf("exit code %d, the new weight is not shown:\n%s", code, out)
	}
	code, out, _ = run(t, written, "plan", "-f", "-", "-o", "diff", "--driver", "none")
	if code != ExitFound || !strings.Contains(out, "+++ /dev/null") {
		t.Errorf("exit code %d, what would be pruned is not shown:\n%s", code, out)
	}
}
