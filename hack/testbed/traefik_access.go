package testbed

import (
	"context"

	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// traefikUser is who Traefik is to the API server.
const traefikUser = "traefik"

// traefikRules are the rights that Traefik's documentation asks for, and those of its other two providers.
var traefikRules = []rbacv1.PolicyRule{
	readOnly("", "services", "secrets", "nodes", "configmaps", "pods", "namespaces"),
	readOnly("discovery.k8s.io", "endpointslices"),
	readOnly("networking.k8s.io", "ingresses", "ingressclasses"),
	readOnly("traefik.io", "*"),
	readOnly("gateway.networking.k8s.io", "*"),
	{
		Verbs: []string{"update", "patch"}, APIGroups: []string{"gateway.networking.k8s.io"},
		Resources: []string{"gatewayclasses/status", "gateways/status", "httproutes/status", "grpcroutes/status", "tcproutes/status", "tlsroutes/status"},
	},
}

func readOnly(group string, resources ...string) rbacv1.PolicyRule {
	return rbacv1.PolicyRule{Verbs: []string{"get", "list", "watch"}, APIGroups: []string{group}, Resources: resources}
}

// prepareForTraefik comes first: a Traefik that misses one kind or one right never routes anything.
func (tb *Testbed) prepareForTraefik(ctx context.Context) error {
	crds, err := TraefikCRDs()
	if err != nil {
		return err
	}
	if err := tb.InstallCRDs(ctx, crds...); err != nil {
		return err
	}
	role := &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: traefikUser}, Rules: traefikRules}
	_, err = tb.client.RbacV1().ClusterRoles().Create(ctx, role, metav1.CreateOptions{})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return err
	}
	binding := &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: traefikUser},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: traefikUser},
		Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: traefikUser}},
	}
	_, err = tb.client.RbacV1().ClusterRoleBindings().Create(ctx, binding, metav1.CreateOptions{})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return err
	}
	return nil
}
