package reactor

import "math/bits"

// Buffers is where a loop and its protocols take the memory that a
// connection holds for a while: rests of input, pending output. It is used
// by one loop only. An implementation may count, and charge a connection or
// the process.
type Buffers interface {
	// Get returns a slice of length and capacity at least n, with any
	// content.
	Get(n int) []byte
	// Put takes back what Get returned, in whatever length it has now. The
	// caller has no reference left.
	Put(b []byte)
}

// A BufferPool is the default Buffers: free lists of slices whose size is a
// power of two, bounded. The zero value is ready for use by one goroutine at
// a time.
type BufferPool struct {
	classes [maxClass - minClass + 1][][]byte
}

const (
	minClass       = 9       // 512 bytes
	maxClass       = 18      // 256 KiB; larger ones are not kept
	keptBytes      = 2 << 20 // of each class, at most ...
	keptPerClass   = 64      // ... and as many
	largestPooled  = 1 << maxClass
	smallestPooled = 1 << minClass
)

// Get implements Buffers.
func (p *BufferPool) Get(n int) []byte {
	if n > largestPooled {
		return make([]byte, n)
	}
	class := bits.Len(uint(max(n, smallestPooled) - 1))
	free := p.classes[class-minClass]
	if len(free) == 0 {
		return make([]byte, 1<<class)
	}
	b := free[len(free)-1]
	free[len(free)-1] = nil
	p.classes[class-minClass] = free[:len(free)-1]
	return b
}

// Put implements Buffers.
func (p *BufferPool) Put(b []byte) {
	n := cap(b)
	if n < smallestPooled || n > largestPooled {
		return
	}
	class := bits.Len(uint(n)) - 1 // rounds down a slice that append has grown
	if free := &p.classes[class-minClass]; len(*free) < min(keptPerClass, keptBytes>>class) {
		*free = append(*free, b[:1<<class:n])
	}
}
