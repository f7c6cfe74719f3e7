package controller

import (
	"context"
	"errors"
	"fmt"
	"time"

	logf "sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/action"
	"github.com/kubemate/kubemate/internal/admission"
	"github.com/kubemate/kubemate/internal/apply"
	"github.com/kubemate/kubemate/internal/config"
	"github.com/kubemate/kubemate/internal/release"
)

// guardDeadline bounds a look at the admission policies.
const guardDeadline = 5 * time.Second

// guards shows the admission policies as they stand in the cluster now. load.Guards does.
type guards interface {
	Actions(ctx context.Context) (admission.Pair, error)
	FourEyes(ctx context.Context) (admission.Pair, error)
}

// desk takes ReleaseActions in and answers them.
type desk struct {
	guards   guards
	statuses *apply.Statuses
	// actions and fourEyes are the policies as they must stand. fourEyes is nil when four eyes are off.
	actions  admission.Pair
	fourEyes *admission.Pair
	now      func() time.Time
}

// newDesk makes a desk for the operator that is a user. Four eyes need their policy from the beginning.
func newDesk(ctx context.Context, cfg config.Actions, operator string, from guards, statuses *apply.Statuses, now func() time.Time) (*desk, error) {
	made := &desk{guards: from, statuses: statuses, now: now}
	var err error
	if made.actions, err = admission.Actions(admission.SettingsOf(cfg, operator)); err != nil {
		return nil, err
	}
	if cfg.FourEyes.Enabled {
		stamping, err := admission.FourEyes()
		if err != nil {
			return nil, err
		}
		made.fourEyes = &stamping
	}
	return made, made.open(ctx)
}

// open looks at the policies for the first time. Without those of four eyes it fails; without the others actions are ignored, and the log says so
// before somebody needs one.
func (d *desk) open(ctx context.Context) error {
	force, err := d.force(ctx)
	logger := logf.FromContext(ctx)
	switch {
	case err != nil && d.fourEyes != nil:
		return fmt.Errorf("finding out who says who changes a release, because actions.fourEyes.enabled is true: %w", err)
	case d.fourEyes != nil && !force.FourEyes.Holds():
		return errors.New("actions.fourEyes.enabled is true, but nobody says who changes a release: " + force.FourEyes.Lacking)
	case err != nil:
		logger.Error(err, "finding out whether anybody vouches for ReleaseActions")
	case !force.Actions.Holds():
		logger.Info("ReleaseActions will be ignored: nobody vouches for them", "reason", force.Actions.Lacking)
	}
	return nil
}

// judge says which of the actions that name a release are to be decided on, and which are answered without. The policies are looked at only when
// there is something new, and then in the API server itself (load.Guards).
func (d *desk) judge(ctx context.Context, of *v1alpha1.CanaryRelease, actions []*v1alpha1.ReleaseAction) ([]release.Action, []action.Answer, error) {
	var force action.Guards
	if action.Open(of, actions) {
		var err error
		if force, err = d.force(ctx); err != nil {
			return nil, nil, fmt.Errorf("finding out who vouches for the actions on CanaryRelease %s/%s: %w", of.Namespace, of.Name, err)
		}
	}
	pending, answers := action.Judge(of, actions, force)
	return pending, answers, nil
}

// force is which policies are in force now.
func (d *desk) force(ctx context.Context) (action.Guards, error) {
	ctx, cancel := context.WithTimeout(ctx, guardDeadline)
	defer cancel()
	live, err := d.guards.Actions(ctx)
	if err != nil {
		return action.Guards{}, err
	}
	found := action.Guards{Actions: admission.Judge(d.actions, live)}
	actionsTrusted.Set(0)
	if found.Actions.Holds() {
		actionsTrusted.Set(1)
	}
	if d.fourEyes != nil {
		stamped, err := d.stamped(ctx)
		if err != nil {
			return action.Guards{}, err
		}
		found.FourEyes = &stamped
	}
	return found, nil
}

// stamped is whether changes of releases are stamped.
func (d *desk) stamped(ctx context.Context) (admission.Force, error) {
	live, err := d.guards.FourEyes(ctx)
	if err != nil {
		return admission.Force{}, err
	}
	return admission.Judge(*d.fourEyes, live), nil
}

// answer has answers written, each once.
func (d *desk) answer(answers []action.Answer) error {
	var errs []error
	for _, one := range answers {
		if _, ahead := d.statuses.Newest(one.Action); ahead {
			continue
		}
		object := one.Action.DeepCopy() // the one in the cache has no kind, and others look at it
		object.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(v1alpha1.KindReleaseAction))
		status := one.Status(d.now())
		if err := d.statuses.Publish(object, &status, status); err != nil {
			errs = append(errs, err)
			continue
		}
		actionCount.WithLabelValues(string(one.Action.Spec.Action), string(one.Phase)).Inc()
	}
	return errors.Join(errs...)
}
