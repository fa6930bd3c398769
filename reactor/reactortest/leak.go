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
	before := takeInventory()
	tb.Cleanup(func() {
		tb.Helper()
		if tb.Failed() {
			return // whatever is left then has a reason
		}
		for give := time.Now().Add(patience); ; runtime.Gosched() {
			left := before.added()
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

// An inventory maps the name of each goroutine to its stack, and that of each
// open descriptor to what it stands for.
type inventory map[string]string

func takeInventory() inventory {
	all := make(inventory)
	all.addGoroutines()
	all.addDescriptors()
	return all
}

func (inv inventory) addGoroutines() {
	b := make([]byte, 1<<20)
	b = b[:runtime.Stack(b, true)]
	for g := range bytes.SplitSeq(b, []byte("\n\n")) {
		text := string(g)
		name, _, _ := strings.Cut(text, " [")
		inv[name] = text
	}
}

func (inv inventory) addDescriptors() {
	for _, dir := range []string{"/proc/self/fd", "/dev/fd"} {
		entries, err := os.ReadDir(dir)
		if err != nil {
			continue
		}
		for _, e := range entries {
			if target, err := os.Readlink(dir + "/" + e.Name()); err == nil {
				text := fmt.Sprintf("descriptor %s: %s", e.Name(), target)
				inv[text] = text
			}
		}
		return
	}
}

// added lists what is there now and was not in before.
func (inv inventory) added() []string {
	var texts []string
	for name, text := range takeInventory() {
		if _, ok := inv[name]; !ok {
			texts = append(texts, text)
		}
	}
	sort.Strings(texts)
	return texts
}
