package scenario

import "fmt"

// A Target is what the finished server reaches. It compares one metric with
// Factor times a peer's, or with Factor itself if Peer is empty.
type Target struct {
	Metric  Metric
	AtLeast bool // else at most
	Factor  float64
	Peer    string
}

// String writes the target as tables show it.
func (t Target) String() string {
	sign := "<="
	if t.AtLeast {
		sign = ">="
	}
	if t.Peer == "" {
		return fmt.Sprintf("%s %s %s", t.Metric.Label(), sign, t.Metric.Format(t.Factor))
	}
	return fmt.Sprintf("%s %s %.4g x %s", t.Metric.Label(), sign, t.Factor, t.Peer)
}

// A Verdict is how a server stands to a target.
type Verdict struct {
	Known bool    // both figures were measured
	Value float64 // the ratio to the peer, or the figure itself
	Met   bool
}

// Judge compares own with the target. medians holds the peers by name.
func (t Target) Judge(own Sample, medians map[string]Sample) Verdict {
	v, ok := own[t.Metric]
	if !ok {
		return Verdict{}
	}
	if t.Peer != "" {
		p, ok := medians[t.Peer][t.Metric]
		if !ok || p == 0 {
			return Verdict{}
		}
		v /= p
	}
	met := v <= t.Factor
	if t.AtLeast {
		met = v >= t.Factor
	}
	return Verdict{Known: true, Value: v, Met: met}
}

// Format writes the value of a verdict on t.
func (t Target) Format(v Verdict) string {
	switch {
	case !v.Known:
		return "-"
	case t.Peer == "":
		return t.Metric.Format(v.Value)
	}
	return fmt.Sprintf("%.2f", v.Value)
}
