package releases

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/duration"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

const listExample = `  # The releases of a namespace, and of all
  kubectl kubemate release list -n shop
  kubectl kubemate release list -A

  # With why they are not moving
  kubectl kubemate release list -A -o wide`

// outputWide adds the explanation.
const outputWide = "wide"

// listOptions are the flags of the command list.
type listOptions struct {
	*access
	all      bool
	output   string
	selector string
}

func newListCommand(access *access) *cobra.Command {
	options := &listOptions{access: access}
	command := &cobra.Command{
		Use: "list", Aliases: []string{"ls"}, Short: "List releases and where they stand", Example: listExample, Args: cobra.NoArgs,
		Long: "List releases and where they stand: phase, step, shares in force, and what comes next. Below them stand the Services whose release was deleted\n" +
			"and whose requests are kept at its stable version.",
		RunE: func(command *cobra.Command, _ []string) error { return options.run(command.Context()) },
	}
	flags := command.Flags()
	flags.BoolVarP(&options.all, "all-namespaces", "A", false, "all namespaces")
	flags.StringVarP(&options.output, "output", "o", "", "wide, yaml or json")
	flags.StringVarP(&options.selector, "selector", "l", "", "labels that the releases must have")
	return command
}

func (o *listOptions) run(ctx context.Context) error {
	wide := o.output == outputWide
	output := o.output
	if wide {
		output = ""
	}
	print, err := objectPrinter(output)
	if err != nil {
		return err
	}
	session, err := o.connect()
	if err != nil {
		return err
	}
	list, err := o.read(ctx, session)
	if err != nil {
		return err
	}
	if output != "" {
		return print(o.streams.Out, list)
	}
	if err := o.print(list.Items, session.namespace, wide); err != nil || o.selector != "" {
		return err
	}
	left, err := session.retained(ctx, o.namespace(session))
	if err != nil {
		// Whoever may read releases, but no Services, has got what was asked for first.
		fmt.Fprintln(o.streams.ErrOut, "\n"+err.Error())
	}
	return printRetained(o.streams.Out, left, o.all)
}

// namespace that is listed. Empty: all.
func (o *listOptions) namespace(session *session) string {
	if o.all {
		return ""
	}
	return session.namespace
}

func (o *listOptions) print(releases []v1alpha1.CanaryRelease, namespace string, wide bool) error {
	if len(releases) > 0 {
		return printTable(o.streams.Out, releases, o.all, wide, o.now())
	}
	where := "in namespace " + namespace
	if o.all {
		where = "in the cluster"
	}
	_, err := fmt.Fprintln(o.streams.ErrOut, "No releases found "+where+".")
	return err
}

func (o *listOptions) read(ctx context.Context, session *session) (*v1alpha1.CanaryReleaseList, error) {
	options := &client.ListOptions{Raw: &metav1.ListOptions{LabelSelector: o.selector}, Namespace: o.namespace(session)}
	list := &v1alpha1.CanaryReleaseList{}
	switch err := session.client.List(ctx, list, options); {
	case meta.IsNoMatchError(err):
		return nil, fmt.Errorf("this cluster does not know the kind %s; is Kubemate installed there?", v1alpha1.KindCanaryRelease)
	case err != nil:
		return nil, fmt.Errorf("listing releases: %w", err)
	}
	list.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(v1alpha1.KindCanaryRelease + "List"))
	return list, nil
}

// printTable writes the releases in columns, as the API server has sorted them.
func printTable(out io.Writer, releases []v1alpha1.CanaryRelease, namespaces, wide bool, now time.Time) error {
	table := tabwriter.NewWriter(out, 0, 8, 3, ' ', 0)
	row := func(namespace string, cells ...string) {
		if namespaces {
			cells = append([]string{namespace}, cells...)
		}
		for i, cell := range cells {
			if i > 0 {
				fmt.Fprint(table, "\t")
			}
			fmt.Fprint(table, cell)
		}
		fmt.Fprintln(table)
	}
	header := []string{"NAME", "SERVICE", "PHASE", "STEP", "WEIGHTS", "READY", "NEXT", "AGE"}
	if wide {
		header = append(header, "EXPLANATION")
	}
	row("NAMESPACE", header...)
	for i := range releases {
		release := &releases[i]
		status := &release.Status
		ready := "Unknown"
		if condition := meta.FindStatusCondition(status.Conditions, v1alpha1.ConditionReady); condition != nil {
			ready = string(condition.Status)
		}
		cells := []string{
			release.Name, string(release.Spec.Service.Name), dash(string(phaseOf(release))), dash(status.Step), dash(status.Weights), ready, dash(status.Next),
			duration.HumanDuration(now.Sub(release.CreationTimestamp.Time)),
		}
		if wide {
			cells = append(cells, dash(status.Explanation))
		}
		row(release.Namespace, cells...)
	}
	return table.Flush()
}

func dash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
