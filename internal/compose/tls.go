package compose

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// readTLS reads the TLS of a profile. Nil: plain HTTP.
func readTLS(profile *v1alpha1.IngressProfile) *model.TLS {
	spec := profile.Spec.TLS
	if spec == nil {
		return nil
	}
	tls := &model.TLS{SecretName: string(spec.SecretName), RedirectHTTP: spec.RedirectHTTP, MinVersion: "1.2"}
	if certificate := spec.Certificate; certificate != nil {
		tls.SecretName = CertificateName(profile.Namespace, profile.Name)
		tls.Issuer = &model.Issuer{Kind: certificate.Issuer.Kind, Name: string(certificate.Issuer.Name)}
	}
	if spec.MinVersion != nil {
		tls.MinVersion = *spec.MinVersion
	}
	for _, suite := range spec.CipherSuites {
		tls.CipherSuites = append(tls.CipherSuites, string(suite))
	}
	slices.Sort(tls.CipherSuites)
	if auth := spec.ClientAuth; auth != nil {
		tls.ClientAuth = &model.ClientAuth{Required: auth.Mode == v1alpha1.ClientAuthRequire, CASecret: string(auth.CASecret)}
	}
	return tls
}

// tlsText is what of the TLS settings a host has one of, the same for the same.
func tlsText(tls *model.TLS) string {
	if tls == nil {
		return ""
	}
	text := tls.SecretName + " " + tls.MinVersion + " " + strings.Join(tls.CipherSuites, ",")
	if tls.ClientAuth != nil {
		text += " " + tls.ClientAuth.CASecret + " " + strconv.FormatBool(tls.ClientAuth.Required)
	}
	return text
}

// undeclared refuses what needs a gateway that is set up for it, on one that is not declared to be: a protection that could be walked around
// would be believed in.
func undeclared(profile *v1alpha1.IngressProfile, gateway model.Gateway, origin model.Origin) model.Problems {
	var problems model.Problems
	if tls := profile.Spec.TLS; tls != nil && tls.ClientAuth != nil && !gateway.ClientCertificates {
		problems = append(problems, model.Problem{
			Origin: at(origin, "spec.tls.clientAuth"), Reason: v1alpha1.ReasonInvalid,
			Message: "the gateway " + gateway.Name + " is not declared for client certificates; name one that is, or ask the administrator to set clientCertificates",
		})
	}
	if isStrict(profile.Spec.Security) && !gateway.Hardened {
		problems = append(problems, model.Problem{
			Origin: at(origin, "spec.security.preset"), Reason: v1alpha1.ReasonInvalid,
			Message: "the gateway " + gateway.Name + " is not declared to refuse encoded paths and headers with underscores, which Strict needs;" +
				" name one that is, or ask the administrator to set hardened",
		})
	}
	return problems
}

func isStrict(security *v1alpha1.SecurityHeaders) bool {
	return security != nil && security.Preset != nil && *security.Preset == v1alpha1.SecurityStrict
}
