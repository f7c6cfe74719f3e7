package servers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/kubemate/kubemate/hack/testbed/process"
)

// Build puts the programs that are missing into the cache and shows its progress on out.
func Build(ctx context.Context, out io.Writer, programs ...Program) error {
	missing, err := missing(programs)
	if err != nil || len(missing) == 0 {
		return err
	}
	cache, err := CacheDir()
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "testbed: building %d of %d servers into %s (once per version)\n", len(missing), len(programs), cache)
	for i, program := range missing {
		progress := newProgress(out, fmt.Sprintf("  [%d/%d] %s", i+1, len(missing), program.Name), program.Minutes)
		err := program.build(ctx, progress)
		progress.end(err)
		if err != nil {
			return err
		}
	}
	return nil
}

func missing(programs []Program) ([]Program, error) {
	var list []Program
	for _, program := range programs {
		built, err := program.Built()
		if err != nil {
			return nil, err
		}
		if !built {
			list = append(list, program)
		}
	}
	return list, nil
}

func (p Program) build(ctx context.Context, progress *progress) error {
	path, err := p.Path()
	if err != nil {
		return err
	}
	release, err := lock(filepath.Dir(path)+".lock", func() { progress.note("another process builds it, waiting") })
	if err != nil {
		return err
	}
	defer release()
	if built, err := exists(path); err != nil || built {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	// Only the finished program gets the final name.
	unfinished := path + ".unfinished"
	defer os.Remove(unfinished)
	if err := p.compile(ctx, unfinished, progress); err != nil {
		return err
	}
	return os.Rename(unfinished, path)
}

func (p Program) compile(ctx context.Context, output string, progress *progress) error {
	root, err := Root()
	if err != nil {
		return err
	}
	// -v names each package as it is compiled: a sign of life during the minutes of a cold build.
	build := exec.CommandContext(ctx, "go", "build", "-v", "-trimpath", "-tags", p.Tags, "-ldflags", p.LDFlags, "-o", output, p.Package)
	build.Dir = p.folder(root)
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	messages := &packageCounter{progress: progress}
	build.Stdout, build.Stderr = messages, messages
	build.WaitDelay = 5 * time.Second // a killed build leaves compilers behind that hold the pipe for a moment
	if err := process.Begin(build); err != nil {
		return fmt.Errorf("build %s: %w", p.Name, err)
	}
	if err := build.Wait(); err != nil {
		return errors.Join(fmt.Errorf("build %s in %s: %w", p.Name, build.Dir, err), messages.problem())
	}
	return nil
}
