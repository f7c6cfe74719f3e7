// Command testbed builds the pinned servers and runs all of them on this machine, for people who want to try things by
// hand: make testbed.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/kubemate/kubemate/hack/testbed/servers"
)

func main() {
	root := &cobra.Command{
		Use:   "testbed",
		Short: "A real control plane with Traefik and answering pods, in a network namespace, without root",
		Long: `Builds and runs etcd, kube-apiserver, the controller manager, the scheduler, kwok and Traefik on this machine.
They live in a network namespace of their own, need neither root nor containers, and stop with this program.

The first build takes about 20 minutes on two cores; the result is kept in the user's cache directory
(` + servers.CacheVariable + ` overrides it) and shared by all checkouts.`,
		SilenceUsage: true,
	}
	root.AddCommand(buildCommand(), upCommand())
	if err := root.ExecuteContext(context.Background()); err != nil {
		os.Exit(1)
	}
}

func buildCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "build",
		Short: "Build the servers that are not in the cache yet",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			if err := servers.Build(command.Context(), os.Stderr, servers.All()...); err != nil {
				return err
			}
			if err := servers.FetchDefinitions(command.Context()); err != nil {
				return err
			}
			return listCache()
		},
	}
}

func listCache() error {
	for _, program := range servers.All() {
		path, err := program.Path()
		if err != nil {
			return err
		}
		fmt.Printf("%-24s %s\n", program.Name, path)
	}
	return nil
}
