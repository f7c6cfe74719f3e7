package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubemate/kubemate/hack/testbed"
	"github.com/kubemate/kubemate/hack/testbed/backend"
	"github.com/kubemate/kubemate/hack/testbed/netns"
	"github.com/kubemate/kubemate/hack/testbed/servers"
)

// ports are those on the machine by which the testbed is reached; 0 means any free one.
type ports struct {
	api, web, webSecure, dashboard, backend int
}

func upCommand() *cobra.Command {
	var wanted ports
	var nodes int
	command := &cobra.Command{
		Use:   "up",
		Short: "Run everything until Ctrl-C and print how to reach it",
		Args:  cobra.NoArgs,
		Example: `  testbed up                     # any free ports
  testbed up --web=8000          # curl -H 'Host: shop.example' http://127.0.0.1:8000/`,
		RunE: func(command *cobra.Command, _ []string) error { return up(command.Context(), wanted, nodes) },
	}
	flags := command.Flags()
	flags.IntVar(&wanted.api, "api", 0, "port of the Kubernetes API")
	flags.IntVar(&wanted.web, "web", 0, "port of Traefik's plain entry point")
	flags.IntVar(&wanted.webSecure, "websecure", 0, "port of Traefik's TLS entry point")
	flags.IntVar(&wanted.dashboard, "traefik", 0, "port of Traefik's API and metrics")
	flags.IntVar(&wanted.backend, "backend", 0, "port of the pods' behaviours (GET, PUT and DELETE /behaviour)")
	flags.IntVar(&nodes, "nodes", 2, "number of nodes")
	return command
}

// backendAdmin is a port inside the namespace, where nobody else is.
const backendAdmin = 18090

func up(ctx context.Context, wanted ports, nodes int) error {
	options := testbed.Options{
		Controllers: true, Nodes: nodes, Traefik: &testbed.TraefikOptions{},
		Backend: &backend.Options{AdminPort: backendAdmin, DownWhenGone: true},
		Log:     func(line string) { fmt.Fprintln(os.Stderr, "testbed:", line) },
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	netns.Enter(func() error { return testbed.Prepare(ctx, options) })
	began := time.Now()
	tb, err := testbed.Start(ctx, options)
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "testbed: ready in %s\n", time.Since(began).Round(10*time.Millisecond))
	if err := explain(os.Stdout, tb, wanted); err != nil {
		return errors.Join(err, tb.Stop())
	}
	<-ctx.Done()
	fmt.Fprintln(os.Stderr, "\ntestbed: stopping")
	return tb.Stop()
}

func explain(out io.Writer, tb *testbed.Testbed, wanted ports) error {
	kubeconfig, err := tb.ExposeKubeconfig(wanted.api)
	if err != nil {
		return err
	}
	addresses := map[string]string{}
	for _, exposed := range []struct {
		name, target string
		port         int
	}{
		{"web", tb.Traefik.WebAddress(), wanted.web},
		{"websecure", tb.Traefik.WebSecureAddress(), wanted.webSecure},
		{"traefik", tb.Traefik.APIAddress(), wanted.dashboard},
		{"backend", fmt.Sprintf("127.0.0.1:%d", backendAdmin), wanted.backend},
	} {
		if addresses[exposed.name], err = tb.Expose(exposed.target, exposed.port); err != nil {
			return err
		}
	}
	kubectl, err := servers.Kubectl.Path()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, `
In another terminal:

  export KUBECONFIG=%s
  alias kubectl=%s
  kubectl get nodes

  curl -H 'Host: shop.example' http://%s/      Traefik, plain
  curl -k https://%s/                           Traefik, TLS
  curl http://%s/api/http/routers               what Traefik routes (also /metrics)
  curl http://%s/behaviour                      the pods; to make one variant fail every other time:
  curl -X PUT -d '{"labels": {"version": "v2"}, "errorRate": 0.5}' http://%[6]s/behaviour

Pods answer on port 8080. Ctrl-C stops everything.
`, kubeconfig, kubectl, addresses["web"], addresses["websecure"], addresses["traefik"], addresses["backend"])
	return err
}
