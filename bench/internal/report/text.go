package report

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"reactor.example/bench/internal/scenario"
)

// Text writes one table with medians, the ratio of the first headline figure
// to the floor's or another server's, and the targets.
func Text(w io.Writer, t Table) error {
	var b strings.Builder
	sc := t.Scenario
	fmt.Fprintf(&b, "%s: %s\n", sc.Name, sc.About)
	writeAligned(&b, t.cells())
	for _, r := range t.Rows {
		if r.Own {
			for _, v := range t.verdicts(r) {
				fmt.Fprintf(&b, "  %s: %s\n", r.Server, v)
			}
		}
	}
	for _, r := range t.Rows {
		if n := r.Median()[scenario.Redials]; n > 0 {
			fmt.Fprintf(&b, "  note: %s ended %.0f connections between requests\n", r.Server, n)
		}
		for _, f := range r.Failures {
			fmt.Fprintf(&b, "  ERROR: %s: %s\n", r.Server, f)
		}
	}
	b.WriteByte('\n')
	_, err := io.WriteString(w, b.String())
	return err
}

// cells returns the heading and a line for each server.
func (t Table) cells() [][]string {
	sc := t.Scenario
	medians := t.medians()
	head := []string{"server"}
	for _, m := range sc.Columns {
		head = append(head, m.Label())
	}
	out := [][]string{append(head, sc.Headline[0].Label()+" x "+sc.RatioTo(), "target")}
	for _, r := range t.Rows {
		med := medians[r.Server]
		line := []string{r.Server}
		for _, m := range sc.Columns {
			line = append(line, value(med, m))
		}
		goal := ""
		if r.Own && len(sc.Targets) > 0 {
			goal = sc.Targets[0].String()
		}
		out = append(out, append(line, t.ratio(med, medians[sc.RatioTo()]), goal))
	}
	return out
}

// value formats m of s, or "-".
func value(s scenario.Sample, m scenario.Metric) string {
	v, ok := s[m]
	if !ok {
		return "-"
	}
	return m.Format(v)
}

// writeAligned writes rows in columns, the first to the left, others to the
// right.
func writeAligned(b *strings.Builder, rows [][]string) {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range rows {
		var line strings.Builder
		fmt.Fprintf(&line, "  %-*s", widths[0], row[0])
		for i, cell := range row[1:] {
			fmt.Fprintf(&line, "  %*s", widths[i+1], cell)
		}
		b.WriteString(strings.TrimRight(line.String(), " "))
		b.WriteByte('\n')
	}
}
