package evaluate

import (
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1alpha2 "sigs.k8s.io/gateway-api/apis/v1alpha2"

	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1beta1"
	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1beta3"
)

// Groups of the kinds that Linkerd reads.
const (
	groupPolicy  = "policy.linkerd.io"
	groupGateway = "gateway.networking.k8s.io"
	kindServer   = "Server"
)

// empty makes the Go type of a kind. The versions of a kind differ in what they lack, so one type reads all.
var empty = map[schema.GroupKind]func() client.Object{
	{Kind: "Namespace"}: func() client.Object { return &corev1.Namespace{} },
	{Group: networkingv1.GroupName, Kind: "NetworkPolicy"}: func() client.Object { return &networkingv1.NetworkPolicy{} },
	{Group: groupPolicy, Kind: kindServer}:                 func() client.Object { return &v1beta3.Server{} },
	{Group: groupPolicy, Kind: "HTTPRoute"}:                func() client.Object { return &v1beta3.HTTPRoute{} },
	{Group: groupGateway, Kind: "HTTPRoute"}:               func() client.Object { return &gatewayv1.HTTPRoute{} },
	{Group: groupGateway, Kind: "GRPCRoute"}:               func() client.Object { return &gatewayv1.GRPCRoute{} },
	{Group: groupGateway, Kind: kindTLSRoute}:              func() client.Object { return &gatewayv1alpha2.TLSRoute{} },
	{Group: groupGateway, Kind: kindTCPRoute}:              func() client.Object { return &gatewayv1alpha2.TCPRoute{} },
	{Group: groupPolicy, Kind: kindEgressNetwork}:          func() client.Object { return &v1alpha1.EgressNetwork{} },
	{Group: groupPolicy, Kind: "ServerAuthorization"}:      func() client.Object { return &v1beta1.ServerAuthorization{} },
	{Group: groupPolicy, Kind: "AuthorizationPolicy"}:      func() client.Object { return &v1alpha1.AuthorizationPolicy{} },
	{Group: groupPolicy, Kind: "MeshTLSAuthentication"}:    func() client.Object { return &v1alpha1.MeshTLSAuthentication{} },
	{Group: groupPolicy, Kind: "NetworkAuthentication"}:    func() client.Object { return &v1alpha1.NetworkAuthentication{} },
}

// decode makes the Go type of an unstructured object of a kind that means something here. Others stay as they are.
func decode(object client.Object) (client.Object, error) {
	loose, ok := object.(*unstructured.Unstructured)
	if !ok {
		return object, nil
	}
	newTyped := empty[loose.GroupVersionKind().GroupKind()]
	if newTyped == nil {
		return object, nil
	}
	typed := newTyped()
	return typed, runtime.DefaultUnstructuredConverter.FromUnstructured(loose.Object, typed)
}
