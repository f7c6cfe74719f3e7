package traefik

import (
	"errors"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// textError is an error whose words are for the user and need no other's.
type textError string

// Error is the text.
func (e textError) Error() string { return string(e) }

// invalidError marks what is wrong whatever the gateway is.
type invalidError struct{ error }

// unreadableError marks a rule that does not read back as what was meant.
type unreadableError struct{ error }

// problem makes a Problem of an error, with the reason that the error's mark says. Without a mark it is Traefik that cannot do it.
func problem(origin model.Origin, err error) model.Problem {
	var wrong invalidError
	var bug unreadableError
	switch {
	case errors.As(err, &bug):
		return model.Problem{
			Origin: origin, Reason: v1alpha1.ReasonInternalError,
			Message: err.Error() + "; it was not written. This is a bug in Kubemate: report it with the object",
		}
	case errors.As(err, &wrong):
		return model.Problem{Origin: origin, Reason: v1alpha1.ReasonInvalid, Message: err.Error()}
	default:
		return model.Problem{Origin: origin, Reason: v1alpha1.ReasonUnsupported, Message: "the driver traefik cannot express this: " + err.Error()}
	}
}
