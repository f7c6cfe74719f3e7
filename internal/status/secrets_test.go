package status

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/apply"
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/model"
	"github.com/kubemate/kubemate/internal/plan"
)

func TestSecretsReady(t *testing.T) {
	origin := model.Origin{Kind: v1alpha1.KindIngressProfile, Name: "shop"}
	issued := &model.TLS{SecretName: "shop-tls", Issuer: &model.Issuer{Kind: "Issuer", Name: "bank"}}
	for name, test := range map[string]struct {
		tls          *model.TLS
		users        string
		certificates map[string]Certificate
		want, ready  string
		message      string
	}{
		"plain HTTP needs none":                      {nil, "", nil, "", "Ready", ""},
		"the user's own is not read":                 {&model.TLS{SecretName: "mine"}, "", nil, "!NotRead", "Ready", "mine"},
		"users are not read":                         {nil, "users", nil, "!NotRead", "Ready", "users"},
		"a certificate that is not written yet":      {issued, "", nil, "!NotIssued", "!NotIssued", "there is no Certificate shop-tls yet"},
		"a certificate that nobody has looked at":    {issued, "", map[string]Certificate{"shop-tls": {}}, "!NotIssued", "!NotIssued", "nothing yet"},
		"a certificate that is refused":              {issued, "", map[string]Certificate{"shop-tls": {Message: "no such issuer"}}, "!NotIssued", "!NotIssued", "no such issuer"},
		"a certificate that is issued":               {issued, "", map[string]Certificate{"shop-tls": {Issued: true}}, "Issued", "Ready", "shop-tls"},
		"one that is issued, and users nobody reads": {issued, "users", map[string]Certificate{"shop-tls": {Issued: true}}, "!NotRead", "Ready", "users"},
	} {
		t.Run(name, func(t *testing.T) {
			edge := model.Edge{Name: "shop", TLS: test.tls, Routes: []model.EdgeRoute{{BasicAuth: test.users}}, Origin: origin}
			in := Input{
				Now: noon, Certificates: test.certificates, Results: map[string]apply.Result{"profile.shop": {State: apply.Done}},
				Plan: plan.Plan{
					Namespace: "shop", Model: model.Namespace{Edges: []model.Edge{edge}},
					Groups: []plan.Group{{Key: "profile.shop", Objects: []driver.Object{{Origins: []model.Origin{origin}}}}},
				},
			}
			profile := &v1alpha1.IngressProfile{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "shop", Generation: 2}}
			status := New(in).Profile(profile)
			if got := reasonOf(status.Conditions, v1alpha1.ConditionSecretsReady); got != test.want {
				t.Errorf("SecretsReady is %q, want %q", got, test.want)
			}
			if got := reasonOf(status.Conditions, v1alpha1.ConditionReady); got != test.ready {
				t.Errorf("Ready is %q, want %q", got, test.ready)
			}
			if found := meta.FindStatusCondition(status.Conditions, v1alpha1.ConditionSecretsReady); found != nil && !strings.Contains(found.Message, test.message) {
				t.Errorf("the message is %q", found.Message)
			}

			in.Plan.Model.Edges = nil
			profile.Status = status
			if got := reasonOf(New(in).Profile(profile).Conditions, v1alpha1.ConditionSecretsReady); got != test.want {
				t.Errorf("SecretsReady is %q while the profile is held, want %q still", got, test.want)
			}
		})
	}
}

func TestCertificatesOfWhichAGatewayTells(t *testing.T) {
	origin := model.Origin{Kind: v1alpha1.KindIngressProfile, Name: "shop"}
	told := func(generation int64, reason string) []metav1.Condition {
		return []metav1.Condition{{Type: v1alpha1.ConditionSecretsReady, Status: metav1.ConditionTrue, Reason: reason, ObservedGeneration: generation}}
	}
	for name, test := range map[string]struct {
		verified map[model.Origin]Verified
		before   []metav1.Condition
		users    string
		want     string
		message  string
	}{
		"it has them all":                                {map[model.Origin]Verified{origin: {Certified: true}}, nil, "", "Loaded", "the gateway public"},
		"it has them, and users nobody reads":            {map[model.Origin]Verified{origin: {Certified: true}}, nil, "users", "!NotRead", "users"},
		"it lacks one":                                   {map[model.Origin]Verified{origin: {Uncertified: []string{"b.example"}}}, nil, "", "!NotLoaded", "no certificate for b.example: is there a Secret mine"},
		"it has not been asked":                          {map[model.Origin]Verified{origin: {Unknown: true}}, nil, "", "!NotRead", "mine"},
		"it told, and has not been asked again":          {map[model.Origin]Verified{}, told(2, "Loaded"), "", "Loaded", ""},
		"it told before the last edit":                   {map[model.Origin]Verified{}, told(1, "Loaded"), "", "!NotRead", "mine"},
		"it told, and nobody is to ask any more":         {nil, told(2, "Loaded"), "", "!NotRead", "mine"},
		"it lacked one, which it has now":                {map[model.Origin]Verified{origin: {Certified: true}}, told(2, "NotLoaded"), "", "Loaded", ""},
		"it had all, and lacks one now":                  {map[model.Origin]Verified{origin: {Uncertified: []string{"a"}}}, told(2, "Loaded"), "", "!NotLoaded", "no certificate for a"},
		"what is of no gateway is told as it was before": {map[model.Origin]Verified{}, told(2, "NotRead"), "", "!NotRead", "mine"},
	} {
		t.Run(name, func(t *testing.T) {
			edge := model.Edge{
				Name: "shop", TLS: &model.TLS{SecretName: "mine"}, Gateway: model.Gateway{Name: "public"}, Routes: []model.EdgeRoute{{BasicAuth: test.users}}, Origin: origin,
			}
			in := Input{
				Now: noon, Results: map[string]apply.Result{"profile.shop": {State: apply.Done}}, Verified: test.verified,
				Plan: plan.Plan{
					Namespace: "shop", Model: model.Namespace{Edges: []model.Edge{edge}},
					Groups: []plan.Group{{Key: "profile.shop", Objects: []driver.Object{{Origins: []model.Origin{origin}}}}},
				},
			}
			profile := &v1alpha1.IngressProfile{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "shop", Generation: 2}}
			profile.Status.Conditions = test.before
			status := New(in).Profile(profile)
			if got := reasonOf(status.Conditions, v1alpha1.ConditionSecretsReady); got != test.want {
				t.Errorf("SecretsReady is %q, want %q", got, test.want)
			}
			if found := meta.FindStatusCondition(status.Conditions, v1alpha1.ConditionSecretsReady); !strings.Contains(found.Message, test.message) {
				t.Errorf("the message is %q", found.Message)
			}
		})
	}
}

func TestSecretsThatWereAskedAbout(t *testing.T) {
	told := func(generation int64, reason string) []metav1.Condition {
		return []metav1.Condition{{Type: v1alpha1.ConditionSecretsReady, Status: metav1.ConditionTrue, Reason: reason, ObservedGeneration: generation}}
	}
	for name, test := range map[string]struct {
		secrets map[string]Secret
		before  []metav1.Condition
		want    string
		ready   string
		message string
	}{
		"all are there":  {map[string]Secret{"mine": {}, "users": {}}, nil, "Present", "Ready", "there: mine, users"},
		"one is missing": {map[string]Secret{"mine": {}, "users": {Missing: true}}, nil, "!SecretMissing", "!SecretMissing", "not there: users;"},
		"one is missing, and nobody knows of the other": {map[string]Secret{"users": {Missing: true}}, nil, "!SecretMissing", "!SecretMissing", "not there: users;"},
		"nobody has answered yet":                       {map[string]Secret{}, nil, "!NotRead", "Ready", "mine, users"},
		"asking failed":                                 {map[string]Secret{"mine": {}, "users": {Failure: "forbidden"}}, nil, "!NotRead", "Ready", "asking whether Secret users is there failed: forbidden"},
		"they were there, and nobody has answered yet":  {map[string]Secret{"mine": {}}, told(2, "Present"), "Present", "Ready", ""},
		"they were there before the last edit":          {map[string]Secret{}, told(1, "Present"), "!NotRead", "Ready", ""},
		"one was missing, and all are there":            {map[string]Secret{"mine": {}, "users": {}}, told(2, "SecretMissing"), "Present", "Ready", "there"},
		"they were there, and nobody asks any more":     {nil, told(2, "Present"), "!NotRead", "Ready", "Kubemate does not read Secrets"},
	} {
		t.Run(name, func(t *testing.T) {
			edge := model.Edge{Name: "shop", TLS: &model.TLS{SecretName: "mine"}, Routes: []model.EdgeRoute{{BasicAuth: "users"}}}
			profile := &v1alpha1.IngressProfile{ObjectMeta: metav1.ObjectMeta{Name: "shop", Generation: 2}}
			profile.Status.Conditions = test.before
			status := New(Input{Now: noon, Plan: plan.Plan{Model: model.Namespace{Edges: []model.Edge{edge}}}, Secrets: test.secrets}).Profile(profile)
			if got := reasonOf(status.Conditions, v1alpha1.ConditionSecretsReady); got != test.want {
				t.Errorf("SecretsReady is %q, want %q", got, test.want)
			}
			if found := meta.FindStatusCondition(status.Conditions, v1alpha1.ConditionSecretsReady); !strings.Contains(found.Message, test.message) {
				t.Errorf("the message is %q", found.Message)
			}
			if got := reasonOf(status.Conditions, v1alpha1.ConditionReady); test.ready != "Ready" && got != test.ready {
				t.Errorf("Ready is %q, want %q", got, test.ready)
			}
		})
	}
}
