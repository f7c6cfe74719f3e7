package manifest

import (
	appsv1 "k8s.io/api/apps/v1"
	discoveryv1 "k8s.io/api/discovery/v1"

	"github.com/kubemate/kubemate/internal/compose"
)

// counter counts the endpoints of one namespace's Services.
type counter struct {
	*contents
	leafSelectors map[string]map[string]string
	counts        map[string]compose.Endpoints
	// assumed says whether a count is not what EndpointSlices say.
	assumed bool
}

// endpoints counts endpoints as the EndpointSlices say. Of a Service that nothing is known of, because its EndpointSlices are not among the
// objects or because Kubemate has yet to generate it, the pods of its Deployments stand for the endpoints.
func (c *contents) endpoints(namespace string) map[string]compose.Endpoints {
	count := counter{contents: c, leafSelectors: c.leafSelectors(), counts: countSlices(c.slices)}
	for name, service := range c.services {
		count.assume(name, func() compose.Endpoints { return c.podsOf(service.Spec.Selector) })
	}
	for name, selector := range count.leafSelectors {
		count.assume(name, func() compose.Endpoints { return c.podsOf(selector) })
	}
	for _, release := range c.releases {
		for _, variant := range release.Spec.Variants {
			if variant.Deployment == nil || c.deployments[string(*variant.Deployment)] == nil {
				continue
			}
			leaf := compose.LeafName(namespace, string(release.Spec.Service.Name), string(variant.Name))
			count.assume(leaf, func() compose.Endpoints { return pods(c.deployments[string(*variant.Deployment)]) })
		}
	}
	if count.assumed && (len(c.releases) > 0 || len(c.retained()) > 0) {
		c.assume("every Deployment has ready pods, unless its status says otherwise")
	}
	return count.counts
}

// assume counts a Service that nothing is known of.
func (c *counter) assume(service string, count func() compose.Endpoints) {
	if _, counted := c.counts[service]; counted || c.observed(service) {
		return
	}
	c.counts[service] = count()
	c.assumed = true
}

// observed says whether the endpoints of a Service are known to be none: EndpointSlices are among the objects, and so is the Service.
func (c *counter) observed(service string) bool {
	if len(c.slices) == 0 {
		return false
	}
	_, theirs := c.services[service]
	_, ours := c.leafSelectors[service]
	return theirs || ours
}

// countSlices adds the slices up by Service. An endpoint whose readiness is unknown counts as ready, as the API says.
func countSlices(slices map[string]*discoveryv1.EndpointSlice) map[string]compose.Endpoints {
	counts := map[string]compose.Endpoints{}
	for _, slice := range slices {
		service, named := slice.Labels[discoveryv1.LabelServiceName]
		if !named {
			continue
		}
		count := counts[service]
		for _, endpoint := range slice.Endpoints {
			count.Total++
			if ready := endpoint.Conditions.Ready; ready == nil || *ready {
				count.Ready++
			}
		}
		counts[service] = count
	}
	return counts
}

// podsOf adds up the pods of the Deployments that a selector matches. None matches: one ready pod, of an owner that is not among the objects.
func (c *contents) podsOf(selector map[string]string) compose.Endpoints {
	var sum compose.Endpoints
	matched := false
	for _, deployment := range c.deployments {
		if !matches(selector, deployment.Spec.Template.Labels) {
			continue
		}
		count := pods(deployment)
		sum.Ready, sum.Total, matched = sum.Ready+count.Ready, sum.Total+count.Total, true
	}
	if !matched {
		return compose.Endpoints{Ready: 1, Total: 1}
	}
	return sum
}

// pods counts a Deployment's pods: by its status where it has one, else those that it asks for, all ready.
func pods(deployment *appsv1.Deployment) compose.Endpoints {
	if deployment.Status.ObservedGeneration > 0 {
		return compose.Endpoints{Ready: int(deployment.Status.ReadyReplicas), Total: int(deployment.Status.Replicas)}
	}
	wanted := 1
	if deployment.Spec.Replicas != nil {
		wanted = int(*deployment.Spec.Replicas)
	}
	return compose.Endpoints{Ready: wanted, Total: wanted}
}

func matches(selector, labels map[string]string) bool {
	for key, value := range selector {
		if have, ok := labels[key]; !ok || have != value {
			return false
		}
	}
	return len(selector) > 0
}
