package scenario

import (
	"fmt"
	"math"
	"slices"
)

// A Metric names one figure of a sample.
type Metric string

// The figures. Ratios between servers are made from their medians.
const (
	Rate    Metric = "requests_per_s" // answers a second
	CPU     Metric = "cpu_us"         // server's processor time per answer, us
	P50     Metric = "p50_us"         // latencies, us
	P99     Metric = "p99_us"         //
	P999    Metric = "p999_us"        //
	Mem     Metric = "resident_bytes" // server's resident memory at the end
	PerConn Metric = "bytes_per_conn" // growth of it per idle connection
	Load    Metric = "cpu_percent"    // of one processor, while all is idle
	Wakes   Metric = "wakeups_per_s"  // voluntary context switches a second
	Threads Metric = "threads"        // of the server
	Peak    Metric = "peak_bytes"     // largest resident memory so far
	Speed   Metric = "mib_per_s"      // of a stream
	CPUSec  Metric = "cpu_s"          // server's processor time for a stream, s
	Kept    Metric = "kept"           // rate as a share of the rate undisturbed
	Start   Metric = "start_us"       // from the start to the first answer, us
	Calm99  Metric = "calm_p99_us"    // p99 without those who get in the way, us
	Slower  Metric = "p99_ratio"      // p99 with them / without, in the worst turn
	Backlog Metric = "backlog"        // growth of resident memory / bounds of all backlogs
	Dropped Metric = "dropped"        // messages that were not taken for slow readers
	Left    Metric = "left"           // share of the slow readers that the server has ended
	Told    Metric = "told"           // share of the connections that got a Close with 1001
	Exit    Metric = "exit_us"        // from the signal to the end of the process, us
	Done    Metric = "done"           // share of the due requests that were answered
	Errors  Metric = "errors"         // of all kinds
	Redials Metric = "reconnects"     // connections that the server ended
)

// A Sample is what one round found.
type Sample map[Metric]float64

// Better returns an arrow that points to where the better values of m are: up
// if more is better, down if less is.
func (m Metric) Better() string {
	switch m {
	case Rate, Speed, Kept, Told, Done:
		return "↑"
	}
	return "↓"
}

// Label returns the heading of m in a table.
func (m Metric) Label() string {
	switch m {
	case Rate:
		return "req/s"
	case CPU:
		return "CPU us/req"
	case P50:
		return "p50 us"
	case P99:
		return "p99 us"
	case P999:
		return "p99.9 us"
	case Mem:
		return "resident"
	case PerConn:
		return "bytes/conn"
	case Load:
		return "CPU %"
	case Wakes:
		return "wake-ups/s"
	case Peak:
		return "peak resident"
	case Speed:
		return "MiB/s"
	case CPUSec:
		return "CPU s"
	case Calm99:
		return "p99 us without"
	case Slower:
		return "p99 with/without"
	case Exit:
		return "exit us"
	case Start:
		return "first answer us"
	}
	return string(m)
}

// Format writes v as a table shows it.
func (m Metric) Format(v float64) string {
	switch m {
	case Mem, Peak:
		return fmt.Sprintf("%.1f MiB", v/(1<<20))
	case Kept, Done, Load, CPUSec, Slower, Backlog, Left:
		return fmt.Sprintf("%.2f", v)
	case Told:
		return fmt.Sprintf("%.4f", v)
	}
	if v != 0 && v < 100 && v != float64(int64(v)) {
		return fmt.Sprintf("%.2f", v)
	}
	return thousands(int64(math.Round(v)))
}

// thousands writes n with commas.
func thousands(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Median returns the median of each metric over rounds: the mean of the middle
// two if their number is even. Errors and reconnects add up instead, so that
// none is hidden.
func Median(rounds []Sample) Sample {
	all := make(map[Metric][]float64)
	for _, s := range rounds {
		for m, v := range s {
			all[m] = append(all[m], v)
		}
	}
	out := make(Sample, len(all))
	for m, vs := range all {
		if m == Errors || m == Redials {
			for _, v := range vs {
				out[m] += v
			}
			continue
		}
		slices.Sort(vs)
		k := len(vs) / 2
		out[m] = vs[k]
		if len(vs)%2 == 0 {
			out[m] = (vs[k-1] + vs[k]) / 2
		}
	}
	return out
}
