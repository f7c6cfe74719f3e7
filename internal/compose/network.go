package compose

import (
	"slices"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// aspectNetwork and aspectNamespaceNetwork are what policies claim with network.
const (
	aspectNetwork          = "network of Service"
	aspectNamespaceNetwork = "network of the namespace"
)

// network is what a policy wants of the network around pods.
type network struct {
	// passages besides those of access rules: for a namespace, what its pods send each other is among them.
	passages []model.Passage
	origin   model.Origin
}

// readNetwork reads it. The part is the target's, nil for the namespace.
func (c *composer) readNetwork(spec *v1alpha1.Network, p *part, origin model.Origin) (*network, model.Problems) {
	switch {
	case p == nil && slices.Contains(systemNamespaces, c.snapshot.Namespace):
		return nil, model.Problems{{
			Origin: at(origin, "spec.network"), Reason: v1alpha1.ReasonInvalid,
			Message: "the namespace " + c.snapshot.Namespace + " belongs to Kubernetes itself, and everybody needs its pods; isolate single Services of it, or remove network",
		}}
	case p != nil && len(p.service.Spec.Selector) == 0:
		return nil, model.Problems{{
			Origin: at(origin, "spec.target.name"), Reason: v1alpha1.ReasonServiceNotFound,
			Message: "Service " + p.service.Name + " has no selector: there are no pods to isolate; name a Service with a selector",
		}}
	}
	out := &network{origin: at(origin, "spec.network")}
	if p == nil {
		out.passages = []model.Passage{{Peers: []model.Peer{{Namespace: c.snapshot.Namespace}}}}
	}
	for i := range spec.AlsoAllow {
		allowed := &spec.AlsoAllow[i]
		out.passages = append(out.passages, model.Passage{Peers: peers(allowed.From), Ranges: portRanges(allowed.Ports)})
	}
	return out, nil
}

// peers reads who may send. Nil: everybody.
func peers(from []v1alpha1.NetworkPeer) []model.Peer {
	out := make([]model.Peer, 0, len(from))
	for _, one := range from {
		switch {
		case one.Any != nil:
			return nil
		case one.Namespace != nil:
			out = append(out, model.Peer{Namespace: string(*one.Namespace)})
		case one.CIDR != nil:
			out = append(out, model.Peer{CIDR: string(*one.CIDR)})
		}
	}
	return sortPeers(out)
}
