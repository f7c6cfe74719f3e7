package main

import (
	"context"
	"encoding/json"
	"fmt"
	"go/token"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"

	"golang.org/x/tools/go/packages"
)

// variable of the environment with the number of the fault that is on.
const variable = "MUTANT"

// program is a compiled test of the woven package.
type program struct {
	path   string
	folder string // where it runs
}

// build weaves faults into those files of a package of the module at root whose names match, and compiles the tests of its suite with it. Nothing of
// the module is changed: the compiler is shown other files in their places.
func build(ctx context.Context, root, name, folder string, tests suite, only *regexp.Regexp) ([]*fault, []program, error) {
	woven, err := load(ctx, root, name)
	if err != nil {
		return nil, nil, err
	}
	w := &weaver{folder: filepath.ToSlash(name), fset: woven.Fset, info: woven.TypesInfo, types: woven.Types}
	instead := map[string]string{}
	put := func(path, text string) error {
		to := filepath.Join(folder, strconv.Itoa(len(instead))+".go")
		instead[path] = to
		return os.WriteFile(to, []byte(text), 0o600)
	}
	for i, path := range woven.CompiledGoFiles {
		if !only.MatchString(filepath.Base(path)) {
			continue
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return nil, nil, err
		}
		if err := put(path, w.weave(woven.Syntax[i], string(source))); err != nil {
			return nil, nil, err
		}
	}
	if err := put(filepath.Join(filepath.Dir(woven.CompiledGoFiles[0]), "mutants_switch.go"), switchFile(woven.Types)); err != nil {
		return nil, nil, err
	}
	overlay, err := json.Marshal(map[string]any{"Replace": instead})
	if err != nil {
		return nil, nil, err
	}
	list := filepath.Join(folder, "overlay.json")
	if err := os.WriteFile(list, overlay, 0o600); err != nil {
		return nil, nil, err
	}
	programs := make([]program, len(tests.Tests))
	for i, other := range tests.Tests {
		programs[i] = program{path: filepath.Join(folder, strconv.Itoa(i)+".test"), folder: filepath.Join(root, other)}
		compile := exec.CommandContext(ctx, "go", "test", "-c", "-overlay", list, "-o", programs[i].path, "./"+other)
		compile.Dir = root
		if output, err := compile.CombinedOutput(); err != nil {
			return nil, nil, fmt.Errorf("compiling the tests of %s with faults: %w\n%s", other, err, output)
		}
	}
	return w.faults, programs, nil
}

// load reads and type-checks a package.
func load(ctx context.Context, root, name string) (*packages.Package, error) {
	found, err := packages.Load(&packages.Config{
		Context: ctx, Dir: root, Fset: token.NewFileSet(),
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports | packages.NeedSyntax |
			packages.NeedTypes | packages.NeedTypesInfo | packages.NeedTypesSizes | packages.NeedDeps | packages.NeedExportFile,
	}, "./"+name)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	if len(found) != 1 || len(found[0].Errors) > 0 {
		return nil, fmt.Errorf("reading %s: %d packages, %v", name, len(found), found[0].Errors)
	}
	return found[0], nil
}

// switchFile is the file by which a package knows the fault that is on.
func switchFile(of *types.Package) string {
	return fmt.Sprintf(`package %s

import (
	"os"
	"strconv"
)

var mutantOn, _ = strconv.Atoi(os.Getenv(%q))

func %s(number int) bool { return number == mutantOn }
`, of.Name(), variable, switchName)
}
