package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/model"
)

// maxLabel is the longest value of a label.
const maxLabel = 63

// stamp marks the objects of one driver in a group as Kubemate's, with their group, their driver and where they come from. Objects that bring
// no labels or annotations of their own share theirs: nobody changes an object of a plan.
type stamp struct {
	labels map[string]string
	// annotations are those last made, for origins and retain.
	annotations map[string]string
	origins     []model.Origin
	retain      *model.Retain
}

func newStamp(groupLabel, driverName string) *stamp {
	return &stamp{labels: map[string]string{
		v1alpha1.LabelManagedBy: v1alpha1.ManagedBy, v1alpha1.LabelGroup: groupLabel, v1alpha1.LabelDriver: driverName,
	}}
}

func (s *stamp) on(object driver.Object) {
	if s.annotations == nil || s.retain != object.Retain || !slices.Equal(s.origins, object.Origins) {
		s.origins, s.retain = object.Origins, object.Retain
		s.annotations = map[string]string{v1alpha1.AnnotationOrigins: EncodeOrigins(object.Origins)}
		if object.Retain != nil {
			s.annotations[v1alpha1.AnnotationRetain] = EncodeRetain(*object.Retain)
		}
	}
	object.SetLabels(lay(s.labels, object.GetLabels()))
	object.SetAnnotations(lay(s.annotations, object.GetAnnotations()))
}

// lay lays marks over what an object brings.
func lay(marks, own map[string]string) map[string]string {
	if len(own) == 0 {
		return marks
	}
	maps.Copy(own, marks)
	return own
}

// GroupLabel is the key of a group as the value of a label: itself, or a digest when it is too long for one.
func GroupLabel(key string) string {
	if len(key) <= maxLabel {
		return key
	}
	digest := sha256.Sum256([]byte(key))
	return "digest." + hex.EncodeToString(digest[:16])
}
