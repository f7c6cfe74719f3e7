package compose

import (
	"cmp"
	"slices"

	"github.com/kubemate/kubemate/internal/model"
)

// passages are the packets that the access rules of a port need: the smallest superset that packets can tell. A ServiceAccount becomes its namespace,
// requests become the port. What is only logged must arrive.
func (c *composer) passages(access *model.Access) []model.Passage {
	passage := model.Passage{Targets: []model.TargetPort{access.Port}}
	if access.Mode == model.AccessAudit {
		return []model.Passage{passage}
	}
	for i := range access.Grants {
		for _, client := range access.Grants[i].Clients {
			if gateway, ok := c.snapshot.Gateways[client.Gateway]; ok {
				passage.Peers = append(passage.Peers, gatewayPeers(gateway.Pods)...)
				continue
			}
			switch client.Kind {
			case model.ClientAny:
				passage.Peers = nil
				return []model.Passage{passage}
			case model.ClientServiceAccount, model.ClientNamespace:
				passage.Peers = append(passage.Peers, model.Peer{Namespace: client.Namespace})
			case model.ClientNetwork:
				passage.Peers = append(passage.Peers, model.Peer{CIDR: client.CIDR})
			}
		}
	}
	if len(passage.Peers) == 0 {
		return nil // nobody may call, and no peers would mean everybody
	}
	passage.Peers = sortPeers(passage.Peers)
	return []model.Passage{passage}
}

// gatewayPeers are the pods of a gateway, or the networks that its calls come from.
func gatewayPeers(pods *model.GatewayPods) []model.Peer {
	if len(pods.Networks) == 0 {
		return []model.Peer{{Namespace: pods.Namespace, Pods: pods}}
	}
	peers := make([]model.Peer, len(pods.Networks))
	for i, network := range pods.Networks {
		peers[i].CIDR = network
	}
	return peers
}

// mergePassages joins the ports of equal peers, and sorts.
func mergePassages(all []model.Passage) []model.Passage {
	merged := make([]model.Passage, 0, len(all))
	for _, one := range all {
		index := slices.IndexFunc(merged, func(other model.Passage) bool { return slices.Equal(one.Peers, other.Peers) })
		switch {
		case index < 0:
			merged = append(merged, model.Passage{Peers: one.Peers, Targets: slices.Clone(one.Targets), Ranges: slices.Clone(one.Ranges)})
		case everyPort(one) || everyPort(merged[index]):
			merged[index].Targets, merged[index].Ranges = nil, nil
		default:
			merged[index].Targets = append(merged[index].Targets, one.Targets...)
			merged[index].Ranges = append(merged[index].Ranges, one.Ranges...)
		}
	}
	for i := range merged {
		merged[i].Targets = sortTargets(merged[i].Targets)
		slices.SortFunc(merged[i].Ranges, func(a, b model.PortRange) int {
			return cmp.Or(cmp.Compare(a.First, b.First), cmp.Compare(a.Last, b.Last))
		})
		merged[i].Ranges = slices.Compact(merged[i].Ranges)
	}
	slices.SortFunc(merged, func(a, b model.Passage) int { return slices.CompareFunc(a.Peers, b.Peers, comparePeers) })
	return merged
}

func everyPort(p model.Passage) bool { return len(p.Targets)+len(p.Ranges) == 0 }

func sortTargets(targets []model.TargetPort) []model.TargetPort {
	slices.SortFunc(targets, func(a, b model.TargetPort) int {
		return cmp.Or(cmp.Compare(a.Number, b.Number), cmp.Compare(a.Name, b.Name))
	})
	return slices.Compact(targets)
}

func sortPeers(peers []model.Peer) []model.Peer {
	slices.SortFunc(peers, comparePeers)
	return slices.Compact(peers)
}

func comparePeers(a, b model.Peer) int {
	labels := func(peer model.Peer) string {
		if peer.Pods == nil {
			return ""
		}
		return selectorText(peer.Pods.Labels)
	}
	return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.CIDR, b.CIDR), cmp.Compare(labels(a), labels(b)))
}
