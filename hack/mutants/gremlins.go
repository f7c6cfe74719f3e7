package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// mutant is one fault and what became of it.
type mutant struct {
	File   string // from the root of the module
	Mutant string // the kind of fault
	At     string // the line from the changed token on
	Line   int
	Status string
}

// Statuses of gremlins that the runner leads to.
const (
	killed    = "KILLED"
	lived     = "LIVED"
	notViable = "NOT VIABLE" // it does not compile
)

// prepare puts gremlins, and the runner as the "go" that it finds, into a folder.
func prepare(ctx context.Context, folder string) error {
	build := command(ctx, ".", "go", "build", "-modfile=hack/tools/gremlins/go.mod", "-o", filepath.Join(folder, "gremlins"),
		"github.com/go-gremlins/gremlins/cmd/gremlins")
	if err := build.Run(); err != nil {
		return fmt.Errorf("building gremlins: %w", err)
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	return os.Symlink(self, filepath.Join(folder, runnerName))
}

// unleash has gremlins mutate a package of the module at root. It works on a copy of the module.
func unleash(ctx context.Context, folder, root, name string, tests suite, only *regexp.Regexp) ([]mutant, error) {
	realGo, err := exec.LookPath("go")
	if err != nil {
		return nil, err
	}
	module, err := exec.CommandContext(ctx, "go", "-C", root, "list", "-m").Output()
	if err != nil {
		return nil, fmt.Errorf("asking for the path of the module: %w", err)
	}
	given, err := json.Marshal(task{Go: realGo, Module: strings.TrimSpace(string(module)), Package: name, Suite: tests})
	if err != nil {
		return nil, err
	}
	left, err := leftOut(filepath.Join(root, name), only)
	if err != nil {
		return nil, err
	}
	report := filepath.Join(folder, "mutants.json")
	arguments := append([]string{
		"unleash", "--workers=1", "--timeout-coefficient=1000", "--output=" + report,
		"--invert-logical", "--invert-loopctrl", "--invert-assignments", "--remove-self-assignments",
	}, left...)
	gremlins := command(ctx, root, filepath.Join(folder, "gremlins"), append(arguments, "./"+name)...)
	gremlins.Env = append(os.Environ(), "PATH="+folder+string(os.PathListSeparator)+os.Getenv("PATH"), taskVariable+"="+string(given))
	gremlins.Stdout = os.Stderr
	if err := gremlins.Run(); err != nil {
		return nil, err
	}
	return readReport(root, name, report)
}

// leftOut tells gremlins which files not to mutate.
func leftOut(folder string, only *regexp.Regexp) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return nil, err
	}
	var flags []string
	for _, file := range files {
		if base := filepath.Base(file); !only.MatchString(base) {
			flags = append(flags, "--exclude-files=(^|/)"+regexp.QuoteMeta(base)+"$")
		}
	}
	return flags, nil
}

// readReport reads what gremlins found, and the code of each mutant.
func readReport(root, name, report string) ([]mutant, error) {
	content, err := os.ReadFile(report)
	if err != nil {
		return nil, err
	}
	var output struct {
		Files []struct {
			Name      string `json:"file_name"`
			Mutations []struct {
				Type, Status string
				Line, Column int
			}
		}
	}
	if err := json.Unmarshal(content, &output); err != nil {
		return nil, fmt.Errorf("reading the report of gremlins: %w", err)
	}
	var found []mutant
	for _, file := range output.Files {
		path := filepath.Join(name, filepath.Base(file.Name))
		source, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			return nil, err
		}
		lines := strings.Split(string(source), "\n")
		for _, m := range file.Mutations {
			at := strings.TrimSpace(lines[m.Line-1][m.Column-1:])
			found = append(found, mutant{File: filepath.ToSlash(path), Mutant: m.Type, At: at, Line: m.Line, Status: m.Status})
		}
	}
	return found, nil
}
