package drivertest

import (
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/model"
)

func fakeEdge(ns model.Namespace) (driver.Output, error) {
	var out driver.Output
	for _, edge := range ns.Edges {
		object, err := configMap(ns.Name, "edge."+edge.Name, map[string]any{"edge": edge})
		if err != nil {
			return driver.Output{}, err
		}
		rendered := driver.Object{Object: object}
		origins := []model.Origin{edge.Origin}
		for _, route := range edge.Routes {
			for _, line := range route.Table {
				origins = append(origins, line.Origins...)
			}
			if route.Retain != nil {
				rendered.Retain = route.Retain
			}
		}
		rendered.Origins = model.SortOrigins(origins)
		out.Objects = append(out.Objects, rendered)
	}
	for _, egress := range ns.Egresses {
		object, err := configMap(ns.Name, "egress."+egress.Name, map[string]any{"egress": egress})
		if err != nil {
			return driver.Output{}, err
		}
		out.Objects = append(out.Objects, driver.Object{Object: object, Origins: []model.Origin{egress.Origin.Object()}})
	}
	return out, nil
}
