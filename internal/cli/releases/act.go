package releases

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/cli/paint"
)

// Values of --dry-run.
const (
	dryRunNone   = "none"
	dryRunClient = "client"
	dryRunServer = "server"
)

// answerTimeout is how long an answer is waited for unless told: operators answer within a second.
const answerTimeout = 30 * time.Second

// actOptions are the flags of a command that acts.
type actOptions struct {
	*access
	verb    verb
	reason  string
	step    int32
	wait    bool
	timeout time.Duration
	dryRun  string
	output  string
}

func newActCommand(access *access, of verb) *cobra.Command {
	options := &actOptions{access: access, verb: of}
	command := &cobra.Command{
		Use: of.name + " NAME", Short: of.short, Example: of.example, Args: cobra.ExactArgs(1),
		Long: of.long + "\n\nExit codes: 0 done, 1 refused, 2 the command could not do its work, or nobody answered in time.",
		RunE: func(command *cobra.Command, args []string) error { return options.run(command.Context(), args[0]) },
	}
	flags := command.Flags()
	flags.StringVar(&options.reason, "reason", "", "why, for the record: a change number for example; the administrator may have made it a must")
	flags.BoolVar(&options.wait, "wait", true, "wait for the operator's answer")
	flags.DurationVar(&options.timeout, "timeout", answerTimeout, "how long to wait for it")
	flags.StringVar(&options.dryRun, "dry-run", dryRunNone, "none, client (create nothing) or server (let the API server check the action, and store nothing)")
	flags.StringVarP(&options.output, "output", "o", "", "yaml or json: print the action as it was created")
	if of.ofStep {
		flags.Int32Var(&options.step, "step", 0, "the step that is meant, counted from 1; the one that the rollout is at when left out")
	}
	return command
}

func (o *actOptions) run(ctx context.Context, name string) error {
	print, err := objectPrinter(o.output)
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
	action, err := o.action(ctx, session, release)
	if err != nil {
		return err
	}
	said := &script{out: o.talk(), paint: paint.For(o.talk())}
	said.announce(o.verb, release, action)
	if err := o.create(ctx, session, action); err != nil {
		return err
	}
	if o.output != "" {
		if err := print(o.streams.Out, action); err != nil {
			return err
		}
	}
	if o.dryRun != dryRunNone {
		said.line("dry run (%s): nothing was done", o.dryRun)
		return said.err
	}
	said.line("action %s created as %s", action.Name, action.Spec.Actor)
	if !o.wait {
		return said.err
	}
	return o.await(ctx, session, action, said)
}

// talk is where people are told: not among objects that a program reads.
func (o *actOptions) talk() io.Writer {
	if o.output != "" {
		return o.streams.ErrOut
	}
	return o.streams.Out
}

// action is the object, bound to what was seen.
func (o *actOptions) action(ctx context.Context, session *session, release *v1alpha1.CanaryRelease) (*v1alpha1.ReleaseAction, error) {
	step, err := o.verb.stepToBind(release, o.step)
	if err != nil {
		return nil, err
	}
	actor, err := session.whoami(ctx)
	if err != nil {
		return nil, err
	}
	action := &v1alpha1.ReleaseAction{
		ObjectMeta: metav1.ObjectMeta{Namespace: release.Namespace, GenerateName: actionPrefix(release.Name, o.verb.name)},
		Spec: v1alpha1.ReleaseActionSpec{
			Release: v1alpha1.ObjectName(release.Name), ReleaseUID: string(release.UID), Generation: release.Generation,
			Action: o.verb.action, Step: step, Actor: actor, Reason: o.reason,
		},
	}
	action.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(v1alpha1.KindReleaseAction))
	return action, nil
}

// actionPrefix begins the names of actions: the API server adds some letters, and cuts what is longer than a label.
func actionPrefix(release, verb string) string {
	const room = 63 - 5
	end := "-" + verb + "-"
	if len(release)+len(end) > room {
		release = strings.TrimRight(release[:room-len(end)], "-.")
	}
	return release + end
}

func (o *actOptions) create(ctx context.Context, session *session, action *v1alpha1.ReleaseAction) error {
	var options []client.CreateOption
	switch o.dryRun {
	case dryRunClient:
		return nil
	case dryRunServer:
		options = append(options, client.DryRunAll)
	case dryRunNone:
	default:
		return fmt.Errorf("--dry-run=%s: choose %s, %s or %s", o.dryRun, dryRunNone, dryRunClient, dryRunServer)
	}
	kind := action.GroupVersionKind()
	if err := session.client.Create(ctx, action, options...); err != nil {
		return refusalOf(err, action)
	}
	action.SetGroupVersionKind(kind) // the client takes it away
	return nil
}

// await waits for the operator's answer and tells it.
func (o *actOptions) await(ctx context.Context, session *session, action *v1alpha1.ReleaseAction, said *script) error {
	said.line("waiting up to %s for the operator", o.timeout)
	ctx, cancel := context.WithTimeoutCause(ctx, o.timeout, errNobodyAnswered)
	defer cancel()
	answer, err := session.answer(ctx, action)
	switch {
	case errors.Is(err, errNobodyAnswered):
		return fmt.Errorf("%w within %s: the action %s stands and may still be applied; see kubectl get releaseactions -n %s %s, and whether the operator runs",
			err, o.timeout, action.Name, action.Namespace, action.Name)
	case err != nil:
		return fmt.Errorf("waiting for the answer to the action %s, which stands: %w", action.Name, err)
	case answer.phase == v1alpha1.ActionApplied:
		said.line("%s: %s", said.paint(paint.Green, "applied"), answer.message)
		return said.err
	}
	said.line("%s: %s", said.paint(paint.Red, strings.ToLower(string(answer.phase))), answer.message)
	return errors.Join(said.err, ErrRefused)
}

// script tells a person what goes on. The first error of writing is kept.
type script struct {
	out   io.Writer
	paint paint.Painter
	err   error
}

func (s *script) line(format string, args ...any) {
	if s.err == nil {
		_, s.err = fmt.Fprintf(s.out, format+"\n", args...)
	}
}

// announce says what was seen, and what is to be expected.
func (s *script) announce(of verb, release *v1alpha1.CanaryRelease, action *v1alpha1.ReleaseAction) {
	seen := outlook{release: release}
	if action.Spec.Step != nil {
		seen.step = *action.Spec.Step
	}
	s.line("%s %s/%s, generation %d", of.name, release.Namespace, release.Name, release.Generation)
	s.line("  now:  %s", standing(release))
	s.line("  then: %s", of.forecast(seen))
}
