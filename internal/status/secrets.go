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

// Secret is what is known of a Secret that people keep.
type Secret struct {
	// Missing says that it is not there.
	Missing bool
	// Failure is why nobody knows. Empty: it is known.
	Failure string
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
	if missing := n.missing(edge); len(missing) > 0 {
		return &metav1.Condition{
			Type: v1alpha1.ConditionSecretsReady, Status: metav1.ConditionFalse, Reason: v1alpha1.ReasonSecretMissing,
			Message: "not there: " + strings.Join(missing, ", ") + "; what needs a Secret that is missing is closed",
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
	unread, why := n.unread(edge, verified.Certified)
	if len(unread) > 0 {
		return &metav1.Condition{
			Type: v1alpha1.ConditionSecretsReady, Status: metav1.ConditionUnknown, Reason: v1alpha1.ReasonNotRead,
			Message: why + "; what needs one that is missing is closed: " + strings.Join(unread, ", "),
		}
	}
	return allThere(edge, verified)
}

// allThere says how it is known that the Secrets of an edge are there. Nil: it needs none.
func allThere(edge *model.Edge, verified Verified) *metav1.Condition {
	said := &metav1.Condition{Type: v1alpha1.ConditionSecretsReady, Status: metav1.ConditionTrue}
	kept := KeptSecrets(edge)
	switch {
	case edge.TLS != nil && edge.TLS.Issuer != nil:
		said.Reason, said.Message = v1alpha1.ReasonIssued, "cert-manager has issued the Certificate "+edge.TLS.SecretName
	case edge.TLS != nil && verified.Certified:
		said.Reason, said.Message = v1alpha1.ReasonLoaded, "the gateway "+edge.Gateway.Name+" has a certificate for every host"
	case len(kept) > 0:
		said.Reason, said.Message = v1alpha1.ReasonPresent, "there: "+strings.Join(kept, ", ")
	default:
		return nil
	}
	return said
}

// stillTold says whether what was said of the same spec is all that is known: a gateway has not been asked again since the operator started, or since an
// object was mended, or nobody has answered yet whether the Secrets are there.
func (n *Namespace) stillTold(old *metav1.Condition, profile *v1alpha1.IngressProfile, verified Verified) bool {
	if old == nil || old.ObservedGeneration != profile.Generation {
		return false
	}
	switch old.Reason {
	case v1alpha1.ReasonLoaded, v1alpha1.ReasonNotLoaded:
		return n.Verified != nil && !verified.Certified
	case v1alpha1.ReasonPresent, v1alpha1.ReasonSecretMissing:
		return n.unanswered(n.edge(profile.Name))
	}
	return false
}

// secretOf is the Secret with the certificate of an edge. Empty: plain HTTP.
func secretOf(edge *model.Edge) string {
	if edge.TLS == nil {
		return ""
	}
	return edge.TLS.SecretName
}

// KeptSecrets are the Secrets that an edge needs and that people keep, sorted.
func KeptSecrets(edge *model.Edge) []string {
	var names []string
	if edge.TLS != nil && edge.TLS.Issuer == nil {
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

// missing are the Secrets of an edge that are not there, as far as anybody knows.
func (n *Namespace) missing(edge *model.Edge) []string {
	return slices.DeleteFunc(KeptSecrets(edge), func(name string) bool { return !n.Secrets[name].Missing })
}

// unanswered says whether somebody asks about a Secret of an edge and has no answer yet.
func (n *Namespace) unanswered(edge *model.Edge) bool {
	return n.Secrets != nil && slices.ContainsFunc(KeptSecrets(edge), func(name string) bool {
		_, answered := n.Secrets[name]
		return !answered
	})
}

// unread are the Secrets of which nobody tells whether they are there, and why. A gateway that has certificates for all hosts has told of one.
func (n *Namespace) unread(edge *model.Edge, certified bool) (names []string, why string) {
	why = "Kubemate does not read Secrets"
	for _, name := range KeptSecrets(edge) {
		answer, known := n.Secrets[name]
		if certified && name == secretOf(edge) || known && answer.Failure == "" {
			continue
		}
		if known {
			why = "asking whether Secret " + name + " is there failed: " + answer.Failure
		}
		names = append(names, name)
	}
	return names, why
}

func (n *Namespace) edge(name string) *model.Edge {
	for i := range n.Plan.Model.Edges {
		if edge := &n.Plan.Model.Edges[i]; edge.Name == name {
			return edge
		}
	}
	return nil
}
