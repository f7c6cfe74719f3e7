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
	// origins and retain of the object last stamped, and what stands for them: texts, and annotations with nothing else, nil when nobody asked.
	origins                 []model.Origin
	retain                  *model.Retain
	originsText, retainText string
	annotations             map[string]string
}

func newStamp(groupLabel, driverName string) stamp {
	return stamp{labels: map[string]string{
		v1alpha1.LabelManagedBy: v1alpha1.ManagedBy, v1alpha1.LabelGroup: groupLabel, v1alpha1.LabelDriver: driverName,
	}}
}

func (s *stamp) on(object driver.Object) {
	if s.originsText == "" || s.retain != object.Retain || !slices.Equal(s.origins, object.Origins) {
		s.remember(object)
	}
	labels, annotations := object.GetLabels(), object.GetAnnotations()
	if len(labels) > 0 {
		maps.Copy(labels, s.labels)
	} else {
		labels = s.labels
	}
	if len(annotations) > 0 {
		s.annotate(annotations)
	} else {
		annotations = s.shared()
	}
	if object.Late {
		annotations = maps.Clone(annotations)
		annotations[v1alpha1.AnnotationLate] = "true"
	}
	object.SetLabels(labels)
	object.SetAnnotations(annotations)
}

func (s *stamp) remember(object driver.Object) {
	s.origins, s.retain, s.annotations = object.Origins, object.Retain, nil
	s.originsText, s.retainText = EncodeOrigins(object.Origins), ""
	if object.Retain != nil {
		s.retainText = EncodeRetain(*object.Retain)
	}
}

func (s *stamp) annotate(annotations map[string]string) {
	annotations[v1alpha1.AnnotationOrigins] = s.originsText
	if s.retain != nil {
		annotations[v1alpha1.AnnotationRetain] = s.retainText
	}
}

func (s *stamp) shared() map[string]string {
	if s.annotations == nil {
		s.annotations = make(map[string]string, 2)
		s.annotate(s.annotations)
	}
	return s.annotations
}

// GroupLabel is the key of a group as the value of a label: itself, or a digest when it is too long for one.
func GroupLabel(key string) string {
	if len(key) <= maxLabel {
		return key
	}
	digest := sha256.Sum256([]byte(key))
	return "digest." + hex.EncodeToString(digest[:16])
}
