package releases

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/load"
)

// retained is a Service whose release is gone and whose requests are kept at the stable version.
type retained struct{ namespace, service, stable string }

// retained reads what deleted releases have left behind: the Services of stable versions say so. An empty namespace is all.
func (s *session) retained(ctx context.Context, namespace string) ([]retained, error) {
	list := &metav1.PartialObjectMetadataList{}
	list.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("ServiceList"))
	err := s.client.List(ctx, list, client.InNamespace(namespace), client.MatchingLabels{v1alpha1.LabelManagedBy: v1alpha1.ManagedBy})
	if err != nil {
		return nil, fmt.Errorf("looking for what deleted releases have left behind: %w", err)
	}
	var found []retained
	for i := range list.Items {
		leaf := &list.Items[i]
		for _, origin := range load.Origins(leaf) {
			if origin.Kind == compose.KindRetained {
				found = append(found, retained{namespace: leaf.Namespace, service: origin.Name, stable: leaf.Name})
			}
		}
	}
	slices.SortFunc(found, func(a, b retained) int {
		return strings.Compare(a.namespace+"/"+a.service+"/"+a.stable, b.namespace+"/"+b.service+"/"+b.stable)
	})
	return found, nil
}

// printRetained writes what is retained, with its namespaces when they differ, and nothing when nothing is.
func printRetained(out io.Writer, all []retained, namespaces bool) error {
	if len(all) == 0 {
		return nil
	}
	fmt.Fprintln(out, "\nThe releases of these Services were deleted. Their requests stay at the stable version until the Service selects no other pods:")
	table := tabwriter.NewWriter(out, 0, 8, 3, ' ', 0)
	header := "SERVICE\tSTABLE"
	if namespaces {
		header = "NAMESPACE\t" + header
	}
	fmt.Fprintln(table, header)
	for _, one := range all {
		if namespaces {
			fmt.Fprint(table, one.namespace+"\t")
		}
		fmt.Fprintln(table, one.service+"\t"+one.stable)
	}
	return table.Flush()
}
