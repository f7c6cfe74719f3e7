package main

import (
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// TestDemo follows a newcomer: the shop is served as the samples ask, the commands that the demo suggests do what they say, and whatever ends
// the demo ends all of it.
func TestDemo(t *testing.T) {
	tmp := t.TempDir()
	t.Run("the suggested commands move requests", func(t *testing.T) {
		p := startDemo(t, tmp, "--plain", "--every=500ms")
		access := p.until(`^  \. (\S+)$`)[1]
		p.until("^Ctrl-C ends")
		commands := suggested(p.said)
		if len(commands) != 4 {
			t.Fatalf("%d commands are suggested, not 4: %q", len(commands), commands)
		}
		p.untilShares("plain.shop.example/api/orders", map[string]float64{"v1": 70, "v2": 20, "v3": 10})
		p.untilShares("shop.example/api/orders with x-canary: 1", map[string]float64{"v3": 100})
		p.untilShares("shop.example/api/users", map[string]float64{"v1": 90, "v2": 10})
		shell(t, access, commands[2]) // takes longest: the operator makes sure that the deletion is meant
		shell(t, access, commands[0])
		p.untilShares("shop.example/api/users", map[string]float64{"v1": 50, "v2": 50})
		shell(t, access, commands[1])
		p.untilShares("shop.example/api/users with x-tester: yes", map[string]float64{"v2": 100})
		p.untilShares("shop.example/api/orders", map[string]float64{"v1": 100})
		if plan := shell(t, access, commands[3]); !strings.Contains(plan, "kind: IngressRoute") {
			t.Errorf("the plan holds no IngressRoute:\n%s", plan)
		}
		if err := p.command.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		p.end()
		p.wantNothingLeft()
		if failed := failures(p.said); failed != nil {
			t.Errorf("requests failed: %q", failed)
		}
	})
	t.Run("an unattended run ends by itself, and takes away what a killed one left", func(t *testing.T) {
		p := startDemo(t, tmp, "--plain", "--every=500ms", "--duration=2s")
		if code := p.end(); code != 0 {
			t.Errorf("the exit code is %d", code)
		}
		if last := p.said[len(p.said)-1]; !regexp.MustCompile(`^[0-9,]+ requests, 0 errors$`).MatchString(last) {
			t.Errorf("it ends with %q", last)
		}
		p.wantNothingLeft()
		wantEmpty(t, tmp)
	})
	t.Run("Ctrl-C during the start leaves nothing", func(t *testing.T) {
		p := startDemo(t, tmp)
		p.until("etcd and kube-apiserver: ready")
		if err := p.command.Process.Signal(syscall.SIGINT); err != nil {
			t.Fatal(err)
		}
		if code := p.end(); code != 0 {
			t.Errorf("the exit code is %d", code)
		}
		p.wantNothingLeft()
		wantEmpty(t, tmp)
	})
}

// suggested are the commands that the demo printed; a line that is indented deeper continues the one before.
func suggested(said []string) []string {
	var commands []string
	continued := false
	for _, line := range said {
		switch {
		case strings.HasPrefix(line, "  kubectl "):
			commands, continued = append(commands, strings.TrimSpace(line)), true
		case continued && strings.HasPrefix(line, "    "):
			commands[len(commands)-1] += "\n" + line
		default:
			continued = false
		}
	}
	return commands
}

// shell runs a command as a person would in another terminal.
func shell(t *testing.T, access, command string) string {
	t.Helper()
	output, err := exec.CommandContext(t.Context(), "sh", "-c", ". "+access+"\n"+command).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", command, err, output)
	}
	return string(output)
}

var seen = regexp.MustCompile(`(\S+) wanted ([0-9.]+)% seen ([0-9.]+)%`)

// untilShares reads lines until the route shows the shares as wanted and, nearly, as seen.
func (p *process) untilShares(route string, wanted map[string]float64) {
	p.t.Helper()
	for {
		line := p.until(`^\d\d:\d\d:\d\d  ` + regexp.QuoteMeta(route) + `: (.*)`)[1]
		as := 0
		for _, groups := range seen.FindAllStringSubmatch(line, -1) {
			share, known := wanted[groups[1]]
			if known && number(p.t, groups[2]) == share && near(number(p.t, groups[3]), share) {
				as++
			}
		}
		if as == len(wanted) {
			return
		}
	}
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	value, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// failures are the lines that tell of failed requests.
func failures(said []string) []string {
	var found []string
	failed := regexp.MustCompile(`[1-9]\d* errors`)
	for _, line := range said {
		if failed.MatchString(line) {
			found = append(found, line)
		}
	}
	return found
}
