package traefik

import (
	"fmt"
	"strings"
	"time"

	"github.com/traefik/traefik/v3/pkg/config/dynamic"
	traefikio "github.com/traefik/traefik/v3/pkg/provider/kubernetes/crd/traefikio/v1alpha1"

	"github.com/kubemate/kubemate/internal/model"
)

// headers are the middlewares for the security headers of the edge: one, or none when nothing is set. Traefik refuses an empty one.
func (w *edgeWriter) headers() ([]traefikio.MiddlewareRef, error) {
	security := w.edge.Security
	if security == nil || *security == (model.SecurityHeaders{}) {
		return nil, nil
	}
	headers, err := securityHeaders(*security)
	if err != nil {
		w.refuse("spec.security", err)
		return nil, nil
	}
	ref, err := w.middleware("headers", traefikio.MiddlewareSpec{Headers: headers})
	return []traefikio.MiddlewareRef{ref}, err
}

// securityHeaders writes the headers with the fields that Traefik has for them. An error says what it would write differently.
func securityHeaders(security model.SecurityHeaders) (*dynamic.Headers, error) {
	// Traefik's library puts a random value there, which the page could not know.
	if strings.Contains(security.ContentSecurityPolicy, "$NONCE") {
		return nil, textError("contentSecurityPolicy: $NONCE has a meaning of its own for Traefik; leave it out, a nonce is for the Service to make")
	}
	headers := &dynamic.Headers{
		ContentSecurityPolicy: security.ContentSecurityPolicy,
		ReferrerPolicy:        security.ReferrerPolicy,
		PermissionsPolicy:     security.PermissionsPolicy,
		ContentTypeNosniff:    security.NoSniff,
	}
	if security.FrameOptions == "DENY" {
		headers.FrameDeny = true
	} else {
		headers.CustomFrameOptionsValue = security.FrameOptions
	}
	if security.HideServer {
		headers.CustomResponseHeaders = map[string]string{"Server": "", "X-Powered-By": ""} // an empty value removes the header
	}
	if security.HSTS == nil {
		return headers, nil
	}
	seconds := int64(security.HSTS.MaxAge / time.Second)
	if seconds <= 0 {
		return nil, fmt.Errorf("hsts.maxAge: Traefik sets no header for %s; ask for a second at least, or leave hsts out", security.HSTS.MaxAge)
	}
	headers.STSSeconds, headers.STSIncludeSubdomains, headers.STSPreload = &seconds, security.HSTS.IncludeSubDomains, security.HSTS.Preload
	return headers, nil
}
