package apply

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver"
)

// wanted is one object of a plan.
type wanted struct {
	ref    Ref
	kind   schema.GroupVersionKind
	object driver.Object
	// digest of the object, which its annotation kubemate.io/applied holds.
	digest string
	// dormant is the form that does nothing. Nil: there is none.
	dormant *wanted
}

func newWanted(object driver.Object) (wanted, error) {
	digest, err := digestOf(object.Object)
	if err != nil {
		return wanted{}, fmt.Errorf("digesting %s: %w", refOf(object), err)
	}
	w := wanted{ref: refOf(object), kind: object.GetObjectKind().GroupVersionKind(), object: object, digest: digest}
	if object.Dormant == nil {
		return w, nil
	}
	dormant, err := newWanted(driver.Object{Object: object.Dormant, Origins: object.Origins, Retain: object.Retain})
	w.dormant = &dormant
	return w, err
}

// digestOf is short for people who read annotations, and long enough that two versions of one object never share it.
func digestOf(value any) (string, error) {
	canonical, err := json.Marshal(value) // fields in the order of their type, maps sorted by key
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:16]), nil
}

// manifest is the object the way it is sent: without status, nulls and empty lists, and with its digest.
func (w wanted) manifest() (*unstructured.Unstructured, error) {
	content, err := contentOf(w.object.Object)
	if err != nil {
		return nil, err
	}
	delete(content, "status")
	compact(content)
	manifest := &unstructured.Unstructured{Object: content}
	manifest.SetGroupVersionKind(w.kind)
	unstructured.RemoveNestedField(content, "metadata", "creationTimestamp")
	annotations := manifest.GetAnnotations()
	if annotations == nil {
		annotations = map[string]string{}
	}
	annotations[v1alpha1.AnnotationApplied] = w.digest
	manifest.SetAnnotations(annotations)
	return manifest, nil
}

// compact drops nulls and empty lists: server-side apply claims them as fields, and writes again and again what the server drops. Empty
// maps stay, because they mean something (the tls of an IngressRoute, the podSelector of a NetworkPolicy).
func compact(value any) {
	switch typed := value.(type) {
	case map[string]any:
		for key, child := range typed {
			if list, isList := child.([]any); child == nil || isList && len(list) == 0 {
				delete(typed, key)
				continue
			}
			compact(child)
		}
	case []any:
		for _, child := range typed {
			compact(child)
		}
	}
}

// version is a digest of all that a group wants.
func version(objects []wanted, borrowed []driver.Borrowed) (string, error) {
	var text strings.Builder
	for _, w := range objects {
		text.WriteString(w.ref.String() + " " + w.digest + "\n")
	}
	digest, err := digestOf(borrowed)
	if err != nil {
		return "", fmt.Errorf("digesting borrowed annotations: %w", err)
	}
	return digestOf(text.String() + digest)
}
