package config

import (
	"reflect"
	"strings"
	"testing"
)

func TestTheNetworkLeavesOpenWhatLinkerdNeeds(t *testing.T) {
	private := []string{"10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fd00::/8"}
	for file, want := range map[string]Network{
		"":                                      {4143, NetworkMetrics{[]string{"linkerd-viz"}, []int{4190, 4191}}, private, nil},
		"network: {proxyPort: 5143}":            {5143, NetworkMetrics{[]string{"linkerd-viz"}, []int{4190, 4191}}, private, nil},
		"network: {metrics: {namespaces: []}}":  {4143, NetworkMetrics{[]string{}, []int{4190, 4191}}, private, nil},
		"network: {metrics: {namespaces: [m]}}": {4143, NetworkMetrics{[]string{"m"}, []int{4190, 4191}}, private, nil},
		"network: {clusterNetworks: [10.0.0.0/16], reachable: [{cidr: 169.254.20.10/32, ports: [53]}]}": {
			4143, NetworkMetrics{[]string{"linkerd-viz"}, []int{4190, 4191}}, []string{"10.0.0.0/16"}, []ReachableNetwork{{"169.254.20.10/32", []int{53}}},
		},
	} {
		cfg, err := Parse([]byte(file))
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(cfg.Network, want) {
			t.Errorf("%q means %+v, not %+v", file, cfg.Network, want)
		}
	}
}

func TestProblemsOfTheNetworkNameTheirPath(t *testing.T) {
	for file, want := range map[string]string{
		"network: {proxyPort: 0}":                                      "network.proxyPort",
		"network: {metrics: {namespaces: ['*']}}":                      "network.metrics.namespaces[0]",
		"network: {metrics: {ports: [70000]}}":                         "network.metrics.ports[0]",
		"network: {clusterNetworks: [10.1.0.0/8]}":                     "network.clusterNetworks[0]",
		"network: {clusterNetworks: ['::/0']}":                         "network.clusterNetworks[0]",
		"network: {reachable: [{cidr: 172.0.0.0/8, ports: [1]}]}":      "network.reachable[0].cidr",
		"network: {reachable: [{cidr: api.bank.example, ports: [1]}]}": "network.reachable[0].cidr",
		"network: {reachable: [{cidr: 10.0.0.0/28}]}":                  "network.reachable[0].ports",
		"network: {reachable: [{cidr: 10.0.0.0/28, ports: [0]}]}":      "network.reachable[0].ports[0]",
	} {
		if _, err := Parse([]byte(file)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", file, err)
		}
	}
}
