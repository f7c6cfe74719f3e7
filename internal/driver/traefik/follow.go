package traefik

import (
	"fmt"
	"maps"
	"slices"

	traefikio "github.com/traefik/traefik/v3/pkg/provider/kubernetes/crd/traefikio/v1alpha1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/model"
)

var _ driver.Follower = Driver{}

// annotationLine on a TraefikService says that it answers what a match of a release leads away. Without it, it answers all the rest.
const (
	annotationLine = "traefik.kubemate.io/line"
	lineOfMatch    = "match"
)

// Follow writes the children of a TraefikService anew. How they are spoken to stays: that is the same for all of them, and the profile's to say.
//
// A line of a match keeps its backend as long as the release leads some match there, and goes to stable when none does: which of the release's
// matches it comes from is known to the held profile alone.
func (Driver) Follow(standing client.Object, service *model.Service) (client.Object, error) {
	live, err := readService(standing)
	if err != nil || live == nil || live.Spec.Weighted == nil || len(live.Spec.Weighted.Services) == 0 || service.Retain == nil {
		return nil, err
	}
	have := sharesOf(live.Spec.Weighted.Services)
	want := sharesOfRest(service)
	if live.Annotations[annotationLine] == lineOfMatch {
		want = sharesOfMatch(service, have)
	}
	if len(want) == 0 || slices.Equal(have, want) {
		return nil, nil
	}
	followed := &traefikio.TraefikService{
		TypeMeta: typeMeta(kindTraefikService),
		ObjectMeta: metav1.ObjectMeta{
			Namespace: live.Namespace, Name: live.Name, Labels: maps.Clone(live.Labels), Annotations: maps.Clone(live.Annotations),
		},
		Spec: *live.Spec.DeepCopy(),
	}
	delete(followed.Annotations, v1alpha1.AnnotationApplied)
	followed.Spec.Weighted.Services = children(live.Spec.Weighted.Services[0], want)
	return clean(followed)
}

// readService reads a TraefikService, whichever way it was read before. Nil: the object is none.
func readService(standing client.Object) (*traefikio.TraefikService, error) {
	if typed, ok := standing.(*traefikio.TraefikService); ok {
		return typed, nil
	}
	loose, ok := standing.(*unstructured.Unstructured)
	if !ok || loose.GetKind() != kindTraefikService {
		return nil, nil
	}
	var read traefikio.TraefikService
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(loose.Object, &read); err != nil {
		return nil, fmt.Errorf("reading TraefikService %s: %w", loose.GetName(), err)
	}
	return &read, nil
}

// sharesOf reads children of a TraefikService.
func sharesOf(children []traefikio.Service) []model.Share {
	shares := make([]model.Share, 0, len(children))
	for _, child := range children {
		share := model.Share{Backend: child.Name, Weight: 1}
		if child.Weight != nil {
			share.Weight = int32(*child.Weight)
		}
		shares = append(shares, share)
	}
	return shares
}

// sharesOfRest is the split of requests that no match leads away. Empty: the Service has none.
func sharesOfRest(service *model.Service) []model.Share {
	for _, route := range service.Routes {
		if route.Match.All() {
			return route.Split
		}
	}
	return nil
}

// sharesOfMatch is what a line of a match that has some backend is to have now.
func sharesOfMatch(service *model.Service, have []model.Share) []model.Share {
	for _, route := range service.Routes {
		if !route.Match.All() && slices.Equal(route.Split, have) {
			return have
		}
	}
	return []model.Share{{Backend: service.Retain.StableLeaf, Weight: 1}}
}

// children are like one, each with a backend and weight of its own.
func children(like traefikio.Service, shares []model.Share) []traefikio.Service {
	made := make([]traefikio.Service, 0, len(shares))
	for _, share := range shares {
		child, weight := *like.DeepCopy(), int(share.Weight)
		child.Name, child.Weight = share.Backend, &weight
		made = append(made, child)
	}
	return made
}
