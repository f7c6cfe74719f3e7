package cli

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// example is a block of YAML in a page of the documentation.
var example = regexp.MustCompile("(?s)```yaml\n(apiVersion: .*?)```")

func TestExamplesOfTheDocumentationPlanWithoutProblems(t *testing.T) {
	for _, page := range []string{"releases.md", "releases.zh-CN.md"} {
		content, err := os.ReadFile("../../docs/" + page)
		if err != nil {
			t.Fatal(err)
		}
		var examples []string
		for _, found := range example.FindAllSubmatch(content, -1) {
			examples = append(examples, string(found[1]))
		}
		if len(examples) != 3 {
			t.Errorf("%s has %d examples", page, len(examples))
		}
		code, out, told := run(t, strings.Join(examples, "---\n"), "plan", "-f", "-", "--driver", "linkerd-policy")
		if code != ExitFine || strings.Count(out, "kind: HTTPRoute") != len(examples) {
			t.Errorf("%s: exit code %d\n%s\n%s", page, code, out, told)
		}
	}
}
