package compose

import (
	"cmp"
	"slices"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// limitRates bounds the requests on the ports that access rules speak about, as far as they carry requests.
func limitRates(access []model.Access, wanted *v1alpha1.MeshRateLimit, origin model.Origin) (problems, notices model.Problems) {
	if wanted == nil {
		return nil, nil
	}
	limit := readMeshRateLimit(wanted, origin)
	limited := false
	for i := range access {
		if access[i].Protocol != model.ProtocolOpaque {
			access[i].RateLimit, limited = limit, true
			continue
		}
		notices = append(notices, model.Problem{
			Origin: origin, Reason: v1alpha1.ReasonPartiallySupported, Advisory: true,
			Message: "port " + portText(access[i].Port) + " of the pods carries no requests that could be counted: it is not limited",
		})
	}
	if limited || len(access) == 0 {
		return nil, notices
	}
	return model.Problems{{
		Origin: origin, Reason: v1alpha1.ReasonPortNotFound,
		Message: "no port of the Service carries requests that could be counted; take rateLimit out, or check appProtocol of its ports and opaquePorts",
	}}, nil
}

func readMeshRateLimit(wanted *v1alpha1.MeshRateLimit, origin model.Origin) *model.MeshRateLimit {
	limit := &model.MeshRateLimit{Origin: origin}
	if wanted.RequestsPerSecond != nil {
		limit.RequestsPerSecond = *wanted.RequestsPerSecond
	}
	if wanted.PerClient != nil {
		limit.PerClient = *wanted.PerClient
	}
	for _, client := range wanted.Clients {
		limit.Clients = append(limit.Clients, model.ClientLimit{
			Namespace: string(client.ServiceAccount.Namespace), Name: string(client.ServiceAccount.Name), RequestsPerSecond: client.RequestsPerSecond,
		})
	}
	slices.SortStableFunc(limit.Clients, func(a, b model.ClientLimit) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	return limit
}
