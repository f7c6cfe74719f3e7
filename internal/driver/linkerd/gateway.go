package linkerd

import (
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1beta3"
)

var gatewayRoute = schema.GroupVersionKind{Group: gatewayv1.GroupVersion.Group, Version: gatewayv1.GroupVersion.Version, Kind: kindHTTPRoute}

// inRouteGroup writes a route in the configured group. What Kubemate writes of a route looks the same in both. The Gateway API's Go type is
// not used, because it cannot leave out its status.
func (d policyDriver) inRouteGroup(route *v1beta3.HTTPRoute) client.Object {
	if d.config.RouteGroup != RouteGroupGateway {
		return route
	}
	metadata := map[string]any{"namespace": route.Namespace, "name": route.Name}
	if len(route.Annotations) > 0 {
		annotations := make(map[string]any, len(route.Annotations))
		for key, value := range route.Annotations {
			annotations[key] = value
		}
		metadata["annotations"] = annotations
	}
	parent := route.Spec.ParentRefs[0]
	rules := make([]any, len(route.Spec.Rules))
	for i, rule := range route.Spec.Rules {
		rules[i] = map[string]any{"matches": gatewayMatches(rule.Matches), "backendRefs": gatewayBackends(rule.BackendRefs)}
	}
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": gatewayRoute.GroupVersion().String(), "kind": gatewayRoute.Kind, "metadata": metadata,
		"spec": map[string]any{
			"parentRefs": []any{map[string]any{
				"group": parent.Group, "kind": parent.Kind, "name": parent.Name, "port": int64(parent.Port),
			}},
			"rules": rules,
		},
	}}
}

func gatewayMatches(matches []v1beta3.HTTPRouteMatch) []any {
	out := make([]any, len(matches))
	for i, match := range matches {
		written := map[string]any{"path": map[string]any{"type": match.Path.Type, "value": match.Path.Value}}
		if match.Method != "" {
			written["method"] = match.Method
		}
		if len(match.Headers) > 0 {
			written["headers"] = gatewayValues(match.Headers)
		}
		if len(match.QueryParams) > 0 {
			written["queryParams"] = gatewayValues(match.QueryParams)
		}
		out[i] = written
	}
	return out
}

func gatewayValues(values []v1beta3.HTTPValueMatch) []any {
	out := make([]any, len(values))
	for i, value := range values {
		out[i] = map[string]any{"type": value.Type, "name": value.Name, "value": value.Value}
	}
	return out
}

func gatewayBackends(backends []v1beta3.BackendRef) []any {
	out := make([]any, len(backends))
	for i, backend := range backends {
		out[i] = map[string]any{
			"group": backend.Group, "kind": backend.Kind, "name": backend.Name, "namespace": backend.Namespace,
			"port": int64(backend.Port), "weight": int64(backend.Weight),
		}
	}
	return out
}
