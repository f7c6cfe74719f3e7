package traefik

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"strings"
	"testing"
	"time"

	"github.com/traefik/traefik/v3/pkg/rules"
	"k8s.io/apimachinery/pkg/util/validation"
	"pgregory.net/rapid"

	"github.com/kubemate/kubemate/internal/model"
)

func TestEveryTreeReadsBackAsItself(t *testing.T) {
	read, err := newRuleReader()
	if err != nil {
		t.Fatal(err)
	}
	leaf := rapid.Custom(func(t *rapid.T) *rules.Tree {
		name := rapid.SampledFrom([]string{matchHost, matchPath, matchHeader, matchQueryRegexp}).Draw(t, "matcher")
		return matcher(name, rapid.SliceOfN(rapid.String(), 1, 2).Draw(t, "values")...)
	})
	var tree func(depth int) *rapid.Generator[*rules.Tree]
	tree = func(depth int) *rapid.Generator[*rules.Tree] {
		return rapid.Custom(func(t *rapid.T) *rules.Tree {
			if depth == 0 || rapid.Bool().Draw(t, "leaf") {
				return leaf.Draw(t, "leaf")
			}
			operator := rapid.SampledFrom([]string{nodeAnd, nodeOr}).Draw(t, "operator")
			return &rules.Tree{Matcher: operator, RuleLeft: tree(depth-1).Draw(t, "left"), RuleRight: tree(depth-1).Draw(t, "right")}
		})
	}
	rapid.Check(t, func(t *rapid.T) {
		if _, err := writeRule(tree(4).Draw(t, "tree"), read); err != nil {
			t.Fatal(err)
		}
	})
}

func TestARuleThatReadsBackDifferentlyIsNotWritten(t *testing.T) {
	meant := allOf(matcher(matchHost, "a"), matcher(matchPath, "/"))
	for name, read := range map[string]ruleReader{
		"another value":    func(string) (*rules.Tree, error) { return allOf(matcher(matchHost, "b"), matcher(matchPath, "/")), nil },
		"another operator": func(string) (*rules.Tree, error) { return anyOf(matcher(matchHost, "a"), matcher(matchPath, "/")), nil },
		"less":             func(string) (*rules.Tree, error) { return matcher(matchHost, "a"), nil },
		"an error":         func(string) (*rules.Tree, error) { return nil, errors.New("refused") },
	} {
		t.Run(name, func(t *testing.T) {
			if text, err := writeRule(meant, read); err == nil || text != "" {
				t.Errorf("the rule %q was written", text)
			}
		})
	}
}

func TestPrioritiesRankHostsThenPathsThenLines(t *testing.T) {
	ranked := []struct {
		name        string
		hosts       hostKind
		path        *model.PathMatch
		route, line int
	}{
		{"the longest path on an exact host", exactHosts, &model.PathMatch{Kind: model.MatchExact, Value: "/" + strings.Repeat("a", 4_998)}, 0, 0},
		{"an exact path", exactHosts, &model.PathMatch{Kind: model.MatchExact, Value: "/ab"}, 0, 0},
		{"its last line", exactHosts, &model.PathMatch{Kind: model.MatchExact, Value: "/ab"}, 0, maxLines - 1},
		{"a prefix of the same length", exactHosts, &model.PathMatch{Kind: model.MatchPrefix, Value: "/ab"}, 0, 0},
		{"its second line", exactHosts, &model.PathMatch{Kind: model.MatchPrefix, Value: "/ab"}, 0, 1},
		{"its second route", exactHosts, &model.PathMatch{Kind: model.MatchPrefix, Value: "/ab"}, 1, 0},
		{"its last route's last line", exactHosts, &model.PathMatch{Kind: model.MatchPrefix, Value: "/ab"}, maxRoutes - 1, maxLines - 1},
		{"a shorter exact path", exactHosts, &model.PathMatch{Kind: model.MatchExact, Value: "/a"}, 0, 0},
		{"the exact root", exactHosts, &model.PathMatch{Kind: model.MatchExact, Value: "/"}, 0, 0},
		{"every path", exactHosts, nil, 0, 0},
		{"the last line of every path", exactHosts, nil, 0, maxLines - 1},
		{"a long path on a wildcard", wildcardHosts, &model.PathMatch{Kind: model.MatchPrefix, Value: "/" + strings.Repeat("a", 1023)}, 0, 0},
		{"every path of a wildcard", wildcardHosts, nil, 0, 0},
		{"its last line", wildcardHosts, nil, 0, maxLines - 1},
	}
	// Traefik takes 0 for "by length"; above MaxInt-1000 it disables the router, on 32 bits too.
	above := 1<<31 - 1 - 1000 + 1
	for _, r := range ranked {
		got, err := priority(r.hosts, r.path, r.route, r.line)
		if err != nil {
			t.Fatalf("%s: %v", r.name, err)
		}
		if got >= above || got < 1 {
			t.Errorf("%s has the priority %d, the one before it %d", r.name, got, above)
		}
		above = got
	}
	for _, r := range ranked {
		guard, err := guardPriority(r.hosts, r.path, r.route)
		if err != nil {
			t.Fatalf("%s: %v", r.name, err)
		}
		last, err := priority(r.hosts, r.path, r.route, maxLines-1)
		if err != nil || guard != last-1 || guard < 1 {
			t.Errorf("the guard of %s has the priority %d, the last line %d, %v", r.name, guard, last, err)
		}
	}
	root, _ := priority(exactHosts, &model.PathMatch{Kind: model.MatchPrefix, Value: "/"}, 0, 0)
	if all, _ := priority(exactHosts, nil, 0, 0); root != all {
		t.Errorf("the prefix / has the priority %d, every path %d", root, all)
	}
	if _, err := priority(exactHosts, nil, 0, maxLines); err == nil {
		t.Error("a line beyond the last is ranked")
	}
	if _, err := priority(exactHosts, &model.PathMatch{Kind: model.MatchPrefix, Value: "/" + strings.Repeat("a", 5_000)}, 0, 0); err == nil {
		t.Error("a path that is too long is ranked")
	}
}

func TestNamesAreLabelsAndNeverCollide(t *testing.T) {
	part := rapid.StringMatching(`[a-z0-9]([-a-z0-9.]{0,80}[a-z0-9])?`)
	seen := map[string]string{}
	rapid.Check(t, func(t *rapid.T) {
		profile, purpose := part.Draw(t, "profile"), part.Draw(t, "purpose")
		identity := rapid.SliceOf(rapid.SampledFrom([]string{"a", "b", "a-b", "", "1:a", "a1:b"})).Draw(t, "identity")
		name := objectName(profile, purpose, identity...)
		if problems := validation.IsDNS1123Label(name); len(problems) > 0 {
			t.Fatalf("%q: %v", name, problems)
		}
		digest, all := name[len(name)-2*digestSize:], strings.Join(identity, "\x00")
		if before, ok := seen[digest]; ok && before != all {
			t.Fatalf("%q and %q have one digest", before, all)
		}
		seen[digest] = all
	})
}

func TestAnExpressionForACookieLosesTheSemicolonAndNothingElse(t *testing.T) {
	literal := rapid.SampledFrom([]string{"a", "b", ";", "1", `\.`, ".", `\w`, `\W`, `\s`, "[^a]", "[:-<]", "[;]", "[^;]", `\b`, "(?i:A)", "(?s:.)", `\Qa;b\E`, "é", "[à-ü]", "ab;?", "(?i)k.", "[^\\n]", "[[:alpha:]]", "[^;a]", "()", "[\\]^-]", "\\B"})
	var expression func(depth int) *rapid.Generator[string]
	expression = func(depth int) *rapid.Generator[string] {
		return rapid.Custom(func(t *rapid.T) string {
			kind := rapid.IntRange(0, 3).Draw(t, "kind")
			if depth == 0 || kind == 0 {
				return literal.Draw(t, "literal")
			}
			left, right := expression(depth-1).Draw(t, "left"), expression(depth-1).Draw(t, "right")
			switch kind {
			case 1:
				return left + right
			case 2:
				return "(" + left + "|" + right + ")"
			default:
				return "(?:" + left + ")" + rapid.SampledFrom([]string{"*", "+", "?", "{1,3}", "*?", "{2,}", "{2}", "+?"}).Draw(t, "repeat")
			}
		})
	}
	rapid.Check(t, func(t *rapid.T) {
		text := expression(4).Draw(t, "expression")
		within, err := cookieRegex(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if _, err := syntax.Parse(within, syntax.Perl); err != nil {
			t.Fatalf("%s became %s: %v", text, within, err)
		}
		before, after := regexp.MustCompile("^(?:"+text+")$"), regexp.MustCompile("^"+within+"$")
		for range 20 {
			value := rapid.StringOfN(rapid.SampledFrom([]rune("ab;1.A <é:\n")), 0, 6, -1).Draw(t, "value")
			want := before.MatchString(value) && !strings.Contains(value, ";")
			if got := after.MatchString(value); got != want {
				t.Fatalf("%s became %s, which says %t of %q", text, within, got, value)
			}
		}
	})
}

func TestDurationsAreWholeUnits(t *testing.T) {
	pattern := regexp.MustCompile(`^([0-9]+(ns|us|µs|ms|s|m|h)?)+$`) // of Traefik's definition
	rapid.Check(t, func(t *rapid.T) {
		unit := rapid.SampledFrom([]time.Duration{1, time.Microsecond, time.Millisecond, time.Second, time.Minute, time.Hour}).Draw(t, "unit")
		d := unit * time.Duration(rapid.Int64Range(1, 5000).Draw(t, "count"))
		text := wholeUnits(d)
		if back, err := time.ParseDuration(text); err != nil || back != d || !pattern.MatchString(text) {
			t.Fatalf("%s became %s", d, text)
		}
	})
}
