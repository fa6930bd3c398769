package report

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

// A Machine says where and how the figures were made.
type Machine struct {
	Processors int     `json:"processors"`
	System     string  `json:"system"`
	Go         string  `json:"go"`
	Rounds     int     `json:"rounds"`
	Seconds    float64 `json:"seconds"`
	Threads    int     `json:"generator_threads"`
}

// ThisMachine fills in what the system tells.
func ThisMachine(rounds int, length time.Duration, threads int) Machine {
	system := runtime.GOOS
	if b, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		system += " " + strings.TrimSpace(string(b))
	}
	return Machine{
		Processors: runtime.NumCPU(), System: system, Go: runtime.Version(),
		Rounds: rounds, Seconds: length.Seconds(), Threads: threads,
	}
}

// String is a line below a table.
func (m Machine) String() string {
	return fmt.Sprintf("Medians of %d alternating rounds of %g s; %d processors shared by server and generator, %s, %s.",
		m.Rounds, m.Seconds, m.Processors, m.System, m.Go)
}
