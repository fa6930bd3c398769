package reactortest

import (
	"os"
	"runtime"
	"strings"
	"testing"
)

func TestInventoryFindsAGoroutineAndADescriptor(t *testing.T) {
	before := takeInventory()
	gate := make(chan struct{})
	go func() { <-gate }()
	f, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	left := strings.Join(before.added(), "\n")
	if !strings.Contains(left, "TestInventory") || !strings.Contains(left, os.DevNull) {
		t.Errorf("found:\n%s\nwant the goroutine and the descriptor", left)
	}
	close(gate)
	f.Close()
	for len(before.added()) > 0 {
		runtime.Gosched()
	}
}

func TestCheckLeaksIsContentWithNothing(t *testing.T) {
	CheckLeaks(t)
}
