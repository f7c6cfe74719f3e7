package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/hack/testbed/pki"
)

// openShop applies the sample shop and waits until its pods answer.
func (d *demo) openShop(ctx context.Context) error {
	samples := filepath.Join(d.root, "config", "samples")
	// First the workloads with their namespace, then the custom resources that speak of them.
	for _, folder := range []string{filepath.Join(samples, "shop"), samples} {
		if _, err := d.testbed.Kubectl(ctx, "apply", "--server-side", "-f", folder); err != nil {
			return fmt.Errorf("the sample shop: %w", err)
		}
	}
	if _, err := d.testbed.Kubectl(ctx, "wait", "deployments", "--all", "-A", "--for=condition=Available", "--timeout=60s"); err != nil {
		return fmt.Errorf("the sample shop: %w", err)
	}
	d.steps.done("the sample shop of config/samples runs")
	return nil
}

// certificates makes the TLS Secrets that profiles name and that nobody else has made.
func (d *demo) certificates(ctx context.Context, profiles []v1alpha1.IngressProfile) (err error) {
	if d.authority, err = pki.NewAuthority(); err != nil {
		return fmt.Errorf("the shop's certificates: %w", err)
	}
	client, err := kubernetes.NewForConfig(d.testbed.Config())
	if err != nil {
		return err
	}
	for i := range profiles {
		if profiles[i].Spec.TLS == nil {
			continue
		}
		secret, err := d.certificate(&profiles[i])
		if err != nil {
			return err
		}
		if _, err := client.CoreV1().Secrets(secret.Namespace).Create(ctx, secret, metav1.CreateOptions{}); err != nil {
			return fmt.Errorf("the shop's certificates: %w", err)
		}
	}
	return nil
}

func (d *demo) certificate(profile *v1alpha1.IngressProfile) (*corev1.Secret, error) {
	var hosts []string
	for _, host := range profile.Spec.Hosts {
		hosts = append(hosts, string(host))
	}
	slices.Sort(hosts)
	pair, err := d.authority.Server(hosts...)
	if err != nil {
		return nil, fmt.Errorf("the certificate of %v: %w", hosts, err)
	}
	return &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: profile.Namespace, Name: string(profile.Spec.TLS.SecretName)},
		Type:       corev1.SecretTypeTLS,
		Data:       map[string][]byte{corev1.TLSCertKey: pair.Certificate, corev1.TLSPrivateKeyKey: pair.Key},
	}, nil
}
