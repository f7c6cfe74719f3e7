package testbed

import (
	"fmt"

	"github.com/kubemate/kubemate/hack/testbed/forward"
	"github.com/kubemate/kubemate/hack/testbed/netns"
)

// Expose makes an address of the namespace, for example tb.Traefik.WebAddress(), reachable from the machine on a
// loopback port, and returns that address. Port 0 means any free one.
func (tb *Testbed) Expose(target string, port int) (address string, err error) {
	listener, err := netns.ListenOutside(fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return "", fmt.Errorf("expose %s: %w", target, err)
	}
	f := forward.Start(listener, target)
	tb.mu.Lock()
	defer tb.mu.Unlock()
	tb.forwards = append(tb.forwards, f)
	return f.Addr(), nil
}

// ExposeKubeconfig exposes the API server and returns the path of an administrator's kubeconfig for other terminals.
// The file goes with the testbed.
func (tb *Testbed) ExposeKubeconfig(port int) (path string, err error) {
	address, err := tb.Expose(fmt.Sprintf("127.0.0.1:%d", tb.apiPort), port)
	if err != nil {
		return "", err
	}
	config := tb.Config()
	config.Host = "https://" + address
	path = tb.path("kubeconfig-outside")
	return path, WriteKubeconfig(path, config)
}
