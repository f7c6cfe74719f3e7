package manifest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubemate/kubemate/api/v1alpha1"
)

// assumedPort is the port of a Service that is named without any port.
const assumedPort = 80

// AssumeReferenced adds the Services and Deployments that custom resources name and that are not among the objects: in many repositories
// they stand elsewhere. Each is said in the namespace's assumptions.
func (o *Objects) AssumeReferenced() {
	for _, name := range o.Names() {
		held := o.namespaces[name]
		ports := held.portsNamed()
		for _, service := range slices.Sorted(maps.Keys(ports)) {
			held.assumeService(name, service, ports[service])
		}
		for _, release := range sorted(held.releases) {
			held.assumeVariants(name, release)
		}
	}
}

// Assume notes an assumption about a namespace, in a sentence.
func (o *Objects) Assume(namespace, sentence string) { o.namespace(namespace).assume(sentence) }

func (c *contents) assume(sentence string) { c.assumptions = append(c.assumptions, sentence) }

// portsNamed lists the Services that custom resources name, with the ports that they name with them.
func (c *contents) portsNamed() map[string]map[int32]bool {
	named := map[string]map[int32]bool{}
	name := func(service string, ports ...v1alpha1.PortNumber) {
		if named[service] == nil {
			named[service] = map[int32]bool{}
		}
		for _, port := range ports {
			named[service][int32(port)] = true
		}
	}
	for _, release := range c.releases {
		name(string(release.Spec.Service.Name), release.Spec.Service.Ports...)
	}
	for _, profile := range c.profiles {
		for _, route := range profile.Spec.Routes {
			name(string(route.To.Service), route.To.Port)
		}
	}
	for _, policy := range c.policies {
		if policy.Spec.Target.Name == nil {
			continue
		}
		service := string(*policy.Spec.Target.Name)
		name(service)
		if policy.Spec.Access == nil {
			continue
		}
		for _, rule := range policy.Spec.Access.Rules {
			for _, to := range rule.To {
				name(service, to.Ports...)
			}
		}
	}
	return named
}

func (c *contents) assumeService(namespace, name string, ports map[int32]bool) {
	if c.services[name] != nil {
		return
	}
	if len(ports) == 0 {
		ports = map[int32]bool{assumedPort: true}
	}
	service := &corev1.Service{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Service"},
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
		Spec:       corev1.ServiceSpec{Type: corev1.ServiceTypeClusterIP, Selector: map[string]string{"app": name}},
	}
	var said []string
	for _, port := range slices.Sorted(maps.Keys(ports)) {
		service.Spec.Ports = append(service.Spec.Ports, corev1.ServicePort{
			Name: fmt.Sprintf("port-%d", port), Port: port, TargetPort: intstr.FromInt32(port), Protocol: corev1.ProtocolTCP,
		})
		said = append(said, fmt.Sprintf("%d → %d", port, port))
	}
	c.services[name] = service
	c.assume("Service " + name + " exists, selects app=" + name + " and has port " + strings.Join(said, ", "))
}

// assumeVariants adds the Deployments and Services of a release's variants.
func (c *contents) assumeVariants(namespace string, release *v1alpha1.CanaryRelease) {
	apex := c.services[string(release.Spec.Service.Name)]
	for _, variant := range release.Spec.Variants {
		switch {
		case variant.Deployment != nil && c.deployments[string(*variant.Deployment)] == nil:
			c.assumeDeployment(namespace, string(*variant.Deployment), apex.Spec.Selector, string(variant.Name))
		case variant.Service != nil && c.services[string(*variant.Service)] == nil:
			ports := map[int32]bool{}
			for _, port := range apex.Spec.Ports {
				ports[port.Port] = true
			}
			c.assumeService(namespace, string(*variant.Service), ports)
		}
	}
}

// assumeDeployment adds a Deployment whose pods the Service selects and whose label version tells it from the other variants.
func (c *contents) assumeDeployment(namespace, name string, selector map[string]string, version string) {
	labels := map[string]string{"version": version}
	maps.Copy(labels, selector)
	labels["version"] = version
	c.deployments[name] = &appsv1.Deployment{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"},
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
		Spec: appsv1.DeploymentSpec{
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels}},
		},
	}
	c.assume("Deployment " + name + " exists, with pods labelled " + joinLabels(labels))
}

func joinLabels(labels map[string]string) string {
	pairs := make([]string, 0, len(labels))
	for key, value := range labels {
		pairs = append(pairs, key+"="+value)
	}
	slices.Sort(pairs)
	return strings.Join(pairs, ",")
}
