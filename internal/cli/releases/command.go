// Package releases is the command "kubectl kubemate release": it shows how releases stand, and acts on them by ReleaseActions.
package releases

import (
	"errors"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"
)

// ErrRefused ends a command whose action was refused. Why has been printed.
var ErrRefused = errors.New("the action was refused")

const commandLong = `Show how releases stand, and act on them.

Acting never edits the CanaryRelease, so that Git does not drift: each act is an object of the kind ReleaseAction, made under your own name. It
says what you saw (UID, generation and step of the release), and does nothing if the release is another one by the time it arrives. It stays as the
record of who did what, and why.

You need a role that grants the verb on canaryreleases.kubemate.io (abort, approve, pause, promote, resume, retry) and create on
releaseactions.kubemate.io.

Exit codes: 0 done, 1 the action was refused, 2 the command could not do its work, or nobody answered in time.`

const commandExample = `  # How does the release orders stand, and what happens next?
  kubectl kubemate release status orders -n shop

  # Follow it
  kubectl kubemate release status orders -n shop -w

  # Let it go on from a step that waits for an approval
  kubectl kubemate release approve orders -n shop --reason CHG-20261122-7

  # Everything back to stable, now
  kubectl kubemate release abort orders -n shop --reason "errors in payments"`

// New is the command. The clock is for what is said about time.
func New(streams genericiooptions.IOStreams, now func() time.Time) *cobra.Command {
	command := &cobra.Command{
		Use: "release", Aliases: []string{"releases", "rel"}, Short: "Show how releases stand, and act on them",
		Long: commandLong, Example: commandExample, Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error { return command.Help() },
	}
	access := &access{streams: streams, now: now, flags: genericclioptions.NewConfigFlags(true)}
	access.flags.AddFlags(command.PersistentFlags())
	command.AddCommand(newStatusCommand(access), newListCommand(access))
	for _, verb := range verbs {
		command.AddCommand(newActCommand(access, verb))
	}
	return command
}
