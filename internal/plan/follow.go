package plan

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/model"
)

// Follow adds to a plan the splits in standing objects of held profiles: a mistake in a profile must not stand in the way of a rollback, or leave
// requests with a version that has no pods. All else about these objects stays as it stands (docs/adr/0015).
func (p *Plan) Follow(standing []client.Object, drivers Drivers) error {
	follower, able := drivers.Edge.(driver.Follower)
	if !able || !slices.ContainsFunc(p.Held, func(o model.Origin) bool { return o.Kind == v1alpha1.KindIngressProfile }) {
		return nil
	}
	for _, object := range standing {
		profile, service := p.heldSplit(object, drivers.Edge.Name())
		if service == nil {
			continue
		}
		followed, err := follower.Follow(object, service)
		if err != nil {
			return fmt.Errorf("having %s follow the split of Service %s: %w", object.GetName(), service.Name, err)
		}
		if followed == nil {
			continue
		}
		origins := []model.Origin{profile}
		for _, route := range service.Routes {
			for _, origin := range route.Origins {
				origins = append(origins, origin.Object())
			}
		}
		p.join(GroupProfilePrefix+profile.Name, drivers.Edge.Name(), driver.Object{
			Object: followed, Origins: model.SortOrigins(origins), Retain: service.Retain, Follows: true,
		}, drivers.EdgeSettle)
	}
	return nil
}

// heldSplit finds out whether a standing object of a driver carries a split that the plan wants otherwise and that only a profile holds: which profile,
// and which Service. Nil: it does not.
func (p *Plan) heldSplit(object client.Object, driverName string) (profile model.Origin, service *model.Service) {
	if object.GetLabels()[v1alpha1.LabelDriver] != driverName || !object.GetDeletionTimestamp().IsZero() {
		return profile, nil
	}
	retain, err := DecodeRetain(object.GetAnnotations()[v1alpha1.AnnotationRetain])
	if err != nil {
		return profile, nil // it carries none, or what somebody has edited
	}
	origins, err := DecodeOrigins(object.GetAnnotations()[v1alpha1.AnnotationOrigins])
	if err != nil {
		return profile, nil
	}
	at := slices.IndexFunc(origins, func(o model.Origin) bool { return o.Kind == v1alpha1.KindIngressProfile && among(p.Held, o) })
	if at < 0 {
		return profile, nil
	}
	profile = origins[at]
	others := slices.Delete(slices.Clone(origins), at, at+1)
	if among(p.Vanished, profile) || p.frees(origins) || p.Holds(others, &retain) {
		return profile, nil
	}
	return profile, p.split(retain.Service)
}

// split is a Service that the plan splits. Nil: it does not.
func (p *Plan) split(name string) *model.Service {
	if found := p.service(name); found != nil && found.Retain != nil {
		return found
	}
	return nil
}

// service is a Service of the plan. Nil: it wants nothing of it.
func (p *Plan) service(name string) *model.Service {
	services := p.Model.Services
	i, found := slices.BinarySearchFunc(services, name, func(s model.Service, name string) int { return cmp.Compare(s.Name, name) })
	if !found {
		return nil
	}
	return &services[i]
}

// join puts a stamped object into a group, which begins with it if there is none.
func (p *Plan) join(key, driverName string, object driver.Object, settle time.Duration) {
	at, found := slices.BinarySearchFunc(p.Groups, key, func(g Group, key string) int { return cmp.Compare(g.Key, key) })
	if !found {
		p.Groups = slices.Insert(p.Groups, at, Group{Key: key, Settle: settle})
	}
	marks := newStamp(GroupLabel(key), driverName)
	marks.on(object)
	p.Groups[at].Objects = append(p.Groups[at].Objects, object)
}
