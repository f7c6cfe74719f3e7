package servers

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"golang.org/x/sys/unix"
)

// CacheVariable overrides the folder in which built servers are kept.
const CacheVariable = "KUBEMATE_TESTBED_CACHE"

// CacheDir is shared by all checkouts of a user.
func CacheDir() (string, error) {
	if dir := os.Getenv(CacheVariable); dir != "" {
		return filepath.Abs(dir)
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no cache directory (set %s): %w", CacheVariable, err)
	}
	return filepath.Join(dir, "kubemate", "testbed"), nil
}

// Path is where the built program lies, or will lie. The folder's name says what went into the build: another version,
// another dependency or another flag is another folder.
func (p Program) Path() (string, error) {
	root, err := Root()
	if err != nil {
		return "", err
	}
	version, err := pinned(p.folder(root), p.Module)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	for _, name := range []string{"go.mod", "go.sum"} {
		content, err := os.ReadFile(filepath.Join(p.folder(root), name))
		if err != nil {
			return "", err
		}
		sum.Write(content)
	}
	fmt.Fprintln(sum, runtime.GOOS, runtime.GOARCH, p.Package, p.LDFlags)
	if p.Tags != "" {
		fmt.Fprintln(sum, p.Tags)
	}
	cache, err := CacheDir()
	if err != nil {
		return "", err
	}
	key := fmt.Sprintf("%s-%s-%s", p.Name, version, hex.EncodeToString(sum.Sum(nil))[:12])
	return filepath.Join(cache, key, p.Name), nil
}

// Built reports whether the program is in the cache.
func (p Program) Built() (bool, error) {
	path, err := p.Path()
	if err != nil {
		return false, err
	}
	return exists(path)
}

func exists(path string) (bool, error) {
	_, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// lock keeps two processes from building the same thing at the same time. The kernel releases it with the process.
func lock(path string, waiting func()) (release func(), err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err = unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB); errors.Is(err, unix.EWOULDBLOCK) {
		waiting()
		err = flockPatiently(file)
	}
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return func() { file.Close() }, nil
}

// flockPatiently blocks until the other process is done; the runtime's own signals may interrupt the call.
func flockPatiently(file *os.File) error {
	for {
		if err := unix.Flock(int(file.Fd()), unix.LOCK_EX); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}
