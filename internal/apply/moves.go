package apply

import (
	"context"
	"slices"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/load"
	"github.com/kubemate/kubemate/internal/plan"
)

// reveal deletes what another generation of the mesh left standing over the group's objects, once the data plane has accepted these. Until then nothing of the
// group is deleted: what hides leans on the rest of its own generation, a split above all.
func (e *Engine) reveal(ctx context.Context, s *submission, one *group, standing []client.Object) error {
	hiding := slices.DeleteFunc(slices.Clone(standing), func(object client.Object) bool { return !s.hides(object) || !s.unwanted(object) || e.deleted(object) })
	if len(hiding) == 0 {
		return nil
	}
	waiting, err := e.unaccepted(ctx, one, func(one driver.Object) bool { return one.Reported })
	if err != nil {
		return err
	}
	if waiting != nil {
		return hidingError{waiting: *waiting, hiding: refOf(hiding[0])}
	}
	for _, object := range hiding {
		if err := e.writer.remove(ctx, object.GetObjectKind().GroupVersionKind(), refOf(object), object.GetUID()); err != nil {
			return err
		}
		e.reshape(object.GetNamespace())
		e.settling.changed(refOf(object), object.GetNamespace(), load.Origins(object))
	}
	return nil
}

// hides says whether a standing object keeps callers from going by objects of the plan.
func (s *submission) hides(object client.Object) bool {
	return slices.Contains(s.plan.Hiding, plan.Hiding{Kind: object.GetObjectKind().GroupVersionKind().GroupKind(), Name: object.GetName()})
}

// hidingError is a reason to wait.
type hidingError struct {
	waiting, hiding Ref
}

func (e hidingError) Error() string {
	return "waiting for the mesh to accept " + e.waiting.String() + ", then " + e.hiding.String() + " of another generation goes, which hides it"
}
