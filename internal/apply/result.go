package apply

import (
	"errors"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/load"
)

// State is how far the writing of a group is.
type State string

// The states of a group.
const (
	// Pending: writes are under way.
	Pending State = "Pending"
	// Done: every object is stored.
	Done State = "Done"
	// Held: the rest is stored, but an object that the group shares with something that is held stays as it is.
	Held State = "Held"
	// Failed: a write was refused; the objects after it in the group were not written.
	Failed State = "Failed"
)

// Result is how far the writing of a group is.
type Result struct {
	State State
	// Reason is one of the reasons of Programmed. Empty when Done.
	Reason string
	// Message names the object and what the API server said. Empty when Done.
	Message string
	// Since is when this began.
	Since time.Time
}

// held is the result of a group whose writes are done, but for what is held.
func (r Result) held(one *group) Result {
	if r.State == Done && one.heldBack != "" {
		return Result{State: Held, Reason: v1alpha1.ReasonHeld, Message: one.heldBack}
	}
	return r
}

// foreignError and leavingError are reasons to write nothing.
type foreignError struct{ ref Ref }

func (e foreignError) Error() string {
	return e.ref.String() + " exists and was not created by Kubemate; rename or delete it"
}

type leavingError struct{ ref Ref }

func (e leavingError) Error() string { return "waiting for the deletion of the old " + e.ref.String() }

// explain makes a result of what ended a group early.
func explain(err error) (state State, reason, message string) {
	var someoneElses foreignError
	var going leavingError
	var taken takenError
	switch {
	case errors.As(err, &someoneElses):
		return Failed, v1alpha1.ReasonForeignObject, err.Error()
	case errors.As(err, &taken):
		return Pending, v1alpha1.ReasonPending, err.Error()
	case errors.As(err, &going):
		return Pending, v1alpha1.ReasonPending, err.Error()
	case patient(err):
		return Pending, v1alpha1.ReasonPending, err.Error()
	case errors.Is(err, ErrFenced):
		return Pending, v1alpha1.ReasonPending, err.Error()
	case meta.IsNoMatchError(err), errors.Is(err, load.ErrNotServed):
		return Failed, v1alpha1.ReasonDriverUnavailable, err.Error()
	}
	if managers := otherManagers(err); managers != "" {
		return Failed, v1alpha1.ReasonConflicted, fmt.Sprintf("%v; the field belongs to %s, which must give it up first", err, managers)
	}
	if apierrors.IsConflict(err) {
		return Pending, v1alpha1.ReasonPending, err.Error()
	}
	return Failed, v1alpha1.ReasonWriteFailed, err.Error()
}

// otherManagers names the field managers that hold a field that was to be applied without force.
func otherManagers(err error) string {
	status := apierrors.APIStatus(nil)
	if !errors.As(err, &status) || status.Status().Details == nil {
		return ""
	}
	var managers []string
	for _, cause := range status.Status().Details.Causes {
		if cause.Type == metav1.CauseTypeFieldManagerConflict {
			managers = append(managers, cause.Message)
		}
	}
	return strings.Join(managers, ", ")
}

// hopeless says that trying again leads nowhere: a foreign object is seen in the cache when it goes, a namespace that is being deleted
// takes everything with it.
func hopeless(err error) bool {
	var someoneElses foreignError
	return errors.As(err, &someoneElses) || apierrors.HasStatusCause(err, corev1.NamespaceTerminatingCause)
}
