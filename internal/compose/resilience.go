package compose

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/internal/model"
)

// Defaults of the circuit breaker, Linkerd's.
const (
	defaultFailures   = 7
	defaultMinPenalty = time.Second
	defaultMaxPenalty = time.Minute
)

// resilience is the timeouts and retries of a Service.
type resilience struct {
	// rules are the routes, in order, and at last the rule for all other requests.
	rules   []resilienceRule
	budget  *model.RetryBudget
	breaker *model.Breaker
	origin  model.Origin
}

// resilienceRule is the timeout and retry of some requests.
type resilienceRule struct {
	// path and methods that requests must have. Nil: any.
	path    *model.PathMatch
	methods []string
	timeout time.Duration
	retry   *model.Retry
	// place of the rule in the policy.
	place string
}

// readResilience reads the aspect; the Services that it is for do not matter yet.
func readResilience(spec *v1alpha1.Resilience, origin model.Origin) (*resilience, model.Problems) {
	const place = "spec.resilience"
	read := durations{origin: origin}
	all := resilienceRule{timeout: read.optional(spec.Timeout, place+".timeout"), retry: read.retry(spec.Retries, place+".retries"), place: place}
	r := &resilience{origin: origin, breaker: read.breaker(spec.CircuitBreaker, place+".circuitBreaker"), budget: readBudget(spec.RetryBudget, at(origin, place+".retryBudget"))}
	for i := range spec.Routes {
		route := &spec.Routes[i]
		rule := all // what a route leaves empty is that of all
		rule.place = place + ".routes[" + strconv.Itoa(i) + "]"
		rule.methods = methodNames(route.Match.Methods)
		if route.Match.Path != nil {
			rule.path = resiliencePath(*route.Match.Path)
		}
		if route.Timeout != nil {
			rule.timeout = read.optional(route.Timeout, rule.place+".timeout")
		}
		if route.Retries != nil {
			rule.retry = read.retry(route.Retries, rule.place+".retries")
		}
		r.rules = append(r.rules, rule)
	}
	r.rules = append(r.rules, all)
	return r, read.problems
}

// resiliencePath reads a path; the prefix "/" is every path.
func resiliencePath(path v1alpha1.AccessPath) *model.PathMatch {
	if path.Prefix != nil {
		return prefixMatch(*path.Prefix)
	}
	return accessPath(&path)
}

// routed says whether anything is asked of single requests.
func (r *resilience) routed() bool {
	return slices.ContainsFunc(r.rules, func(rule resilienceRule) bool { return rule.timeout > 0 || rule.retry != nil })
}

// durations reads durations, which the schema has checked, and collects what is wrong all the same.
type durations struct {
	origin   model.Origin
	problems model.Problems
}

func (r *durations) optional(text *v1alpha1.Duration, place string) time.Duration {
	if text == nil {
		return 0
	}
	d, err := time.ParseDuration(string(*text))
	if err != nil {
		r.problems = append(r.problems, model.Problem{Origin: at(r.origin, place), Reason: v1alpha1.ReasonInvalid, Message: err.Error()})
	}
	return d
}

func (r *durations) or(text *v1alpha1.Duration, place string, empty time.Duration) time.Duration {
	if text == nil {
		return empty
	}
	return r.optional(text, place)
}

func (r *durations) retry(retries *v1alpha1.Retries, place string) *model.Retry {
	if retries == nil || retries.Limit == 0 {
		return nil
	}
	return &model.Retry{
		Limit: retries.Limit, On: retryOn(retries.On), NonIdempotent: retries.NonIdempotent,
		PerTryTimeout: r.optional(retries.PerTryTimeout, place+".perTryTimeout"), Path: place,
	}
}

func (r *durations) breaker(breaker *v1alpha1.CircuitBreaker, place string) *model.Breaker {
	if breaker == nil {
		return nil
	}
	failures := int32(defaultFailures)
	if breaker.ConsecutiveFailures != nil {
		failures = *breaker.ConsecutiveFailures
	}
	return &model.Breaker{
		ConsecutiveFailures: failures, Origin: at(r.origin, place),
		MinPenalty: r.or(breaker.MinPenalty, place+".minPenalty", defaultMinPenalty),
		MaxPenalty: r.or(breaker.MaxPenalty, place+".maxPenalty", defaultMaxPenalty),
	}
}

// readBudget reads a ratio of at most two decimals, which the schema has checked, as per cent.
func readBudget(budget *v1alpha1.RetryBudget, origin model.Origin) *model.RetryBudget {
	if budget == nil {
		return nil
	}
	whole, decimals, _ := strings.Cut(budget.Ratio, ".")
	percent := int32(0)
	for _, digit := range (whole + decimals + "00")[:3] {
		percent = 10*percent + digit - '0'
	}
	return &model.RetryBudget{Percent: percent, MinPerSecond: budget.MinPerSecond, Origin: origin}
}

func retryOn(on []v1alpha1.RetryOn) []string {
	if len(on) == 0 {
		return []string{"5xx"}
	}
	out := make([]string, len(on))
	for i, one := range on {
		out[i] = string(one)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
