package config

import (
	"net/url"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Verification is where an instance of the edge tells what it has loaded. Of several replicas one answers.
type Verification struct {
	// Address is the http or https URL of the instance's API (Traefik: api.insecure on a private entry point, or a router to api@internal), with a
	// path where the API lies below one. It is asked without a password: let nobody but the operator reach it.
	Address string `json:"address"`
	// CAFile has the certificates, in PEM, that the API's must come from. Empty: those of the system.
	CAFile string `json:"caFile,omitempty"`
	// Interval between two looks while nothing changes. Default 30s.
	Interval metav1.Duration `json:"interval,omitempty"`
}

// defaultInterval is that of a Verification.
const defaultInterval = 30 * time.Second

func (v *Verification) complete() {
	if v.Interval.Duration == 0 {
		v.Interval.Duration = defaultInterval
	}
}

func (v Verification) validate(path *field.Path) field.ErrorList {
	address, errs := webAddress(path.Child("address"), v.Address, "http://traefik-api.traefik.svc:8080")
	if address != nil && v.CAFile != "" {
		errs = append(errs, authorities(path, address, v.CAFile)...)
	}
	if v.Interval.Duration < time.Second || v.Interval.Duration > time.Hour {
		errs = append(errs, field.Invalid(path.Child("interval"), v.Interval.Duration.String(), "must be between 1s and 1h"))
	}
	return errs
}

// webAddress reads where something is asked over HTTP. An address is never repeated: it could hold a password. Nil: it is not to be understood.
func webAddress(path *field.Path, text, example string) (*url.URL, field.ErrorList) {
	address, err := url.Parse(text)
	switch {
	case err != nil, address.Scheme != "http" && address.Scheme != "https", address.Hostname() == "":
		return nil, field.ErrorList{field.Invalid(path, "…", "must be a URL such as "+example)}
	case address.User != nil:
		return address, field.ErrorList{field.Invalid(path, "…", "must not hold a user")}
	case address.RawQuery != "", address.Fragment != "":
		return address, field.ErrorList{field.Invalid(path, "…", "must not have a query or a fragment")}
	}
	return address, nil
}

// authorities checks the file of certificates that a server's must come from.
func authorities(path *field.Path, address *url.URL, caFile string) field.ErrorList {
	errs := file(path.Child("caFile"), caFile)
	if address.Scheme != "https" {
		errs = append(errs, field.Invalid(path.Child("address"), address.Redacted(), "caFile is for https"))
	}
	return errs
}
