package releases

import (
	"context"
	"errors"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// errNobodyAnswered ends the wait for an answer.
var errNobodyAnswered = errors.New("nobody answered")

// answer is what became of an action.
type answer struct {
	phase   v1alpha1.ActionPhase
	message string
}

// answer waits until the operator has answered an action: the release's status holds the action's UID, or the action itself says why nothing is
// done.
func (s *session) answer(ctx context.Context, action *v1alpha1.ReleaseAction) (answer, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	answers := make(chan answer, 2)
	give := func(found answer) {
		select {
		case answers <- found:
		default: // one is enough
		}
	}
	watch := func(list client.ObjectList, example client.Object, name string, look func(client.Object)) {
		if err := s.follow(ctx, list, example, name, look); err != nil {
			cancel(err)
		}
	}
	go watch(&v1alpha1.CanaryReleaseList{}, &v1alpha1.CanaryRelease{}, string(action.Spec.Release), func(object client.Object) {
		if release, ok := object.(*v1alpha1.CanaryRelease); ok {
			if found, decided := decidedBy(release, action); decided {
				give(found)
			}
		} else {
			cancel(fmt.Errorf("the release %s was deleted", action.Spec.Release))
		}
	})
	go watch(&v1alpha1.ReleaseActionList{}, &v1alpha1.ReleaseAction{}, action.Name, func(object client.Object) {
		if present, ok := object.(*v1alpha1.ReleaseAction); ok && present.Status.Phase != "" {
			give(answer{present.Status.Phase, present.Status.Message})
		}
	})
	select {
	case found := <-answers:
		return found, nil
	case <-ctx.Done():
		return answer{}, context.Cause(ctx)
	}
}

// decidedBy finds the action among those that the release has decided on.
func decidedBy(release *v1alpha1.CanaryRelease, action *v1alpha1.ReleaseAction) (answer, bool) {
	if release.Status.Release == nil {
		return answer{}, false
	}
	for _, decided := range release.Status.Release.Actions {
		if decided.UID != string(action.UID) {
			continue
		}
		if decided.Applied {
			return answer{v1alpha1.ActionApplied, decided.Message}, true
		}
		return answer{v1alpha1.ActionRefused, decided.Message}, true
	}
	return answer{}, false
}

// denied stands between what the API server says about an admission policy and what the policy says.
const denied = " denied request: "

// refusalOf puts the API server's refusal of an action into fewer words: what the admission policy says, and what to do here.
func refusalOf(err error, action *v1alpha1.ReleaseAction) error {
	var status apierrors.APIStatus
	if !errors.As(err, &status) {
		return fmt.Errorf("creating the action: %w", err)
	}
	_, says, policy := strings.Cut(status.Status().Message, denied)
	switch {
	case policy && action.Spec.Reason == "" && strings.Contains(says, "spec.reason"):
		return errors.New("the API server refused the action: " + says + "; use --reason")
	case policy:
		return errors.New("the API server refused the action: " + says)
	case apierrors.IsForbidden(err):
		return fmt.Errorf("you may not act on releases in namespace %s: %w", action.Namespace, err)
	}
	return fmt.Errorf("creating the action: %w", err)
}
