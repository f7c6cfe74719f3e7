package linkerd

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/model"
)

// Annotations of a Namespace that Linkerd's injector copies to new pods. Invalid values are logged there and ignored, so that only valid ones may
// come this far.
const (
	annotationDefaultPolicy = "config.linkerd.io/default-inbound-policy"
	annotationSkipInbound   = "config.linkerd.io/skip-inbound-ports"
	annotationSkipOutbound  = "config.linkerd.io/skip-outbound-ports"
	annotationOpaque        = "config.linkerd.io/opaque-ports" // of Services too, and there at once
	annotationCPURequest    = "config.linkerd.io/proxy-cpu-request"
	annotationCPULimit      = "config.linkerd.io/proxy-cpu-limit"
	annotationMemoryRequest = "config.linkerd.io/proxy-memory-request"
	annotationMemoryLimit   = "config.linkerd.io/proxy-memory-limit"
	annotationLogLevel      = "config.linkerd.io/proxy-log-level"
	annotationAccessLog     = "config.linkerd.io/access-log"
	annotationGracePeriod   = "config.linkerd.io/shutdown-grace-period"
	annotationAwait         = "config.linkerd.io/proxy-await"
	annotationWaitExit      = "config.alpha.linkerd.io/proxy-wait-before-exit-seconds"
)

// NamespaceAnnotations are all that the drivers may lay over a Namespace, sorted. The admission policy that confines the operator lists them.
func NamespaceAnnotations() []string {
	all := []string{
		annotationInject, annotationDefaultPolicy, annotationSkipInbound, annotationSkipOutbound, annotationOpaque, annotationCPURequest, annotationCPULimit,
		annotationMemoryRequest, annotationMemoryLimit, annotationLogLevel, annotationAccessLog, annotationGracePeriod, annotationAwait, annotationWaitExit,
	}
	slices.Sort(all)
	return all
}

// TemplateAnnotations are all that pod templates may need, sorted: those of a Namespace but for what a namespace alone decides about. The admission policy
// that confines restarts lists them.
func TemplateAnnotations() []string {
	return slices.DeleteFunc(NamespaceAnnotations(), func(key string) bool { return key == annotationDefaultPolicy })
}

// What an annotation replaces as a whole, so that it is repeated: Linkerd's own default lists.
var (
	defaultOpaque = []model.PortRange{
		{First: 25, Last: 25},
		{First: 587, Last: 587},
		{First: 3306, Last: 3306},
		{First: 4444, Last: 4444},
		{First: 5432, Last: 5432},
		{First: 6379, Last: 6379},
		{First: 9300, Last: 9300},
		{First: 11211, Last: 11211},
	}
	defaultSkipped = []model.PortRange{{First: 4567, Last: 4568}}
)

// namespaceAnnotations are laid over the Namespace. Nil: it is left alone.
func namespaceAnnotations(ns model.Namespace) []driver.Borrowed {
	annotations := ofNewPods(ns.Injection, ns.Pods)
	if len(annotations) == 0 {
		return nil
	}
	origins := ns.Pods.Origins()
	if ns.Injection != nil {
		origins = append(origins, ns.Injection.Origin)
	}
	return []driver.Borrowed{{Kind: namespaceKind, Name: ns.Name, Annotations: annotations, Origins: model.SortOrigins(origins)}}
}

// templates are the annotations that pod templates need: the injector reads them there before those of the Namespace, each by itself.
func templates(ns model.Namespace) []driver.Template {
	var all []driver.Template
	for i := range ns.Templates {
		one := &ns.Templates[i]
		all = append(all, driver.Template{Annotations: ofNewPods(one.Injection, one.Pods), Origin: one.Origin})
	}
	return all
}

// ofNewPods are the annotations that the injector goes by.
func ofNewPods(injection *model.Injection, pods model.Pods) map[string]string {
	annotations := map[string]string{}
	if injection != nil {
		annotations[annotationInject] = injectValues[injection.Mode]
	}
	if pods.Encryption != nil {
		annotations[annotationDefaultPolicy] = "all-authenticated"
	}
	if bypass := pods.Bypass; bypass != nil {
		maps.Copy(annotations, bypassed(bypass))
	}
	if opaque := pods.Opaque; opaque != nil {
		annotations[annotationOpaque] = portList(slices.Concat(defaultOpaque, opaque.Ports))
	}
	if proxy := pods.Proxy; proxy != nil {
		maps.Copy(annotations, proxyAnnotations(proxy))
	}
	return annotations
}

func bypassed(bypass *model.Bypass) map[string]string {
	annotations := map[string]string{}
	if len(bypass.Inbound) > 0 {
		annotations[annotationSkipInbound] = portList(slices.Concat(defaultSkipped, bypass.Inbound))
	}
	if len(bypass.Outbound) > 0 {
		annotations[annotationSkipOutbound] = portList(slices.Concat(defaultSkipped, bypass.Outbound))
	}
	return annotations
}

func proxyAnnotations(proxy *model.Proxy) map[string]string {
	annotations := map[string]string{}
	set := func(key, value string) {
		if value != "" {
			annotations[key] = value
		}
	}
	set(annotationCPURequest, proxy.CPURequest)
	set(annotationCPULimit, proxy.CPULimit)
	set(annotationMemoryRequest, proxy.MemoryRequest)
	set(annotationMemoryLimit, proxy.MemoryLimit)
	set(annotationLogLevel, proxy.LogLevel)
	set(annotationAccessLog, proxy.AccessLog)
	if proxy.ShutdownGracePeriod > 0 {
		annotations[annotationGracePeriod] = duration(proxy.ShutdownGracePeriod)
	}
	if proxy.WaitBeforeExit > 0 {
		annotations[annotationWaitExit] = strconv.FormatInt(int64(proxy.WaitBeforeExit/time.Second), 10)
	}
	if proxy.Await != nil {
		annotations[annotationAwait] = map[bool]string{true: "enabled", false: "disabled"}[*proxy.Await]
	}
	return annotations
}

// serviceAnnotations are laid over the Service itself. Nil: it is left alone.
func serviceAnnotations(namespace string, svc *model.Service) []driver.Borrowed {
	if svc.Breaker == nil && svc.Opaque == nil {
		return nil
	}
	annotations := map[string]string{}
	var origins []model.Origin
	if svc.Breaker != nil {
		maps.Copy(annotations, breaker(svc.Breaker))
		origins = append(origins, svc.Breaker.Origin)
	}
	if svc.Opaque != nil {
		annotations[annotationOpaque] = portList(slices.Concat(defaultOpaque, svc.Opaque.Ports))
		origins = append(origins, svc.Opaque.Origin)
	}
	return []driver.Borrowed{{Kind: serviceKind, Namespace: namespace, Name: svc.Name, Annotations: annotations, Origins: model.SortOrigins(origins)}}
}

// portList writes ports the way Linkerd reads them, ascending: "3306,8000-8010".
func portList(ports []model.PortRange) string {
	sorted := slices.Clone(ports)
	slices.SortFunc(sorted, func(a, b model.PortRange) int { return int(a.First-b.First)*65536 + int(a.Last-b.Last) })
	words := make([]string, 0, len(sorted))
	for _, port := range slices.Compact(sorted) {
		word := strconv.Itoa(int(port.First))
		if port.Last != port.First {
			word += "-" + strconv.Itoa(int(port.Last))
		}
		words = append(words, word)
	}
	return strings.Join(words, ",")
}
