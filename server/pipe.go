package server

import (
	"slices"
	"sync"
)

// A pipe carries bytes between a handler and its loop, in blocks, so that a
// block can be passed on as a whole instead of being copied. It is guarded
// by the mutex of its exchange. The zero value is an empty pipe.
type pipe struct {
	blocks []*block // in order
	n      int      // bytes in all
	off    int      // bytes of the first block that take has taken
}

// A block is a piece of a body. Whoever took it from the pipe may give it to
// an output, which releases it when it is sent.
type block struct {
	b []byte
	// lender, if not nil, is the exchange whose handler waits in Write for
	// its own memory, b; back says that it has got it back.
	lender *exchange
	back   bool
	// constant: b never changes and belongs to nobody.
	constant bool
}

// The two sizes of a block: most bodies are small.
const (
	smallBlock = 4 << 10
	largeBlock = 64 << 10
)

var (
	smallBlocks = sync.Pool{New: func() any { return &block{b: make([]byte, 0, smallBlock)} }}
	largeBlocks = sync.Pool{New: func() any { return &block{b: make([]byte, 0, largeBlock)} }}
)

// newBlock returns an empty block for a body of which n bytes are at hand.
func newBlock(n int) *block {
	if n <= smallBlock {
		return smallBlocks.Get().(*block)
	}
	return largeBlocks.Get().(*block)
}

// refers reports that b is no memory of a pool.
func (b *block) refers() bool { return b.constant || b.lender != nil }

// Release implements reactor.Owner.
func (b *block) Release() {
	switch {
	case b.constant:
	case b.lender != nil:
		b.lender.giveBack(b)
	case cap(b.b) == smallBlock:
		b.b = b.b[:0]
		smallBlocks.Put(b)
	default:
		b.b = b.b[:0]
		largeBlocks.Put(b)
	}
}

// write appends a copy of q.
func (p *pipe) write(q []byte) {
	for len(q) > 0 {
		b := p.last()
		if b == nil || len(b.b) == cap(b.b) {
			n := len(q)
			if b != nil && !b.refers() {
				n += p.n // it goes on: a large one will be filled
			}
			b = newBlock(n)
			p.blocks = append(p.blocks, b)
		}
		k := copy(b.b[len(b.b):cap(b.b)], q)
		b.b = b.b[:len(b.b)+k]
		p.n += k
		q = q[k:]
	}
}

// lend appends q itself.
func (p *pipe) lend(q []byte, lender *exchange) *block {
	return p.refer(&block{b: q[:len(q):len(q)], lender: lender}) // full: nothing is written behind it
}

// referTo appends s itself.
func (p *pipe) referTo(s string) { p.refer(&block{b: bytesOf(s), constant: true}) }

func (p *pipe) refer(b *block) *block {
	p.blocks = append(p.blocks, b)
	p.n += len(b.b)
	return b
}

// withdraw removes b, if it has not been taken.
func (p *pipe) withdraw(b *block) bool {
	i := slices.Index(p.blocks, b)
	if i < 0 {
		return false
	}
	p.blocks = slices.Delete(p.blocks, i, i+1)
	p.n -= len(b.b)
	if i == 0 {
		p.n += p.off
		p.off = 0
	}
	return true
}

// join moves everything in q, of which nothing was taken, behind p.
func (p *pipe) join(q *pipe) {
	p.blocks = append(p.blocks, q.blocks...)
	p.n += q.n
	clear(q.blocks)
	q.blocks, q.n = q.blocks[:0], 0
}

func (p *pipe) last() *block {
	if len(p.blocks) == 0 {
		return nil
	}
	return p.blocks[len(p.blocks)-1]
}

// first is the content of the first block.
func (p *pipe) first() []byte {
	if len(p.blocks) == 0 {
		return nil
	}
	return p.blocks[0].b
}

// take moves at most limit bytes behind dst. Blocks that it has emptied are
// appended to spent: the caller releases them when it has let go of the
// exchange's mutex. Hot path.
func (p *pipe) take(dst []byte, limit int, spent []*block) ([]byte, []*block) {
	for limit > 0 && p.n > 0 {
		b := p.blocks[0]
		k := min(limit, len(b.b)-p.off)
		dst = append(dst, b.b[p.off:p.off+k]...)
		limit -= k
		p.n -= k
		if p.off += k; p.off == len(b.b) {
			p.off = 0
			p.n += len(b.b) // which next takes away
			spent = append(spent, p.next())
		}
	}
	return dst, spent
}

// next removes the first block and gives it to the caller; nil if there is
// none.
func (p *pipe) next() *block {
	if len(p.blocks) == 0 {
		return nil
	}
	b := p.blocks[0]
	p.n -= len(b.b)
	n := copy(p.blocks, p.blocks[1:])
	p.blocks[n] = nil
	p.blocks = p.blocks[:n]
	return b
}

// reset drops everything. The pipe can be used again. Hot path.
func (p *pipe) reset() {
	if len(p.blocks) == 0 {
		return
	}
	for i, b := range p.blocks {
		b.Release()
		p.blocks[i] = nil
	}
	p.blocks, p.n, p.off = p.blocks[:0], 0, 0
}
