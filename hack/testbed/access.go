package testbed

import (
	"context"
	"crypto/rand"
	"fmt"

	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// tokenLifetime is longer than any testbed runs.
const tokenLifetime = 24 * 60 * 60

// Config is an administrator's access, without client-side rate limit. Each call returns a copy.
func (tb *Testbed) Config() *rest.Config { return rest.CopyConfig(tb.config) }

// Kubeconfig is the path of an administrator's kubeconfig for use inside the namespace.
func (tb *Testbed) Kubeconfig() string { return tb.path("kubeconfig") }

// ConfigFor is the access of a user with groups, known by a client certificate. The user has no rights until some
// RoleBinding names it.
func (tb *Testbed) ConfigFor(user string, groups ...string) (*rest.Config, error) {
	pair, err := tb.authority.Client(user, groups...)
	if err != nil {
		return nil, err
	}
	config := tb.anonymous()
	config.CertData, config.KeyData = pair.Certificate, pair.Key
	return config, nil
}

// ServiceAccountConfig is the access of an existing ServiceAccount, by a token that the API server signs.
func (tb *Testbed) ServiceAccountConfig(ctx context.Context, namespace, name string) (*rest.Config, error) {
	lifetime := int64(tokenLifetime)
	request := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{ExpirationSeconds: &lifetime}}
	answer, err := tb.client.CoreV1().ServiceAccounts(namespace).CreateToken(ctx, name, request, metav1.CreateOptions{})
	if err != nil {
		return nil, fmt.Errorf("token of ServiceAccount %s/%s: %w", namespace, name, err)
	}
	config := tb.anonymous()
	config.BearerToken = answer.Status.Token
	return config, nil
}

func (tb *Testbed) anonymous() *rest.Config {
	return &rest.Config{
		Host:            fmt.Sprintf("https://127.0.0.1:%d", tb.apiPort),
		TLSClientConfig: rest.TLSClientConfig{CAData: tb.authority.PEM()},
		QPS:             -1,
	}
}

// makeAdministrator sets the testbed's own access and returns the API server's token file. Traefik has an entry of its
// own there; its rights are given when one starts.
func (tb *Testbed) makeAdministrator() (tokens []byte, err error) {
	admin, traefik := rand.Text(), rand.Text()
	tb.config = tb.anonymous()
	tb.config.BearerToken = admin
	tb.traefikToken = traefik
	if tb.client, err = kubernetes.NewForConfig(tb.config); err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, "%s,admin,admin,system:masters\n%s,%s,%s\n", admin, traefik, traefikUser, traefikUser), nil
}

// WriteKubeconfig writes the access as a file that kubectl and others read.
func WriteKubeconfig(path string, config *rest.Config) error {
	const name = "testbed"
	file := clientcmdapi.NewConfig()
	file.Clusters[name] = &clientcmdapi.Cluster{Server: config.Host, CertificateAuthorityData: config.CAData}
	file.AuthInfos[name] = &clientcmdapi.AuthInfo{
		Token: config.BearerToken, ClientCertificateData: config.CertData, ClientKeyData: config.KeyData,
	}
	file.Contexts[name] = &clientcmdapi.Context{Cluster: name, AuthInfo: name}
	file.CurrentContext = name
	return clientcmd.WriteToFile(*file, path)
}
