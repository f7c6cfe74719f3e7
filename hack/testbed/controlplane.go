package testbed

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"os"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/hack/testbed/netns"
	"github.com/kubemate/kubemate/hack/testbed/pki"
	"github.com/kubemate/kubemate/hack/testbed/process"
	"github.com/kubemate/kubemate/hack/testbed/servers"
)

// controlPlaneHosts are the names in the API server's certificate: inside the namespace, and outside through Expose.
var controlPlaneHosts = []string{
	"127.0.0.1", "localhost", netns.Address.String(), "10.0.0.1", "kubernetes", "kubernetes.default", "kubernetes.default.svc",
}

func (tb *Testbed) startControlPlane(ctx context.Context) error {
	authority, err := pki.NewAuthority()
	if err != nil {
		return err
	}
	tb.authority = authority
	etcd, err := tb.startEtcd(ctx)
	if err != nil {
		return err
	}
	if tb.apiPort, err = freePort(); err != nil {
		return err
	}
	if err := tb.writeCredentials(); err != nil {
		return err
	}
	if err := tb.startAPIServer(ctx, etcd); err != nil {
		return err
	}
	return poll(ctx, 10*time.Second, "namespace default", func(ctx context.Context) error {
		_, err := tb.client.CoreV1().Namespaces().Get(ctx, "default", metav1.GetOptions{})
		return err
	})
}

func (tb *Testbed) startEtcd(ctx context.Context) (url string, err error) {
	ports, err := freePorts(2)
	if err != nil {
		return "", err
	}
	path, err := servers.Etcd.Path()
	if err != nil {
		return "", err
	}
	client, peer := fmt.Sprintf("http://127.0.0.1:%d", ports[0]), fmt.Sprintf("http://127.0.0.1:%d", ports[1])
	args := []string{
		"--name=testbed", "--data-dir=" + tb.path("etcd"), "--log-level=warn",
		"--listen-client-urls=" + client, "--advertise-client-urls=" + client,
		"--listen-peer-urls=" + peer, "--initial-advertise-peer-urls=" + peer, "--initial-cluster=testbed=" + peer,
	}
	if !tb.options.Durable {
		args = append(args, "--unsafe-no-fsync")
	}
	_, err = tb.run(ctx, process.Command{Name: "etcd", Path: path, Args: args, Ready: process.HTTP(client+"/health", nil, "")})
	return client, err
}

func (tb *Testbed) startAPIServer(ctx context.Context, etcd string) error {
	path, err := servers.APIServer.Path()
	if err != nil {
		return err
	}
	args := []string{
		"--etcd-servers=" + etcd,
		"--bind-address=0.0.0.0", "--advertise-address=" + netns.Address.String(), fmt.Sprintf("--secure-port=%d", tb.apiPort),
		"--cert-dir=" + tb.path("certs"), "--tls-cert-file=" + tb.path("server.crt"), "--tls-private-key-file=" + tb.path("server.key"),
		"--authorization-mode=RBAC", "--client-ca-file=" + tb.path("ca.crt"), "--token-auth-file=" + tb.path("tokens.csv"),
		"--service-account-issuer=https://kubernetes.default.svc", "--service-account-key-file=" + tb.path("accounts.key"),
		"--service-account-signing-key-file=" + tb.path("accounts.key"),
		"--service-cluster-ip-range=10.0.0.0/16",
		// Pods need no ServiceAccount volume: nobody runs their containers.
		"--disable-admission-plugins=ServiceAccount",
		// There is no kube-proxy: webhooks behind a Service are reached at their endpoints.
		"--enable-aggregator-routing=true",
	}
	if tb.options.Audit {
		if err := os.WriteFile(tb.path("audit-policy.yaml"), []byte(auditPolicy), 0o600); err != nil {
			return err
		}
		args = append(args, "--audit-policy-file="+tb.path("audit-policy.yaml"), "--audit-log-path="+tb.auditLog())
	}
	ready := process.HTTP(tb.config.Host+"/readyz", tb.authority.Pool(), tb.config.BearerToken)
	_, err = tb.run(ctx, process.Command{Name: "kube-apiserver", Path: path, Args: args, Ready: ready, Within: time.Minute})
	return err
}

// auditPolicy records each request once, when its answer is known.
const auditPolicy = `{"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "omitStages": ["RequestReceived"], "rules": [{"level": "Metadata"}]}`

// auditLog is the path of the audit log; the file exists when Options.Audit is set.
func (tb *Testbed) auditLog() string { return tb.logs + "/audit.log" }

// writeCredentials writes what the API server needs to be trusted, to trust, and to sign ServiceAccount tokens.
func (tb *Testbed) writeCredentials() error {
	serving, err := tb.authority.Server(controlPlaneHosts...)
	if err != nil {
		return err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	accounts, err := pki.PrivateKey(key)
	if err != nil {
		return err
	}
	tokens, err := tb.makeAdministrator()
	if err != nil {
		return err
	}
	for name, content := range map[string][]byte{
		"ca.crt": tb.authority.PEM(), "server.crt": serving.Certificate, "server.key": serving.Key,
		"accounts.key": accounts, "tokens.csv": tokens,
	} {
		if err := os.WriteFile(tb.path(name), content, 0o600); err != nil {
			return err
		}
	}
	return WriteKubeconfig(tb.Kubeconfig(), tb.config)
}
