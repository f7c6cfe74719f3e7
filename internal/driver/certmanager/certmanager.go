// Package certmanager asks cert-manager for the certificates of edges, as Certificates of cert-manager.io/v1. Who signs is the user's choice; the
// hosts are those that the edge has won, so that nobody gets a certificate for a host of another namespace.
package certmanager

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubemate/kubemate/internal/driver"
	certmanagerv1 "github.com/kubemate/kubemate/internal/driver/certmanager/api/v1"
	"github.com/kubemate/kubemate/internal/model"
)

// Driver is the driver for cert-manager. The zero value is ready.
type Driver struct{}

var _ driver.Driver = Driver{}

// New is the driver for cert-manager.
func New() Driver { return Driver{} }

// AddToScheme registers the types of cert-manager.io/v1.
func AddToScheme(scheme *runtime.Scheme) error { return certmanagerv1.AddToScheme(scheme) }

// Name is "cert-manager".
func (Driver) Name() string { return "cert-manager" }

// Features is empty: whether there is cert-manager at all decides.
func (Driver) Features() model.FeatureSet { return model.FeatureSet{} }

// Kinds is Certificate.
func (Driver) Kinds() []schema.GroupVersionKind {
	return []schema.GroupVersionKind{certmanagerv1.GroupVersion.WithKind(certmanagerv1.KindCertificate)}
}

// Render writes a Certificate for each edge that asks for one. It has the name of its Secret.
func (Driver) Render(ns model.Namespace) (driver.Output, error) {
	var out driver.Output
	for i := range ns.Edges {
		edge := &ns.Edges[i]
		if edge.TLS == nil || edge.TLS.Issuer == nil {
			continue
		}
		issuer := edge.TLS.Issuer
		out.Objects = append(out.Objects, driver.Object{Origins: []model.Origin{edge.Origin.Object()}, Object: &certmanagerv1.Certificate{
			TypeMeta:   metav1.TypeMeta{APIVersion: certmanagerv1.GroupVersion.String(), Kind: certmanagerv1.KindCertificate},
			ObjectMeta: metav1.ObjectMeta{Namespace: ns.Name, Name: edge.TLS.SecretName},
			Spec: certmanagerv1.CertificateSpec{
				SecretName: edge.TLS.SecretName, DNSNames: edge.Hosts,
				IssuerRef: certmanagerv1.IssuerReference{Name: issuer.Name, Kind: issuer.Kind, Group: certmanagerv1.GroupVersion.Group},
			},
		}})
	}
	return out, nil
}
