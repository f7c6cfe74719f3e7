package servers_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kubemate/kubemate/hack/testbed/servers"
)

func TestPathNamesWhatWentIn(t *testing.T) {
	t.Setenv(servers.CacheVariable, t.TempDir())
	path := pathOf(t, servers.APIServer)
	if !strings.Contains(path, "kube-apiserver-v1.36.3-") {
		t.Errorf("%s does not name the version", path)
	}
	if pathOf(t, servers.APIServer) != path {
		t.Error("the path is not stable")
	}
	other := servers.APIServer
	other.LDFlags += " -v"
	if pathOf(t, other) == path {
		t.Error("another flag, the same path")
	}
}

func pathOf(t *testing.T, program servers.Program) string {
	t.Helper()
	path, err := program.Path()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestOutsideACheckout(t *testing.T) {
	t.Chdir(t.TempDir())
	if _, err := servers.Root(); err == nil || !strings.Contains(err.Error(), "not inside a checkout") {
		t.Errorf("unexpected: %v", err)
	}
}

func TestFailedBuildShowsWhy(t *testing.T) {
	t.Setenv(servers.CacheVariable, t.TempDir())
	program := servers.Etcd
	program.Package += "/nowhere"
	var out bytes.Buffer
	err := servers.Build(t.Context(), &out, program)
	if err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("the error does not say what go said: %v", err)
	}
	for _, part := range []string{"building 1 of 1", "[1/1] etcd", "FAILED"} {
		if !strings.Contains(out.String(), part) {
			t.Errorf("%q does not say %q", out.String(), part)
		}
	}
	if built, err := program.Built(); built || err != nil {
		t.Errorf("a failed build counts as built (%v)", err)
	}
}

func TestBuiltIsNotBuiltAgain(t *testing.T) {
	t.Setenv(servers.CacheVariable, t.TempDir())
	path := pathOf(t, servers.Etcd)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, nil, 0o755); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := servers.Build(t.Context(), &out, servers.Etcd); err != nil || out.Len() > 0 {
		t.Errorf("said %q, %v; want silence", out.String(), err)
	}
}
