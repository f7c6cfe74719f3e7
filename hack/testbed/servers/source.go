package servers

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const modulePath = "github.com/kubemate/kubemate"

// Root is the top of the checkout that the working directory lies in. `go test` runs a test in its package's folder, so
// this finds the same checkout that the test was compiled from.
func Root() (string, error) {
	start, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		content, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", err
		}
		if declares(content, modulePath) {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("%s is not inside a checkout of %s: run this from one", start, modulePath)
		}
	}
}

func declares(goMod []byte, module string) bool {
	first, _, _ := bytes.Cut(goMod, []byte("\n"))
	return strings.TrimSpace(string(first)) == "module "+module
}

// folder is where the program's go.mod lies.
func (p Program) folder(root string) string {
	return filepath.Join(root, "hack", "testbed", "servers", p.Folder)
}

// pinned returns the version that the go.mod in folder requires of module.
func pinned(folder, module string) (string, error) {
	path := filepath.Join(folder, "go.mod")
	content, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	lines := bufio.NewScanner(bytes.NewReader(content))
	for lines.Scan() {
		words := strings.Fields(strings.TrimPrefix(strings.TrimSpace(lines.Text()), "require "))
		if len(words) >= 2 && words[0] == module && strings.HasPrefix(words[1], "v") {
			return words[1], nil
		}
	}
	return "", fmt.Errorf("%s does not require %s", path, module)
}
