package netns

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

const directoryPattern = "kubemate-testbed-*"

// directory is the folder of one run. Its lock is held as long as the parent lives, so that what a killed parent could
// not remove is recognised by the next run.
type directory struct {
	path string
	lock *os.File
}

func runDirectory() (*directory, error) {
	removeAbandoned()
	path, err := os.MkdirTemp("", directoryPattern)
	if err != nil {
		return nil, err
	}
	lock, err := os.OpenFile(filepath.Join(path, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(lock.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return &directory{path: path, lock: lock}, nil
}

func (d *directory) remove() {
	if err := os.RemoveAll(d.path); err != nil {
		fmt.Fprintln(os.Stderr, "testbed:", err)
	}
	d.lock.Close()
}

// removeAbandoned clears the folders of parents that were killed. It is a courtesy: a folder that cannot be judged or
// removed, such as another user's, is left alone.
func removeAbandoned() {
	candidates, _ := filepath.Glob(filepath.Join(os.TempDir(), directoryPattern, "lock")) // the pattern is well-formed
	for _, candidate := range candidates {
		lock, err := os.OpenFile(candidate, os.O_RDWR, 0)
		if err != nil {
			continue
		}
		if unix.Flock(int(lock.Fd()), unix.LOCK_EX|unix.LOCK_NB) == nil {
			os.RemoveAll(filepath.Dir(candidate))
		}
		lock.Close()
	}
}
