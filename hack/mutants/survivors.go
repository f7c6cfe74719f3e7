package main

import (
	"fmt"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// survivor is a fault that no test notices, and why none has to.
type survivor struct {
	File   string `json:"file"`
	Mutant string `json:"mutant"`
	At     string `json:"at"`
	Why    string `json:"why"`
}

func readSurvivors(file string) ([]survivor, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var list []survivor
	if err := yaml.UnmarshalStrict(content, &list); err != nil {
		return nil, fmt.Errorf("reading %s: %w", file, err)
	}
	for _, s := range list {
		if s.Why == "" {
			return nil, fmt.Errorf("reading %s: %s at %q in %s has no why", file, s.Mutant, s.At, s.File)
		}
	}
	return list, nil
}

func (f *fault) is(s survivor) bool { return s.File == f.File && s.Mutant == f.Kind && s.At == f.At }

// judge prints what became of the faults of a package, and says whether that is good enough.
func judge(name string, found []*fault, explained []survivor, only *regexp.Regexp, floor float64) error {
	counts := map[string]int{}
	var complaints []string
	for _, f := range found {
		counts[f.Status]++
		if f.Status == lived && !slices.ContainsFunc(explained, f.is) {
			complaints = append(complaints, f.String())
		}
	}
	for _, s := range explained {
		inside := path.Dir(s.File) == name && only.MatchString(path.Base(s.File))
		if inside && !slices.ContainsFunc(found, func(f *fault) bool { return f.is(s) && f.Status == lived }) {
			complaints = append(complaints, fmt.Sprintf("survivors.yaml explains %s at %q in %s, which no longer survives: take it out", s.Mutant, s.At, s.File))
		}
	}
	if len(found) == 0 {
		return fmt.Errorf("%s: there is nothing in which to make a fault", name)
	}
	share := 100 * float64(counts[killed]) / float64(len(found))
	fmt.Printf("%s: %d of %d faults noticed (%.1f %%), %d lived\n", name, counts[killed], len(found), share, counts[lived])
	if share < floor {
		complaints = append(complaints, fmt.Sprintf("fewer than %.0f %% are noticed", floor))
	}
	if len(complaints) > 0 {
		return fmt.Errorf("%s:\n  %s", name, strings.Join(complaints, "\n  "))
	}
	return nil
}
