package procfs

import (
	"errors"
	"testing"
)

func TestParseStat(t *testing.T) {
	t.Parallel()
	const tail = " S 1 2 2 0 -1 4194560 1200 0 3 0 123 45 6 7 20 0 5 0 88 1000 300 18446744073709551615"
	for _, name := range []string{"(server_runner)", "(a b)", "(odd) name 1 2 3)"} {
		got, err := ParseStat([]byte("77 " + name + tail + "\n"))
		if want := (Stat{UserTicks: 123, SystemTicks: 45}); err != nil || got != want {
			t.Errorf("ParseStat with command %s = %+v, %v, want %+v", name, got, err, want)
		}
	}
	for _, in := range []string{"", "77 (x", "77 (x) S 1 2", "77 (x) S 1 2 2 0 -1 4194560 1200 0 3 0 abc 45 6"} {
		if _, err := ParseStat([]byte(in)); !errors.Is(err, ErrFormat) {
			t.Errorf("ParseStat(%q): error %v, want ErrFormat", in, err)
		}
	}
}

func TestParseField(t *testing.T) {
	t.Parallel()
	const in = "Name:\tx\nVmHWM:\t   2048 kB\nThreads:\t7\nnonvoluntary_ctxt_switches:\t9\nvoluntary_ctxt_switches:\t1234\nEmpty:\n"
	tests := []struct {
		name string
		want int64
		ok   bool
	}{
		{"VmHWM", 2048 * 1024, true},
		{"Threads", 7, true},
		{"voluntary_ctxt_switches", 1234, true},
		{"Name", 0, false},
		{"Empty", 0, false},
		{"VmRSS", 0, false},
	}
	for _, tt := range tests {
		if got, ok := ParseField([]byte(in), tt.name); got != tt.want || ok != tt.ok {
			t.Errorf("ParseField(%s) = %d, %t, want %d, %t", tt.name, got, ok, tt.want, tt.ok)
		}
	}
}

func TestParseStatm(t *testing.T) {
	t.Parallel()
	if got, err := ParseStatm([]byte("5000 321 100 1 0 200 0\n")); got != 321 || err != nil {
		t.Errorf("ParseStatm = %d, %v, want 321", got, err)
	}
	for _, in := range []string{"", "5000", "5000 many"} {
		if _, err := ParseStatm([]byte(in)); !errors.Is(err, ErrFormat) {
			t.Errorf("ParseStatm(%q): error %v, want ErrFormat", in, err)
		}
	}
}
