package command

import (
	"runtime"
	"testing"
)

// Not parallel: GOMAXPROCS is of the whole process.
func TestLoopsGetFourProcessorsEachUnlessTheUserSaysOtherwise(t *testing.T) {
	before := runtime.GOMAXPROCS(2)
	t.Cleanup(func() { runtime.GOMAXPROCS(before) })
	none := func(string) (string, bool) { return "", false }
	two := func(name string) (string, bool) { return "2", name == "GOMAXPROCS" }

	if loops := setProcessors(3, two); loops != 3 || runtime.GOMAXPROCS(0) != 2 {
		t.Errorf("with GOMAXPROCS=2: %d loops, %d processors, want 3 and 2", loops, runtime.GOMAXPROCS(0))
	}
	want := min(2, runtime.NumCPU())
	if loops := setProcessors(0, none); loops != want || runtime.GOMAXPROCS(0) != 4*want {
		t.Errorf("automatic: %d loops, %d processors, want %d and %d", loops, runtime.GOMAXPROCS(0), want, 4*want)
	}
	if loops := setProcessors(3, none); loops != 3 || runtime.GOMAXPROCS(0) != 12 {
		t.Errorf("three loops: %d loops, %d processors, want 3 and 12", loops, runtime.GOMAXPROCS(0))
	}
}
