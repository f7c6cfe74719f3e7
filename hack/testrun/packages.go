package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
)

const (
	module        = "github.com/kubemate/kubemate"
	testbedPath   = module + "/hack/testbed"
	goldenPath    = module + "/internal/driver/drivertest/golden"
	operatorPath  = testbedPath + "/operator"
	testBinaryEnd = ".test"
)

// testedPackage is a package and what its tests are linked with.
type testedPackage struct {
	path string
	deps []string // of the test binary; empty when there are no tests
}

func (p testedPackage) uses(path string) bool { return slices.Contains(p.deps, path) }

func (p testedPackage) endToEnd() bool { return p.uses(operatorPath) }
func (p testedPackage) servers() bool  { return p.uses(testbedPath) && !p.endToEnd() }
func (p testedPackage) golden() bool   { return p.uses(goldenPath) && p.unit() }

// unit has also the packages without tests: they must at least compile.
func (p testedPackage) unit() bool { return !p.endToEnd() && !p.servers() }

// listPackages asks go for all packages of the module and for the dependencies of their tests.
func listPackages(ctx context.Context) ([]testedPackage, error) {
	command := exec.CommandContext(ctx, "go", "list", "-e", "-test", "-json=ImportPath,Deps,ForTest", "./...")
	command.Stderr = os.Stderr
	output, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, err
	}
	packages, decodeErr := decodePackages(output)
	if err := command.Wait(); err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	return packages, decodeErr
}

func decodePackages(list io.Reader) ([]testedPackage, error) {
	var paths []string
	deps := map[string][]string{}
	decoder := json.NewDecoder(list)
	for {
		var entry struct {
			ImportPath, ForTest string
			Deps                []string
		}
		if err := decoder.Decode(&entry); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		switch {
		case strings.HasSuffix(entry.ImportPath, testBinaryEnd):
			deps[strings.TrimSuffix(entry.ImportPath, testBinaryEnd)] = withoutVariants(entry.Deps)
		case entry.ForTest == "":
			paths = append(paths, entry.ImportPath)
		}
	}
	slices.Sort(paths)
	packages := make([]testedPackage, 0, len(paths))
	for _, path := range paths {
		packages = append(packages, testedPackage{path: path, deps: deps[path]})
	}
	return packages, nil
}

// withoutVariants drops what go list appends to packages that are compiled for one test: "path [path.test]".
func withoutVariants(deps []string) []string {
	plain := make([]string, len(deps))
	for i, dep := range deps {
		plain[i], _, _ = strings.Cut(dep, " ")
	}
	return plain
}
