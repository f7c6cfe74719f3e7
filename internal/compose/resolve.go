package compose

import (
	"slices"
	"strconv"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// resolve looks up what a release names. All problems are collected, not just the first.
func resolve(c *composer, release *v1alpha1.CanaryRelease, origin model.Origin) *resolved {
	r := &resolved{release: release, origin: origin}
	if !r.findService(c) {
		return r
	}
	r.findPorts(r.part.ports)
	deployments := make([]*appsv1.Deployment, 0, len(release.Spec.Variants))
	r.backends = make([]model.Backend, 0, len(release.Spec.Variants))
	stable := Stable(release)
	for i, variant := range release.Spec.Variants {
		if variant.Name == stable {
			r.stable = i
		}
		deployments = append(deployments, r.findBackend(c, i, variant))
	}
	r.readMatches()
	if len(r.problems) > 0 {
		return r
	}
	r.makeLeaves(deployments)
	return r
}

func (r *resolved) problem(path, reason, message string) {
	r.problems = append(r.problems, model.Problem{Origin: at(r.origin, path), Reason: reason, Message: message})
}

func (r *resolved) findService(c *composer) bool {
	name := string(r.release.Spec.Service.Name)
	found, problem := c.routableService(name)
	if problem != "" {
		r.problem("spec.service.name", v1alpha1.ReasonServiceNotFound, problem)
		return false
	}
	r.part = found
	return true
}

// routableService finds a Service whose requests a mesh can route. A text says why there is none.
func (c *composer) routableService(name string) (found *part, problem string) {
	found = c.byName[name]
	switch {
	case found == nil:
		problem = "there is no Service " + name + " in the namespace; create it or correct the name"
	case found.service.Spec.Type == corev1.ServiceTypeExternalName:
		problem = "Service " + name + " is of type ExternalName, nothing in the cluster answers for it; name a Service with a cluster IP"
	case found.service.Spec.ClusterIP == corev1.ClusterIPNone:
		problem = "Service " + name + " is headless: callers choose pods themselves, and a mesh does not route it; name a Service with a cluster IP"
	}
	return found, problem
}

func (r *resolved) findPorts(ports []model.Port) {
	if len(r.release.Spec.Service.Ports) == 0 {
		r.ports = routable(ports)
		if len(r.ports) == 0 {
			r.problem("spec.service.name", v1alpha1.ReasonPortNotFound, "Service "+r.part.service.Name+
				" has no port that carries HTTP: requests cannot be shared out; check appProtocol of its ports")
		}
		return
	}
	for i, number := range r.release.Spec.Service.Ports {
		path := "spec.service.ports[" + strconv.Itoa(i) + "]"
		port, ok := findPort(ports, int32(number))
		switch {
		case !ok:
			r.problem(path, v1alpha1.ReasonPortNotFound, portMissing(r.part.service.Name, int32(number)))
		case port.Protocol == model.ProtocolOpaque:
			r.problem(path, v1alpha1.ReasonPortNotFound, bytesOnly(r.part.service.Name, port)+": its requests cannot be told apart; leave it out or declare it http or kubernetes.io/h2c")
		}
		r.ports = append(r.ports, int32(number))
	}
	r.ports = ascending(r.ports)
}

func portMissing(service string, number int32) string {
	return "Service " + service + " has no TCP port " + strconv.Itoa(int(number)) + "; name the port of the Service, not of the container"
}

// findBackend resolves one variant to a backend. It returns its Deployment, or nil for a variant that names a Service.
func (r *resolved) findBackend(c *composer, i int, variant v1alpha1.Variant) *appsv1.Deployment {
	backend := model.Backend{Variant: string(variant.Name), Stable: variant.Name == Stable(r.release)}
	path := "spec.variants[" + strconv.Itoa(i) + "]"
	var deployment *appsv1.Deployment
	if variant.Deployment != nil {
		deployment = r.findDeployment(c, path, string(*variant.Deployment))
		backend.Service = LeafName(c.snapshot.Namespace, r.part.service.Name, string(variant.Name))
	} else {
		backend.Service = string(*variant.Service)
		r.checkLeaf(c, path, backend.Service)
	}
	backend.Ready = c.snapshot.Endpoints[backend.Service].Ready > 0 && !scaledDown(deployment)
	if !backend.Ready && deployment != nil && deployment.Status.ReadyReplicas > 0 && !scaledDown(deployment) && r.missing == "" {
		r.missing = backend.Service
	}
	r.backends = append(r.backends, backend)
	return deployment
}

func (r *resolved) findDeployment(c *composer, path, name string) *appsv1.Deployment {
	found := c.deployments[name]
	if found == nil {
		r.problem(path+".deployment", v1alpha1.ReasonDeploymentNotFound, "there is no Deployment "+name+" in the namespace; create it or correct the name")
	}
	return found
}

// checkLeaf checks a variant's own Service: it must answer on the released ports.
func (r *resolved) checkLeaf(c *composer, path, name string) {
	leaf, problem := c.routableService(name)
	if problem != "" {
		r.problem(path+".service", v1alpha1.ReasonServiceNotFound, problem)
		return
	}
	if name == r.part.service.Name {
		r.problem(path+".service", v1alpha1.ReasonInvalid, "Service "+name+" is the one that is released: a variant needs a Service that selects its own pods only")
		return
	}
	for _, number := range r.ports {
		if _, ok := findPort(leaf.ports, number); !ok {
			r.problem(path+".service", v1alpha1.ReasonPortNotFound, "Service "+name+" has no TCP port "+strconv.Itoa(int(number))+", which Service "+
				r.part.service.Name+" has; a variant's Service needs the same ports")
		}
	}
}

// scaledDown is a plan to have no pods: the share is withdrawn before they go (promise I2).
func scaledDown(deployment *appsv1.Deployment) bool {
	return deployment != nil && deployment.Spec.Replicas != nil && *deployment.Spec.Replicas == 0
}

func (r *resolved) readMatches() {
	for i, match := range r.release.Spec.Matches {
		to := 0
		for v, variant := range r.release.Spec.Variants {
			if variant.Name == match.To {
				to = v
			}
		}
		for j := range match.Any {
			path := "spec.matches[" + strconv.Itoa(i) + "].any[" + strconv.Itoa(j) + "]"
			read, problems := readMatch(&match.Any[j], at(r.origin, path))
			r.problems = append(r.problems, problems...)
			r.lines = append(r.lines, line{match: read, to: to, origin: at(r.origin, path)})
		}
	}
}

func (r *resolved) makeLeaves(deployments []*appsv1.Deployment) {
	selectors, problems := leafSelectors(r.release.Spec.Variants, deployments, r.origin)
	if len(problems) > 0 {
		r.problems = append(r.problems, problems...)
		return
	}
	for i, selector := range selectors {
		if selector != nil {
			r.leaves = append(slices.Grow(r.leaves, len(selectors)-i), newLeaf(r.part, r.backends[i].Service, selector, r.origin))
		}
	}
	sortLeaves(r.leaves)
}

// newLeaf is a Service like the apex that selects other pods.
func newLeaf(of *part, name string, selector map[string]string, origin model.Origin) model.Leaf {
	apex := of.service
	leaf := model.Leaf{
		Name: name, Apex: apex.Name, Selector: selector, Ports: of.ports,
		PublishNotReady: apex.Spec.PublishNotReadyAddresses, Origin: origin,
	}
	if apex.Spec.InternalTrafficPolicy != nil {
		leaf.InternalTrafficPolicy = string(*apex.Spec.InternalTrafficPolicy)
	}
	return leaf
}
