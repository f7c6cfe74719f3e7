package cli

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/pflag"

	"github.com/kubemate/kubemate/internal/manifest"
)

// fileFlags are the files that a command reads.
type fileFlags struct {
	names     []string
	recursive bool
}

func (f *fileFlags) add(flags *pflag.FlagSet) {
	flags.StringSliceVarP(&f.names, "filename", "f", nil, "files or directories with manifests, - for standard input")
	flags.BoolVarP(&f.recursive, "recursive", "R", false, "look for manifests in the directories below, too")
}

// read reads the sources, in the order of the flags and then by name.
func (f *fileFlags) read(stdin io.Reader) ([]manifest.Source, error) {
	var sources []manifest.Source
	for _, name := range f.names {
		if name == "-" {
			data, err := io.ReadAll(stdin)
			if err != nil {
				return nil, fmt.Errorf("reading standard input: %w", err)
			}
			sources = append(sources, manifest.Source{Name: "stdin", Data: data})
			continue
		}
		files, err := f.find(name)
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				return nil, fmt.Errorf("reading manifests: %w", err)
			}
			sources = append(sources, manifest.Source{Name: file, Data: data})
		}
	}
	return sources, nil
}

// find lists the files of a name: itself, or the manifests of the directory.
func (f *fileFlags) find(name string) ([]string, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("reading manifests: %w", err)
	}
	if !info.IsDir() {
		return []string{name}, nil
	}
	var found []string
	err = filepath.WalkDir(name, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != name && !f.recursive:
			return fs.SkipDir
		case !entry.IsDir() && slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(path)):
			found = append(found, path)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading manifests: %w", err)
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%s holds no file that ends in .yaml, .yml or .json; -R looks into the directories below", name)
	}
	return found, nil
}
