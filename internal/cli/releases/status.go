package releases

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/cli/paint"
)

const statusLong = `Show how a release stands: shares as wanted and as programmed, ready pods, steps, hold and approval, analysis, and what
happened last.

With -w it follows the release until it is deleted or you interrupt it: on a terminal the tree is drawn again with each change, elsewhere each change
is a line, for logs. The API server tells of changes; nothing is polled.

To wait in a script for the end of a rollout, use kubectl wait --for=jsonpath='{.status.phase}'=Succeeded canaryrelease/NAME.`

const statusExample = `  # The tree
  kubectl kubemate release status orders -n shop

  # Follow it; with more of the past
  kubectl kubemate release status orders -n shop -w --history 20

  # For programs
  kubectl kubemate release status orders -n shop -o json`

// defaultHistory is how many transitions are told unless told.
const defaultHistory = 5

// statusOptions are the flags of the command status.
type statusOptions struct {
	*access
	watch   bool
	output  string
	history int
}

func newStatusCommand(access *access) *cobra.Command {
	options := &statusOptions{access: access}
	command := &cobra.Command{
		Use: "status NAME", Aliases: []string{"get"}, Short: "Show how a release stands", Long: statusLong, Example: statusExample, Args: cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error { return options.run(command.Context(), args[0]) },
	}
	flags := command.Flags()
	flags.BoolVarP(&options.watch, "watch", "w", false, "follow the release")
	flags.StringVarP(&options.output, "output", "o", "", "yaml or json: the object itself")
	flags.IntVar(&options.history, "history", defaultHistory, "how many of the last transitions to show")
	return command
}

func (o *statusOptions) run(ctx context.Context, name string) error {
	show, err := o.view()
	if err != nil {
		return err
	}
	session, err := o.connect()
	if err != nil {
		return err
	}
	release, err := session.release(ctx, name)
	if err != nil {
		return err
	}
	if !o.watch {
		return show.change(release)
	}
	return o.follow(ctx, session, name, show)
}

// view shows a release, and shows it again.
type view interface {
	// change shows the release as it is now.
	change(*v1alpha1.CanaryRelease) error
	// tick shows what changes with time alone.
	tick() error
}

func (o *statusOptions) view() (view, error) {
	out := o.streams.Out
	if o.output != "" {
		print, err := objectPrinter(o.output)
		if err != nil {
			return nil, err
		}
		return objectView(func(release *v1alpha1.CanaryRelease) error { return print(out, release) }), nil
	}
	if o.watch && !paint.Terminal(out) {
		return &lineView{out: out, now: o.now}, nil
	}
	return &treeView{out: out, now: o.now, marks: glyphsFor(os.Getenv), paint: paint.For(out), history: o.history, redraw: o.watch}, nil
}

// errDeleted ends a watch: there is nothing left to see.
var errDeleted = errors.New("the release was deleted")

// follow shows the release with every change, and every second for its clocks.
func (o *statusOptions) follow(ctx context.Context, session *session, name string, show view) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	changes := make(chan *v1alpha1.CanaryRelease)
	go func() {
		cancel(session.follow(ctx, &v1alpha1.CanaryReleaseList{}, &v1alpha1.CanaryRelease{}, name, func(object client.Object) {
			release, ok := object.(*v1alpha1.CanaryRelease)
			if !ok {
				cancel(errDeleted)
				return
			}
			release = release.DeepCopy()
			release.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(v1alpha1.KindCanaryRelease))
			select {
			case changes <- release:
			case <-ctx.Done():
			}
		}))
	}()
	clock := time.NewTicker(time.Second)
	defer clock.Stop()
	for {
		var err error
		select {
		case release := <-changes:
			err = show.change(release)
		case <-clock.C:
			err = show.tick()
		case <-ctx.Done():
			return ended(ctx, o)
		}
		if err != nil {
			return err
		}
	}
}

// ended says why a watch ended; who interrupts it is told nothing.
func ended(ctx context.Context, o *statusOptions) error {
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errDeleted):
		_, err := fmt.Fprintln(o.streams.ErrOut, strings.ToUpper(cause.Error()[:1])+cause.Error()[1:]+".")
		return err
	case errors.Is(cause, context.Canceled):
		return nil
	default:
		return cause
	}
}
