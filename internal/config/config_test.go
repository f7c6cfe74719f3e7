package config

import (
	"reflect"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestEmptyFileMeansDefaults(t *testing.T) {
	cfg, err := Parse(nil)
	if err != nil {
		t.Fatalf("an empty file is refused: %v", err)
	}
	if cfg.LeaderElection.LeaseDuration.Duration != 15*time.Second || !cfg.LeaderElection.Enabled {
		t.Errorf("leader election is not 15s and on: %+v", cfg.LeaderElection)
	}
	if len(cfg.Edge.Gateways) != 1 || cfg.Edge.Gateways[0].Name != "default" || cfg.Edge.Gateways[0].EntryPoints.HTTPS != "websecure" {
		t.Errorf("gateways are not the default one: %+v", cfg.Edge.Gateways)
	}
	if cfg.Actions.Retention.Duration != 90*24*time.Hour || cfg.Actions.FourEyes.Enabled || cfg.Actions.ReasonRequired {
		t.Errorf("actions are not kept for 90 days, or ask for more than a right: %+v", cfg.Actions)
	}
	if cfg.Injection.Enabled || cfg.Injection.Restarts {
		t.Error("injection or restarts are on by default")
	}
}

func TestFileStandsOverDefaults(t *testing.T) {
	cfg, err := Parse([]byte(`
apiVersion: config.kubemate.io/v1alpha1
kind: OperatorConfig
leaderElection: {leaseDuration: 30s}
edge:
  gateways:
  - {name: public, labels: {edge: public}, clientAddressDepth: 1}
`))
	if err != nil {
		t.Fatal(err)
	}
	if cfg.LeaderElection.LeaseDuration.Duration != 30*time.Second || cfg.LeaderElection.RenewDeadline.Duration != 10*time.Second {
		t.Errorf("the file's lease or the default deadline is lost: %+v", cfg.LeaderElection)
	}
	if len(cfg.Edge.Gateways) != 1 || cfg.Edge.Gateways[0].Name != "public" || cfg.Edge.Gateways[0].EntryPoints.HTTP != "web" {
		t.Errorf("gateways are not the file's: %+v", cfg.Edge.Gateways)
	}
}

func TestProblemsNameTheirPath(t *testing.T) {
	for name, test := range map[string]struct {
		file string
		want []string
	}{
		"an unknown field is refused":                  {"mesh: {drivr: Linkerd}", []string{"mesh.drivr"}},
		"a field given twice is refused":               {"mesh: {driver: Linkerd, driver: None}", []string{"driver"}},
		"restarts need injection":                      {"injection: {restarts: true}", []string{"injection.restarts", "injection.enabled"}},
		"another kind is refused":                      {"kind: Deployment", []string{"kind"}},
		"a driver that does not exist is refused":      {"mesh: {driver: Istio}", []string{"mesh.driver", "Linkerd"}},
		"all problems are listed":                      {"{log: {level: loud, format: xml}}", []string{"log.level", "log.format"}},
		"a lease shorter than its deadline":            {"leaderElection: {leaseDuration: 5s}", []string{"leaderElection.leaseDuration", "two leaders"}},
		"a deadline shorter than the retry":            {"leaderElection: {retryPeriod: 9s}", []string{"leaderElection.renewDeadline"}},
		"an address without port":                      {"metrics: {bindAddress: localhost}", []string{"metrics.bindAddress"}},
		"two gateways of one name":                     {"edge: {gateways: [{name: a}, {name: a}]}", []string{"edge.gateways[1].name"}},
		"a gateway without name":                       {"edge: {gateways: [{labels: {a: b}}]}", []string{"edge.gateways[0].name"}},
		"one entry point for two protocols":            {"edge: {gateways: [{name: a, entryPoints: {http: x, https: x}}]}", []string{"edge.gateways[0].entryPoints"}},
		"a label that is none":                         {"edge: {gateways: [{name: a, labels: {'a b': c}}]}", []string{"edge.gateways[0].labels"}},
		"a mesh that never settles":                    {"mesh: {settle: 1h}", []string{"mesh.settle", "5m"}},
		"an edge that settles before it is written":    {"edge: {settle: -1s}", []string{"edge.settle"}},
		"a gateway for a namespace that is no name":    {"edge: {gateways: [{name: a, namespaces: ['*']}]}", []string{"edge.gateways[0].namespaces[0]"}},
		"a depth in the address of a connection":       {"edge: {gateways: [{name: a, clientAddress: Connection, clientAddressDepth: 1}]}", []string{"edge.gateways[0].clientAddress"}},
		"a client address from nowhere":                {"edge: {gateways: [{name: a, clientAddress: Cookie}]}", []string{"edge.gateways[0].clientAddress"}},
		"a reservation for nobody":                     {"edge: {reservations: [{host: a.example}]}", []string{"edge.reservations[0].namespaces", "name the namespaces"}},
		"a reservation of a pattern":                   {"edge: {reservations: [{host: 'a.*', namespaces: [a]}]}", []string{"edge.reservations[0].host"}},
		"a gateway whose pods have no labels":          {"edge: {gateways: [{name: a, pods: {namespace: t, service: t}}]}", []string{"edge.gateways[0].pods.labels"}},
		"a meshed gateway without identity":            {"edge: {gateways: [{name: a, meshed: true, pods: {namespace: t, labels: {a: b}, service: t}}]}", []string{"edge.gateways[0].pods.serviceAccount"}},
		"a gateway outside the mesh without addresses": {"edge: {gateways: [{name: a, pods: {namespace: t, labels: {a: b}, serviceAccount: t}}]}", []string{"edge.gateways[0].pods.service"}},
		"a gateway that calls from everywhere":         {"edge: {gateways: [{name: a, pods: {namespace: t, labels: {a: b}, networks: [0.0.0.0/0]}}]}", []string{"edge.gateways[0].pods.networks[0]"}},
		"an API without address":                       {"edge: {gateways: [{name: a, verification: {}}]}", []string{"edge.gateways[0].verification.address", "http://traefik"}},
		"an API with a password":                       {"edge: {gateways: [{name: a, verification: {address: 'http://u:p@t'}}]}", []string{"edge.gateways[0].verification.address", "user"}},
		"certificates for an API over plain HTTP":      {"edge: {gateways: [{name: a, verification: {address: 'http://t', caFile: /ca}}]}", []string{"edge.gateways[0].verification.address", "https"}},
		"an API that is asked all the time":            {"edge: {gateways: [{name: a, verification: {address: 'http://t', interval: 1ms}}]}", []string{"edge.gateways[0].verification.interval"}},
		"a reservation on no gateway":                  {"edge: {reservations: [{host: a.example, gateway: b, namespaces: [a]}]}", []string{"edge.reservations[0].gateway"}},
		"no workers":                                   {"concurrency: {apply: 0}", []string{"concurrency.apply"}},
		"a route group of neither":                     {"mesh: {linkerd: {routeGroup: example.com}}", []string{"mesh.linkerd.routeGroup"}},
		"a cluster domain that is no domain":           {"mesh: {linkerd: {clusterDomain: 'a b'}}", []string{"mesh.linkerd.clusterDomain"}},
		"a duration that is none":                      {"leaderElection: {leaseDuration: soon}", []string{"soon"}},
		"a document that is no map":                    {"- 1", []string{"parsing YAML"}},
		"a client address depth below the ground":      {"edge: {gateways: [{name: a, clientAddressDepth: -1}]}", []string{"clientAddressDepth"}},
		"actions that are hardly kept":                 {"actions: {retention: 1m}", []string{"actions.retention", "1h0m0s"}},
		"four eyes without approvers":                  {"actions: {fourEyes: {enabled: true}}", []string{"actions.fourEyes.groups"}},
		"a group that ends an expression":              {`actions: {fourEyes: {groups: ["a']"]}}`, []string{"actions.fourEyes.groups[0]"}},
		"a group without name":                         {`actions: {fourEyes: {groups: [""]}}`, []string{"actions.fourEyes.groups[0]"}},
		"a namespace for the lease that is no name":    {"leaderElection: {namespace: A}", []string{"leaderElection.namespace"}},
		"a metric source without name":                 {source("address: http://p:9090"), []string{"analysis.sources[0].name"}},
		"two metric sources of one name":               {"analysis: {sources: [{name: a, address: http://p}, {name: a, address: http://q}]}", []string{"sources[1].name"}},
		"a metric source without address":              {source("name: a"), []string{"analysis.sources[0].address", "http://prometheus"}},
		"a metric source that is no URL":               {source("name: a, address: 'prometheus:9090'"), []string{"address"}},
		"a metric source that is a file":               {source("name: a, address: 'file:///etc/passwd'"), []string{"address"}},
		"a query in the address of a metric source":    {source("name: a, address: 'http://p/?x=y'"), []string{"address", "query"}},
		"a token in the clear":                         {source("name: a, address: http://p, tokenFile: /t"), []string{"address", "tokenFile", "https"}},
		"a password in the clear":                      {source("name: a, address: http://p, basicAuth: {username: u, passwordFile: /p}"), []string{"address", "basicAuth", "https"}},
		"a password without user":                      {source("name: a, address: https://p, basicAuth: {passwordFile: /p}"), []string{"basicAuth.username"}},
		"a password that is in no file":                {source("name: a, address: https://p, basicAuth: {username: u}"), []string{"basicAuth.passwordFile"}},
		"a token beside a password":                    {source("name: a, address: https://p, tokenFile: /t, basicAuth: {username: u, passwordFile: /p}"), []string{"basicAuth", "choose"}},
		"certificates for plain HTTP":                  {source("name: a, address: http://p, caFile: /ca"), []string{"address", "caFile"}},
		"a relative path":                              {source("name: a, address: https://p, caFile: ca.crt"), []string{"caFile", "absolute"}},
		"a timeout longer than the analysis":           {source("name: a, address: http://p, timeout: 1h"), []string{"timeout"}},
		"a negative number of queries at once":         {source("name: a, address: http://p, maxConcurrent: -1"), []string{"maxConcurrent"}},
		"an answer of no length":                       {source("name: a, address: http://p, maxResponseBytes: 1"), []string{"maxResponseBytes"}},
		"a namespace label that is none":               {source("name: a, address: http://p, namespaceLabel: 'a-b'"), []string{"namespaceLabel"}},
		"a namespace label of Prometheus itself":       {source("name: a, address: http://p, namespaceLabel: __name__"), []string{"namespaceLabel"}},
		"a matcher on the namespace":                   {source("name: a, address: http://p, matchers: {namespace: x}"), []string{"matchers[namespace]", "namespaceExempt"}},
		"a matcher on a label that is none":            {source("name: a, address: http://p, matchers: {'a b': x}"), []string{"matchers[a b]"}},
		"a label renamed to one that is none":          {source("name: a, address: http://p, renamedLabels: {service: 'a b'}"), []string{"renamedLabels[service]"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte(test.file))
			if err == nil {
				t.Fatal("accepted")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error does not mention %q: %v", want, err)
				}
			}
		})
	}
}

func source(fields string) string { return "analysis: {sources: [{" + fields + "}]}" }

func TestMetricSourcesAreCompleted(t *testing.T) {
	cfg, err := Parse([]byte(source("name: default, address: 'https://thanos.monitoring.svc/prometheus', caFile: /ca, tokenFile: /token, maxConcurrent: 2")))
	if err != nil {
		t.Fatal(err)
	}
	want := MetricSource{
		Name: "default", Address: "https://thanos.monitoring.svc/prometheus", CAFile: "/ca", TokenFile: "/token",
		Timeout: metav1.Duration{Duration: 5 * time.Second}, MaxConcurrent: 2, MaxResponseBytes: 1 << 20, NamespaceLabel: "namespace",
	}
	if got := cfg.Analysis.Sources; len(got) != 1 || !reflect.DeepEqual(got[0], want) {
		t.Errorf("%+v; want %+v", got, want)
	}
}

func TestGatewaysAreAskedEveryHalfMinute(t *testing.T) {
	cfg, err := Parse([]byte("edge: {gateways: [{name: a, verification: {address: 'https://traefik.edge.svc/dashboard', caFile: /ca}}, {name: b}]}"))
	if err != nil {
		t.Fatal(err)
	}
	want := Verification{Address: "https://traefik.edge.svc/dashboard", CAFile: "/ca", Interval: metav1.Duration{Duration: 30 * time.Second}}
	if got := cfg.Edge.Gateways; got[0].Verification == nil || *got[0].Verification != want || got[1].Verification != nil {
		t.Errorf("%+v", got)
	}
}

func TestAPasswordInAnAddressIsNotRepeated(t *testing.T) {
	for _, address := range []string{"http://u:hunter2@p", "http://u:hunter2@p:x"} {
		_, err := Parse([]byte(source("name: a, address: '" + address + "'")))
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestMissingFileIsNamed(t *testing.T) {
	if _, err := Read("/does/not/exist.yaml"); err == nil || !strings.Contains(err.Error(), "/does/not/exist.yaml") {
		t.Errorf("error does not name the file: %v", err)
	}
}
