package query

import (
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
)

var (
	values = Values{Namespace: "shop", Service: "orders", Variant: "v2", Backend: "orders-v2-4f1e", Window: time.Minute}
	scope  = Scope{Namespace: "shop", NamespaceLabel: "namespace"}
)

func TestExpand(t *testing.T) {
	got, err := Expand(`sum(x{a="{{ .Namespace }}/{{.Service}}",b="{{  .Backend  }}",c="{{ .Variant }}{{ .Variant }}"}[{{ .Window }}])`, values)
	if want := `sum(x{a="shop/orders",b="orders-v2-4f1e",c="v2v2"}[1m])`; got != want || err != nil {
		t.Errorf("%s, %v; want %s", got, err, want)
	}
}

func TestExpandRefuses(t *testing.T) {
	with := func(change func(*Values)) Values {
		changed := values
		change(&changed)
		return changed
	}
	for name, test := range map[string]struct {
		text   string
		values Values
		says   string
	}{
		"another name":                   {`{{ .Secret }}`, values, "{{ .Namespace }}"},
		"a function":                     {`{{ printf "%s" .Namespace }}`, values, "no template"},
		"a pipeline":                     {`{{ .Namespace | html }}`, values, "no template"},
		"a method":                       {`{{ .Window.String }}`, values, "no template"},
		"a condition":                    {`{{ if .Namespace }}x{{ end }}`, values, "no template"},
		"a variable":                     {`{{ $x := 1 }}`, values, "no template"},
		"a definition":                   {`{{ define "x" }}{{ end }}`, values, "no template"},
		"a comment":                      {`{{/* x */}}`, values, "no template"},
		"trimming":                       {`{{- .Namespace -}}`, values, "no template"},
		"braces that are not closed":     {`x{{ .Namespace`, values, "no template"},
		"braces put together":            {`{{{ .Namespace }}{ .Window }}`, values, "no template"},
		"a line break inside of braces":  {"{{ .Name\nspace }}", values, "no template"},
		"a text without end":             {strings.Repeat("x", 4097), values, "4097 characters"},
		"a namespace that is none":       {`x`, with(func(v *Values) { v.Namespace = `a"} or up{x="` }), "{{ .Namespace }}"},
		"a variant with a brace":         {`x`, with(func(v *Values) { v.Variant = "v}" }), "{{ .Variant }}"},
		"a backend with a line break":    {`x`, with(func(v *Values) { v.Backend = "v\n" }), "{{ .Backend }}"},
		"a Service in capital letters":   {`x`, with(func(v *Values) { v.Service = "Orders" }), "{{ .Service }}"},
		"a Service without name":         {`x`, with(func(v *Values) { v.Service = "" }), "{{ .Service }}"},
		"a template in a value":          {`x`, with(func(v *Values) { v.Variant = "{{ .Window }}" }), "{{ .Variant }}"},
		"a window of nothing":            {`x`, with(func(v *Values) { v.Window = 0 }), "window"},
		"a window in the future":         {`x`, with(func(v *Values) { v.Window = -time.Minute }), "window"},
		"a window of more than a day":    {`x`, with(func(v *Values) { v.Window = 25 * time.Hour }), "window"},
		"a window finer than Prometheus": {`x`, with(func(v *Values) { v.Window = time.Microsecond }), "window"},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := Expand(test.text, test.values); err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%q, %v; want an error with %q", got, err, test.says)
			}
		})
	}
}

func TestConfine(t *testing.T) {
	cluster := Scope{Namespace: "shop", NamespaceLabel: "kubernetes_namespace", Matchers: map[string]string{"cluster": "prod"}}
	exempt := Scope{NamespaceLabel: "namespace", Matchers: map[string]string{"cluster": "prod"}}
	for name, test := range map[string]struct {
		scope      Scope
		text, want string
	}{
		"a bare metric":                     {scope, `up`, `up{namespace="shop"}`},
		"a selector with matchers":          {scope, `sum(rate(x{code=~"5.."}[1m]))`, `sum(rate(x{code=~"5..",namespace="shop"}[1m]))`},
		"both sides of an operator":         {scope, `sum(a) / sum(b)`, `sum(a{namespace="shop"}) / sum(b{namespace="shop"})`},
		"the alternative of or":             {scope, `sum(a) or vector(0)`, `sum(a{namespace="shop"}) or vector(0)`},
		"a metric that has no name":         {scope, `sum({__name__=~".+"})`, `sum({__name__=~".+",namespace="shop"})`},
		"a name in quotes":                  {scope, `sum({"my.metric"})`, `sum({"my.metric",namespace="shop"})`},
		"its own namespace said already":    {scope, `sum(x{namespace="shop"})`, `sum(x{namespace="shop"})`},
		"its own namespace among others":    {scope, `sum(x{namespace=~"shop|bank"})`, `sum(x{namespace="shop"})`},
		"any namespace but others":          {scope, `sum(x{namespace!="bank"})`, `sum(x{namespace="shop"})`},
		"its own namespace several times":   {scope, `sum(x{namespace=~".+",namespace!="bank",namespace="shop"})`, `sum(x{namespace="shop"})`},
		"a subquery":                        {scope, `max_over_time(sum(rate(x[1m]))[10m:1m])`, `max_over_time(sum(rate(x{namespace="shop"}[1m]))[10m:1m])`},
		"an offset":                         {scope, `sum(x offset 1h)`, `sum(x{namespace="shop"} offset 1h)`},
		"absence":                           {scope, `absent(x)`, `absent(x{namespace="shop"})`},
		"the argument of an aggregation":    {scope, `topk(scalar(sum(n)), x)`, `topk(scalar(sum(n{namespace="shop"})), x{namespace="shop"})`},
		"a scalar":                          {scope, `scalar(sum(x))`, `scalar(sum(x{namespace="shop"}))`},
		"a quote that was closed":           {scope, `sum(x{a=""} or up{b=""})`, `sum(x{a="",namespace="shop"} or up{b="",namespace="shop"})`},
		"comments and line breaks":          {scope, "sum(x) # } or up\n", `sum(x{namespace="shop"})`},
		"another label, and the cluster":    {cluster, `sum(x)`, `sum(x{cluster="prod",kubernetes_namespace="shop"})`},
		"an exempt source":                  {exempt, `sum(x{namespace="bank"})`, `sum(x{cluster="prod",namespace="bank"})`},
		"ranges of a day in all":            {scope, `max_over_time(rate(x[12h])[12h:1h])`, `max_over_time(rate(x{namespace="shop"}[12h])[12h:1h])`},
		"label_replace makes a label":       {scope, `label_replace(x, "namespace", "bank", "", "")`, `label_replace(x{namespace="shop"}, "namespace", "bank", "", "")`},
		"a label with what looks like more": {scope, `sum(x{a="} or up{namespace=\"bank\""})`, `sum(x{a="} or up{namespace=\"bank\"",namespace="shop"})`},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := test.scope.Confine(test.text)
			if err != nil {
				t.Fatal(err)
			}
			if canonical(t, got) != canonical(t, test.want) {
				t.Errorf("%s; want %s", got, test.want)
			}
		})
	}
}

// canonical sorts nothing and only writes as the parser writes.
func canonical(t *testing.T, text string) string {
	t.Helper()
	expr, err := parse(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, selector := range selectors(expr) {
		matchers := map[string]*labels.Matcher{}
		for _, matcher := range selector.LabelMatchers {
			matchers[matcher.String()] = matcher
		}
		selector.LabelMatchers = nil
		for _, key := range sorted(matchers) {
			selector.LabelMatchers = append(selector.LabelMatchers, matchers[key])
		}
	}
	return expr.String()
}

// Attempts to read another namespace, to run code, or to cost the source more than a measurement may.
var attempts = map[string]string{
	"another namespace":                            `sum(x{namespace="bank"})`,
	"another namespace by expression":              `sum(x{namespace=~"bank|hr"})`,
	"every namespace but its own":                  `sum(x{namespace!="shop"})`,
	"series without namespace":                     `sum(x{namespace=""})`,
	"another namespace in quotes":                  `sum({"x", "namespace"="bank"})`,
	"another namespace, escaped":                   `sum({"x", "\x6eamespace"="bank"})`,
	"another namespace beside its own":             `sum(x{namespace="shop",namespace="bank"})`,
	"another namespace in an alternative":          `sum(x{namespace="shop" or namespace="bank"})`,
	"another namespace behind an operator":         `sum(x) + sum(y{namespace="bank"})`,
	"another namespace in a parameter":             `topk(scalar(sum(y{namespace="bank"})), sum(x))`,
	"another namespace in a subquery":              `max_over_time(sum(y{namespace="bank"})[5m:1m])`,
	"target_info through an experimental function": `sum(info(x, {__name__="target_info"}))`,
	"a second expression":                          `sum(x); sum(y)`,
	"a statement of another language":              `sum(x) FROM y`,
	"braces that are not closed":                   `sum(x{namespace="shop"`,
	"a selector without matchers":                  `sum({})`,
	"a matcher that is true of everything":         `sum({__name__=~".*"})`,
	"an empty text":                                ``,
	"a comment alone":                              `# sum(x)`,
	"a constant":                                   `vector(1)`,
	"a number":                                     `1`,
	"a text":                                       `"passed"`,
	"the time":                                     `time() > 0`,
	"a range":                                      `x[5m]`,
	"a subquery as the result":                     `x[5m:1m]`,
	"a week":                                       `sum(rate(x[7d]))`,
	"a week ago":                                   `sum(x offset 7d)`,
	"a day in three parts":                         `max_over_time(rate(x[9h] offset 8h)[8h:1h])`,
	"the future":                                   `sum(x offset -1h)`,
	"a fixed time":                                 `sum(x @ 0)`,
	"the beginning":                                `sum(x @ start())`,
	"the end, in a subquery":                       `max_over_time(sum(x)[5m:1m] @ end())`,
	"a subquery without step":                      `max_over_time(sum(x)[1h:])`,
	"a subquery by the millisecond":                `max_over_time(sum(x)[24h:1ms])`,
	"a subquery about nothing":                     `sum(x) + max_over_time(vector(1)[24h:1ms])`,
	"subqueries in subqueries":                     `max_over_time(max_over_time(max_over_time(x[1h:1m])[1h:1m])[1h:1m])`,
	"hundreds of years":                            `sum(rate(x[100y])) + max_over_time(max_over_time(rate(x[200y])[200y:200y])[200y:200y])`,
	"a range that is computed":                     `sum(rate(x[5m * 1000]))`,
	"a function that does not exist":               `system("id")`,
	"more selectors than anybody needs":            "sum(x)" + strings.Repeat("+sum(x)", 40),
	"thousands of parentheses":                     strings.Repeat("(", 2000) + "x" + strings.Repeat(")", 2000) + "[1m]",
	"a text without end":                           "sum(" + strings.Repeat("x", 5000) + ")",
	"a text that is not UTF-8":                     "sum(x{a=\"\xff\"})",
}

func TestConfineRefuses(t *testing.T) {
	for name, text := range attempts {
		t.Run(name, func(t *testing.T) {
			got, err := scope.Confine(text)
			if err == nil {
				t.Fatalf("became %s", got)
			}
			if len(err.Error()) > 2*maxText {
				t.Errorf("the error has %d characters", len(err.Error()))
			}
		})
	}
}

func TestTheClusterOfASourceIsNotLeft(t *testing.T) {
	cluster := Scope{NamespaceLabel: "namespace", Matchers: map[string]string{"cluster": "prod"}}
	if got, err := cluster.Confine(`sum(x{cluster="test"})`); err == nil {
		t.Errorf("became %s", got)
	}
}

func TestAdaptRenamesAndMatchesButDoesNotConfine(t *testing.T) {
	adapted := Scope{
		Namespace: "shop", NamespaceLabel: "namespace", Matchers: map[string]string{"cluster": "prod"}, Renamed: map[string]string{"service": "exported_service"},
	}
	got, err := adapted.Adapt(`sum(increase(m{service="a",code="5.."}[60s]))`)
	if want := `sum(increase(m{cluster="prod",code="5..",exported_service="a"}[1m]))`; err != nil || canonical(t, got) != want {
		t.Errorf("%s, %v; want %s", got, err, want)
	}
}

func TestTellsVariantsApart(t *testing.T) {
	for text, want := range map[string]bool{
		`x{a="{{ .Backend }}"}`: true, `x{a="{{.Variant}}"}`: true, `x{a="{{ .Service }}"}[{{ .Window }}]`: false, `x`: false,
	} {
		if got := TellsVariantsApart(text); got != want {
			t.Errorf("%s: %t", text, got)
		}
	}
}
