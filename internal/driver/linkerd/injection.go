package linkerd

import (
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/model"
)

// annotationInject on a Namespace is copied to its new pods by Linkerd's webhook.
const annotationInject = "linkerd.io/inject"

var injectValues = map[model.InjectionMode]string{
	model.InjectionEnabled:  "enabled",
	model.InjectionDisabled: "disabled",
	model.InjectionIngress:  "ingress",
}

// injection is the annotation of the Namespace. Nil: it is left alone.
func injection(ns model.Namespace) []driver.Borrowed {
	if ns.Injection == nil {
		return nil
	}
	return []driver.Borrowed{{
		Kind: namespaceKind, Name: ns.Name,
		Annotations: map[string]string{annotationInject: injectValues[ns.Injection.Mode]},
		Origins:     []model.Origin{ns.Injection.Origin.Object()},
	}}
}
