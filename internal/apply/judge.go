package apply

import (
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/load"
)

// verdict is what is to be done about one object.
type verdict string

const (
	// current: nothing.
	current verdict = "current"
	// create: it is not there.
	create verdict = "create"
	// update: the plan has changed.
	update verdict = "update"
	// drift: the plan has not changed, but the object has.
	drift verdict = "drift"
	// trimmed: others have added to it what is not ours to keep.
	trimmed verdict = "trim"
	// held: it differs and stays as it is.
	held verdict = "held"
	// foreign: somebody else's object has the name.
	foreign verdict = "foreign"
	// leaving: the old object is still being deleted.
	leaving verdict = "leaving"
)

// judgement is a verdict and, for an update, what it must find.
type judgement struct {
	verdict
	uid     types.UID
	version string
	// patch of a trim.
	patch map[string]any
}

// judge compares an object of the plan with what the cache shows of it, nil for nothing.
func (l *ledger) judge(w wanted, live client.Object, holds func(client.Object) bool) (judgement, error) {
	known, stale := l.look(w.ref, live)
	switch {
	case live != nil && load.Ours(live) && holds(live) && !w.object.Follows:
		return judgement{verdict: held}, nil
	case stale && known.deleted:
		return judgement{verdict: create}, nil
	case stale:
		return known.judge(w), nil
	case live == nil:
		return judgement{verdict: create}, nil
	case !load.Ours(live):
		return judgement{verdict: foreign}, nil
	case !live.GetDeletionTimestamp().IsZero():
		return judgement{verdict: leaving}, nil
	case known.version == live.GetResourceVersion() && known.digest != "":
		return known.judge(w), nil
	}
	return l.compare(w, live, known)
}

// judge compares an object of the plan with what is known of the object that stands: it is as somebody wanted it before.
func (r receipt) judge(w wanted) judgement {
	if r.digest == w.digest {
		return judgement{verdict: current}
	}
	return judgement{verdict: update, uid: r.uid, version: r.version}
}

// compare looks at every field.
func (l *ledger) compare(w wanted, live client.Object, known receipt) (judgement, error) {
	manifest, err := w.manifest()
	if err != nil {
		return judgement{}, err
	}
	equal, err := matches(manifest, live)
	if err != nil {
		return judgement{}, err
	}
	content := ""
	if !equal && known.content != "" && known.digest == w.digest {
		// The server stored something else than what was sent, a default in a list for example. As long as it stays that, it is ours.
		if content, err = digestOfContent(live); err != nil {
			return judgement{}, err
		}
		equal = content == known.content
	}
	patch, err := additions(manifest.Object, live)
	if err != nil {
		return judgement{}, err
	}
	if equal && patch != nil {
		return judgement{trimmed, live.GetUID(), live.GetResourceVersion(), patch}, nil
	}
	if equal {
		l.record(w.ref, receipt{uid: live.GetUID(), version: live.GetResourceVersion(), digest: w.digest, content: content, seen: true})
		return judgement{verdict: current}, nil
	}
	judged := judgement{verdict: update, uid: live.GetUID(), version: live.GetResourceVersion()}
	if live.GetAnnotations()[v1alpha1.AnnotationApplied] == w.digest {
		judged.verdict = drift
	}
	return judged, nil
}
