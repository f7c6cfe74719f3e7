package verify

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/kubemate/kubemate/internal/config"
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/model"
)

// Expected is something that a gateway should have loaded.
type Expected struct {
	// Gateway that should have loaded it.
	Gateway string
	// Name under which the gateway reports on it.
	Name string
	// Object that asks for it, in words. Empty for a certificate.
	Object string
	// Host that the gateway should have a certificate for. Empty: it is something else.
	Host string
	// Origins of the object.
	Origins []model.Origin
}

// ExpectCertificate is a certificate for a host that a custom resource serves.
func ExpectCertificate(gateway, host string, of model.Origin) Expected {
	return Expected{Gateway: gateway, Name: driver.CertificateName(host), Host: host, Origins: []model.Origin{of}}
}

// in looks for it in a report. False: the gateway has not loaded it.
func (e *Expected) in(report driver.Report) (said string, loaded bool) {
	if e.Host == "" {
		said, loaded = report[e.Name]
		return said, loaded
	}
	for _, name := range driver.CertificateNames(e.Host) {
		if _, loaded := report[name]; loaded {
			return "", true
		}
	}
	return "", false
}

// Options of a Verifier.
type Options struct {
	// Gateways of the configuration.
	Gateways []config.Gateway
	// Reader understands what they report.
	Reader driver.GatewayReports
	// Settle is how long after something is stored a gateway may still follow what was there before.
	Settle time.Duration
	// Changed is told a namespace of whose objects something else is known than before. It must not block.
	Changed func(namespace string)
}

// Verifier knows what gateways do not serve.
type Verifier struct {
	gateways map[string]*gateway
}

// New prepares to ask the gateways whose configuration says so. Nil: none does.
func New(options Options) (*Verifier, error) {
	gateways := map[string]*gateway{}
	for _, one := range options.Gateways {
		if one.Verification == nil {
			continue
		}
		from, err := newSource(*one.Verification, options.Reader)
		if err != nil {
			return nil, fmt.Errorf("preparing to ask the gateway %s: %w", one.Name, err)
		}
		gateways[one.Name] = newGateway(one, from, options)
	}
	if len(gateways) == 0 {
		return nil, nil
	}
	return &Verifier{gateways}, nil
}

// NeedLeaderElection makes the manager start the asking on the leader only.
func (v *Verifier) NeedLeaderElection() bool { return true }

// Start asks the gateways until the context ends.
func (v *Verifier) Start(ctx context.Context) error {
	var all sync.WaitGroup
	for _, one := range v.gateways {
		all.Go(func() { one.run(ctx) })
	}
	all.Wait()
	return nil
}

// Asks says whether a gateway is asked.
func (v *Verifier) Asks(gateway string) bool {
	return v != nil && v.gateways[gateway] != nil
}

// Expect replaces what the gateways should have loaded for a namespace, and says what is known of it. stored is when the newest of it was stored:
// another time than before means that there is something to load.
func (v *Verifier) Expect(namespace string, stored time.Time, expected []Expected) Findings {
	findings := Findings{}
	for name, gateway := range v.gateways {
		var own []Expected
		for _, one := range expected {
			if one.Gateway == name {
				own = append(own, one)
			}
		}
		slices.SortFunc(own, func(a, b Expected) int { return cmp.Compare(a.Name, b.Name) })
		gateway.expect(namespace, wanted{stored, own})
		gateway.find(own, findings)
	}
	return findings
}

// Forget drops what is known of a namespace.
func (v *Verifier) Forget(namespace string) {
	for _, gateway := range v.gateways {
		gateway.forget(namespace)
	}
}
