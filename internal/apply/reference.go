package apply

import (
	"fmt"

	"sigs.k8s.io/controller-runtime/pkg/client"
)

// references are all texts in the held ones of some standing objects, among them the names of what they refer to. A held object keeps working
// only as long as that stands: a gateway takes a route out of service whose middleware is gone.
func references(standing []client.Object, holds func(client.Object) bool) (map[string]bool, error) {
	texts := map[string]bool{}
	for _, object := range standing {
		if !holds(object) {
			continue
		}
		content, err := contentOf(object)
		if err != nil {
			return nil, fmt.Errorf("reading what %s refers to: %w", refOf(object), err)
		}
		delete(content, "metadata")
		gather(content, texts)
	}
	return texts, nil
}

func gather(value any, texts map[string]bool) {
	switch typed := value.(type) {
	case string:
		texts[typed] = true
	case []any:
		for _, element := range typed {
			gather(element, texts)
		}
	case map[string]any:
		for _, element := range typed {
			gather(element, texts)
		}
	}
}
