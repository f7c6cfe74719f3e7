package testbed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"

	"github.com/kubemate/kubemate/hack/testbed/process"
	"github.com/kubemate/kubemate/hack/testbed/servers"
)

// TraefikOptions configures one Traefik. The zero value watches everything with ingress class "traefik" or none.
type TraefikOptions struct {
	IngressClass  string
	LabelSelector string   // which of Traefik's own objects it reads
	Namespaces    []string // empty: all
	// RefuseEmptyServices turns allowEmptyServices off: then one Service without endpoints takes its whole route away.
	RefuseEmptyServices bool
	AllowCrossNamespace bool
	// AccessLog writes a line of JSON per request to AccessLogPath.
	AccessLog bool
	Flags     []string // further flags, for example "--providers.kubernetesgateway=true"
	Env       []string // "NAME=value"
}

// Traefik is a running Traefik. It has three entry points: web, websecure (TLS) and traefik (API, metrics, ping).
type Traefik struct {
	name    string
	process *process.Process
	logs    string

	web, webSecure, api int
}

func (tb *Testbed) startFirstTraefik(ctx context.Context) error {
	traefik, err := tb.StartTraefik(ctx, "traefik", *tb.options.Traefik)
	tb.Traefik = traefik
	return err
}

// StartTraefik starts a further Traefik; the name is that of its log file. It installs Traefik's CRDs and rights when
// they are missing, and returns when Traefik answers its ping.
func (tb *Testbed) StartTraefik(ctx context.Context, name string, options TraefikOptions) (*Traefik, error) {
	if err := tb.prepareForTraefik(ctx); err != nil {
		return nil, err
	}
	path, err := servers.Traefik.Path()
	if err != nil {
		return nil, err
	}
	ports, err := freePorts(3)
	if err != nil {
		return nil, err
	}
	traefik := &Traefik{name: name, logs: tb.logs, web: ports[0], webSecure: ports[1], api: ports[2]}
	tokenFile := tb.path("traefik.token")
	if err := os.WriteFile(tokenFile, []byte(tb.traefikToken), 0o600); err != nil {
		return nil, err
	}
	args := append(traefik.flags(), options.flags()...)
	args = append(args, "--providers.kubernetescrd.endpoint="+tb.config.Host, "--providers.kubernetescrd.token="+tokenFile,
		"--providers.kubernetescrd.certauthfilepath="+tb.path("ca.crt"))
	if options.AccessLog {
		args = append(args, "--accesslog=true", "--accesslog.format=json", "--accesslog.filepath="+traefik.AccessLogPath())
	}
	traefik.process, err = tb.run(ctx, process.Command{
		Name: name, Path: path, Args: args, Env: options.Env, Ready: process.HTTP(traefik.API()+"/ping", nil, ""),
	})
	return traefik, err
}

// flags are what every Traefik of a testbed has in common.
func (t *Traefik) flags() []string {
	return append(hardening(),
		"--global.checknewversion=false", "--global.sendanonymoususage=false", "--log.level=INFO", "--log.format=json",
		"--entrypoints.web.address="+t.WebAddress(),
		"--entrypoints.websecure.address="+t.WebSecureAddress(), "--entrypoints.websecure.http.tls=true",
		"--entrypoints.traefik.address="+t.APIAddress(), "--ping=true", "--api=true", "--api.insecure=true",
		"--metrics.prometheus=true", "--metrics.prometheus.addrouterslabels=true",
		"--metrics.prometheus.addserviceslabels=true",
		"--providers.kubernetescrd=true", "--providers.kubernetescrd.throttleduration=100ms",
		"--providers.providersthrottleduration=100ms",
	)
}

// hardening refuses encoded characters that backends read differently from a router, as a gateway that is declared hardened does.
func hardening() []string {
	var flags []string
	for _, entryPoint := range []string{"web", "websecure"} {
		for _, character := range []string{"slash", "backslash", "nullcharacter", "semicolon", "percent", "questionmark", "hash"} {
			flags = append(flags, "--entrypoints."+entryPoint+".http.encodedcharacters.allowencoded"+character+"=false")
		}
	}
	return flags
}

func (o TraefikOptions) flags() []string {
	const provider = "--providers.kubernetescrd."
	flags := []string{
		fmt.Sprintf(provider+"allowemptyservices=%t", !o.RefuseEmptyServices),
		fmt.Sprintf(provider+"allowcrossnamespace=%t", o.AllowCrossNamespace),
	}
	if o.IngressClass != "" {
		flags = append(flags, provider+"ingressclass="+o.IngressClass)
	}
	if o.LabelSelector != "" {
		flags = append(flags, provider+"labelselector="+o.LabelSelector)
	}
	if len(o.Namespaces) > 0 {
		flags = append(flags, provider+"namespaces="+strings.Join(o.Namespaces, ","))
	}
	return append(flags, o.Flags...)
}

// WebAddress is host:port of the plain entry point; Web is its URL. The same goes for the other two.
func (t *Traefik) WebAddress() string       { return fmt.Sprintf("127.0.0.1:%d", t.web) }
func (t *Traefik) WebSecureAddress() string { return fmt.Sprintf("127.0.0.1:%d", t.webSecure) }
func (t *Traefik) APIAddress() string       { return fmt.Sprintf("127.0.0.1:%d", t.api) }
func (t *Traefik) Web() string              { return "http://" + t.WebAddress() }
func (t *Traefik) WebSecure() string        { return "https://" + t.WebSecureAddress() }
func (t *Traefik) API() string              { return "http://" + t.APIAddress() }

// Metrics is the URL of the Prometheus metrics.
func (t *Traefik) Metrics() string { return t.API() + "/metrics" }

// AccessLogPath is where requests are logged when TraefikOptions.AccessLog is set.
func (t *Traefik) AccessLogPath() string { return t.logs + "/" + t.name + "-access.json" }

// Process is Traefik's process, to signal, kill or restart.
func (t *Traefik) Process() *process.Process { return t.process }

// Restart ends Traefik and starts it again on the same ports.
func (t *Traefik) Restart(ctx context.Context) error { return t.process.Restart(ctx) }

// Router is a route as Traefik understood it.
type Router struct {
	Name        string   `json:"name"`
	Rule        string   `json:"rule"`
	Service     string   `json:"service"`
	Status      string   `json:"status"`
	Priority    int      `json:"priority"`
	Middlewares []string `json:"middlewares"`
	EntryPoints []string `json:"entryPoints"`
	Errors      []string `json:"error"`
}

// Routers lists the HTTP routes that Traefik has now.
func (t *Traefik) Routers(ctx context.Context) ([]Router, error) {
	var routers []Router
	return routers, t.Get(ctx, "/api/http/routers?per_page=100000", &routers)
}

// Get reads a path of Traefik's API, for example /api/rawdata, into a value.
func (t *Traefik) Get(ctx context.Context, path string, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, t.API()+path, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return errors.New(path + ": " + response.Status)
	}
	return json.NewDecoder(response.Body).Decode(into)
}
