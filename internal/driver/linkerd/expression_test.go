package linkerd

import "regexp"

// wholly says what the model says of an expression: that the whole value matches.
func wholly(expression, value string) bool {
	return regexp.MustCompile(`\A(?:` + expression + `)\z`).MatchString(value)
}
