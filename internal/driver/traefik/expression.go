package traefik

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strconv"
	"strings"
	"unicode"
)

// fixed are the expressions that consist of an operator alone.
var fixed = map[syntax.Op]string{
	syntax.OpWordBoundary:   `\b`,
	syntax.OpNoWordBoundary: `\B`,
	syntax.OpEmptyMatch:     `(?:)`,
	syntax.OpNoMatch:        `[^\x00-\x{10FFFF}]`,
}

// expressionText writes an expression without assertions of lines and texts. The String of regexp/syntax does the same, but takes
// milliseconds for every set of characters that is as wide as [^;].
func expressionText(expression *syntax.Regexp) string {
	var out strings.Builder
	printExpression(&out, expression)
	return out.String()
}

func printExpression(out *strings.Builder, expression *syntax.Regexp) {
	switch expression.Op {
	case syntax.OpLiteral:
		printLiteral(out, expression)
	case syntax.OpCharClass:
		printClass(out, expression.Rune)
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpRepeat:
		printGroup(out, expression.Sub[0])
		out.WriteString(repetition(expression))
	case syntax.OpCapture:
		printGroup(out, expression.Sub[0])
	case syntax.OpConcat:
		for _, sub := range expression.Sub {
			printPart(out, sub)
		}
	case syntax.OpAlternate:
		for i, sub := range expression.Sub {
			if i > 0 {
				out.WriteByte('|')
			}
			printExpression(out, sub)
		}
	default: // withoutSemicolon has left no other
		out.WriteString(fixed[expression.Op])
	}
}

// printPart prints what stands between others: alternatives would reach over them.
func printPart(out *strings.Builder, expression *syntax.Regexp) {
	if expression.Op == syntax.OpAlternate {
		printGroup(out, expression)
		return
	}
	printExpression(out, expression)
}

// printGroup groups what is more than one character.
func printGroup(out *strings.Builder, expression *syntax.Regexp) {
	single := expression.Op == syntax.OpCharClass || expression.Op == syntax.OpLiteral && len(expression.Rune) == 1
	if single {
		printExpression(out, expression)
		return
	}
	out.WriteString("(?:")
	printExpression(out, expression)
	out.WriteByte(')')
}

func printLiteral(out *strings.Builder, expression *syntax.Regexp) {
	text := regexp.QuoteMeta(string(expression.Rune))
	if expression.Flags&syntax.FoldCase != 0 {
		text = "(?i:" + text + ")"
	}
	out.WriteString(text)
}

// printClass writes pairs of first and last, the wide ones by what they leave out.
func printClass(out *strings.Builder, ranges []rune) {
	last := len(ranges) - 1
	out.WriteByte('[')
	if last > 1 && ranges[0] == 0 && ranges[last] == unicode.MaxRune {
		out.WriteByte('^')
		for i := 1; i < last; i += 2 {
			printRange(out, ranges[i]+1, ranges[i+1]-1)
		}
	} else {
		for i := 0; i < last; i += 2 {
			printRange(out, ranges[i], ranges[i+1])
		}
	}
	out.WriteByte(']')
}

func printRange(out *strings.Builder, first, last rune) {
	printRune(out, first)
	if first != last {
		out.WriteByte('-')
		printRune(out, last)
	}
}

func printRune(out *strings.Builder, r rune) {
	switch {
	case r == '\n':
		out.WriteString(`\n`)
	case r < unicode.MaxASCII && (alphanumeric(byte(r)) || r == ';'):
		out.WriteRune(r)
	default:
		out.WriteString(`\x{` + strconv.FormatInt(int64(r), 16) + "}")
	}
}

// repetition is the operator behind what is repeated.
func repetition(expression *syntax.Regexp) string {
	text := map[syntax.Op]string{syntax.OpStar: "*", syntax.OpPlus: "+", syntax.OpQuest: "?"}[expression.Op]
	if expression.Op == syntax.OpRepeat {
		text = fmt.Sprintf("{%d,%d}", expression.Min, expression.Max)
		if expression.Max < 0 {
			text = fmt.Sprintf("{%d,}", expression.Min)
		}
	}
	if expression.Flags&syntax.NonGreedy != 0 {
		text += "?"
	}
	return text
}
