package linkerd

import "github.com/kubemate/kubemate/internal/model"

// annotationInject on a Namespace is copied to its new pods by Linkerd's webhook.
const annotationInject = "linkerd.io/inject"

var injectValues = map[model.InjectionMode]string{
	model.InjectionEnabled:  "enabled",
	model.InjectionDisabled: "disabled",
	model.InjectionIngress:  "ingress",
}
