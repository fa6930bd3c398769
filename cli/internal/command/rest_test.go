package command

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

// What a burst has left is given back when it is over, though no collection is due.
func TestMemoryIsTidiedAtRest(t *testing.T) {
	if readHeap().allocated == 0 || readHeap().objects == 0 {
		t.Fatalf("the runtime does not tell: %+v", readHeap())
	}
	tidied := make(chan struct{})
	tidy := newTidier(func() {
		debug.FreeOSMemory()
		close(tidied)
	})
	defer tidy.stop()
	living := make([]byte, 64<<20)
	runtime.GC() // the next one is far away
	lowest := readHeap().objects
	for range 24 {
		garbage = make([]byte, 1<<20)
	}
	garbage = nil
	full := readHeap()
	tidy.rouse()
	tidy.rouse()
	select {
	case <-tidied:
	case <-time.After(20 * time.Second):
		t.Fatal("nothing was tidied up")
	}
	if now := readHeap(); now.objects+now.free >= lowest+12<<20 {
		t.Errorf("%d bytes lived, %+v has become %+v", lowest, full, now)
	}
	runtime.KeepAlive(living)
}

// garbage keeps the compiler from seeing that nobody reads it.
var garbage []byte
