// Package preflight looks for what would go wrong once the pods of a namespace have proxies, and tells of it before they are restarted. It is a pure function of
// values. All that it finds is advice: nothing is refused or held for it.
package preflight

import (
	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/compose"
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/model"
)

// maxNamed is how many objects a message names.
const maxNamed = 5

// check is what is looked at.
type check struct {
	snapshot compose.Snapshot
	ns       *model.Namespace
	needs    driver.ProxyNeeds
	// own are the opaque ports that the operator annotates Services with, by name.
	own map[string]*model.OpaquePorts
}

// Check looks at a namespace for whose pods proxies are asked. Nil: for those of this one none are, or nothing is wrong.
func Check(snapshot compose.Snapshot, ns *model.Namespace, needs driver.ProxyNeeds) model.Problems {
	if ns.Injection == nil || ns.Injection.Mode == model.InjectionDisabled {
		return nil
	}
	c := check{snapshot, ns, needs, map[string]*model.OpaquePorts{}}
	for i := range ns.Services {
		if one := &ns.Services[i]; one.Opaque != nil {
			c.own[one.Name] = one.Opaque
		}
	}
	problems := c.injector()
	problems = append(problems, c.closed()...)
	return append(problems, c.silent()...)
}

// injector tells of one that is known to be absent.
func (c check) injector() model.Problems {
	if c.needs.Injector == "" || c.snapshot.MissingInjector != c.needs.Injector {
		return nil
	}
	return c.tell(v1alpha1.ReasonInjectorAbsent, "the mesh's injector is not installed (there is no MutatingWebhookConfiguration "+c.needs.Injector+
		"): new pods get no proxy; install the mesh's control plane before you restart workloads")
}

func (c check) tell(reason, message string) model.Problems {
	return model.Problems{{Origin: c.ns.Injection.Origin, Reason: reason, Message: message, Advisory: true}}
}
