// Package livetest runs the plugin against a real API server.
package livetest

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubemate/kubemate/hack/testbed"
	"github.com/kubemate/kubemate/internal/cli"
)

const (
	root    = "../../.."
	samples = root + "/config/samples"
)

func TestMain(m *testing.M) { os.Exit(testbed.Main(m, testbed.Options{})) }

// TestPlanOverACluster writes the shop and what is planned for it the way the operator does, and plans again.
func TestPlanOverACluster(t *testing.T) {
	server := testbed.Shared(t)
	install(t, server)
	kubectl(t, server, "apply", "-f", samples+"/shop/namespace.yaml")
	kubectl(t, server, "apply", "-R", "-f", samples)
	if code, _, told := run(t, server, "-n", "shop"); code != cli.ExitFound || !strings.Contains(told, "IngressProfile/shop: no gateway") {
		t.Errorf("exit code %d, a gateway that the cluster does not serve is no problem:\n%s", code, told)
	}
	kubectl(t, server, "delete", "-n", "shop", "ingressprofiles", "--all")

	code, planned, told := run(t, server, "-n", "shop", "--driver", "linkerd-policy", "-o", "yaml")
	if code != cli.ExitFine {
		t.Fatalf("exit code %d:\n%s", code, told)
	}
	if strings.Contains(planned, "IngressRoute") || !strings.Contains(planned, "kind: HTTPRoute") || !strings.Contains(planned, "kind: Server\n") {
		t.Fatalf("not planned for what the cluster serves:\n%s", planned)
	}
	file := filepath.Join(t.TempDir(), "planned.yaml")
	if err := os.WriteFile(file, []byte(planned), 0o600); err != nil {
		t.Fatal(err)
	}
	kubectl(t, server, "apply", "--server-side", "--field-manager=kubemate", "-f", file)

	t.Run("what was written as planned does not differ", func(t *testing.T) {
		if code, diff, told := run(t, server, "-n", "shop", "-o", "diff"); code != cli.ExitFine || diff != "" {
			t.Errorf("exit code %d, differences:\n%s\n%s", code, diff, told)
		}
	})
	t.Run("a file's release is laid over the cluster's", func(t *testing.T) {
		release := edited(t, "canaryrelease_users.yaml", "weight: 10", "weight: 25")
		code, diff, _ := run(t, server, "-f", release, "-o", "diff")
		if code != cli.ExitFound || !strings.Contains(diff, "-      weight: 10\n+      weight: 25\n") || strings.Contains(diff, "orders") {
			t.Errorf("exit code %d, not the new weight alone:\n%s", code, diff)
		}
	})
	t.Run("a field that was written and is no longer planned is shown", func(t *testing.T) {
		policy := edited(t, "meshpolicy_users.yaml", "    timeout: 2s\n", "")
		code, diff, _ := run(t, server, "-f", policy, "-o", "diff")
		if code != cli.ExitFound || !strings.Contains(diff, "-    timeout.linkerd.io/request: 2s\n") {
			t.Errorf("exit code %d, the timeout is not taken away:\n%s", code, diff)
		}
	})
	t.Run("labels and defaults of others are nobody's difference", func(t *testing.T) {
		kubectl(t, server, "label", "-n", "shop", "services", "-l", "kubemate.io/driver=kube", "team=shop")
		if code, diff, _ := run(t, server, "-n", "shop", "-o", "diff"); code != cli.ExitFine {
			t.Errorf("exit code %d, differences:\n%s", code, diff)
		}
	})
	t.Run("a ServiceProfile of somebody else that takes a Service over is told", func(t *testing.T) {
		profile := filepath.Join(t.TempDir(), "profile.yaml")
		content := "apiVersion: linkerd.io/v1alpha2\nkind: ServiceProfile\nmetadata: {name: users.shop.svc.cluster.local, namespace: default}\n" +
			"spec: {routes: [{name: all, condition: {pathRegex: /.*}}]}\n"
		if err := os.WriteFile(profile, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		kubectl(t, server, "apply", "-f", profile)
		_, _, told := run(t, server, "-n", "shop")
		if !strings.Contains(told, "callers of Service users in namespace default") || !strings.Contains(told, "(TakenOver)") {
			t.Errorf("told is\n%s", told)
		}
		kubectl(t, server, "delete", "-f", profile)
	})
	t.Run("what nobody wants any more is pruned", func(t *testing.T) {
		kubectl(t, server, "delete", "-n", "shop", "meshpolicy", "payments")
		code, diff, _ := run(t, server, "-A", "-o", "diff")
		if code != cli.ExitFound || !strings.Contains(diff, "--- present/shop/Server.policy.linkerd.io/payments") || !strings.Contains(diff, "+++ /dev/null") {
			t.Errorf("exit code %d, the Server is not pruned:\n%s", code, diff)
		}
	})
	t.Run("a namespace that is not there is an error", func(t *testing.T) {
		if code, _, told := run(t, server, "-n", "nowhere"); code != cli.ExitFailed || !strings.Contains(told, "nowhere") {
			t.Errorf("exit code %d: %s", code, told)
		}
	})
}

// install lets the server serve Kubemate's kinds and Linkerd's, and not Traefik's.
func install(t *testing.T, server *testbed.Testbed) {
	t.Helper()
	if err := server.InstallCRDs(t.Context(), root+"/config/crd/bases", root+"/internal/driver/linkerd/testdata/crds"); err != nil {
		t.Fatal(err)
	}
}

// edited is a copy of a sample with a change.
func edited(t *testing.T, sample, old, replacement string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(samples, sample))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(data, []byte(old)) {
		t.Fatalf("%s does not hold %q", sample, old)
	}
	file := filepath.Join(t.TempDir(), sample)
	if err := os.WriteFile(file, bytes.ReplaceAll(data, []byte(old), []byte(replacement)), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func kubectl(t *testing.T, server *testbed.Testbed, args ...string) {
	t.Helper()
	if out, err := server.Kubectl(t.Context(), args...); err != nil {
		t.Fatalf("kubectl %v: %v\n%s", args, err, out)
	}
}

// run runs the plugin as an administrator and returns its exit code and what it wrote.
func run(t *testing.T, server *testbed.Testbed, args ...string) (code int, out, told string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	args = append([]string{"plan", "--kubeconfig", server.Kubeconfig()}, args...)
	code = cli.Run(context.Background(), "", args, genericiooptions.IOStreams{In: strings.NewReader(""), Out: &stdout, ErrOut: &stderr})
	return code, stdout.String(), stderr.String()
}
