package config

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// labelName is a label that every Prometheus knows. Those that begin with __ are its own.
var labelName = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)

func (a Analysis) validate(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	seen := map[string]bool{}
	for i, source := range a.Sources {
		at := path.Child("sources").Index(i)
		if seen[source.Name] {
			errs = append(errs, field.Duplicate(at.Child("name"), source.Name))
		}
		seen[source.Name] = true
		errs = append(errs, source.validate(at)...)
	}
	return errs
}

func (s MetricSource) validate(path *field.Path) field.ErrorList {
	// The name is the value of a label of metrics and is named in releases, whose schema allows 32 characters.
	errs := words(path.Child("name"), s.Name, validation.IsDNS1123Label(s.Name))
	if len(s.Name) > 32 {
		errs = append(errs, field.TooLong(path.Child("name"), s.Name, 32))
	}
	errs = append(errs, s.validateAccess(path)...)
	if s.Timeout.Duration < 100*time.Millisecond || s.Timeout.Duration > time.Minute {
		errs = append(errs, field.Invalid(path.Child("timeout"), s.Timeout.Duration.String(), "must be between 100ms and 1m"))
	}
	errs = append(errs, between(path.Child("maxConcurrent"), s.MaxConcurrent, 1, 256)...)
	if s.MaxResponseBytes < 1<<10 || s.MaxResponseBytes > 64<<20 {
		errs = append(errs, field.Invalid(path.Child("maxResponseBytes"), s.MaxResponseBytes, "must be between 1024 and 67108864"))
	}
	errs = append(errs, label(path.Child("namespaceLabel"), s.NamespaceLabel)...)
	for _, name := range sortedKeys(s.Matchers) {
		errs = append(errs, label(path.Child("matchers").Key(name), name)...)
		if name == s.NamespaceLabel && !s.NamespaceExempt {
			errs = append(errs, field.Invalid(path.Child("matchers").Key(name), s.Matchers[name],
				"the namespace of a release is matched already; set namespaceExempt when another one is meant"))
		}
	}
	for _, name := range sortedKeys(s.RenamedLabels) {
		errs = append(errs, label(path.Child("renamedLabels").Key(name), name)...)
		errs = append(errs, label(path.Child("renamedLabels").Key(name), s.RenamedLabels[name])...)
	}
	return errs
}

// validateAccess checks where the source is and who it is told we are. An address is repeated without its password.
func (s MetricSource) validateAccess(path *field.Path) field.ErrorList {
	address, errs := webAddress(path.Child("address"), s.Address, "http://prometheus.monitoring.svc:9090")
	if address == nil {
		return errs
	}
	if s.CAFile != "" {
		errs = append(errs, authorities(path, address, s.CAFile)...)
	}
	secret, wrong := s.validateSecret(path)
	errs = append(errs, wrong...)
	if secret != "" && address.Scheme != "https" {
		errs = append(errs, field.Invalid(path.Child("address"), address.Redacted(), secret+" would be sent in the clear: use https"))
	}
	return errs
}

// validateSecret checks what proves who we are, and names the field that is used.
func (s MetricSource) validateSecret(path *field.Path) (secret string, errs field.ErrorList) {
	if s.TokenFile != "" {
		errs = append(errs, file(path.Child("tokenFile"), s.TokenFile)...)
		secret = "tokenFile"
	}
	if s.BasicAuth != nil {
		if secret != "" {
			errs = append(errs, field.Forbidden(path.Child("basicAuth"), "there is a tokenFile too: choose one"))
		}
		secret = "basicAuth"
		if s.BasicAuth.Username == "" {
			errs = append(errs, field.Required(path.Child("basicAuth", "username"), ""))
		}
		errs = append(errs, file(path.Child("basicAuth", "passwordFile"), s.BasicAuth.PasswordFile)...)
	}
	return secret, errs
}

func file(path *field.Path, value string) field.ErrorList {
	if !filepath.IsAbs(value) {
		return field.ErrorList{field.Invalid(path, value, "must be an absolute path")}
	}
	return nil
}

func label(path *field.Path, value string) field.ErrorList {
	if !labelName.MatchString(value) || strings.HasPrefix(value, "__") {
		return field.ErrorList{field.Invalid(path, value, "must be the name of a label: letters, digits and _, not beginning with a digit or __")}
	}
	return nil
}

func sortedKeys(values map[string]string) []string {
	keys := make([]string, 0, len(values))
	for key := range values {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
