package operator

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/kubemate/kubemate/hack/testbed"
)

// Values are the chart's values, and facts about the cluster, that matter to a testbed.
type Values struct {
	// Injection grants the power to annotate Namespaces.
	Injection bool
	// Linkerd is the generation whose kinds the cluster serves. Empty: Policy.
	Linkerd Generation
}

// Install makes the testbed a cluster in which Kubemate is installed and Linkerd's kinds are served: no mesh runs, but what is written for it
// is stored and checked. The roles are those of the chart: config/rbac is written from the same rules as charts/kubemate, by make manifests.
func Install(ctx context.Context, tb *testbed.Testbed, root string, values Values) (err error) {
	temporary, err := os.MkdirTemp("", "kubemate-install-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temporary)) }()
	definitions, err := meshDefinitions(root, temporary, values.Linkerd)
	if err != nil {
		return err
	}
	if err := tb.InstallCRDs(ctx, append(definitions, filepath.Join(root, "config", "crd", "bases"))...); err != nil {
		return fmt.Errorf("installing kinds: %w", err)
	}
	roles := filepath.Join(root, "config", "rbac")
	apply := []string{"apply", "--server-side", "-f", filepath.Join(roles, "role.yaml")}
	if values.Injection {
		apply = append(apply, "-f", filepath.Join(roles, "injection.yaml"))
	}
	if _, err := tb.Kubectl(ctx, apply...); err != nil {
		return fmt.Errorf("installing the operator's roles: %w", err)
	}
	return nil
}
