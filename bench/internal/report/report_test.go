package report

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"reactor.example/bench/internal/scenario"
)

func example() Table {
	return Table{
		Scenario: &scenario.Scenario{
			Name: "keepalive-64", About: "keep-alive", Row: "keep-alive, 64 connections",
			Columns: []scenario.Metric{scenario.Rate, scenario.CPU}, Headline: []scenario.Metric{scenario.CPU, scenario.Rate},
			Targets: []scenario.Target{
				{Metric: scenario.CPU, Factor: 1.15, Peer: "floor"},
				{Metric: scenario.Rate, AtLeast: true, Factor: 2.5, Peer: "nethttp"},
				{Metric: scenario.Rate, AtLeast: true, Factor: 1, Peer: "nginx"},
			},
		},
		Rows: []Row{
			{Server: "reactor", Own: true, Rounds: []scenario.Sample{
				{scenario.Rate: 210_000, scenario.CPU: 4.6},
				{scenario.Rate: 190_000, scenario.CPU: 4.2},
				{scenario.Rate: 200_000, scenario.CPU: 4.4},
			}},
			{Server: "floor", Rounds: []scenario.Sample{{scenario.Rate: 220_000, scenario.CPU: 4}}},
			{
				Server: "nethttp", Rounds: []scenario.Sample{{scenario.Rate: 100_000, scenario.CPU: 12, scenario.Redials: 3}},
				Failures: []string{"round 2: 7 errors: status=7"},
			},
		},
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	if err := Text(&b, example()); err != nil {
		t.Fatal(err)
	}
	const want = `keepalive-64: keep-alive
  server     req/s  CPU us/req  CPU us/req x floor                      target
  reactor  200,000        4.40                1.10  CPU us/req <= 1.15 x floor
  floor    220,000           4                1.00
  nethttp  100,000          12                3.00
  reactor: CPU us/req <= 1.15 x floor: 1.10, met
  reactor: req/s >= 2.5 x nethttp: 2.00, MISSED
  reactor: req/s >= 1 x nginx: -, not measured
  note: nethttp ended 3 connections between requests
  ERROR: nethttp: round 2: 7 errors: status=7

`
	if got := b.String(); got != want {
		t.Errorf("Text:\n%s\nwant:\n%s", got, want)
	}
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	m := Machine{Processors: 2, System: "linux 6", Go: "go1.26", Rounds: 3, Seconds: 4}
	if err := Markdown(&b, []Table{example()}, m); err != nil {
		t.Fatal(err)
	}
	const want = `| work | reactor | floor | nethttp |
|---|---:|---:|---:|
| keep-alive, 64 connections: CPU us/req ↓ | 4.40 | 4 | 12 |
| keep-alive, 64 connections: req/s ↑ | 200,000 | 220,000 | 100,000 |

Medians of 3 alternating rounds of 4 s; 2 processors shared by server and generator, linux 6, go1.26.
`
	if got := b.String(); got != want {
		t.Errorf("Markdown:\n%s\nwant:\n%s", got, want)
	}
}

func TestJSONHoldsEveryRoundAndVerdict(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	if err := JSON(&b, []Table{example()}, ThisMachine(3, 4*time.Second, 1)); err != nil {
		t.Fatal(err)
	}
	var got jsonReport
	if err := json.Unmarshal([]byte(b.String()), &got); err != nil {
		t.Fatal(err)
	}
	sc := got.Scenarios[0]
	if n := len(sc.Servers[0].Rounds); n != 3 {
		t.Errorf("%d rounds, want 3", n)
	}
	if v := sc.Servers[0].Median[scenario.CPU]; v != 4.4 {
		t.Errorf("median CPU %v, want 4.4", v)
	}
	if v := sc.Targets[0]; !v.Met || !v.Known || v.Server != "reactor" {
		t.Errorf("first verdict %+v, want it met", v)
	}
	if got.Machine.Processors == 0 || got.Machine.Go == "" {
		t.Errorf("machine %+v, want it described", got.Machine)
	}
}

func TestFailed(t *testing.T) {
	t.Parallel()
	if !Failed([]Table{example()}) {
		t.Error("a table with a failure: not failed")
	}
	if Failed([]Table{{Rows: []Row{{}}}}) {
		t.Error("a table without a failure: failed")
	}
}
