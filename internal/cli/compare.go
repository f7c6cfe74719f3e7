package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/load"
)

// changesOf compares a namespace's objects, sorted by name. What is held does not change.
func changesOf(n *namespaceResult) ([]change, error) {
	c := comparison{namespace: n.Snapshot.Namespace, held: map[string]bool{}, byName: map[string]*change{}}
	for _, object := range n.Standing {
		if n.plan.Holds(load.Origins(object), load.Retain(object)) {
			c.held[c.name(object)] = true
		}
	}
	for _, object := range n.written() {
		content, err := contentOf(object)
		if err != nil {
			return nil, err
		}
		c.of(c.name(object)).planned = content
		if object.Follows {
			delete(c.held, c.name(object))
		}
	}
	for _, object := range n.Standing {
		if err := c.stands(object); err != nil {
			return nil, err
		}
	}
	for _, borrowed := range n.borrowed() {
		one := c.of(c.namespace + "/" + borrowed.Kind.GroupKind().String() + "/" + borrowed.Name)
		one.planned, one.present = borrowedContent(borrowed), n.standingBorrowed(borrowed)
	}
	return c.changes(), nil
}

// comparison gathers what stands and what is planned.
type comparison struct {
	namespace string
	held      map[string]bool
	byName    map[string]*change
}

func (c *comparison) name(object client.Object) string {
	return c.namespace + "/" + object.GetObjectKind().GroupVersionKind().GroupKind().String() + "/" + object.GetName()
}

func (c *comparison) of(name string) *change {
	if c.byName[name] == nil {
		c.byName[name] = &change{name: name}
	}
	return c.byName[name]
}

// stands notes a standing object. Of one that was read in several versions, the version that is planned counts.
func (c *comparison) stands(object client.Object) error {
	one := c.of(c.name(object))
	version := object.GetObjectKind().GroupVersionKind().GroupVersion().String()
	if one.present != nil && one.planned["apiVersion"] != version {
		return nil
	}
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
	if err != nil {
		return fmt.Errorf("converting %s: %w", one.name, err)
	}
	one.present = content
	return nil
}

func (c *comparison) changes() []change {
	changes := make([]change, 0, len(c.byName))
	for name, one := range c.byName {
		if c.held[name] {
			continue
		}
		one.present = ownFields(one.present, one.planned)
		changes = append(changes, *one)
	}
	slices.SortFunc(changes, func(a, b change) int { return cmp.Compare(a.name, b.name) })
	return changes
}

// standingBorrowed is what stands of borrowed annotations. Nil: nothing.
func (n *namespaceResult) standingBorrowed(borrowed driver.Borrowed) map[string]any {
	annotations := n.annotationsOf(borrowed)
	listed, ok := annotations[v1alpha1.AnnotationBorrowed]
	if !ok {
		return nil
	}
	standing := driver.Borrowed{Kind: borrowed.Kind, Namespace: borrowed.Namespace, Name: borrowed.Name, Annotations: map[string]string{}}
	for _, key := range strings.Split(listed, ",") {
		if value, ok := annotations[key]; ok {
			standing.Annotations[key] = value
		}
	}
	return borrowedContent(standing)
}

// annotationsOf are those of the object that annotations are laid over: the Namespace, or one of its Services.
func (n *namespaceResult) annotationsOf(borrowed driver.Borrowed) map[string]string {
	if borrowed.Namespace == "" {
		if n.Object == nil || borrowed.Name != n.Object.Name {
			return nil
		}
		return n.Object.Annotations
	}
	for _, service := range n.Snapshot.Services {
		if service.Name == borrowed.Name {
			return service.Annotations
		}
	}
	return nil
}
