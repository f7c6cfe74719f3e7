package servers

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// definitionSet is a folder of CustomResourceDefinitions that a Go module carries. A copy lies in the cache beside the
// servers: inside the namespace there is no network from which Go could fetch the module.
type definitionSet struct {
	name    string
	folder  string // of the go.mod that pins the module, below the root
	module  string
	pattern string
}

var (
	traefikDefinitions = definitionSet{
		name: "traefik-crds", folder: "hack/testbed/servers/traefik", module: "github.com/traefik/traefik/v3",
		pattern: "docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml",
	}
	gatewayDefinitions = definitionSet{
		name: "gateway-crds", folder: ".", module: "sigs.k8s.io/gateway-api",
		pattern: "config/crd/standard/gateway.networking.k8s.io_*.yaml",
	}
)

// TraefikCRDs are the files that define Traefik's kinds, in the version of the Traefik program.
func TraefikCRDs() ([]string, error) { return traefikDefinitions.files() }

// GatewayCRDs are the files that define the Gateway API's standard kinds.
func GatewayCRDs() ([]string, error) { return gatewayDefinitions.files() }

// FetchDefinitions copies into the cache what TraefikCRDs and GatewayCRDs return.
func FetchDefinitions(ctx context.Context) error {
	return errors.Join(traefikDefinitions.fetch(ctx), gatewayDefinitions.fetch(ctx))
}

func (d definitionSet) dir() (dir string, err error) {
	root, err := Root()
	if err != nil {
		return "", err
	}
	version, err := pinned(filepath.Join(root, d.folder), d.module)
	if err != nil {
		return "", err
	}
	cache, err := CacheDir()
	return filepath.Join(cache, d.name+"-"+version), err
}

func (d definitionSet) files() ([]string, error) {
	dir, err := d.dir()
	if err != nil {
		return nil, err
	}
	files, err := definitionsIn(filepath.Join(dir, "*"))
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("%s is missing: run make testbed-build once", dir)
	}
	return files, err
}

// definitionsIn leaves out what lies beside the definitions, such as an admission policy.
func definitionsIn(pattern string) ([]string, error) {
	matches, err := filepath.Glob(pattern)
	var files []string
	for _, match := range matches {
		content, readErr := os.ReadFile(match)
		err = errors.Join(err, readErr)
		if strings.Contains(string(content), "\nkind: CustomResourceDefinition\n") {
			files = append(files, match)
		}
	}
	return files, err
}

func (d definitionSet) fetch(ctx context.Context) error {
	dir, err := d.dir()
	if err != nil {
		return err
	}
	if there, err := exists(dir); err != nil || there { // also where the cache is read-only
		return err
	}
	release, err := lock(dir+".lock", func() {})
	if err != nil {
		return err
	}
	defer release()
	if there, err := exists(dir); err != nil || there {
		return err
	}
	module, err := d.moduleDir(ctx)
	if err != nil {
		return err
	}
	files, err := definitionsIn(filepath.Join(module, d.pattern))
	if err != nil {
		return err
	}
	unfinished := dir + ".unfinished"
	for _, file := range files {
		if err := copyFile(file, filepath.Join(unfinished, filepath.Base(file))); err != nil {
			return err
		}
	}
	return os.Rename(unfinished, dir)
}

// moduleDir is where the module lies unpacked, which may need a download.
func (d definitionSet) moduleDir(ctx context.Context) (string, error) {
	root, err := Root()
	if err != nil {
		return "", err
	}
	folder := filepath.Join(root, d.folder)
	if output, err := goCommand(ctx, folder, "mod", "download", d.module); err != nil {
		return "", fmt.Errorf("download %s: %w\n%s", d.module, err, output)
	}
	output, err := goCommand(ctx, folder, "list", "-m", "-f", "{{.Dir}}", d.module)
	if err != nil {
		return "", fmt.Errorf("find %s: %w\n%s", d.module, err, output)
	}
	return strings.TrimSpace(output), nil
}

func goCommand(ctx context.Context, folder string, args ...string) (string, error) {
	command := exec.CommandContext(ctx, "go", args...)
	command.Dir = folder
	command.Env = append(os.Environ(), "GOWORK=off")
	output, err := command.CombinedOutput()
	return string(output), err
}

func copyFile(from, to string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, content, 0o644)
}
