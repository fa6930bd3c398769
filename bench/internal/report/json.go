package report

import (
	"encoding/json"
	"io"

	"reactor.example/bench/internal/scenario"
)

type jsonReport struct {
	Machine   Machine        `json:"machine"`
	Scenarios []jsonScenario `json:"scenarios"`
}

type jsonScenario struct {
	Name    string       `json:"name"`
	About   string       `json:"about"`
	Servers []jsonServer `json:"servers"`
	Targets []jsonTarget `json:"targets"`
}

type jsonServer struct {
	Name     string            `json:"name"`
	Median   scenario.Sample   `json:"median"`
	Rounds   []scenario.Sample `json:"rounds"`
	Failures []string          `json:"failures,omitempty"`
}

type jsonTarget struct {
	Target string  `json:"target"`
	Server string  `json:"server"`
	Known  bool    `json:"known"`
	Value  float64 `json:"value"`
	Met    bool    `json:"met"`
}

// JSON writes everything that was measured, each round too. Names of figures
// are those of package scenario, with their units.
func JSON(w io.Writer, tables []Table, m Machine) error {
	out := jsonReport{Machine: m, Scenarios: []jsonScenario{}}
	for _, t := range tables {
		js := jsonScenario{Name: t.Scenario.Name, About: t.Scenario.About, Targets: []jsonTarget{}}
		medians := t.medians()
		for _, r := range t.Rows {
			js.Servers = append(js.Servers, jsonServer{r.Server, medians[r.Server], r.Rounds, r.Failures})
			if !r.Own {
				continue
			}
			for _, target := range t.Scenario.Targets {
				v := target.Judge(medians[r.Server], medians)
				js.Targets = append(js.Targets, jsonTarget{target.String(), r.Server, v.Known, v.Value, v.Met})
			}
		}
		out.Scenarios = append(out.Scenarios, js)
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}
