package main

import (
	"fmt"
	"strings"
	"time"
)

// view is all that is shown at one moment.
type view struct {
	rows         []row
	remarks      []string
	done, failed int
	running      time.Duration
}

// Widths of the columns; with the blanks between them 79, so that no terminal of 80 columns wraps.
const (
	routeWidth, nameWidth, shareWidth, barWidth, errorWidth = 30, 14, 7, 10, 6
	tableWidth                                              = 79
)

// lines draws the table.
func (v view) lines(p paint) []string {
	lines := []string{p.bold(fmt.Sprintf("%-*s %-*s %*s %*s %-*s %*s",
		routeWidth, "ROUTE", nameWidth, "ANSWERED BY", shareWidth, "WANTED", shareWidth, "SEEN", barWidth, "", errorWidth, "ERRORS"))}
	for i, r := range v.rows {
		title := r.route.host + r.route.path
		if r.route.special != "" {
			title = "  with " + r.route.special
		} else if i > 0 && r.route.host != v.rows[i-1].route.host {
			lines = append(lines, "")
		}
		lines = append(lines, r.lines(p, title)...)
	}
	lines = append(lines, "", v.summary(p))
	for _, remark := range v.remarks {
		for _, line := range wrap("! "+remark, tableWidth, 3) {
			lines = append(lines, p.yellow(line))
		}
	}
	return lines
}

func (r row) lines(p paint, title string) []string {
	var lines []string
	failed := fmt.Sprintf("%*d", errorWidth, r.failed)
	if r.failed > 0 {
		failed = p.red(failed)
	}
	for _, part := range r.parts {
		if r.route.special != "" && part.wanted == 0 && part.count == 0 {
			continue
		}
		lines = append(lines, fmt.Sprintf("%s %s %s %s %s %s", fit(title, routeWidth), fit(part.name, nameWidth),
			wantedCell(part), r.seenCell(p, part), p.dim(fit(bar(r.share(part)), barWidth)), failed))
		title, failed = "", ""
	}
	if len(lines) == 0 {
		lines = append(lines, fmt.Sprintf("%s %s %s", fit(title, routeWidth), p.dim(fit("waiting for the first answers", nameWidth+shareWidth*2+barWidth+3)), failed))
	}
	if r.remark != "" {
		lines = append(lines, p.yellow(fit("  "+r.remark, tableWidth)))
	}
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return lines
}

func wantedCell(part part) string {
	if !part.asked {
		return fmt.Sprintf("%*s", shareWidth, "–")
	}
	return fmt.Sprintf("%*s", shareWidth, short(part.programmed)+" %")
}

// seenCell is green while the share seen is near the one wanted.
func (r row) seenCell(p paint, part part) string {
	if r.done == 0 {
		return fmt.Sprintf("%*s", shareWidth, "…")
	}
	cell := fmt.Sprintf("%*s", shareWidth, fmt.Sprintf("%.1f %%", r.share(part)))
	switch {
	case !part.asked && len(r.parts) > 1:
		return p.red(cell) // somebody whom nobody asked to
	case !part.asked:
		return cell
	case near(r.share(part), part.programmed):
		return p.green(cell)
	}
	return p.yellow(cell)
}

// near allows for requests that were on their way, and for the rounding of a few requests.
func near(seen, wanted float64) bool { return seen > wanted-2 && seen < wanted+2 }

func (v view) summary(p paint) string {
	text := fmt.Sprintf("%s requests in %s, ", thousands(v.done), v.running.Round(time.Second))
	failed := fmt.Sprintf("%s failed", thousands(v.failed))
	if v.failed > 0 {
		return text + p.red(failed)
	}
	return text + p.green(failed)
}
