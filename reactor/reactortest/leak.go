package reactortest

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"sort"
	"strings"
	"testing"
	"time"
)

// patience is how long CheckLeaks lets goroutines come to their end. It only
// matters when they do not.
const patience = 10 * time.Second

// CheckLeaks fails the test if it ends with goroutines or descriptors that were
// not there when CheckLeaks was called. Cleanups that are registered after it
// run before it looks. It cannot tell tests apart, so it is not for parallel
// ones.
func CheckLeaks(tb testing.TB) {
	tb.Helper()
	goroutines, descriptors := currentGoroutines(), currentDescriptors()
	tb.Cleanup(func() {
		tb.Helper()
		if tb.Failed() {
			return // whatever is left then has a reason
		}
		for give := time.Now().Add(patience); ; runtime.Gosched() {
			left := append(added(goroutines, currentGoroutines()), added(descriptors, currentDescriptors())...)
			if len(left) == 0 {
				return
			}
			if time.Now().After(give) {
				tb.Errorf("left behind:\n%s", strings.Join(left, "\n"))
				return
			}
		}
	})
}

// currentGoroutines maps the name of each goroutine to its stack.
func currentGoroutines() map[string]string {
	b := make([]byte, 1<<20)
	b = b[:runtime.Stack(b, true)]
	all := make(map[string]string)
	for _, g := range bytes.Split(b, []byte("\n\n")) {
		text := string(g)
		name, _, _ := strings.Cut(text, " [")
		if !strings.Contains(text, "runtime.ensureSigM") {
			all[name] = text
		}
	}
	return all
}

// currentDescriptors maps each open descriptor to what it stands for.
func currentDescriptors() map[string]string {
	all := make(map[string]string)
	for _, dir := range []string{"/proc/self/fd", "/dev/fd"} {
		entries, err := os.ReadDir(dir)
		if err != nil {
			continue
		}
		for _, e := range entries {
			target, err := os.Readlink(dir + "/" + e.Name())
			if err == nil {
				all["descriptor "+e.Name()+" "+target] = fmt.Sprintf("descriptor %s: %s", e.Name(), target)
			}
		}
		break
	}
	return all
}

func added(before, after map[string]string) []string {
	var texts []string
	for name, text := range after {
		if _, ok := before[name]; !ok {
			texts = append(texts, text)
		}
	}
	sort.Strings(texts)
	return texts
}
