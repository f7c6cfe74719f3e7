package api

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// refusal is an example with one fault, and what the API server says about it.
type refusal struct {
	fault  string
	change change
	at     string // the field that the answer names
	says   string // what the answer says is wrong and what to do
}

// refusals are all cases by the example that they start from. No two of them break the same rule.
var refusals = map[string][]refusal{
	"canaryrelease":        slicesOf(badServices, badVariants, badMatches, badValues, badRollouts, badAnalyses, badMetrics),
	"meshpolicy-namespace": slicesOf(badTargets, badPods, badNetworks, badEgress),
	"meshpolicy-service":   slicesOf(badCallers, badRequests, badResilience, badRateLimits),
	"ingressprofile":       slicesOf(badHosts, badTLS, badSecurity, badRoutes, badRouteFields),
	"egressprofile":        slicesOf(badPartners, badWaysOut),
	"releaseaction":        badActions,
	"hostclaim":            badClaims,
}

var _ = Describe("A faulty object is refused by the CRD alone", func() {
	for start, cases := range refusals {
		for _, c := range cases {
			It(fmt.Sprintf("%s: %s", start, c.fault), func(ctx SpecContext) {
				object := example(start)
				c.change(object)
				_, err := try(ctx, object)
				cause := onlyCause(err)
				Expect(cause.Field).To(Equal(c.at), "the answer must name the field: %v", err)
				Expect(cause.Message).To(ContainSubstring(c.says), "the answer must say what is wrong")
				claim(object.GetKind(), cause, start+": "+c.fault)
			})
		}
	}

	for start, cases := range badEdits {
		for _, c := range cases {
			It(start+", once it is stored: "+c.fault, func(ctx SpecContext) {
				object := example(start)
				object.SetNamespace("edits")
				stored := apply(ctx, object)
				c.change(stored)
				_, err := client.Resource(resource(stored.GetKind())).Namespace("edits").Update(ctx, stored, metav1.UpdateOptions{})
				cause := onlyCause(err)
				Expect(cause.Field).To(Equal(c.at))
				Expect(cause.Message).To(ContainSubstring(c.says))
			})
		}
	}

	It("by every rule of CEL, each with a case of its own", func() {
		Expect(ruleMessages()).NotTo(BeEmpty())
		for _, message := range ruleMessages() {
			all := slices.AppendSeq(slices.Collect(maps.Values(refusals)), maps.Values(badEdits))
			Expect(slices.ContainsFunc(slicesOf(all...), func(c refusal) bool {
				return strings.Contains(message, c.says)
			})).To(BeTrue(), "no case breaks the rule %q: add one", message)
		}
	})

	It("in more than 45 ways", func() {
		count := 0
		for _, cases := range refusals {
			count += len(cases)
		}
		Expect(count).To(BeNumerically(">", 45))
	})

	DescribeTable("a field that does not exist is refused, not dropped", func(ctx SpecContext, start, path string) {
		object := example(start)
		set(path, "x")(object)
		_, err := try(ctx, object)
		Expect(err).To(MatchError(ContainSubstring(`strict decoding error: unknown field %q`, path)))
	},
		Entry("in a release", "canaryrelease", "spec.wait"),
		Entry("in a step", "canaryrelease", "spec.rollout.steps[0].pause"),
		Entry("in a variant", "canaryrelease", "spec.variants[0].replicas"),
		Entry("in an access rule", "meshpolicy-service", "spec.access.rules[0].form"),
		Entry("in a route", "ingressprofile", "spec.routes[0].priority"),
		Entry("in a partner", "egressprofile", "spec.partners[0].tls.insecure"),
	)
})

// onlyCause is the one thing that the answer complains about: a case that breaks several rules shows none of them.
func onlyCause(err error) metav1.StatusCause {
	GinkgoHelper()
	Expect(err).To(HaveOccurred(), "the object was accepted")
	Expect(apierrors.IsInvalid(err)).To(BeTrue(), "refused, but not by the schema: %v", err)
	var status apierrors.APIStatus
	Expect(errors.As(err, &status)).To(BeTrue())
	var causes []metav1.StatusCause
	for _, cause := range status.Status().Details.Causes {
		if cause.Field != "<nil>" { // those say only that more may follow
			causes = append(causes, cause)
		}
	}
	Expect(causes).To(HaveLen(1), "the fault must break one rule: %v", err)
	return causes[0]
}

// claimed maps the rules that were broken to the cases that broke them.
var claimed = map[string]string{}

var indexes = regexp.MustCompile(`\[[^]]*\]`)

// claim makes sure that no other case breaks the same rule. A rule of CEL is known by its message, in whatever places its
// type is used; every other by field and kind of fault.
func claim(kind string, cause metav1.StatusCause, name string) {
	GinkgoHelper()
	_, complaint, _ := strings.Cut(cause.Message, " in body ")
	rule := strings.Join([]string{kind, indexes.ReplaceAllString(cause.Field, "[]"), string(cause.Type), complaint}, " ")
	for _, message := range ruleMessages() {
		if strings.Contains(cause.Message, message) {
			rule = message
		}
	}
	if other, taken := claimed[rule]; taken && other != name {
		Fail(fmt.Sprintf("%q and %q break the same rule: %s", other, name, rule))
	}
	claimed[rule] = name
}

func slicesOf(parts ...[]refusal) []refusal {
	var all []refusal
	for _, part := range parts {
		all = append(all, part...)
	}
	return all
}
