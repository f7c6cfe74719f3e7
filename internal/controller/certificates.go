package controller

import (
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/internal/status"
)

// progressing is a generated object by whose status somebody else says what has become of it.
type progressing interface {
	// Progress says whether it is as was asked for, and what is said of it.
	Progress() (done bool, message string)
}

// certificates are the Certificates among the objects that stand, by name, which is that of their Secret.
func certificates(standing []client.Object) map[string]status.Certificate {
	found := map[string]status.Certificate{}
	for _, object := range standing {
		if one, ok := object.(progressing); ok {
			issued, message := one.Progress()
			found[object.GetName()] = status.Certificate{Issued: issued, Message: message}
		}
	}
	return found
}

// progressed says whether something else is said of an object than before.
func progressed(before, after any) bool {
	was, ok := before.(progressing)
	is, okToo := after.(progressing)
	if !ok || !okToo {
		return false
	}
	wasDone, wasSaid := was.Progress()
	isDone, isSaid := is.Progress()
	return wasDone != isDone || wasSaid != isSaid
}
