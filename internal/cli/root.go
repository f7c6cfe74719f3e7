// Package cli is the plugin "kubectl kubemate". It decides nothing by itself: what it shows is computed by the same code that the operator
// runs, or what the operator has said.
package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubemate/kubemate/internal/cli/releases"
)

// Exit codes, the same for all commands.
const (
	// ExitFine: nothing is wrong, nothing differs.
	ExitFine = 0
	// ExitFound: problems or differences were found, or an action was refused; which is printed.
	ExitFound = 1
	// ExitFailed: the command could not do its work: wrong flags, an unreadable file, no permission.
	ExitFailed = 2
)

// errFound ends a command that has printed what it found.
var errFound = errors.New("problems or differences were found")

// Run runs the plugin and returns its exit code. The version is that of the release, empty for a build of one's own.
func Run(ctx context.Context, version string, args []string, streams genericiooptions.IOStreams) int {
	command := newCommand(version, streams)
	command.SetArgs(args)
	err := command.ExecuteContext(ctx)
	switch {
	case err == nil:
		return ExitFine
	case errors.Is(err, errFound), errors.Is(err, releases.ErrRefused):
		return ExitFound
	}
	if _, printErr := fmt.Fprintln(streams.ErrOut, "error: "+err.Error()); printErr != nil {
		return ExitFailed // nobody is left to tell
	}
	return ExitFailed
}

func newCommand(version string, streams genericiooptions.IOStreams) *cobra.Command {
	command := &cobra.Command{
		Use:   "kubectl-kubemate",
		Short: "Look at what Kubemate does and would do, and act on releases",
		Long: `Look at what Kubemate does and would do, and act on releases.

Exit codes: 0 fine, 1 problems or differences were found or an action was refused, 2 the command could not do its work.`,
		Annotations:   map[string]string{cobra.CommandDisplayNameAnnotation: "kubectl kubemate"},
		SilenceErrors: true, // Run prints them
		SilenceUsage:  true,
	}
	command.SetIn(streams.In)
	command.SetOut(streams.Out)
	command.SetErr(streams.ErrOut)
	command.AddCommand(newPlanCommand(streams), releases.New(streams, time.Now), newVersionCommand(version, streams))
	return command
}
