package compose

import (
	"time"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

const year = 365 * 24 * time.Hour

// readSecurity lays a profile's own security headers over its preset. Nil: none. A text says what is wrong with spec.security.hsts.
func readSecurity(profile *v1alpha1.IngressProfile) (*model.SecurityHeaders, string) {
	spec := profile.Spec.Security
	if spec == nil {
		return nil, ""
	}
	var headers model.SecurityHeaders
	if isStrict(spec) {
		headers = strict(profile.Spec.TLS != nil)
	}
	if spec.HSTS != nil {
		maxAge, err := time.ParseDuration(spec.HSTS.MaxAge)
		if err != nil {
			return nil, "maxAge: " + err.Error()
		}
		headers.HSTS = &model.HSTS{MaxAge: maxAge, IncludeSubDomains: spec.HSTS.IncludeSubDomains, Preload: spec.HSTS.Preload}
	}
	if spec.ContentSecurityPolicy != nil {
		headers.ContentSecurityPolicy = string(*spec.ContentSecurityPolicy)
	}
	if spec.FrameOptions != nil {
		headers.FrameOptions = map[string]string{"Deny": "DENY", "SameOrigin": "SAMEORIGIN"}[*spec.FrameOptions]
	}
	if spec.ReferrerPolicy != nil {
		headers.ReferrerPolicy = *spec.ReferrerPolicy
	}
	if spec.PermissionsPolicy != nil {
		headers.PermissionsPolicy = string(*spec.PermissionsPolicy)
	}
	return &headers, ""
}

// strict is what an auditor of a bank expects today. Browsers ignore HSTS over plain HTTP, so it is for TLS only (RFC 6797, 8.1).
func strict(tls bool) model.SecurityHeaders {
	headers := model.SecurityHeaders{
		ContentSecurityPolicy: "default-src 'self'", FrameOptions: "DENY", ReferrerPolicy: "no-referrer",
		PermissionsPolicy: "camera=(), geolocation=(), microphone=()", NoSniff: true, HideServer: true,
	}
	if tls {
		headers.HSTS = &model.HSTS{MaxAge: year, IncludeSubDomains: true}
	}
	return headers
}

// readRateLimit reads a limit, or says what is wrong with it.
func readRateLimit(spec *v1alpha1.RateLimit) (*model.RateLimit, string) {
	limit := &model.RateLimit{Average: spec.Average, Period: time.Second, Burst: spec.Average}
	if spec.Period != nil {
		period, err := time.ParseDuration(string(*spec.Period))
		if err != nil {
			return nil, err.Error()
		}
		limit.Period = period
	}
	if spec.Burst != nil {
		limit.Burst = *spec.Burst
	}
	return limit, ""
}
