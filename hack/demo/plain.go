package main

import (
	"fmt"
	"strings"
	"time"
)

// plainLines says the same as the table, one line for each route, for logs.
func (v view) plainLines(now time.Time) []string {
	var lines []string
	add := func(text string) { lines = append(lines, now.Format(time.TimeOnly)+"  "+text) }
	for _, r := range v.rows {
		title := r.route.host + r.route.path
		if r.route.special != "" {
			title += " with " + r.route.special
		}
		add(fmt.Sprintf("%s: %s; %d requests, %d errors", title, r.plainParts(), r.done, r.failed))
		if r.remark != "" {
			add("  " + r.remark)
		}
	}
	for _, remark := range v.remarks {
		add("! " + remark)
	}
	return lines
}

func (r row) plainParts() string {
	var texts []string
	for _, part := range r.parts {
		switch {
		case r.route.special != "" && part.wanted == 0 && part.count == 0:
		case part.asked:
			texts = append(texts, fmt.Sprintf("%s wanted %s%% seen %.1f%%", part.name, short(part.programmed), r.share(part)))
		default:
			texts = append(texts, fmt.Sprintf("%s seen %.1f%%", part.name, r.share(part)))
		}
	}
	if len(texts) == 0 {
		return "no answers yet"
	}
	return strings.Join(texts, ", ")
}
