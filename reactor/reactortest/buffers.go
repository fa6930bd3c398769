package reactortest

import (
	"sync"
	"unsafe"
)

// Buffers is a [reactor.Buffers] that reuses nothing and keeps account, so that
// a test can tell whether all memory has come back. What comes back is
// overwritten, so that whoever still reads it does not go unnoticed. The zero
// value is ready; any goroutine may use it.
type Buffers struct {
	mu  sync.Mutex
	out map[*byte]int
}

// Get implements [reactor.Buffers].
func (b *Buffers) Get(n int) []byte {
	s := make([]byte, max(n, 1))
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.out == nil {
		b.out = make(map[*byte]int)
	}
	b.out[&s[0]] = cap(s)
	return s
}

// Put implements [reactor.Buffers]. It panics if s did not come from Get, or
// came back before.
func (b *Buffers) Put(s []byte) {
	s = s[:cap(s)]
	b.mu.Lock()
	defer b.mu.Unlock()
	if n, ok := b.out[unsafe.SliceData(s)]; !ok || n != cap(s) {
		panic("reactortest: Put of what Get did not return")
	}
	delete(b.out, &s[0])
	for i := range s {
		s[i] = 0xDB
	}
}

// Out is the number of buffers that have not come back.
func (b *Buffers) Out() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.out)
}

// Bytes is their size together.
func (b *Buffers) Bytes() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	sum := 0
	for _, n := range b.out {
		sum += n
	}
	return sum
}
