package apply

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/load"
	"github.com/kubemate/kubemate/internal/plan"
)

// loan is a set of annotations on an object that users own. Without annotations it is the withdrawal of all of them.
type loan struct {
	ref         Ref
	kind        schema.GroupVersionKind
	annotations map[string]string
	digest      string
}

func newLoan(borrowed driver.Borrowed) (loan, error) {
	made := loan{
		ref:         Ref{Kind: borrowed.Kind.GroupKind(), Namespace: borrowed.Namespace, Name: borrowed.Name},
		kind:        borrowed.Kind,
		annotations: maps.Clone(borrowed.Annotations),
	}
	// By these the annotations are found again, and held.
	made.annotations[v1alpha1.AnnotationBorrowed] = strings.Join(slices.Sorted(maps.Keys(borrowed.Annotations)), ",")
	made.annotations[v1alpha1.AnnotationOrigins] = plan.EncodeOrigins(borrowed.Origins)
	digest, err := digestOf(made.annotations)
	made.digest = digest
	return made, err
}

func withdrawal(live client.Object) loan {
	return loan{ref: refOf(live), kind: live.GetObjectKind().GroupVersionKind(), digest: "withdrawn"}
}

// judgeLoan compares borrowed annotations with what the cache shows of the object, nil for nothing.
func (l *ledger) judgeLoan(wanted loan, live client.Object, holds func(client.Object) bool) judgement {
	known, stale := l.look(wanted.ref, live)
	switch {
	case live == nil || !live.GetDeletionTimestamp().IsZero():
		return judgement{verdict: leaving} // an apply would create it
	case holds(live):
		return judgement{verdict: held}
	case stale && known.digest == wanted.digest:
		return judgement{verdict: current}
	}
	annotations := live.GetAnnotations()
	for key, value := range wanted.annotations {
		if have, there := annotations[key]; !there || have != value {
			return judgement{verdict: update, uid: live.GetUID()}
		}
	}
	if _, borrows := annotations[v1alpha1.AnnotationBorrowed]; borrows && len(wanted.annotations) == 0 {
		return judgement{verdict: update, uid: live.GetUID()}
	}
	return judgement{verdict: current}
}

// lend lays annotations over an object, or withdraws them. Without force: a value of another manager is a conflict, not ours to overrule.
func (w *writer) lend(ctx context.Context, wanted loan, judged judgement) error {
	object := &unstructured.Unstructured{Object: map[string]any{}}
	object.SetGroupVersionKind(wanted.kind)
	object.SetNamespace(wanted.ref.Namespace)
	object.SetName(wanted.ref.Name)
	object.SetUID(judged.uid)
	if len(wanted.annotations) > 0 {
		object.SetAnnotations(wanted.annotations)
	}
	if err := w.apply(ctx, object, client.FieldOwner(load.FieldManager)); err != nil {
		return fmt.Errorf("annotating %s: %w", wanted.ref, err)
	}
	w.ledger.record(wanted.ref, receipt{uid: object.GetUID(), version: object.GetResourceVersion(), digest: wanted.digest})
	written(wanted.ref.Kind.Kind, "borrow")
	return nil
}
