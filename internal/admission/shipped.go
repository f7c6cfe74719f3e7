package admission

import (
	"fmt"
	"strconv"
	"strings"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/kubemate/kubemate/config/admission"
	"github.com/kubemate/kubemate/internal/config"
)

// Names of the policies; their bindings have the same.
const (
	// ActionsName is the ValidatingAdmissionPolicy that makes ReleaseActions trustworthy.
	ActionsName = "releaseactions.kubemate.io"
	// FourEyesName is the MutatingAdmissionPolicy that stamps who changed a CanaryRelease.
	FourEyesName = "canaryreleases.kubemate.io"
)

// Settings are what the policies say besides what they always say.
type Settings struct {
	// Operator is the user that the operator is: it alone writes the status of actions and deletes them.
	Operator string
	// ReasonRequired asks for a reason in every action.
	ReasonRequired bool
	// ApproverGroups are the groups of users who may approve. Empty: four eyes are off.
	ApproverGroups []string
}

// SettingsOf are the settings that go with an operator's configuration.
func SettingsOf(cfg config.Actions, operator string) Settings {
	settings := Settings{Operator: operator, ReasonRequired: cfg.ReasonRequired}
	if cfg.FourEyes.Enabled {
		settings.ApproverGroups = cfg.FourEyes.Groups
	}
	return settings
}

// Pair is a policy with its binding. Nil: there is none.
type Pair struct {
	Policy, Binding client.Object
}

// Actions are the ValidatingAdmissionPolicy for ReleaseActions and its binding, as the chart writes them for these settings.
func Actions(settings Settings) (Pair, error) {
	policy, binding := &admissionregistrationv1.ValidatingAdmissionPolicy{}, &admissionregistrationv1.ValidatingAdmissionPolicyBinding{}
	if err := read("actions", policy, binding); err != nil {
		return Pair{}, err
	}
	literals := settings.literals()
	for i := range policy.Spec.Variables {
		variable := &policy.Spec.Variables[i]
		if literal, ours := literals[variable.Name]; ours {
			variable.Expression = literal
		}
	}
	return Pair{policy, binding}, nil
}

// FourEyes are the MutatingAdmissionPolicy that stamps changes of CanaryReleases and its binding.
func FourEyes() (Pair, error) {
	policy, binding := &admissionregistrationv1.MutatingAdmissionPolicy{}, &admissionregistrationv1.MutatingAdmissionPolicyBinding{}
	if err := read("four-eyes", policy, binding); err != nil {
		return Pair{}, err
	}
	return Pair{policy, binding}, nil
}

// literals are the expressions of the variables in capitals, written exactly as the chart writes them.
func (s Settings) literals() map[string]string {
	groups := make([]string, len(s.ApproverGroups))
	for i, group := range s.ApproverGroups {
		groups[i] = quote(group)
	}
	return map[string]string{
		"OPERATOR":        quote(s.Operator),
		"REASON_REQUIRED": strconv.FormatBool(s.ReasonRequired),
		"APPROVER_GROUPS": "[" + strings.Join(groups, ", ") + "]",
	}
}

// quote writes a text as a literal. The configuration admits no text that would have to be escaped; a user name that would is no
// ServiceAccount's, and the policy of such an operator is never in force.
func quote(text string) string { return "'" + text + "'" }

// read reads a policy and its binding from the files that this program was built with.
func read(folder string, policy, binding client.Object) error {
	for file, into := range map[string]client.Object{"policy.yaml": policy, "binding.yaml": binding} {
		path := folder + "/" + file
		content, err := admission.Files.ReadFile(path)
		if err != nil {
			return fmt.Errorf("reading the shipped admission policy %s: %w", path, err)
		}
		if err := yaml.UnmarshalStrict(content, into); err != nil {
			return fmt.Errorf("reading the shipped admission policy %s: %w", path, err)
		}
	}
	return nil
}
