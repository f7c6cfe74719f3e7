package linkerd

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1beta3"
	"github.com/kubemate/kubemate/internal/model"
)

// Names of the drivers.
const (
	NamePolicy  = "linkerd-policy"
	NameClassic = "linkerd-classic"
)

// Groups that an HTTPRoute with a Service as parent can be of.
const (
	// RouteGroupPolicy is Linkerd's own: it needs no CRDs of the Gateway API, and no other mesh reads it.
	RouteGroupPolicy = "policy.linkerd.io"
	// RouteGroupGateway is the Gateway API's.
	RouteGroupGateway = "gateway.networking.k8s.io"
)

// Config is what differs between clusters.
type Config struct {
	// RouteGroup of the HTTPRoutes between workloads. Empty: RouteGroupPolicy. Only for the policy generation.
	RouteGroup string
	// ClusterDomain that the names of Services end with. Empty: "cluster.local". This and the rest is only for the classic generation.
	ClusterDomain string
	// TrustDomain that mesh identities end with. Empty: ClusterDomain.
	TrustDomain string
	// ControlPlaneNamespace is part of every mesh identity. Empty: "linkerd".
	ControlPlaneNamespace string
	// ProxyPort is where proxies take the calls of other proxies. 0: 4143. Of both generations.
	ProxyPort int32
	// WithoutRateLimits: Linkerd is older than 2.17 and has none. Only for the policy generation.
	WithoutRateLimits bool
	// WithoutEgress: Linkerd is older than 2.17, or the cluster lacks the TLSRoute or TCPRoute of the Gateway API. Only for the policy generation.
	WithoutEgress bool
}

// Words of the APIs.
const (
	groupCore      = "core"
	groupPolicy    = "policy.linkerd.io"
	policyV1alpha1 = "policy.linkerd.io/v1alpha1"
	policyV1beta1  = "policy.linkerd.io/v1beta1"
	policyV1beta3  = "policy.linkerd.io/v1beta3"

	kindService               = "Service"
	kindServer                = "Server"
	kindHTTPRoute             = "HTTPRoute"
	kindAuthorizationPolicy   = "AuthorizationPolicy"
	kindMeshTLSAuthentication = "MeshTLSAuthentication"
	kindNetworkAuthentication = "NetworkAuthentication"
	kindServerAuthorization   = "ServerAuthorization"
	kindServiceProfile        = "ServiceProfile"
	kindTrafficSplit          = "TrafficSplit"
)

// policyDriver is the driver of the policy generation.
type policyDriver struct{ config Config }

// Policy is the driver for Linkerd 2.16 and newer.
func Policy(config Config) driver.MeshDriver {
	if config.RouteGroup == "" {
		config.RouteGroup = RouteGroupPolicy
	}
	return policyDriver{config}
}

// Name is NamePolicy.
func (policyDriver) Name() string { return NamePolicy }

// Features is everything that a mesh can be asked for.
func (d policyDriver) Features() model.FeatureSet {
	all := model.Features(
		model.FeatureInjection, model.FeatureEncryption, model.FeatureBypass, model.FeatureOpaquePorts, model.FeatureProxy,
		model.FeatureWeights, model.FeatureMatches, model.FeatureMatchQuery, model.FeatureTimeout, model.FeatureRetry,
		model.FeatureRetryLimit, model.FeatureRetryOn, model.FeaturePerTryTimeout, model.FeatureCircuitBreaker,
		model.FeatureAccess, model.FeatureAccessRequests, model.FeatureAccessAudit,
	)
	if !d.config.WithoutRateLimits {
		all[model.FeatureRateLimit] = true
	}
	if !d.config.WithoutEgress {
		all[model.FeatureEgressHosts] = true
	}
	return all
}

// Kinds puts grants before what they are about, so that nothing that restricts is ever without its grants: an AuthorizationPolicy may name a
// route or Server that is not there yet, while a route without AuthorizationPolicy refuses everybody. For the same reason the deletion, which
// goes the other way, takes the Server first and the grants last. An EgressNetwork comes after its routes for the same reason.
func (d policyDriver) Kinds() []schema.GroupVersionKind {
	kinds := []schema.GroupVersionKind{
		v1alpha1.GroupVersion.WithKind(kindNetworkAuthentication),
		v1alpha1.GroupVersion.WithKind(kindMeshTLSAuthentication),
		v1alpha1.GroupVersion.WithKind(kindAuthorizationPolicy),
		v1alpha1.GroupVersion.WithKind(kindRateLimit),
		v1beta3.GroupVersion.WithKind(kindHTTPRoute),
	}
	if d.config.RouteGroup == RouteGroupGateway {
		kinds = append(kinds, gatewayRoute)
	}
	return append(kinds, v1beta3.GroupVersion.WithKind(kindServer), tlsRoute, tcpRoute, v1alpha1.GroupVersion.WithKind(kindEgressNetwork))
}

// Render writes injection, routes, access and the ways out.
func (d policyDriver) Render(ns model.Namespace) (driver.Output, error) {
	out := driver.Output{Borrowed: namespaceAnnotations(ns), Templates: templates(ns), Objects: make([]driver.Object, 0, 8*len(ns.Services))}
	for i := range ns.Services {
		svc := &ns.Services[i]
		var err error
		if out.Objects, err = d.outbound(out.Objects, ns.Name, svc); err != nil {
			return driver.Output{}, err
		}
		if out.Objects, err = inbound(out.Objects, ns.Name, svc); err != nil {
			return driver.Output{}, err
		}
		out.Borrowed = append(out.Borrowed, serviceAnnotations(ns.Name, svc)...)
	}
	if ns.Outside != nil {
		out.Objects = append(out.Objects, outside(ns.Name, ns.Outside)...)
	}
	return out, nil
}

// namespaceKind is what annotations for new pods are borrowed on.
var namespaceKind = corev1.SchemeGroupVersion.WithKind("Namespace")
