package reactor

import "testing"

// What one flush of a large response needs, which is the high water mark and a
// frame, is there again for the next one: growing to it bit by bit would make
// several bytes of garbage for each that is sent.
func TestOutputThatHasGrownIsKept(t *testing.T) {
	l := &Loop{buffers: new(BufferPool)}
	o := l.newOutput()
	big := append(o.tail, make([]byte, 64<<10+16<<10+9)...)
	l.regrow(o, big)
	o.tail = o.tail[:0]
	l.freeOutput(o)
	if got := l.newOutput(); cap(got.tail) < len(big) {
		t.Errorf("the next output has room for %d bytes, want %d", cap(got.tail), len(big))
	}
	o = l.newOutput()
	l.regrow(o, append(o.tail, make([]byte, maxOutputBuffer+1)...))
	l.freeOutput(o)
	if got := l.newOutput(); cap(got.tail) > maxOutputBuffer {
		t.Errorf("the next output has %d bytes, want at most %d", cap(got.tail), maxOutputBuffer)
	}
}
