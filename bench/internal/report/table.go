package report

import (
	"fmt"

	"reactor.example/bench/internal/scenario"
)

// A Table is one scenario with what every server did in it.
type Table struct {
	Scenario *scenario.Scenario
	Rows     []Row
}

// A Row is one server.
type Row struct {
	Server   string
	Own      bool // judged by the targets
	Rounds   []scenario.Sample
	Failures []string // of rounds that went wrong, in words
}

// Median returns the medians of the rounds.
func (r Row) Median() scenario.Sample { return scenario.Median(r.Rounds) }

// medians returns those of all servers by name.
func (t Table) medians() map[string]scenario.Sample {
	out := make(map[string]scenario.Sample, len(t.Rows))
	for _, r := range t.Rows {
		out[r.Server] = r.Median()
	}
	return out
}

// ratio returns the first headline figure of own as a multiple of base's, or
// "-".
func (t Table) ratio(own, base scenario.Sample) string {
	m := t.Scenario.Headline[0]
	a, ok1 := own[m]
	b, ok2 := base[m]
	if !ok1 || !ok2 || b == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", a/b)
}

// verdicts lists all targets with how the row of our own stands to them.
func (t Table) verdicts(own Row) []string {
	var out []string
	medians := t.medians()
	sample := own.Median()
	for _, target := range t.Scenario.Targets {
		v := target.Judge(sample, medians)
		word := "MISSED"
		switch {
		case !v.Known:
			word = "not measured"
		case v.Met:
			word = "met"
		}
		out = append(out, fmt.Sprintf("%s: %s, %s", target, target.Format(v), word))
	}
	return out
}

// Failed reports whether any round of any table went wrong.
func Failed(tables []Table) bool {
	for _, t := range tables {
		for _, r := range t.Rows {
			if len(r.Failures) > 0 {
				return true
			}
		}
	}
	return false
}
