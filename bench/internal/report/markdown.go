package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// Markdown writes one table for all scenarios: a line for each headline
// figure, a column for each server, ours first.
func Markdown(w io.Writer, tables []Table, m Machine) error {
	var b strings.Builder
	servers := columns(tables)
	b.WriteString("| work |")
	for _, s := range servers {
		fmt.Fprintf(&b, " %s |", s)
	}
	b.WriteString("\n|---|" + strings.Repeat("---:|", len(servers)) + "\n")
	for _, t := range tables {
		medians := t.medians()
		for _, metric := range t.Scenario.Headline {
			fmt.Fprintf(&b, "| %s: %s %s |", t.Scenario.Row, metric.Label(), metric.Better())
			for _, s := range servers {
				fmt.Fprintf(&b, " %s |", value(medians[s], metric))
			}
			b.WriteByte('\n')
		}
	}
	fmt.Fprintf(&b, "\n%s\n", m)
	_, err := io.WriteString(w, b.String())
	return err
}

// columns returns all servers in the order in which they first appear.
func columns(tables []Table) []string {
	var out []string
	for _, t := range tables {
		for _, r := range t.Rows {
			if !slices.Contains(out, r.Server) {
				out = append(out, r.Server)
			}
		}
	}
	return out
}
