package testbed_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/kubemate/kubemate/hack/testbed"
)

func TestUsers(t *testing.T) {
	tb := testbed.Shared(t)
	jane, err := tb.ConfigFor("jane", "devs", "ops")
	if err != nil {
		t.Fatal(err)
	}
	user := whoAmI(t, jane)
	if user.Username != "jane" || !slices.Contains(user.Groups, "devs") || !slices.Contains(user.Groups, "ops") {
		t.Errorf("the API server sees %v", user)
	}
	_, err = kubernetes.NewForConfigOrDie(jane).CoreV1().Secrets("default").List(t.Context(), metav1.ListOptions{})
	if !apierrors.IsForbidden(err) {
		t.Errorf("a user without rights may list Secrets: %v", err)
	}
}

func TestServiceAccounts(t *testing.T) {
	tb := testbed.Shared(t)
	accounts := kubernetes.NewForConfigOrDie(tb.Config()).CoreV1().ServiceAccounts("default")
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "operator"}}
	if _, err := accounts.Create(t.Context(), account, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	config, err := tb.ServiceAccountConfig(t.Context(), "default", "operator")
	if err != nil {
		t.Fatal(err)
	}
	if user := whoAmI(t, config); user.Username != "system:serviceaccount:default:operator" {
		t.Errorf("the API server sees %v", user)
	}
	audit := tb.Audit("system:serviceaccount:default:operator")
	await(t, "the account's one question to be told", func(context.Context) error {
		asked, err := audit.Since(time.Time{})
		if err == nil && (len(asked) != 1 || asked[0].ObjectRef.Resource != "selfsubjectreviews") {
			err = fmt.Errorf("the audit log tells of %v", asked)
		}
		return err
	})
	if asked, err := audit.Since(time.Time{}); err != nil || len(asked) != 1 {
		t.Errorf("asked again, the audit log tells of %v (%v)", asked, err)
	}
	if asked, err := audit.Since(time.Now()); err != nil || len(asked) != 0 {
		t.Errorf("the audit log tells of %v (%v) that has not come yet", asked, err)
	}
}

func whoAmI(t *testing.T, config *rest.Config) authenticationv1.UserInfo {
	t.Helper()
	client := kubernetes.NewForConfigOrDie(config).AuthenticationV1().SelfSubjectReviews()
	review, err := client.Create(t.Context(), &authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return review.Status.UserInfo
}

func TestGatewayCRDs(t *testing.T) {
	tb := testbed.Shared(t)
	paths, err := testbed.GatewayCRDs()
	if err != nil {
		t.Fatal(err)
	}
	if err := tb.InstallCRDs(t.Context(), paths...); err != nil {
		t.Fatal(err)
	}
	if output, err := tb.Kubectl(t.Context(), "get", "httproutes.gateway.networking.k8s.io"); err != nil {
		t.Error(output, err)
	}
}

// TestAPIServerAlone is the smallest testbed, and it survives the loss of its API server.
func TestAPIServerAlone(t *testing.T) {
	tb := testbed.New(t, testbed.Options{})
	if tb.Server("kwok") != nil || tb.Server("traefik") != nil {
		t.Error("it runs more than it was asked for")
	}
	client := kubernetes.NewForConfigOrDie(tb.Config()).CoreV1().ConfigMaps("default")
	kept := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "kept"}}
	if _, err := client.Create(t.Context(), kept, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := tb.Server("kube-apiserver").Kill(); err != nil {
		t.Fatal(err)
	}
	if err := tb.Server("kube-apiserver").Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Get(t.Context(), "kept", metav1.GetOptions{}); err != nil {
		t.Error(err)
	}
}
