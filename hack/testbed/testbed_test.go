package testbed_test

import (
	"os"
	"testing"

	"github.com/kubemate/kubemate/hack/testbed"
	"github.com/kubemate/kubemate/hack/testbed/backend"
)

var everything = testbed.Options{
	Controllers: true, Nodes: 2, Audit: true, Traefik: &testbed.TraefikOptions{}, Backend: &backend.Options{DownWhenGone: true},
}

func TestMain(m *testing.M) { os.Exit(testbed.Main(m, everything)) }

func writeFile(path, content string) error { return os.WriteFile(path, []byte(content), 0o600) }
