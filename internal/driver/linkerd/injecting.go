package linkerd

import (
	"cmp"

	"github.com/kubemate/kubemate/internal/driver"
)

// Injector is the name of the MutatingWebhookConfiguration of Linkerd's injector, in every version (chart linkerd-control-plane).
const Injector = "linkerd-proxy-injector-webhook-config"

// Ports of proxies.
const (
	proxyPort   = 4143
	metricsPort = 4191
)

// silent are the standard ports of protocols that need a word to proxies (linkerd.io, TCP proxying and protocol detection). Of those of Galera, 4567 and
// 4568 are left out: proxies do not touch them.
var silent = map[int32]string{
	25: "SMTP", 587: "SMTP", 3306: "MySQL", 4444: "Galera", 5432: "PostgreSQL", 6379: "Redis", 9300: "Elasticsearch", 11211: "Memcached",
	4222: "NATS", 6222: "NATS", 8222: "NATS",
}

// ProxyNeeds of Linkerd from 2.16 on: proxies call each other on their own port whatever is called (by default from 2.18 on).
func (d policyDriver) ProxyNeeds() driver.ProxyNeeds { return d.config.proxyNeeds() }

// ProxyNeeds of Linkerd before 2.16: proxies call the ports of pods, but for opaque ones.
func (d classicDriver) ProxyNeeds() driver.ProxyNeeds {
	needs := d.config.proxyNeeds()
	needs.OpaqueOnly = true
	return needs
}

func (c Config) proxyNeeds() driver.ProxyNeeds {
	return driver.ProxyNeeds{
		Injector: Injector, Port: cmp.Or(c.ProxyPort, proxyPort), MetricsPort: metricsPort,
		Opaque: defaultOpaque, Silent: silent, OpaqueAnnotation: annotationOpaque,
	}
}
