package command

import (
	"runtime"
	"testing"
	"time"
)

// What a burst has left is given back when it is over, though no collection is due.
func TestMemoryIsTidiedAtRest(t *testing.T) {
	if readHeap().allocated == 0 || readHeap().objects == 0 {
		t.Fatalf("the runtime does not tell: %+v", readHeap())
	}
	tidy := newTidier()
	defer tidy.stop()
	living := make([]byte, 64<<20)
	runtime.GC() // the next one is far away
	lowest := readHeap().objects
	for range 24 {
		garbage = make([]byte, 1<<20)
	}
	garbage = nil
	full := readHeap()
	for !tidy.asleep.Load() {
		time.Sleep(time.Millisecond)
	}
	tidy.rouse()
	tidy.rouse()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if now := readHeap(); now.objects+now.free < lowest+12<<20 {
			runtime.KeepAlive(living)
			return
		}
	}
	t.Errorf("%d bytes lived, %+v has become %+v", lowest, full, readHeap())
}

// garbage keeps the compiler from seeing that nobody reads it.
var garbage []byte
