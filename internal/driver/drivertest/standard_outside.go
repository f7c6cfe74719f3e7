package drivertest

import "github.com/kubemate/kubemate/internal/model"

// Outside is a namespace whose pods may call some hosts and networks outside of the cluster.
func Outside() model.Namespace {
	origin := policy
	origin.Path = "spec.egress"
	return model.Namespace{Name: "shop", Outside: &model.Outside{
		Hosts: []model.OutsideHost{
			{Host: "mirror.bank.example", Protocol: model.HostByHTTP, Ports: []int32{80}},
			{Host: "*.acquirer.example", Protocol: model.HostByTLS, Ports: []int32{443}},
			{Host: "api.partner.example", Protocol: model.HostByTLS, Ports: []int32{443, 8443}},
		},
		Networks: []model.OutsideNetwork{
			{CIDR: "10.20.0.0/16", Ports: []int32{5432}, InCluster: true},
			{CIDR: "203.0.113.0/24", Ports: []int32{1521, 1522}},
			{CIDR: "2001:db8::/32", Ports: []int32{1521}},
		},
		Cluster: []string{"10.0.0.0/8", "fd00::/8"}, Origin: origin,
	}}
}
