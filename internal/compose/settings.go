package compose

import (
	"slices"
	"time"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// bypassWarning is how long before its end a bypass is warned of.
const bypassWarning = 7 * 24 * time.Hour

// systemNamespaces run what the mesh itself needs to start: a proxy there can keep a cluster from coming up again.
var systemNamespaces = []string{"kube-node-lease", "kube-public", "kube-system"}

// settings are what a policy wants of a namespace as a whole.
type settings struct {
	injection *model.Injection
	pods      model.Pods
	// notices are advice that goes with them.
	notices model.Problems
}

// AnnotatesNamespace says whether a policy wants annotations on its Namespace, which new pods get.
func AnnotatesNamespace(spec *v1alpha1.MeshPolicySpec) bool {
	return spec.Target.Kind == v1alpha1.TargetNamespace &&
		(spec.Injection != nil || spec.MTLS != nil || spec.Bypass != nil || spec.OpaquePorts != nil || spec.Proxy != nil)
}

// Restarts says whether a policy asks for restarts.
func Restarts(spec *v1alpha1.MeshPolicySpec) bool {
	return spec.Restart != nil && *spec.Restart == v1alpha1.RestartRolling
}

// readSettings reads what a policy wants of its namespace as a whole.
func (c *composer) readSettings(spec *v1alpha1.MeshPolicySpec, origin model.Origin) (settings, model.Problems) {
	var out settings
	if !AnnotatesNamespace(spec) {
		return out, nil
	}
	if problem, forbidden := c.forbidsNamespace(origin); forbidden {
		return out, model.Problems{problem}
	}
	read := durations{origin: origin}
	if spec.Injection != nil {
		out.injection = &model.Injection{Mode: model.InjectionMode(*spec.Injection), Origin: at(origin, "spec.injection")}
	}
	if spec.MTLS != nil && *spec.MTLS == v1alpha1.MTLSStrict {
		out.pods.Encryption = &model.Encryption{Origin: at(origin, "spec.mtls")}
	}
	if spec.OpaquePorts != nil {
		out.pods.Opaque = &model.OpaquePorts{Ports: portRanges(spec.OpaquePorts), Origin: at(origin, "spec.opaquePorts")}
	}
	out.pods.Bypass, out.notices = c.readBypass(spec.Bypass, at(origin, "spec.bypass"), "is withdrawn from the Namespace; pods that run keep it until they are new: restart their workloads")
	out.pods.Proxy = read.proxy(spec.Proxy, "spec.proxy")
	if Restarts(spec) && !c.snapshot.RestartsAllowed {
		out.notices = append(out.notices, model.Problem{
			Origin: at(origin, "spec.restart"), Reason: v1alpha1.ReasonPartiallySupported, Advisory: true,
			Message: "the operator may not restart workloads here, the rest is applied; restart those of status.pods.workloads yourself, " +
				"or ask the administrator to set injection.restarts in its configuration",
		})
	}
	return out, read.problems
}

// forbidsNamespace says why the Namespace may not be annotated.
func (c *composer) forbidsNamespace(origin model.Origin) (model.Problem, bool) {
	problem := model.Problem{Origin: at(origin, "spec.target"), Reason: v1alpha1.ReasonInvalid}
	switch owner := c.snapshot.systemOwner(); {
	case owner != "":
		problem.Message = "the namespace " + c.snapshot.Namespace + " belongs to " + owner + ", its pods are not put into the mesh; " +
			"remove injection, mtls, bypass, opaquePorts and proxy"
	case !c.snapshot.InjectionAllowed:
		problem.Message = "the operator may not annotate Namespaces here, which injection, mtls, bypass, opaquePorts and proxy of a namespace need; " +
			"ask the administrator to set injection.enabled in its configuration"
	default:
		return model.Problem{}, false
	}
	return problem, true
}

// systemOwner says in words whose namespace it is, where that is nobody's who has workloads in the mesh. Empty: it is a namespace like others.
func (s *Snapshot) systemOwner() string {
	switch {
	case slices.Contains(systemNamespaces, s.Namespace):
		return "Kubernetes itself"
	case s.Namespace == s.MeshNamespace:
		return "the mesh itself"
	case s.Namespace == s.OperatorNamespace:
		return "Kubemate itself"
	}
	return ""
}

// readBypass reads a bypass; once it has expired it is withdrawn, of which people are told what follows.
func (c *composer) readBypass(bypass *v1alpha1.Bypass, origin model.Origin, withdrawn string) (*model.Bypass, model.Problems) {
	if bypass == nil {
		return nil, nil
	}
	out := &model.Bypass{Inbound: portRanges(bypass.InboundPorts), Outbound: portRanges(bypass.OutboundPorts), Origin: origin}
	if bypass.Expires == nil {
		return out, nil
	}
	ends := bypass.Expires.UTC()
	notice := model.Problem{Origin: at(origin, origin.Path+".expires"), Advisory: true}
	switch now := c.snapshot.Now; {
	case !now.Before(ends):
		notice.Reason = v1alpha1.ReasonBypassExpired
		notice.Message = "the bypass expired at " + ends.Format(time.RFC3339) + " and " + withdrawn
		return nil, model.Problems{notice}
	case !now.Before(ends.Add(-bypassWarning)):
		c.wakeAt(ends)
		notice.Reason = v1alpha1.ReasonBypassExpires
		notice.Message = "the bypass expires at " + ends.Format(time.RFC3339) + ": new pods will call through the mesh again; set a later time, or remove expires, to keep it"
		return out, model.Problems{notice}
	}
	c.wakeAt(ends.Add(-bypassWarning))
	return out, nil
}

// BypassExpired says whether a bypass of the namespace has ended that a policy still has: that restarts nothing.
func BypassExpired(policies []*v1alpha1.MeshPolicy, now time.Time) bool {
	return slices.ContainsFunc(policies, func(policy *v1alpha1.MeshPolicy) bool {
		return policy.Spec.Target.Kind == v1alpha1.TargetNamespace && expired(policy.Spec.Bypass, now)
	})
}

// expired says whether there is a bypass that has ended.
func expired(bypass *v1alpha1.Bypass, now time.Time) bool {
	return bypass != nil && bypass.Expires != nil && !now.Before(bypass.Expires.Time)
}

// wakeAt notes when the same snapshot comes to something else.
func (c *composer) wakeAt(due time.Time) {
	if c.due.IsZero() || due.Before(c.due) {
		c.due = due
	}
}

func (r *durations) proxy(proxy *v1alpha1.Proxy, place string) *model.Proxy {
	if proxy == nil {
		return nil
	}
	out := &model.Proxy{
		Await: proxy.Await, Origin: at(r.origin, place),
		ShutdownGracePeriod: r.optional(proxy.ShutdownGracePeriod, place+".shutdownGracePeriod"),
		WaitBeforeExit:      r.optional(proxy.WaitBeforeExit, place+".waitBeforeExit"),
	}
	out.CPURequest, out.CPULimit = amounts(proxy.CPU)
	out.MemoryRequest, out.MemoryLimit = amounts(proxy.Memory)
	if proxy.LogLevel != nil {
		out.LogLevel = *proxy.LogLevel
	}
	if proxy.AccessLog != nil {
		out.AccessLog = *proxy.AccessLog
	}
	return out
}

func amounts(resource *v1alpha1.ProxyResource) (request, limit string) {
	if resource == nil {
		return "", ""
	}
	if resource.Request != nil {
		request = string(*resource.Request)
	}
	if resource.Limit != nil {
		limit = string(*resource.Limit)
	}
	return request, limit
}

func portRanges(from []v1alpha1.PortRange) []model.PortRange {
	out := make([]model.PortRange, len(from))
	for i, one := range from {
		out[i] = model.PortRange{First: int32(one.Port), Last: int32(one.Port)}
		if one.EndPort != nil {
			out[i].Last = int32(*one.EndPort)
		}
	}
	return out
}

func holdsPort(ranges []model.PortRange, port int32) bool {
	return slices.ContainsFunc(ranges, func(r model.PortRange) bool { return r.Holds(port) })
}
