package linkerd

import (
	"slices"

	"github.com/kubemate/kubemate/internal/model"
)

const (
	// proxyContainer is the name of the proxy's container, which from 2.20 on is an init container that goes on (a native sidecar) by default.
	proxyContainer = "linkerd-proxy"
	// labelWebhooks on a Namespace keeps all webhooks of Linkerd away from it.
	labelWebhooks    = "config.linkerd.io/admission-webhooks"
	webhooksDisabled = "disabled"
)

// exemptNamespaces are left out by the injector's own webhook (chart linkerd-control-plane, proxyInjector.namespaceSelector).
var exemptNamespaces = []string{"cert-manager", "kube-system"}

// podAnnotations are those that the injector copies from the Namespace to new pods that have no value of their own (linkerd2 version-2.20,
// pkg/inject/inject.go), and the switch itself, which it does not copy.
func podAnnotations() []string { return NamespaceAnnotations() }

// PodAnnotations are what the injector goes by.
func (policyDriver) PodAnnotations() []string { return podAnnotations() }

// ReadPod compares a pod with what the injector would make of it now.
func (policyDriver) ReadPod(pod model.RunningPod, around model.Surroundings) model.PodState {
	return readPod(pod, around)
}

// PodAnnotations are what the injector goes by.
func (classicDriver) PodAnnotations() []string { return podAnnotations() }

// ReadPod compares a pod with what the injector would make of it now.
func (classicDriver) ReadPod(pod model.RunningPod, around model.Surroundings) model.PodState {
	return readPod(pod, around)
}

func readPod(pod model.RunningPod, around model.Surroundings) model.PodState {
	state := model.PodState{Meshed: slices.Contains(pod.Containers, proxyContainer)}
	own := pod.Annotations
	if pod.Template != nil {
		own = *pod.Template
	}
	injected, exempt := injects(pod, own[annotationInject], around)
	state.Exempt = exempt
	state.Waiting = injected != state.Meshed || injected && outdated(pod, around.Annotations)
	return state
}

// injects says whether the injector gives a new pod in the place of this one a proxy, and if not although the namespace asks for it, why. The switch is the
// pod's own value of it.
func injects(pod model.RunningPod, own string, around model.Surroundings) (bool, model.Exemption) {
	asked := on(around.Annotations[annotationInject])
	if !asked && !on(own) {
		return false, ""
	}
	switch {
	case around.Labels[labelWebhooks] == webhooksDisabled || slices.Contains(exemptNamespaces, around.Namespace):
		return false, model.ExemptNamespace
	case own != "" && !on(own):
		return false, model.ExemptOptedOut
	case pod.HostNetwork:
		return false, model.ExemptHostNetwork
	case pod.Tokenless:
		return false, model.ExemptNoToken
	}
	return true, ""
}

// on says whether a value of the switch asks for a proxy.
func on(value string) bool {
	return value == injectValues[model.InjectionEnabled] || value == injectValues[model.InjectionIngress]
}

// outdated says whether a setting of a pod's proxy is not what the injector would set now. Where the template is not known, a value that the namespace lacks
// may be the template's own.
func outdated(pod model.RunningPod, namespace map[string]string) bool {
	for _, key := range podAnnotations() {
		if key == annotationInject {
			continue // not copied: whether it is a proxy for ingress controllers cannot be seen
		}
		want, wanted := namespace[key]
		if pod.Template != nil {
			if own, set := (*pod.Template)[key]; set {
				want, wanted = own, true
			}
		}
		have, had := pod.Annotations[key]
		switch {
		case wanted && have != want:
			return true
		case !wanted && had && pod.Template != nil && key != annotationOpaque: // of the opaque ports the injector notes its defaults, too
			return true
		}
	}
	return false
}
