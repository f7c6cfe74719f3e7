package linkerdtest

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1alpha1"
	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1beta1"
	"github.com/kubemate/kubemate/internal/driver/linkerd/api/policy/v1beta3"
)

// Admit says what Linkerd's webhooks, or its controllers where these look away, would refuse about an object. What it does not know is admitted.
func Admit(object client.Object) error {
	switch o := object.(type) {
	case *v1beta3.HTTPRoute:
		return admitRoute(o)
	case *v1alpha1.AuthorizationPolicy:
		return admitPolicy(o)
	case *v1alpha1.MeshTLSAuthentication:
		return admitMeshTLS(o)
	case *v1alpha1.NetworkAuthentication:
		if len(o.Spec.Networks) == 0 {
			return errors.New("at least one network must be specified")
		}
		for _, network := range o.Spec.Networks {
			if err := admitNetwork(network.CIDR); err != nil {
				return err
			}
		}
	case *v1alpha1.EgressNetwork:
		for _, network := range o.Spec.Networks {
			if err := admitNetwork(network.CIDR); err != nil {
				return err
			}
		}
	case *unstructured.Unstructured:
		return admitPlainRoute(o)
	case *v1beta3.Server:
		if o.Spec.AccessPolicy != "deny" && o.Spec.AccessPolicy != "audit" {
			return fmt.Errorf("accessPolicy is %q", o.Spec.AccessPolicy)
		}
	case *v1beta1.ServerAuthorization:
		return admitAuthorization(o)
	}
	return nil
}

var (
	oneUnit    = regexp.MustCompile(`^[0-9]+(ms|s|m|h|d)$`)
	statuses   = regexp.MustCompile(`^(5xx|gateway-error|[1-5][0-9]{2}(-[1-5][0-9]{2})?)$`)
	grpcStatus = regexp.MustCompile(`^(cancelled|deadline-exceeded|internal|resource-exhausted|unavailable)$`)
	identity   = regexp.MustCompile(`^(\*|[a-z0-9]([-a-z0-9]*[a-z0-9])?)(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)
)

var errNoPort = errors.New("cannot target an EgressNetwork without specifying a port")

// admitPlainRoute looks at TLSRoutes and TCPRoutes.
func admitPlainRoute(route *unstructured.Unstructured) error {
	if route.GetKind() != "TLSRoute" && route.GetKind() != "TCPRoute" {
		return nil
	}
	if rules, _, err := unstructured.NestedSlice(route.Object, "spec", "rules"); err != nil || len(rules) != 1 {
		return fmt.Errorf("%s supports a single rule only: %d (%w)", route.GetKind(), len(rules), err)
	}
	parents, _, err := unstructured.NestedSlice(route.Object, "spec", "parentRefs")
	if err != nil {
		return err
	}
	for _, parent := range parents {
		if port, named, err := unstructured.NestedInt64(parent.(map[string]any), "port"); err != nil || !named || port == 0 {
			return errNoPort
		}
	}
	return nil
}

func admitRoute(route *v1beta3.HTTPRoute) error {
	for _, parent := range route.Spec.ParentRefs {
		if parent.Kind == "Server" && parent.Port != 0 {
			return errors.New("route resource may not reference a parent Server by port: the whole route would be ignored")
		}
		if parent.Kind == "EgressNetwork" && parent.Port == 0 {
			return errNoPort
		}
	}
	for key, value := range route.Annotations {
		var err error
		switch key {
		case "timeout.linkerd.io/request", "retry.linkerd.io/timeout":
			err = each(value, "", oneUnit)
		case "retry.linkerd.io/http":
			err = each(value, ",", statuses)
		case "retry.linkerd.io/grpc":
			err = each(value, ",", grpcStatus)
		case "retry.linkerd.io/limit":
			_, err = strconv.ParseUint(value, 10, 16)
		default:
			err = errors.New("unknown annotation")
		}
		if err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	return admitRules(route.Spec.Rules)
}

func each(value, separator string, form *regexp.Regexp) error {
	parts := []string{value}
	if separator != "" {
		parts = strings.Split(value, separator)
	}
	for _, part := range parts {
		if !form.MatchString(part) {
			return fmt.Errorf("%q is not of the form %s", part, form)
		}
	}
	return nil
}

func admitRules(rules []v1beta3.HTTPRouteRule) error {
	for i, rule := range rules {
		for _, match := range rule.Matches {
			if match.Path.Type != v1beta3.MatchRegularExpression && !strings.HasPrefix(match.Path.Value, "/") {
				return fmt.Errorf("rule %d: paths must be absolute, %q is not", i, match.Path.Value)
			}
		}
		sum := int64(0)
		for _, backend := range rule.BackendRefs {
			sum += int64(backend.Weight)
		}
		if len(rule.BackendRefs) > 0 && (sum == 0 || sum > 1<<32-1) {
			return fmt.Errorf("rule %d: the weights add up to %d: proxies panic", i, sum)
		}
	}
	return nil
}

func admitPolicy(policy *v1alpha1.AuthorizationPolicy) error {
	count := map[string]int{}
	for _, ref := range policy.Spec.RequiredAuthenticationRefs {
		count[ref.Kind]++
		if ref.Kind != "MeshTLSAuthentication" && ref.Kind != "NetworkAuthentication" || ref.Group != "policy.linkerd.io" {
			return fmt.Errorf("unsupported authentication kind %s.%s", ref.Kind, ref.Group)
		}
		if count[ref.Kind] > 1 {
			return fmt.Errorf("only a single %s may be set", ref.Kind)
		}
	}
	if len(count) == 0 {
		return errors.New("no authentication is required: everybody would be allowed")
	}
	if target := policy.Spec.TargetRef; target.Group != "policy.linkerd.io" || target.Kind != "Server" && target.Kind != "HTTPRoute" {
		return fmt.Errorf("unsupported target %s.%s", target.Kind, target.Group)
	}
	return nil
}

func admitMeshTLS(authn *v1alpha1.MeshTLSAuthentication) error {
	for _, id := range authn.Spec.Identities {
		if !identity.MatchString(id) {
			return fmt.Errorf("id %s is invalid", id)
		}
	}
	for _, ref := range authn.Spec.IdentityRefs {
		if ref.Kind == "Namespace" && ref.Namespace != "" {
			return errors.New("identity_ref to a Namespace is cluster-scoped and cannot have a namespace")
		}
	}
	if (len(authn.Spec.Identities) == 0) == (len(authn.Spec.IdentityRefs) == 0) {
		return errors.New("exactly one of identities and identityRefs must be set")
	}
	return nil
}

// admitNetwork refuses what is no network. Kubemate writes no exceptions, so that what holds for these need not be checked.
func admitNetwork(cidr string) error {
	_, err := netip.ParsePrefix(cidr)
	return err
}

func admitAuthorization(authorization *v1beta1.ServerAuthorization) error {
	who := authorization.Spec.Client
	if who.Unauthenticated == (who.MeshTLS != nil) {
		return errors.New("`unauthenticated` must be false if `mesh_tls` is specified, and one is needed")
	}
	if who.MeshTLS != nil && len(who.MeshTLS.Identities)+len(who.MeshTLS.ServiceAccounts) == 0 {
		return errors.New("authorization authorizes no clients: it would be ignored")
	}
	if len(who.Networks) == 0 {
		return errors.New("no networks: they would be the cluster's own")
	}
	for _, network := range who.Networks {
		if err := admitNetwork(network.CIDR); err != nil {
			return err
		}
	}
	return nil
}
