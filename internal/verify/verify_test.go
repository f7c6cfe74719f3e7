package verify

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/internal/config"
	"github.com/kubemate/kubemate/internal/driver"
	"github.com/kubemate/kubemate/internal/model"
)

const settle = 3 * time.Second

// plainReports are a map of names and texts.
type plainReports struct{}

func (plainReports) ReportNames(client.Object) []string { return nil }
func (plainReports) ReportQuestions() []driver.ReportQuestion {
	return []driver.ReportQuestion{{
		Path: "/report?all=yes", Read: func(answer io.Reader, to driver.Report) error { return json.NewDecoder(answer).Decode(&to) },
	}}
}

var profile = model.Origin{Kind: "IngressProfile", Name: "shop"}

func router(name string) Expected {
	return Expected{Gateway: "public", Name: name, Object: "IngressRoute " + name, Origins: []model.Origin{profile}}
}

// office is a verifier at work in a bubble of time of its own, and the gateway that it asks.
type office struct {
	*Verifier
	serves driver.Report
	silent bool
	asked  []time.Time
	told   []string
}

// RoundTrip answers as the gateway.
func (o *office) RoundTrip(request *http.Request) (*http.Response, error) {
	o.asked = append(o.asked, time.Now())
	if o.silent {
		return nil, errors.New("connection refused")
	}
	body, err := json.Marshal(o.serves)
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(string(body))), Request: request}, err
}

func withOffice(t *testing.T, test func(o *office)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		o := &office{serves: driver.Report{}}
		var err error
		o.Verifier, err = New(Options{
			Gateways: []config.Gateway{{Name: "private"}, {Name: "public", Verification: &config.Verification{
				Address: "http://traefik", Interval: metav1.Duration{Duration: 30 * time.Second},
			}}},
			Reader: plainReports{}, Settle: settle, Changed: func(namespace string) { o.told = append(o.told, namespace) },
		})
		if err != nil {
			t.Fatal(err)
		}
		o.gateways["public"].source.client.Transport = o
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- o.Start(ctx) }()
		test(o)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// after lets time go by.
func (o *office) after(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func (o *office) says(t *testing.T, stored time.Time, names ...string) Finding {
	t.Helper()
	var expected []Expected
	for _, name := range names {
		expected = append(expected, router(name))
	}
	return o.Expect("shop", stored, expected)[profile]
}

// certified is what is known of certificates for hosts.
func (o *office) certified(stored time.Time, hosts ...string) (all bool, missing []string) {
	var expected []Expected
	for _, host := range hosts {
		expected = append(expected, ExpectCertificate("public", host, profile))
	}
	found := o.Expect("shop", stored, expected)[profile]
	return found.Certified, found.Uncertified
}

func TestCertificatesThatAGatewayHasAndLacks(t *testing.T) {
	withOffice(t, func(o *office) {
		stored := time.Now()
		expect := func(when string, wantAll bool, wantMissing ...string) {
			t.Helper()
			all, missing := o.certified(stored, "a.example", "b.branches.example", "*.open.example")
			if all != wantAll || !slices.Equal(missing, wantMissing) {
				t.Errorf("%s: %t, without %q; want %t, without %q", when, all, missing, wantAll, wantMissing)
			}
		}
		expect("before anybody was asked", false)
		o.after(settle)
		expect("a gateway that does not tell of certificates", false)
		o.serves = driver.Report{driver.ReportsCertificates: "", driver.CertificateName("a.example"): "", driver.CertificateName("open.example"): ""}
		o.after(30 * time.Second)
		expect("one answer without them", false)
		o.after(settle)
		expect("two answers without them", false, "*.open.example", "b.branches.example")
		o.serves[driver.CertificateName("*.branches.example")] = ""
		o.serves[driver.CertificateName("*.open.example")] = ""
		o.after(30 * time.Second)
		expect("all are there, one by a wildcard", true)
		if len(o.told) != 4 { // the first answer, one certificate, the certainty, all
			t.Errorf("the namespace was told %d times", len(o.told))
		}
		o.silent = true
		o.after(5 * time.Minute)
		expect("nobody answers", false)
	})
}

func TestNobodyIsAskedWhoIsNotConfigured(t *testing.T) {
	verifier, err := New(Options{Gateways: []config.Gateway{{Name: "public"}}, Reader: plainReports{}})
	if verifier != nil || err != nil {
		t.Errorf("%v, %v", verifier, err)
	}
	if verifier.Asks("public") {
		t.Error("a gateway is asked that has no address")
	}
	withOffice(t, func(o *office) {
		if !o.Asks("public") || o.Asks("private") {
			t.Error("the wrong gateway is asked")
		}
		o.after(time.Hour)
		if len(o.asked) > 0 {
			t.Errorf("asked %d times about nothing", len(o.asked))
		}
	})
}

func TestWhatIsRefusedTwiceIsReported(t *testing.T) {
	withOffice(t, func(o *office) {
		stored := time.Now()
		if found := o.says(t, stored, "a", "b"); !found.Unknown || found.Message != "" {
			t.Errorf("before the first answer: %+v", found)
		}
		o.serves = driver.Report{"a": "", "b": "middleware \"x\" does not exist"}
		o.after(settle)
		if found := o.says(t, stored, "a", "b"); found.Unknown || found.Message != "" {
			t.Errorf("refused once: %+v", found)
		}
		o.after(settle)
		want := `the gateway public does not serve IngressRoute b: middleware "x" does not exist`
		if found := o.says(t, stored, "a", "b"); found.Text() != want {
			t.Errorf("refused twice: %q", found.Text())
		}
		o.serves = driver.Report{"a": "", "b": ""}
		o.after(30 * time.Second)
		if found := o.says(t, stored, "a", "b"); !reflect.DeepEqual(found, Finding{}) {
			t.Errorf("served again: %+v", found)
		}
		if len(o.told) != 3 { // the first answer, the certainty, the recovery
			t.Errorf("the namespace was told %d times", len(o.told))
		}
	})
}

func TestWhatIsMissingForALongTimeIsReported(t *testing.T) {
	withOffice(t, func(o *office) {
		stored := time.Now()
		o.says(t, stored, "a", "b")
		o.after(2*settle - time.Second)
		if found := o.says(t, stored, "a", "b"); found.Message != "" {
			t.Errorf("it still has time to load: %q", found.Message)
		}
		o.after(time.Second)
		found := o.says(t, stored, "a", "b")
		if !strings.Contains(found.Text(), "has not loaded IngressRoute a") || !strings.HasSuffix(found.Text(), " (and 1 more)") {
			t.Errorf("%q", found.Text())
		}
	})
}

func TestAGatewayThatStartsHasRefusedNothing(t *testing.T) {
	withOffice(t, func(o *office) {
		stored := time.Now()
		o.serves = driver.Report{"a": ""}
		o.says(t, stored, "a")
		o.after(settle)
		o.serves = driver.Report{} // it has restarted and loaded nothing yet
		o.after(30 * time.Second)
		o.serves = driver.Report{"a": ""}
		o.after(settle)
		if found := o.says(t, stored, "a"); !reflect.DeepEqual(found, Finding{}) || len(o.told) != 1 {
			t.Errorf("%+v, told %d times", found, len(o.told))
		}
	})
}

func TestTheNumberOfQuestionsIsBounded(t *testing.T) {
	withOffice(t, func(o *office) {
		o.serves = driver.Report{"a": ""}
		stored := time.Now()
		o.says(t, stored, "a")
		o.after(10*time.Minute + settle)
		if count := len(o.asked); count != 21 { // after the first change, and every 30 s
			t.Errorf("%d questions in 10 quiet minutes", count)
		}
		before := len(o.asked)
		for range 600 { // something is stored ten times a second
			o.says(t, time.Now(), "a")
			o.after(100 * time.Millisecond)
		}
		if count := len(o.asked) - before; count < 15 || count > 20 {
			t.Errorf("%d questions in a minute of changes; one in %s is enough", count, settle)
		}
		o.says(t, stored, "a")
		o.after(2 * settle)
		before = len(o.asked)
		for range 100 { // reconciliations without a change ask nothing
			o.says(t, stored, "a")
			o.after(100 * time.Millisecond)
		}
		if count := len(o.asked) - before; count > 0 {
			t.Errorf("%d questions though nothing was stored", count)
		}
	})
}

func TestAnIntervalIsNoShorterThanWhatAGatewayTakesToLoad(t *testing.T) {
	hasty := newGateway(config.Gateway{Verification: &config.Verification{Interval: metav1.Duration{Duration: time.Second}}}, nil, Options{Settle: settle})
	if hasty.interval != settle {
		t.Errorf("asked every %s", hasty.interval)
	}
}

func TestAGatewayThatDoesNotAnswerIsUnknownAfterAWhile(t *testing.T) {
	withOffice(t, func(o *office) {
		stored := time.Now()
		o.serves = driver.Report{"a": "no"}
		o.says(t, stored, "a")
		o.after(2 * settle)
		o.silent = true
		o.after(60 * time.Second)
		if found := o.says(t, stored, "a"); found.Unknown || found.Message == "" {
			t.Errorf("after two silences: %+v", found)
		}
		o.after(30 * time.Second)
		if found := o.says(t, stored, "a"); !found.Unknown || found.Message != "" {
			t.Errorf("after three silences: %+v", found)
		}
	})
}

func TestLongWordsAreCut(t *testing.T) {
	asked, long := router("a"), observation{loaded: true, said: strings.Repeat("界", 1000)}
	if text := []rune(words("public", &asked, long)); len(text) > longestWords+100 || !strings.HasSuffix(string(text), "…") {
		t.Errorf("%d characters", len(text))
	}
}

func TestASourceRefusesWhatIsNoReport(t *testing.T) {
	huge := strings.Repeat(" ", longest+1) + "{}"
	for name, answer := range map[string]http.HandlerFunc{
		"an error": func(to http.ResponseWriter, _ *http.Request) { http.Error(to, "{}", http.StatusNotFound) },
		"a redirect": func(to http.ResponseWriter, r *http.Request) {
			http.Redirect(to, r, "http://127.0.0.1:1/", http.StatusFound)
		},
		"no JSON":       func(to http.ResponseWriter, _ *http.Request) { io.WriteString(to, "<html>") },
		"a huge answer": func(to http.ResponseWriter, _ *http.Request) { io.WriteString(to, huge) },
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(answer)
			defer server.Close()
			from, err := newSource(config.Verification{Address: server.URL + "/"}, plainReports{})
			if err != nil {
				t.Fatal(err)
			}
			if report, err := from.ask(t.Context()); err == nil {
				t.Errorf("understood as %v", report)
			}
		})
	}
}

func TestASourceAsksBelowItsAddress(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(to http.ResponseWriter, request *http.Request) {
		if request.URL.String() != "/edge/report?all=yes" {
			http.Error(to, request.URL.String(), http.StatusNotFound)
			return
		}
		io.WriteString(to, `{"a": ""}`)
	}))
	defer server.Close()
	from, err := newSource(config.Verification{Address: server.URL + "/edge/", CAFile: authority(t, server)}, plainReports{})
	if err != nil {
		t.Fatal(err)
	}
	if report, err := from.ask(t.Context()); err != nil || len(report) != 1 {
		t.Errorf("%v, %v", report, err)
	}
	stranger, err := newSource(config.Verification{Address: server.URL + "/edge/"}, plainReports{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stranger.ask(t.Context()); err == nil {
		t.Error("a certificate of nobody we know is believed")
	}
}
