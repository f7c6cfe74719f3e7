package plan

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver"
)

// maxLabel is the longest value of a label.
const maxLabel = 63

// stamp marks a generated object as Kubemate's, with the label of its group, its driver and where it comes from.
func stamp(object driver.Object, groupLabel, driverName string) {
	labels := object.GetLabels()
	if labels == nil {
		labels = make(map[string]string, 3)
	}
	labels[v1alpha1.LabelManagedBy] = v1alpha1.ManagedBy
	labels[v1alpha1.LabelGroup] = groupLabel
	labels[v1alpha1.LabelDriver] = driverName
	object.SetLabels(labels)

	annotations := object.GetAnnotations()
	if annotations == nil {
		annotations = make(map[string]string, 2)
	}
	annotations[v1alpha1.AnnotationOrigins] = EncodeOrigins(object.Origins)
	if object.Retain != nil {
		annotations[v1alpha1.AnnotationRetain] = EncodeRetain(*object.Retain)
	}
	object.SetAnnotations(annotations)
}

// GroupLabel is the key of a group as the value of a label: itself, or a digest when it is too long for one.
func GroupLabel(key string) string {
	if len(key) <= maxLabel {
		return key
	}
	digest := sha256.Sum256([]byte(key))
	return "digest." + hex.EncodeToString(digest[:16])
}
