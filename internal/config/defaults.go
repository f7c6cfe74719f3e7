package config

import (
	"cmp"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// defaults is what an empty file means, but for lists: decoding into a list that has elements would mix them with the file's.
func defaults() OperatorConfig {
	return OperatorConfig{
		TypeMeta: metav1.TypeMeta{APIVersion: APIVersion, Kind: Kind},
		LeaderElection: LeaderElection{
			Enabled:       true,
			LeaseDuration: metav1.Duration{Duration: 15 * time.Second},
			RenewDeadline: metav1.Duration{Duration: 10 * time.Second},
			RetryPeriod:   metav1.Duration{Duration: 2 * time.Second},
		},
		Metrics: Listener{BindAddress: ":8080"},
		Health:  Listener{BindAddress: ":8081"},
		Log:     Log{Level: LevelInfo, Format: FormatJSON},
		Mesh: Mesh{
			Driver:  Auto,
			Settle:  metav1.Duration{Duration: 2 * time.Second},
			Linkerd: LinkerdMesh{Generation: GenerationAuto, RouteGroup: RouteGroupLinkerd, ClusterDomain: "cluster.local", Namespace: "linkerd"},
		},
		Edge:        Edge{Driver: Auto, Settle: metav1.Duration{Duration: 3 * time.Second}},
		Network:     Network{ProxyPort: 4143},
		Actions:     Actions{Retention: metav1.Duration{Duration: 90 * 24 * time.Hour}},
		Concurrency: Concurrency{Apply: 16},
	}
}

// complete fills in the defaults of lists and of what stands in them.
func (c *OperatorConfig) complete() {
	if c.Edge.Gateways == nil {
		c.Edge.Gateways = []Gateway{{Name: "default"}}
	}
	for i := range c.Edge.Gateways {
		entryPoints := &c.Edge.Gateways[i].EntryPoints
		if entryPoints.HTTP == "" {
			entryPoints.HTTP = "web"
		}
		if entryPoints.HTTPS == "" {
			entryPoints.HTTPS = "websecure"
		}
		if egress := c.Edge.Gateways[i].Egress; egress != nil {
			egress.complete()
		}
		if verification := c.Edge.Gateways[i].Verification; verification != nil {
			verification.complete()
		}
	}
	c.Network.complete()
	for i := range c.Analysis.Sources {
		c.Analysis.Sources[i].complete()
	}
}

func (s *MetricSource) complete() {
	if s.Timeout.Duration == 0 {
		s.Timeout.Duration = 5 * time.Second
	}
	s.MaxConcurrent = cmp.Or(s.MaxConcurrent, 8)
	s.MaxResponseBytes = cmp.Or(s.MaxResponseBytes, 1<<20)
	s.NamespaceLabel = cmp.Or(s.NamespaceLabel, "namespace")
}
