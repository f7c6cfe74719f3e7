package compose

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// Governance says of one aspect of MeshPolicies whose word counts: that of the policy for a Service, else that of the policy for the namespace.
type Governance struct {
	Aspect v1alpha1.PolicyAspect
	// Namespace is the name of the policy for the namespace. Empty: there is none.
	Namespace string
	// Services are the names of the policies for Services, by Service.
	Services map[string]string
	// Common is how many Services go by the policy for the namespace.
	Common int32
}

// governance finds out whose word counts in the aspects that a policy for a Service and one for the namespace may both speak about, by name. Who keeps
// others out counts, also while he is held himself: what he programmed stays.
func (c *composer) governance(owners claims) []Governance {
	if len(c.snapshot.Policies) == 0 {
		return nil
	}
	return []Governance{
		c.governed(owners, v1alpha1.AspectAccess, aspectNamespaceAccess, func(p *part) (string, bool) {
			owner, own := c.governs(p, owners)
			return ownerName(owner.Name, own), guardable(p.service)
		}),
		c.governed(owners, v1alpha1.AspectNetwork, aspectNamespaceNetwork, func(p *part) (string, bool) {
			owner, own := owners[claimed{aspectNetwork, p.service.Name}]
			return ownerName(owner.Name, own), len(p.service.Spec.Selector) > 0
		}),
		c.governed(owners, v1alpha1.AspectOpaquePorts, aspectNamespaceOpaque, func(p *part) (string, bool) {
			owner, own := owners[claimed{aspectOpaque, p.service.Name}]
			return ownerName(owner.Name, own), p.service.Spec.Type != corev1.ServiceTypeExternalName
		}),
		c.governed(owners, v1alpha1.AspectResilience, aspectNamespaceResilience, func(p *part) (string, bool) {
			owner, own := owners[claimed{aspectResilience, p.service.Name}]
			_, problem := c.routableService(p.service.Name)
			return ownerName(owner.Name, own), problem == "" && len(routable(p.ports)) > 0
		}),
	}
}

func ownerName(name string, owned bool) string {
	if !owned {
		return ""
	}
	return name
}

// governed asks of each Service which policy of its own it has, if any, and whether it can go by the namespace's.
func (c *composer) governed(owners claims, aspect v1alpha1.PolicyAspect, common string, of func(*part) (own string, eligible bool)) Governance {
	found := Governance{Aspect: aspect, Services: map[string]string{}, Namespace: owners[claimed{common, ""}].Name}
	for i := range c.parts {
		own, eligible := of(&c.parts[i])
		switch {
		case own != "":
			found.Services[c.parts[i].service.Name] = own
		case eligible && found.Namespace != "":
			found.Common++
		}
	}
	return found
}
