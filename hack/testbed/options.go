package testbed

import (
	"fmt"

	"github.com/kubemate/kubemate/hack/testbed/backend"
	"github.com/kubemate/kubemate/hack/testbed/servers"
)

// Options says which servers a testbed has. The zero value is etcd and kube-apiserver alone.
type Options struct {
	// Controllers adds the controller manager, the scheduler and kwok: Deployments become ready pods with addresses, and
	// Services get EndpointSlices.
	Controllers bool
	// Nodes is how many nodes exist at the start; with Controllers at least one.
	Nodes int
	// Traefik adds a Traefik with its CRDs. Nil means none.
	Traefik *TraefikOptions
	// Prometheus adds a Prometheus that scrapes the Traefik of Options.Traefik. Nil means none.
	Prometheus *PrometheusOptions
	// Backend answers for the pods. Nil means that nobody does.
	Backend *backend.Options

	// Audit records every request (who, verb, object, answer) at level Metadata.
	Audit bool
	// Durable makes etcd write to the disk before it answers. Without it a testbed is several times as fast, and a power
	// cut loses it.
	Durable bool
	// Flags are appended to a program's own, for example {"kube-apiserver": {"--v=4"}}.
	Flags map[string][]string
	// Log receives a line for each step of starting and stopping. Nil means silence.
	Log func(line string)
}

// Programs are the servers that the options need.
func (o Options) Programs() []servers.Program {
	programs := []servers.Program{servers.Etcd, servers.APIServer, servers.Kubectl}
	if o.Controllers {
		programs = append(programs, servers.ControllerManager, servers.Scheduler, servers.Kwok)
	}
	if o.Traefik != nil {
		programs = append(programs, servers.Traefik)
	}
	if o.Prometheus != nil {
		programs = append(programs, servers.Prometheus)
	}
	return programs
}

func (o Options) logf(format string, args ...any) {
	if o.Log != nil {
		o.Log(fmt.Sprintf(format, args...))
	}
}

// nodes is how many nodes to create.
func (o Options) nodes() int {
	if o.Controllers && o.Nodes == 0 {
		return 1
	}
	return o.Nodes
}
