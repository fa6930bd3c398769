package procfs

import (
	"io"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"
)

func TestOwnProcess(t *testing.T) {
	t.Parallel()
	pid := os.Getpid()
	tests := []struct {
		name string
		f    func(int) (int64, error)
		min  int64
	}{
		{"Resident", Resident, 1 << 20},
		{"Peak", Peak, 1 << 20},
		{"Threads", Threads, 2},
		{"Switches", Switches, 1},
	}
	for _, tt := range tests {
		if got, err := tt.f(pid); err != nil || got < tt.min {
			t.Errorf("%s of this process = %d, %v, want at least %d", tt.name, got, err, tt.min)
		}
	}
}

func TestCPUAgreesWithTheStatFile(t *testing.T) {
	t.Parallel()
	pid := os.Getpid()
	var before, after, got time.Duration
	var err error
	for before, err = ticks(pid); err == nil && before < 5*tick; before, err = ticks(pid) {
		for range 1_000_000 { // use some time
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	if got, err = CPU(pid); err != nil {
		t.Fatal(err)
	}
	if after, err = ticks(pid); err != nil {
		t.Fatal(err)
	}
	if got < before-2*tick || got > after+2*tick {
		t.Errorf("CPU = %v, want %v to %v", got, before, after)
	}
}

func TestTreeHoldsChildren(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), "cat")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if got := Tree(os.Getpid()); !slices.Contains(got, cmd.Process.Pid) {
		t.Errorf("Tree = %v, want it to hold %d", got, cmd.Process.Pid)
	}
	closeAll(t, in)
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

func closeAll(t *testing.T, c io.Closer) {
	t.Helper()
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

func TestNoSuchProcess(t *testing.T) {
	t.Parallel()
	const pid = 1 << 24 // above any pid_max
	for name, f := range map[string]func(int) (int64, error){"Resident": Resident, "Peak": Peak, "Switches": Switches} {
		if _, err := f(pid); err == nil {
			t.Errorf("%s of a process that does not exist: no error", name)
		}
	}
	if _, err := CPU(pid); err == nil {
		t.Error("CPU of a process that does not exist: no error")
	}
}
