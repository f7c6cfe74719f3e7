package config

import (
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Actions is about ReleaseActions. The admission policies of the cluster must say the same: the chart writes both from the same values.
type Actions struct {
	// Retention is how long a ReleaseAction stays as a record after it was created. Default 2160h (90 days); 0: for ever.
	Retention metav1.Duration `json:"retention"`
	// ReasonRequired asks for spec.reason in every action. Default false.
	ReasonRequired bool `json:"reasonRequired,omitempty"`
	// FourEyes asks that somebody else approves a step than who changed the release last.
	FourEyes FourEyes `json:"fourEyes"`
}

// FourEyes needs Kubernetes 1.36, whose MutatingAdmissionPolicies stamp who changes a release. Without them the operator does not start.
type FourEyes struct {
	// Enabled. Default false.
	Enabled bool `json:"enabled,omitempty"`
	// Groups of users who may approve, as the API server knows them. At least one when enabled.
	Groups []string `json:"groups,omitempty"`
}

// Bounds of actions.
const (
	minRetention      = time.Hour
	maxApproverGroups = 32
	maxGroupName      = 256
)

func (a Actions) validate(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	if retention := a.Retention.Duration; retention != 0 && retention < minRetention {
		errs = append(errs, field.Invalid(path.Child("retention"), retention.String(), "must be at least "+minRetention.String()+", or 0 to keep actions for ever"))
	}
	return append(errs, a.FourEyes.validate(path.Child("fourEyes"))...)
}

func (f FourEyes) validate(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	groups := path.Child("groups")
	if f.Enabled && len(f.Groups) == 0 {
		errs = append(errs, field.Required(groups, "name the groups of users who may approve"))
	}
	if len(f.Groups) > maxApproverGroups {
		errs = append(errs, field.TooMany(groups, len(f.Groups), maxApproverGroups))
	}
	for i, group := range f.Groups {
		if group == "" || len(group) > maxGroupName || strings.ContainsFunc(group, unquotable) {
			errs = append(errs, field.Invalid(groups.Index(i), group,
				"must be the name of a group of at most 256 bytes, without quotes, backslashes and control characters: it stands in an admission policy"))
		}
	}
	return errs
}

// unquotable says whether a character would end or change the literal of an expression that it stands in.
func unquotable(r rune) bool {
	return r < ' ' || r == 0x7f || r == '\'' || r == '"' || r == '\\'
}
