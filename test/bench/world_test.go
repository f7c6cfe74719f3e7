package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubemate/kubemate/api/v1alpha1"
	"github.com/kubemate/kubemate/hack/testbed"
	"github.com/kubemate/kubemate/hack/testbed/operator"
	"github.com/kubemate/kubemate/internal/config"
	"github.com/kubemate/kubemate/internal/controller"
	"github.com/kubemate/kubemate/internal/driver/builtin"
)

// root is the module's folder.
const root = "../.."

// setting is the operator's configuration: the defaults, but that it is alone and listens nowhere.
const setting = `
leaderElection: {enabled: false, namespace: ` + operator.Namespace + `}
metrics: {bindAddress: "0"}
health: {bindAddress: "0"}
`

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(operator.Main(m, root, testbed.Options{Traefik: &testbed.TraefikOptions{}}))
}

// world is an API server with nothing on it, and the operator once it is started.
type world struct {
	*testing.B
	server *testbed.Testbed
	admin  client.Client
	calls  *calls
	// settle is how long the operator waits for data planes after it has written.
	settle time.Duration
	// audit tells of the operator's program.
	audit *testbed.Audit
}

func newWorld(b *testing.B) *world {
	b.Helper()
	return newWorldOf(b, testbed.Options{})
}

func newWorldOf(b *testing.B, servers testbed.Options) *world {
	b.Helper()
	ctrl.SetLogger(logr.FromSlogHandler(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})))
	w := &world{B: b, server: testbed.New(b, servers)}
	w.audit = w.server.Audit(operator.UserName)
	traefik, err := testbed.TraefikCRDs()
	w.must(err)
	w.must(operator.Install(b.Context(), w.server, root, operator.Values{}))
	w.must(w.server.InstallCRDs(b.Context(), traefik...))
	scheme := runtime.NewScheme()
	w.must(clientgoscheme.AddToScheme(scheme))
	w.must(v1alpha1.AddToScheme(scheme))
	w.admin, err = client.New(w.server.Config(), client.Options{Scheme: scheme})
	w.must(err)
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// run starts the operator, with more configuration, and returns what stops it.
func (w *world) run(more string) (stop func()) {
	w.Helper()
	cfg, err := config.Parse([]byte(setting + more))
	w.must(err)
	w.settle = max(cfg.Mesh.Settle.Duration, cfg.Edge.Settle.Duration)
	access, err := w.server.ConfigFor(operator.UserName)
	w.must(err)
	w.calls = &calls{}
	access.Wrap(w.calls.wrap)
	scheme := runtime.NewScheme()
	w.must(builtin.AddToScheme(scheme))
	ctx, cancel := context.WithCancel(w.Context())
	manager, err := controller.NewManager(ctx, access, cfg, builtin.New(cfg), scheme)
	w.must(err)
	ended := make(chan error, 1)
	go func() { ended <- manager.Start(ctx) }()
	w.quiet() // what stands there already has its objects
	return func() {
		cancel()
		w.must(<-ended)
	}
}

// metric is the value of a metric without labels that a program exposes.
func (w *world) metric(url, name string) float64 {
	w.Helper()
	response, err := http.Get(url)
	w.must(err)
	defer response.Body.Close()
	lines := bufio.NewScanner(response.Body)
	for lines.Scan() {
		if text, found := strings.CutPrefix(lines.Text(), name+" "); found {
			value, err := strconv.ParseFloat(text, 64)
			w.must(err)
			return value
		}
	}
	w.must(lines.Err())
	w.Fatalf("%s has no %s", url, name)
	return 0
}

// await looks until as many as wanted have got there.
func (w *world) await(what string, wanted int, within time.Duration, count func() int) {
	w.Helper()
	deadline := time.Now().Add(within)
	for {
		found := count()
		if found == wanted {
			return
		}
		if time.Now().After(deadline) {
			w.show()
			w.Fatalf("%s: %d of %d after %s", what, found, wanted, within)
		}
		time.Sleep(time.Second)
	}
}

// quiet waits until the operator has had nothing to say for a while.
func (w *world) quiet() {
	w.Helper()
	w.await("the operator is quiet", 1, time.Minute, func() int {
		if time.Since(w.calls.last()) > 3*time.Second {
			return 1
		}
		return 0
	})
}

// show logs what the operator did, and a release, for people who look why a benchmark has failed.
func (w *world) show() {
	kinds := map[string]int{}
	for _, one := range w.calls.since(time.Time{}) {
		kinds[fmt.Sprintf("%d %s", one.status, one.kind())]++
	}
	var found v1alpha1.CanaryReleaseList
	w.must(w.admin.List(context.Background(), &found, client.Limit(1)))
	for _, one := range found.Items {
		text, err := json.Marshal(one.Status)
		w.must(err)
		w.Logf("%v\n%s", kinds, text)
	}
}
