package verify

import (
	"context"
	"slices"
	"sync"
	"time"

	logf "sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/kubemate/kubemate/internal/config"
	"github.com/kubemate/kubemate/internal/driver"
)

const (
	// shortestPause between two questions.
	shortestPause = time.Second
	// patience is how many questions in a row may go unanswered before what is known counts as old.
	patience = 3
)

// wanted is what a gateway should have loaded for a namespace, sorted by name.
type wanted struct {
	stored   time.Time
	expected []Expected
}

// observation is something that a gateway does not serve.
type observation struct {
	// loaded says that the gateway knows it, and said why it does not serve it.
	loaded bool
	said   string
	// certain says that the answer before said that it is not served, too.
	certain bool
}

// gateway is one that is asked.
type gateway struct {
	name            string
	source          *source
	interval, pause time.Duration
	changed         func(namespace string)
	// stored has an element when something was stored since the last question.
	stored chan struct{}

	mu         sync.Mutex
	namespaces map[string]wanted
	// answered says that what is known is not old; unserved is what the last answer says, by name.
	answered bool
	unserved map[string]observation
	// certified are the names of expected certificates that the last answer has.
	certified map[string]bool
	failures  int
}

func newGateway(cfg config.Gateway, from *source, options Options) *gateway {
	pause := max(options.Settle, shortestPause)
	return &gateway{
		name: cfg.Name, source: from, interval: max(cfg.Verification.Interval.Duration, pause), pause: pause,
		changed: options.Changed, stored: make(chan struct{}, 1), namespaces: map[string]wanted{},
	}
}

// expect notes what the gateway should have loaded for a namespace.
func (g *gateway) expect(namespace string, now wanted) {
	g.mu.Lock()
	defer g.mu.Unlock()
	before, known := g.namespaces[namespace]
	if len(now.expected) == 0 {
		delete(g.namespaces, namespace)
		return
	}
	g.namespaces[namespace] = now
	same := slices.EqualFunc(before.expected, now.expected, func(a, b Expected) bool { return a.Name == b.Name })
	if known && same && before.stored.Equal(now.stored) {
		return
	}
	select {
	case g.stored <- struct{}{}:
	default: // it is known already
	}
}

func (g *gateway) forget(namespace string) { g.expect(namespace, wanted{}) }

// find adds what is known of things that the gateway should have loaded.
func (g *gateway) find(expected []Expected, to Findings) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i := range expected {
		one := &expected[i]
		found, unserved := g.unserved[one.Name]
		switch certain := unserved && found.certain; {
		case one.Host != "":
			to.noteHost(one, g.certified[one.Name], certain)
		case certain:
			to.note(one.Origins, words(g.name, one, found), !g.answered)
		default:
			to.note(one.Origins, "", !g.answered)
		}
	}
}

// run asks the gateway until the context ends.
func (g *gateway) run(ctx context.Context) {
	wait := g.pause
	for {
		select {
		case <-ctx.Done():
			return
		case <-g.stored:
			if !sleep(ctx, g.pause) { // it takes a moment to load
				return
			}
		case <-time.After(wait):
		}
		wait = g.look(ctx)
	}
}

func sleep(ctx context.Context, of time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(of):
		return true
	}
}

// look asks once, unless there is nothing to ask about, and says how long to wait before the next look.
func (g *gateway) look(ctx context.Context) time.Duration {
	if g.idle() {
		return g.interval
	}
	report, err := g.source.ask(ctx)
	if ctx.Err() != nil {
		return g.interval
	}
	questions.WithLabelValues(g.name, outcome(err)).Inc()
	logger := logf.FromContext(ctx).WithName("verify").WithValues("gateway", g.name)
	if err != nil {
		if g.failed() {
			logger.Error(err, "the gateway does not tell what it serves")
		}
		return g.interval
	}
	return g.learn(report)
}

func (g *gateway) idle() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.namespaces) == 0
}

// failed notes that a question was not answered. True: so many in a row that what is known is old now.
func (g *gateway) failed() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.failures++
	if g.failures != patience {
		return false
	}
	g.answered, g.unserved, g.certified = false, nil, nil
	return true
}

// learn compares an answer with what is expected, tells the namespaces of which other things are known than before, and says how long to wait
// before the next look.
func (g *gateway) learn(report driver.Report) time.Duration {
	g.mu.Lock()
	next := lesson{report: report, unserved: map[string]observation{}, certified: map[string]bool{}}
	wait := g.interval
	var news []string
	for namespace, wanted := range g.namespaces {
		changed := !g.answered
		for i := range wanted.expected {
			if g.compare(&wanted.expected[i], &next) {
				changed = true
			}
		}
		if changed {
			news = append(news, namespace)
		}
	}
	if next.doubtful {
		wait = g.pause
	}
	g.answered, g.unserved, g.certified, g.failures = true, next.unserved, next.certified, 0
	g.mu.Unlock()
	slices.Sort(news)
	for _, namespace := range news {
		g.changed(namespace)
	}
	return wait
}

// lesson is what an answer teaches.
type lesson struct {
	report    driver.Report
	unserved  map[string]observation
	certified map[string]bool
	// doubtful says that something is not served for the first time.
	doubtful bool
}

// compare looks for something in an answer. True: something else is known of it than before.
func (g *gateway) compare(one *Expected, next *lesson) bool {
	before, was := g.unserved[one.Name]
	said, loaded := one.in(next.report)
	if _, tells := next.report[driver.ReportsCertificates]; one.Host != "" && !tells {
		return g.certified[one.Name] || was
	}
	if loaded && said == "" {
		if one.Host != "" {
			next.certified[one.Name] = true
		}
		return was && before.certain || one.Host != "" && !g.certified[one.Name]
	}
	found := observation{loaded: loaded, said: said, certain: was} // answers are a pause apart
	next.unserved[one.Name] = found
	next.doubtful = next.doubtful || !found.certain
	return found.certain && found != before || g.certified[one.Name]
}
