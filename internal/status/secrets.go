package status

import (
	"cmp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// Certificate is what has become of a certificate that was asked for.
type Certificate struct {
	Issued bool
	// Message of whoever gets it.
	Message string
}

// secrets says whether the Secrets of a profile are there. Nil: it needs none.
func (n *Namespace) secrets(profile *v1alpha1.IngressProfile) *metav1.Condition {
	edge := n.edge(profile.Name)
	if edge == nil { // not served, or held: nothing else is known than before
		return meta.FindStatusCondition(profile.Status.Conditions, v1alpha1.ConditionSecretsReady)
	}
	issued := edge.TLS != nil && edge.TLS.Issuer != nil
	if certificate, known := n.Certificates[secretOf(edge)]; issued && !certificate.Issued {
		message := "there is no Certificate " + edge.TLS.SecretName + " yet"
		if known {
			message = "cert-manager says of the Certificate " + edge.TLS.SecretName + ": " + cmp.Or(certificate.Message, "nothing yet")
		}
		return &metav1.Condition{
			Type: v1alpha1.ConditionSecretsReady, Status: metav1.ConditionFalse, Reason: v1alpha1.ReasonNotIssued,
			Message: message + "; until it is issued no connection to the hosts is accepted",
		}
	}
	verified := n.Verified[model.Origin{Kind: v1alpha1.KindIngressProfile, Name: edge.Name}]
	if missing := verified.Uncertified; len(missing) > 0 && !issued && edge.TLS != nil {
		return &metav1.Condition{
			Type: v1alpha1.ConditionSecretsReady, Status: metav1.ConditionFalse, Reason: v1alpha1.ReasonNotLoaded,
			Message: "the gateway " + edge.Gateway.Name + " has no certificate for " + strings.Join(missing, ", ") + ": is there a Secret " + edge.TLS.SecretName +
				" of the type kubernetes.io/tls with one? Until then no connection to them is accepted",
		}
	}
	if old := meta.FindStatusCondition(profile.Status.Conditions, v1alpha1.ConditionSecretsReady); n.stillTold(old, profile, verified) {
		return old
	}
	unread := unread(edge, verified.Certified)
	switch {
	case len(unread) > 0:
		return &metav1.Condition{
			Type: v1alpha1.ConditionSecretsReady, Status: metav1.ConditionUnknown, Reason: v1alpha1.ReasonNotRead,
			Message: "Kubemate does not read Secrets; what needs one that is missing is closed: " + strings.Join(unread, ", "),
		}
	case issued:
		return &metav1.Condition{
			Type: v1alpha1.ConditionSecretsReady, Status: metav1.ConditionTrue, Reason: v1alpha1.ReasonIssued,
			Message: "cert-manager has issued the Certificate " + edge.TLS.SecretName,
		}
	case edge.TLS != nil:
		return &metav1.Condition{
			Type: v1alpha1.ConditionSecretsReady, Status: metav1.ConditionTrue, Reason: v1alpha1.ReasonLoaded,
			Message: "the gateway " + edge.Gateway.Name + " has a certificate for every host",
		}
	default:
		return nil
	}
}

// stillTold says whether what a gateway said of the same spec is all that is known: it has not been asked again since the operator started, or since an
// object was mended.
func (n *Namespace) stillTold(old *metav1.Condition, profile *v1alpha1.IngressProfile, verified Verified) bool {
	return n.Verified != nil && !verified.Certified && old != nil && old.ObservedGeneration == profile.Generation &&
		(old.Reason == v1alpha1.ReasonLoaded || old.Reason == v1alpha1.ReasonNotLoaded)
}

// secretOf is the Secret with the certificate of an edge. Empty: plain HTTP.
func secretOf(edge *model.Edge) string {
	if edge.TLS == nil {
		return ""
	}
	return edge.TLS.SecretName
}

// unread are the Secrets of which nobody tells whether they are there. A gateway that has certificates for all hosts has told of one.
func unread(edge *model.Edge, certified bool) []string {
	var names []string
	if edge.TLS != nil && edge.TLS.Issuer == nil && !certified {
		names = append(names, edge.TLS.SecretName)
	}
	if edge.TLS != nil && edge.TLS.ClientAuth != nil {
		names = append(names, edge.TLS.ClientAuth.CASecret)
	}
	for i := range edge.Routes {
		if name := edge.Routes[i].BasicAuth; name != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (n *Namespace) edge(name string) *model.Edge {
	for i := range n.Plan.Model.Edges {
		if edge := &n.Plan.Model.Edges[i]; edge.Name == name {
			return edge
		}
	}
	return nil
}
