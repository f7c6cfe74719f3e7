package plan

import (
	"fmt"
	"slices"
	"time"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/model"
)

// objects asks drivers for the objects of a group. False: one of them refuses.
func (r *renderer) objects(key string, one model.Namespace, sides []side) (Group, bool) {
	group := Group{Key: key}
	label := GroupLabel(key)
	for _, s := range sides {
		out, err := renderSafely(s.driver, one)
		if err != nil {
			r.problem(asProblems(err, originsOf(one), s.driver)...)
			return group, false
		}
		marks := newStamp(label, s.driver.Name())
		for _, object := range out.Objects {
			marks.on(object)
			if object.Dormant != nil {
				marks.on(driver.Object{Object: object.Dormant, Origins: object.Origins, Retain: object.Retain})
			}
			if object.Retain != nil {
				group.Settle = max(group.Settle, s.settle)
			}
		}
		group.Objects = append(group.Objects, out.Objects...)
		group.Borrowed = append(group.Borrowed, out.Borrowed...)
	}
	sortObjects(group.Objects, r.order)
	group.Objects = slices.Clip(group.Objects) // whoever appends to one plan's must not write into another's
	return group, true
}

// side is a driver and how long its data plane takes to follow.
type side struct {
	driver driver.Driver
	settle time.Duration
}

// originsOf lists who wanted a group.
func originsOf(one model.Namespace) []model.Origin {
	var origins []model.Origin
	if one.Injection != nil {
		origins = append(origins, one.Injection.Origin)
	}
	origins = append(origins, one.Pods.Origins()...)
	for i := range one.Templates {
		origins = append(origins, one.Templates[i].Origin)
	}
	for i := range one.Isolations {
		origins = append(origins, one.Isolations[i].Origins...)
	}
	if one.Outside != nil {
		origins = append(origins, one.Outside.Origin)
	}
	for _, svc := range one.Services {
		origins = append(origins, svc.Origins()...)
	}
	for _, edge := range one.Edges {
		origins = append(origins, edge.Origin)
	}
	for _, egress := range one.Egresses {
		origins = append(origins, egress.Origin)
	}
	return origins
}

// renderSafely turns a panic of a driver into an error: one Service that trips over a bug must not stop a whole namespace.
func renderSafely(d driver.Driver, one model.Namespace) (out driver.Output, err error) {
	defer func() {
		if recovered := recover(); recovered != nil {
			err = fmt.Errorf("panic: %v", recovered)
		}
	}()
	return d.Render(one)
}

// asProblems makes problems of a driver's error. One that names no problem is a bug, and everything that wanted the group is held.
func asProblems(err error, origins []model.Origin, d driver.Driver) model.Problems {
	if problems, ok := model.AsProblems(err); ok {
		return problems
	}
	var problems model.Problems
	for _, origin := range origins {
		problems = append(problems, model.Problem{
			Origin: origin, Reason: v1alpha1.ReasonInternalError,
			Message: "the driver " + d.Name() + " failed: " + err.Error() + "; what was programmed stays; please report this with the object",
		})
	}
	return problems
}
