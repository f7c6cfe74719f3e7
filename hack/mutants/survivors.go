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

// survivor is a mutant that no test notices, and why none has to.
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

func (m mutant) is(s survivor) bool { return s.File == m.File && s.Mutant == m.Mutant && s.At == m.At }

// judge prints what became of the mutants of a package, and says whether that is good enough.
func judge(name string, found []mutant, explained []survivor, only *regexp.Regexp, floor float64) error {
	counts := map[string]int{}
	var complaints []string
	for _, m := range found {
		counts[m.Status]++
		if m.Status == killed || m.Status == notViable {
			continue
		}
		if !slices.ContainsFunc(explained, m.is) {
			complaints = append(complaints, fmt.Sprintf("%s %s:%d %s at %q", m.Status, m.File, m.Line, m.Mutant, m.At))
		}
	}
	for _, s := range explained {
		inside := path.Dir(s.File) == name && only.MatchString(path.Base(s.File))
		if inside && !slices.ContainsFunc(found, func(m mutant) bool { return m.is(s) && m.Status == lived }) {
			complaints = append(complaints, fmt.Sprintf("survivors.yaml explains %s at %q in %s, which no longer survives: take it out", s.Mutant, s.At, s.File))
		}
	}
	viable := len(found) - counts[notViable]
	if viable == 0 {
		return fmt.Errorf("%s: no mutant compiles", name)
	}
	share := 100 * float64(counts[killed]) / float64(viable)
	fmt.Printf("%s: %d of %d mutants noticed (%.1f %%), %d lived; %d more did not compile\n",
		name, counts[killed], viable, share, counts[lived], counts[notViable])
	if share < floor {
		complaints = append(complaints, fmt.Sprintf("fewer than %.0f %% are noticed", floor))
	}
	if len(complaints) > 0 {
		return fmt.Errorf("%s:\n  %s", name, strings.Join(complaints, "\n  "))
	}
	return nil
}
