package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// summary counts tests, subtests and the specs of ginkgo suites.
type summary struct {
	passed, failed, skipped int
	names                   []string // what failed
}

// suite is the last line of a ginkgo suite, which go test counts as one test.
var suite = regexp.MustCompile(`-- (\d+) Passed \| (\d+) Failed \| (\d+) Pending \| (\d+) Skipped`)

// specs counts those of a suite whose last line this is, and says whether it is.
func (s *summary) specs(line string) bool {
	counts := suite.FindStringSubmatch(line)
	if counts == nil {
		return false
	}
	s.passed += number(counts[1])
	s.failed += number(counts[2])
	s.skipped += number(counts[3]) + number(counts[4])
	return true
}

// number reads what the expression has found to be digits.
func number(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		panic(err)
	}
	return n
}

func (s *summary) count(action, name string) {
	switch action {
	case "pass":
		s.passed++
	case "skip":
		s.skipped++
	case "fail":
		s.failed++
		s.names = append(s.names, name)
	}
}

// suiteEnded notes the failure of a suite whose specs are counted already.
func (s *summary) suiteEnded(action, name string) {
	if action == "fail" {
		s.names = append(s.names, name)
	}
}

// packageFailed counts a package that failed without a failed test: it did not compile, or it ended too early.
func (s *summary) packageFailed(name string) {
	for _, failed := range s.names {
		if strings.HasPrefix(failed, name+".") {
			return
		}
	}
	s.count("fail", name)
}

func (s summary) String() string {
	return fmt.Sprintf("%d passed, %d failed, %d skipped", s.passed, s.failed, s.skipped)
}
