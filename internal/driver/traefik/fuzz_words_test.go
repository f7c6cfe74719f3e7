package traefik_test

import "strings"

// expressions that texts of a fuzzer are made of: at random they would seldom be valid.
var fragments = []string{
	"a", "1", "[0-9]+", ".", ".*", "(?:a|1)", "[^a]", "\\w", "(?i:a)", "b?", "x{1,2}", "\\.", "|", "-", "\\s", "/", "%", "=", ";", "\\b", "[;-z]", "(?s:.)", "é",
}

func expression(text string) string {
	var out strings.Builder
	for i := range min(len(text), 12) {
		out.WriteString(fragments[int(text[i])%len(fragments)])
	}
	return out.String()
}

// letters makes a name of a header of a text.
func letters(text string) string {
	return "x-" + strings.Map(func(r rune) rune { return rune("abcXYZ019-_.!~"[int(uint32(r)%14)]) }, text[:min(len(text), 16)])
}

// sendable makes of a text one that a header, a cookie or a query can hold.
func sendable(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if control(r) || r == '`' || r == 0xfffd {
			return '\''
		}
		return r
	}, strings.ToValidUTF8(text, "?")))
}

func control(r rune) bool { return r < ' ' || r == 0x7f }

// steps are what paths of a fuzzer are made of.
var steps = []string{"/", "/", "/", "a", "b", "A", "0", "api", ".", "..", "-", "_", "~", ";", "=", ":", "@", "!", "$", "&", "(", ")", "*", "+", ",", "%2F"}

// path makes a path of a text, and of a path that it has made that path.
func path(text string) string {
	if valid := strings.HasPrefix(text, "/") && strings.Trim(strings.ReplaceAll(text, "%2F", ""), "/abA0pi.-_~;=:@!$&()*+,") == ""; valid {
		return text
	}
	var out strings.Builder
	for i := range min(len(text), 24) {
		out.WriteString(steps[int(text[i])%len(steps)])
	}
	return "/" + strings.Trim(out.String(), "/")
}
