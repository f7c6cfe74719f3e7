package load

import (
	"context"
	"fmt"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// indexRelease finds ReleaseActions that have no answer yet by the release that they name.
const indexRelease = "kubemate.release"

// releaseKeys are the values of indexRelease for an action.
func releaseKeys(action *v1alpha1.ReleaseAction) []string {
	if action.Status.Phase != "" {
		return nil
	}
	return []string{string(action.Spec.Release)}
}

// OpenActions lists the ReleaseActions without answer that name a release, in no order.
func (r *Reader) OpenActions(ctx context.Context, release client.ObjectKey) ([]*v1alpha1.ReleaseAction, error) {
	var list v1alpha1.ReleaseActionList
	if err := r.cache.List(ctx, &list, client.InNamespace(release.Namespace), client.MatchingFields{indexRelease: release.Name}); err != nil {
		return nil, fmt.Errorf("listing the ReleaseActions of CanaryRelease %s: %w", release, err)
	}
	return standing(list.Items), nil
}

// Action reads one ReleaseAction. Nil: there is none.
func (r *Reader) Action(ctx context.Context, key client.ObjectKey) (*v1alpha1.ReleaseAction, error) {
	return one(ctx, r, key, &v1alpha1.ReleaseAction{}, v1alpha1.KindReleaseAction)
}

// Release reads one CanaryRelease. Nil: there is none.
func (r *Reader) Release(ctx context.Context, key client.ObjectKey) (*v1alpha1.CanaryRelease, error) {
	return one(ctx, r, key, &v1alpha1.CanaryRelease{}, v1alpha1.KindCanaryRelease)
}

// one reads an object of ours into an empty one. Nil: there is none.
func one[O client.Object](ctx context.Context, r *Reader, key client.ObjectKey, object O, kind string) (O, error) {
	var none O
	switch err := r.cache.Get(ctx, key, object); {
	case err == nil:
		return object, nil
	case client.IgnoreNotFound(err) == nil:
		return none, nil
	default:
		return none, fmt.Errorf("reading %s %s: %w", kind, key, err)
	}
}
