package analysis

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kubemate/kubemate/internal/config"
	"github.com/kubemate/kubemate/internal/verdict"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// sourceAt is a source with the defaults of the configuration.
func sourceAt(t *testing.T, address string, change func(*config.MetricSource)) *Reader {
	t.Helper()
	cfg := config.MetricSource{Name: "default", Address: address, MaxConcurrent: 8, MaxResponseBytes: 1 << 16, NamespaceLabel: "namespace"}
	cfg.Timeout.Duration = 10 * time.Second
	if change != nil {
		change(&cfg)
	}
	reader, err := New([]config.MetricSource{cfg})
	if err != nil {
		t.Fatal(err)
	}
	return reader
}

// one is a round with one custom metric that passes between 1 and 10.
func one(query string) Round {
	return Round{
		Namespace: "shop", Service: "orders", Ports: []int32{8080}, Candidate: Variant{"v2", "orders-v2"}, Stable: Variant{"v1", "orders-v1"},
		Window: time.Minute, At: noon, Metrics: []Metric{{Name: "own", Query: query, Min: "1", Max: "10"}},
	}
}

func success(kind, result string) string {
	return fmt.Sprintf(`{"status":"success","data":{"resultType":%q,"result":%s}}`, kind, result)
}

func number(value string) string {
	return success("vector", fmt.Sprintf(`[{"metric":{},"value":[1,%q]}]`, value))
}

func TestAnswers(t *testing.T) {
	text := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			fmt.Fprint(w, body)
		}
	}
	ok := func(body string) http.HandlerFunc { return text(http.StatusOK, body) }
	long := number("5") + strings.Repeat(" ", 1<<17)
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		want   verdict.Result
		says   string
	}{
		"one number passes":                     {ok(number("5")), verdict.Pass, "5 of v2"},
		"one number fails":                      {ok(number("11")), verdict.Fail, "above the maximum 10"},
		"a scalar is a number":                  {ok(success("scalar", `[1,"5"]`)), verdict.Pass, ""},
		"an empty vector is no data":            {ok(success("vector", `[]`)), verdict.NoData, "no data"},
		"several series":                        {ok(success("vector", `[{"metric":{"a":"1"},"value":[1,"5"]},{"metric":{"a":"2"},"value":[1,"5"]}]`)), verdict.Error, "several series"},
		"a value that is no number":             {ok(number("NaN")), verdict.Error, "not a number"},
		"a scalar that is no number":            {ok(success("scalar", `[1,"NaN"]`)), verdict.Error, "not a number"},
		"an infinite value":                     {ok(number("+Inf")), verdict.Error, "infinite"},
		"an infinite value below nothing":       {ok(number("-Inf")), verdict.Error, "infinite"},
		"a text":                                {ok(success("string", `[1,"5"]`)), verdict.Error, "not an answer of Prometheus"},
		"a matrix":                              {ok(success("matrix", `[{"metric":{},"values":[[1,"5"]]}]`)), verdict.Error, "matrix"},
		"a histogram":                           {ok(success("vector", `[{"metric":{},"histogram":[1,{"count":"1","sum":"1","buckets":[]}]}]`)), verdict.Error, "histogram"},
		"a type that nobody knows":              {ok(success("tensor", `[]`)), verdict.Error, "not an answer of Prometheus"},
		"a warning, such as of a store missing": {ok(`{"status":"success","warnings":["store down"],"data":{"resultType":"vector","result":[{"metric":{},"value":[1,"5"]}]}}`), verdict.Error, "store down"},
		"a remark is no warning":                {ok(`{"status":"success","infos":["might not be a counter"],"data":{"resultType":"vector","result":[{"metric":{},"value":[1,"5"]}]}}`), verdict.Pass, ""},
		"a query that is refused":               {text(400, `{"status":"error","errorType":"bad_data","error":"no such thing"}`), verdict.Error, "refuses the query: no such thing"},
		"a query that costs too much":           {text(422, `{"status":"error","errorType":"execution","error":"too many samples"}`), verdict.Error, "too many samples"},
		"a source out of time":                  {text(503, `{"status":"error","errorType":"timeout","error":"query timed out"}`), verdict.Error, "server error: 503"},
		"an error that calls itself fine":       {ok(`{"status":"error","errorType":"bad_data","error":"no such thing"}`), verdict.Error, "no such thing"},
		"a page of a proxy":                     {ok("<html>hunter2</html>"), verdict.Error, "not an answer of Prometheus"},
		"a broken server":                       {text(500, "<html>hunter2</html>"), verdict.Error, "server error: 500"},
		"a source that does not let us in":      {text(401, "hunter2"), verdict.Error, "client error: 401"},
		"no content":                            {text(204, ""), verdict.Error, "not an answer of Prometheus"},
		"an answer that is too long":            {ok(long), verdict.Error, "more than 65536 bytes"},
		"a bomb, though nothing packed was asked for": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			packed := gzip.NewWriter(w)
			fmt.Fprint(packed, long)
			packed.Close()
		}, verdict.Error, "not an answer of Prometheus"},
		"a connection that breaks": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, verdict.Error, "cannot be asked"},
		"an answer that breaks off": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			fmt.Fprint(w, number("5"))
		}, verdict.Error, "not an answer of Prometheus"},
		"a redirect to another path": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		}, verdict.Error, "redirects"},
		"a redirect to a metadata service": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://169.254.169.254/latest/meta-data", http.StatusFound)
		}, verdict.Error, "redirects"},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewUnstartedServer(test.answer)
			server.Config.ErrorLog = quiet()
			server.Start()
			defer server.Close()
			got := sourceAt(t, server.URL, nil).Measure(t.Context(), one("sum(x)")).Findings[0]
			if got.Result != test.want || !strings.Contains(got.Message, test.says) {
				t.Errorf("%s %q; want %s with %q", got.Result, got.Message, test.want, test.says)
			}
			for _, secret := range []string{"hunter2", "127.0.0.1", "169.254"} {
				if strings.Contains(got.Message, secret) {
					t.Errorf("%q shows %s", got.Message, secret)
				}
			}
			if len(got.Evidence) != 1 || got.Evidence[0].Query != `sum(x{namespace="shop"})` || !got.Evidence[0].At.Equal(noon) {
				t.Errorf("the evidence is %+v", got.Evidence)
			}
		})
	}
}

func TestWhatIsSent(t *testing.T) {
	var mu sync.Mutex
	var forms []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		forms = append(forms, r.Method+" "+r.URL.String()+" "+r.PostForm.Encode())
		fmt.Fprint(w, number("5"))
	}))
	defer server.Close()
	sourceAt(t, server.URL+"/prometheus", nil).Measure(t.Context(), one(`sum(rate(x{backend="{{ .Backend }}"}[{{ .Window }}]))`))
	const want = "POST /prometheus/api/v1/query query=sum%28rate%28x%7Bbackend%3D%22orders-v2%22%2Cnamespace%3D%22shop%22%7D%5B1m%5D%29%29&" +
		"time=1795348800&timeout=10s"
	if len(forms) != 1 || forms[0] != want {
		t.Errorf("%q; want %q", forms, want)
	}
}

func TestNothingIsSentForAQueryThatIsRefused(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("something was sent") }))
	defer server.Close()
	reader := sourceAt(t, server.URL, nil)
	for _, query := range []string{`sum(x{namespace="bank"})`, `{{ .Secret }}`, `sum(`, `vector(1)`} {
		if got := reader.Measure(t.Context(), one(query)).Findings[0]; got.Result != verdict.Error || len(got.Evidence) > 0 {
			t.Errorf("%s: %s %q %v", query, got.Result, got.Message, got.Evidence)
		}
	}
}

func TestASourceThatDoesNotAnswerInTime(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil { // only behind its body is a hang-up noticed
			t.Error(err)
		}
		<-r.Context().Done()
	}))
	defer server.Close()
	reader := sourceAt(t, server.URL, func(cfg *config.MetricSource) { cfg.Timeout.Duration = 100 * time.Millisecond })
	got := reader.Measure(t.Context(), one("sum(x)")).Findings[0]
	if got.Result != verdict.Error || !strings.Contains(got.Message, "did not answer within 100ms") {
		t.Errorf("%s %q", got.Result, got.Message)
	}
	if got.Evidence[0].Cause == nil {
		t.Error("the cause is lost")
	}
}

func TestASourceThatIsDown(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	got := sourceAt(t, server.URL, nil).Measure(t.Context(), one("sum(x)")).Findings[0]
	if got.Result != verdict.Error || !strings.Contains(got.Message, "refuses connections") {
		t.Errorf("%s %q", got.Result, got.Message)
	}
}

// gate holds requests until they are let through, and knows the most that were there at once.
type gate struct {
	arrived, through chan struct{}
	mu               sync.Mutex
	now, most        int
}

func (g *gate) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	g.mu.Lock()
	g.now++
	g.most = max(g.most, g.now)
	g.mu.Unlock()
	g.arrived <- struct{}{}
	<-g.through
	g.mu.Lock()
	g.now--
	g.mu.Unlock()
	fmt.Fprint(w, number("5"))
}

func TestQueriesWaitForTheirTurn(t *testing.T) {
	const queries, limit = 8, 2
	held := &gate{arrived: make(chan struct{}, queries), through: make(chan struct{})}
	server := httptest.NewServer(held)
	defer server.Close()
	reader := sourceAt(t, server.URL, func(cfg *config.MetricSource) { cfg.MaxConcurrent = limit })
	round := one("")
	round.Metrics = nil
	for i := range queries {
		round.Metrics = append(round.Metrics, Metric{Name: "own", Query: fmt.Sprintf("sum(x%d)", i), Max: "10"})
	}
	done := make(chan []Finding)
	go func() { done <- reader.Measure(t.Context(), round).Findings }()
	for range limit {
		<-held.arrived
	}
	// Whoever does not find the source full may be sent at any time; whoever has no patience is not.
	impatient, cancel := context.WithCancel(t.Context())
	cancel()
	if got := reader.Measure(impatient, one("sum(late)")).Findings[0]; got.Result != verdict.Error || !strings.Contains(got.Message, "gave up waiting") {
		t.Errorf("%s %q", got.Result, got.Message)
	}
	for range queries {
		held.through <- struct{}{}
	}
	for _, finding := range <-done {
		if finding.Result != verdict.Pass {
			t.Errorf("%s %q", finding.Result, finding.Message)
		}
	}
	if held.most != limit {
		t.Errorf("%d queries at once; want %d", held.most, limit)
	}
}

func TestSecretsAndCertificates(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, ok := r.BasicAuth(); ok && user+password != "joehunter2" || !ok && r.Header.Get("Authorization") != "Bearer hunter2" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		fmt.Fprint(w, number("5"))
	}))
	server.Config.ErrorLog = quiet()
	server.StartTLS()
	defer server.Close()
	ca := write("ca.crt", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})))
	secret := write("secret", "hunter2\n")
	for name, test := range map[string]struct {
		change func(*config.MetricSource)
		want   verdict.Result
		says   string
	}{
		"a token": {func(cfg *config.MetricSource) { cfg.CAFile, cfg.TokenFile = ca, secret }, verdict.Pass, ""},
		"a password": {func(cfg *config.MetricSource) {
			cfg.CAFile, cfg.BasicAuth = ca, &config.BasicAuth{Username: "joe", PasswordFile: secret}
		}, verdict.Pass, ""},
		"no token":                      {func(cfg *config.MetricSource) { cfg.CAFile = ca }, verdict.Error, "client error: 401"},
		"a token that is not there yet": {func(cfg *config.MetricSource) { cfg.CAFile, cfg.TokenFile = ca, filepath.Join(dir, "none") }, verdict.Error, "the operator's log says why"},
		"a certificate of nobody":       {func(cfg *config.MetricSource) { cfg.TokenFile = secret }, verdict.Error, "certificate is not trusted"},
	} {
		t.Run(name, func(t *testing.T) {
			got := sourceAt(t, server.URL, test.change).Measure(t.Context(), one("sum(x)")).Findings[0]
			if got.Result != test.want || !strings.Contains(got.Message, test.says) || strings.Contains(fmt.Sprint(got), "hunter2") {
				t.Errorf("%s %q; want %s with %q", got.Result, got.Message, test.want, test.says)
			}
		})
	}
	t.Run("certificates that are not there", func(t *testing.T) {
		_, err := New([]config.MetricSource{{Name: "thanos", Address: server.URL, CAFile: filepath.Join(dir, "none")}})
		if err == nil || !strings.Contains(err.Error(), "thanos") || !strings.Contains(err.Error(), "none") {
			t.Errorf("the error does not say which: %v", err)
		}
	})
}

func TestSourcesAreNamed(t *testing.T) {
	server := func(value string) string {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, number(value)) }))
		t.Cleanup(server.Close)
		return server.URL
	}
	source := func(name, value string) config.MetricSource {
		cfg := config.MetricSource{Name: name, Address: server(value), MaxConcurrent: 1, MaxResponseBytes: 1 << 10, NamespaceLabel: "namespace"}
		cfg.Timeout.Duration = time.Second * 10
		return cfg
	}
	two, err := New([]config.MetricSource{source("a", "5"), source("b", "6")})
	if err != nil {
		t.Fatal(err)
	}
	none, err := New(nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		reader *Reader
		source string
		want   string
	}{
		"the first when none is named": {two, "", "5 of v2"},
		"the one that is named":        {two, "b", "6 of v2"},
		"one that does not exist":      {two, "http://evil", `no metric source "http://evil"`},
		"when there is none":           {none, "", "has no metric source: add one"},
	} {
		t.Run(name, func(t *testing.T) {
			round := one("sum(x)")
			round.Source = test.source
			if got := test.reader.Measure(t.Context(), round).Findings[0]; !strings.Contains(got.Message, test.want) {
				t.Errorf("%q; want %q", got.Message, test.want)
			}
		})
	}
}

// FuzzAnswer: no answer, whatever it is, makes a panic, and none passes that is not one finite number.
func FuzzAnswer(f *testing.F) {
	for _, body := range []string{number("5"), number("NaN"), success("scalar", `[1,"5"]`), success("matrix", `[]`), `{`, ``, `null`, success("vector", `[null]`), success("vector", `[{"value":[1,"5"],"histogram":[1,{}]}]`)} {
		f.Add([]byte(body))
	}
	var body []byte
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(body) }))
	f.Cleanup(server.Close)
	f.Fuzz(func(t *testing.T, answer []byte) {
		body = answer
		got := sourceAt(t, server.URL, nil).Measure(t.Context(), one("sum(x)")).Findings[0]
		if got.Result != verdict.Pass && got.Result != verdict.Fail {
			return
		}
		var shape struct{ Status string }
		if err := json.Unmarshal(answer, &shape); err == nil && shape.Status == "error" {
			t.Fatalf("%q is %s", answer, got.Result)
		}
		if value := got.Candidate.Value; verdict.Of(value.Value).State != verdict.Measured {
			t.Fatalf("%q is %v", answer, value.Value)
		}
	})
}
