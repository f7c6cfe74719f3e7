package config

import (
	"reflect"
	"strings"
	"testing"
)

func TestTheNetworkLeavesOpenWhatLinkerdNeeds(t *testing.T) {
	for file, want := range map[string]Network{
		"":                                      {4143, NetworkMetrics{[]string{"linkerd-viz"}, []int{4190, 4191}}},
		"network: {proxyPort: 5143}":            {5143, NetworkMetrics{[]string{"linkerd-viz"}, []int{4190, 4191}}},
		"network: {metrics: {namespaces: []}}":  {4143, NetworkMetrics{[]string{}, []int{4190, 4191}}},
		"network: {metrics: {namespaces: [m]}}": {4143, NetworkMetrics{[]string{"m"}, []int{4190, 4191}}},
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
		"network: {proxyPort: 0}":                 "network.proxyPort",
		"network: {metrics: {namespaces: ['*']}}": "network.metrics.namespaces[0]",
		"network: {metrics: {ports: [70000]}}":    "network.metrics.ports[0]",
	} {
		if _, err := Parse([]byte(file)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", file, err)
		}
	}
}
