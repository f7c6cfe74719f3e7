package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubemate/kubemate/internal/config"
	"github.com/kubemate/kubemate/internal/driver/builtin"
	"github.com/kubemate/kubemate/internal/manifest"
	"github.com/kubemate/kubemate/internal/plan"
)

const planLong = `Print the objects that Kubemate writes for custom resources: CanaryRelease, MeshPolicy, IngressProfile and
EgressProfile.

Without a cluster, manifests are all that is looked at: Services, Deployments, StatefulSets, DaemonSets, EndpointSlices, custom
resources, and objects that Kubemate generated earlier. What custom resources name and the files lack is assumed to be there, and said on standard error;
with --complete it is a problem.

With --live, or as soon as a cluster is named (--context, --kubeconfig, --cluster, --server), the namespaces are read from the
cluster, and the custom resources of the files, if any, are laid over them. Nothing is ever written.

Custom resources are checked as the API server checks them, with the same messages. Problems go to standard error, one a line:
KIND/NAME PATH: MESSAGE (REASON).

Exit codes: 0 fine, 1 problems (or, with -o diff, differences), 2 the command could not do its work.`

const planExample = `  # The objects for all manifests of a directory, and of those below
  kubectl kubemate plan -f deploy/ -R

  # Check a pull request: no cluster needed, exit code 1 when something is wrong
  helm template shop | kubectl kubemate plan -f - > /dev/null

  # The same in the words of Linkerd before 2.16
  kubectl kubemate plan -f deploy/ --driver linkerd-classic

  # What a change of a release would change in the cluster
  kubectl kubemate plan -f release.yaml --live -o diff

  # What the operator should have written in a namespace of another cluster
  kubectl kubemate plan --context staging -n shop`

// planOptions are the flags of the command plan.
type planOptions struct {
	streams genericiooptions.IOStreams
	cluster *genericclioptions.ConfigFlags

	files         fileFlags
	output        string
	driver        string
	configFile    string
	allNamespaces bool
	complete      bool
	live          bool
	// operator is the namespace that the operator runs in.
	operator string
}

func newPlanCommand(streams genericiooptions.IOStreams) *cobra.Command {
	options := &planOptions{streams: streams, cluster: genericclioptions.NewConfigFlags(true)}
	command := &cobra.Command{
		Use: "plan -f FILE|DIR|-", Short: "Print the objects that Kubemate writes for custom resources",
		Long: planLong, Example: planExample, Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			for _, name := range []string{"context", "kubeconfig", "cluster", "server"} {
				options.live = options.live || command.Flags().Changed(name)
			}
			return options.run(command.Context())
		},
	}
	flags := command.Flags()
	options.files.add(flags)
	flags.StringVarP(&options.output, "output", "o", outputYAML, "yaml, json or diff; diff compares with the generated objects that stand in the cluster or in the files")
	flags.StringVar(&options.driver, "driver", driverAuto, "mesh driver: linkerd-policy, linkerd-classic or none; what the configuration and the cluster say when left out")
	flags.StringVar(&options.configFile, "config", "", "file with the operator's configuration: gateways, drivers, injection; its defaults when left out")
	flags.BoolVarP(&options.allNamespaces, "all-namespaces", "A", false, "with a cluster, all namespaces that hold custom resources of Kubemate")
	flags.BoolVar(&options.complete, "complete", false, "the files hold everything: what custom resources name and the files lack is a problem")
	flags.BoolVar(&options.live, "live", false, "read the namespaces from the cluster of the current context")
	flags.StringVar(&options.operator, "operator-namespace", "kubemate-system", "namespace that the operator runs in: the kill switch on it is that of the whole cluster")
	options.cluster.AddFlags(flags)
	return command
}

func (o *planOptions) run(ctx context.Context) error {
	print, err := printerFor(o.output)
	if err != nil {
		return err
	}
	if len(o.files.names) == 0 && !o.live {
		return errors.New("nothing to plan: name manifests with -f, or a cluster with --live or --context")
	}
	cfg, err := config.Read(o.configFile)
	if err != nil {
		return err
	}
	if err := chooseDriver(&cfg, o.driver); err != nil {
		return err
	}
	input, err := o.read(ctx, builtin.New(cfg))
	if err != nil {
		return err
	}
	settings := manifest.Settings{
		InjectionAllowed: cfg.Injection.Enabled, RestartsAllowed: cfg.Injection.Restarts, MeshNamespace: cfg.Mesh.Linkerd.Namespace,
		OperatorNamespace: o.operator, Now: time.Now(),
	}
	settings.Gateways, settings.Reservations = cfg.Edge.Model()
	settings.ClusterNetworks, settings.Reachable = cfg.Network.ClusterNetworks, cfg.Network.Model()
	if o.configFile == "" {
		settings.InjectionAllowed, settings.RestartsAllowed = true, true
	}
	result := newResult(input.objects)
	for _, namespace := range input.snapshots(settings) {
		if o.configFile == "" {
			assumeConfiguration(&namespace)
		}
		if namespace.KillSwitch != "" && len(namespace.Releases) > 0 {
			namespace.Assumptions = append(namespace.Assumptions, "the kill switch of the "+strings.ToLower(string(namespace.KillSwitch))+" stays on, and all requests at stable")
		}
		decide(&namespace, settings.Now)
		drivers := selectDrivers(input.drivers, input.served, namespace.Standing)
		planned := plan.Namespace(namespace.Snapshot, drivers)
		if err := planned.Follow(namespace.Standing, drivers); err != nil {
			return err
		}
		result.add(namespace, planned)
	}
	return o.show(result, print)
}

// show prints a result and says whether it is fine.
func (o *planOptions) show(result *result, print printer) error {
	if err := print(o.streams.Out, result); err != nil {
		return fmt.Errorf("printing the plan: %w", err)
	}
	if err := report(o.streams.ErrOut, result); err != nil {
		return fmt.Errorf("printing the problems: %w", err)
	}
	if result.wrong() || o.output == outputDiff && result.differs() {
		return errFound
	}
	return nil
}
