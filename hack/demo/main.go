package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubemate/kubemate/hack/testbed/netns"
	"github.com/kubemate/kubemate/hack/testbed/servers"
)

// settings are what a person may choose.
type settings struct {
	duration time.Duration
	plain    bool
	every    time.Duration
}

func main() {
	var chosen settings
	command := &cobra.Command{
		Use:   "demo",
		Short: "Kubemate at work on this machine: a control plane, Traefik, a shop, and who answers its customers",
		Long: `Starts a real control plane, Traefik, Kubemate under its chart's roles and the shop of config/samples, sends steady
requests through Traefik and shows who answers them, while you edit the releases from another terminal.

The first start builds the servers, which takes about 20 minutes on two cores; the result is kept in the user's cache
directory (` + servers.CacheVariable + ` overrides it). Ctrl-C ends everything and leaves nothing behind.`,
		Args:         cobra.NoArgs,
		SilenceUsage: true,
		RunE:         func(command *cobra.Command, _ []string) error { return run(command.Context(), chosen) },
	}
	flags := command.Flags()
	flags.DurationVar(&chosen.duration, "duration", 0, "end by itself so long after the first requests; 0 means with Ctrl-C")
	flags.BoolVar(&chosen.plain, "plain", false, "one line per route now and then instead of a table, as where the output is no terminal")
	flags.DurationVar(&chosen.every, "every", 5*time.Second, "time between the lines of --plain")
	if err := command.ExecuteContext(context.Background()); err != nil {
		os.Exit(1)
	}
}

func run(ctx context.Context, chosen settings) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	screen := newScreen(os.Stdout, chosen.plain)
	steps, err := newSteps(screen)
	if err != nil {
		return err
	}
	netns.Enter(func() error { return prepare(ctx, steps) })
	d := &demo{screen: screen, steps: steps}
	err = d.run(ctx, chosen)
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = nil // asked to end, during the start
	}
	return d.end(err)
}
