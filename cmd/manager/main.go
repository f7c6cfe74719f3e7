// The manager is the operator: it turns CanaryReleases, MeshPolicies, IngressProfiles and EgressProfiles into the configuration of the mesh and of
// the edge.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"runtime/debug"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/klog/v2"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/kubemate/kubemate/internal/config"
	"github.com/kubemate/kubemate/internal/controller"
	"github.com/kubemate/kubemate/internal/driver/builtin"
)

// version is set by the linker in releases.
var version = ""

const usage = `Kubemate's operator. It translates CanaryRelease, MeshPolicy, IngressProfile and EgressProfile
(kubemate.io/v1alpha1) into the configuration of the service mesh (Linkerd) and of the edge (Traefik), and keeps it that way.

In a cluster it needs no flags. Outside of one, to try it out against the cluster of your kubeconfig:

  manager --kubeconfig ~/.kube/config --config manager.yaml

where manager.yaml holds at least

  apiVersion: config.kubemate.io/v1alpha1
  kind: OperatorConfig
  leaderElection: {namespace: kubemate-system}

Stopping it, or uninstalling it, leaves traffic exactly as it was last configured.

Flags:
`

func main() {
	flag.Usage = func() {
		fmt.Fprint(flag.CommandLine.Output(), usage)
		flag.PrintDefaults()
	}
	path := flag.String("config", "", "the operator's configuration, an OperatorConfig in YAML; without it everything has its default")
	showVersion := flag.Bool("version", false, "print the version and end")
	flag.Parse()
	if *showVersion {
		fmt.Println(describe())
		return
	}
	leaveRoom()
	if err := run(ctrl.SetupSignalHandler(), *path); err != nil {
		fmt.Fprintln(os.Stderr, "manager:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, path string) error {
	cfg, err := config.Read(path)
	if err != nil {
		return err
	}
	logger := newLogger(cfg.Log)
	ctrl.SetLogger(logger)
	klog.SetLogger(logger)
	cluster, err := ctrl.GetConfig()
	if err != nil {
		return fmt.Errorf("finding the cluster: %w", err)
	}
	cluster.UserAgent = "kubemate-manager/" + describe()
	scheme := runtime.NewScheme()
	if err := builtin.AddToScheme(scheme); err != nil {
		return err
	}
	manager, err := controller.NewManager(ctx, cluster, cfg, builtin.New(cfg), scheme)
	if err != nil {
		return err
	}
	logger.Info("starting", "version", describe())
	return manager.Start(ctx)
}

// describe is the version of a release, or what Go knows of the build.
func describe() string {
	if version != "" {
		return version
	}
	if build, ok := debug.ReadBuildInfo(); ok && build.Main.Version != "" {
		return build.Main.Version
	}
	return "unknown"
}
