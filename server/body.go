package server

import (
	"io"
	"sync"
)

// requestBody is the body of a request on its way from the loop to the
// handler: a bounded buffer that the loop fills and the handler empties. It
// is guarded by the mutex of its exchange.
type requestBody struct {
	buf      []byte // buf[off:] is received and not read
	off      int
	end      bool  // nothing comes behind buf
	err      error // why nothing comes, if not the end
	received int64
	limit    int64 // in bytes; negative is none

	waiting   bool // the handler waits in Read
	starved   bool // the loop has stopped reading because buf is full
	wants100  bool // a 100 (Continue) has to leave before the body comes
	send100   bool // ... now
	read      bool // the handler has called Read
	discarded bool // the handler will not read any more
	trailers  []Field
}

// reset makes b ready for the next request. Its buffer has been released.
func (b *requestBody) reset() {
	trailers := b.trailers
	clear(trailers)
	*b = requestBody{trailers: trailers[:0]}
}

// buffered is what the handler has not read yet.
func (b *requestBody) buffered() int { return len(b.buf) - b.off }

// add appends p, which the caller has bounded. Loop only.
func (b *requestBody) add(p []byte, buffers Buffers) {
	if b.off > 0 && b.off == len(b.buf) {
		b.buf, b.off = b.buf[:0], 0
	} else if b.off > len(b.buf)/2 {
		b.buf, b.off = b.buf[:copy(b.buf, b.buf[b.off:])], 0
	}
	b.grow(len(p), buffers)
	b.buf = append(b.buf, p...)
	b.received += int64(len(p))
}

// bodyRoom is how much more of the body there is room for: zero if the
// handler has to read first, and then it tells the loop when it has. Loop
// only.
func (ex *exchange) bodyRoom() int {
	bound := ex.snap.cfg.BodyBuffer
	ex.mu.Lock()
	defer ex.mu.Unlock()
	if ex.body.discarded {
		ex.body.buf, ex.body.off = ex.body.buf[:0], 0
	}
	room := bound - ex.body.buffered()
	if room < bound/8 {
		ex.body.starved = true
		return 0
	}
	return room
}

// deliver gives the handler a piece of its body. Loop only.
func (ex *exchange) deliver(p []byte) {
	ex.mu.Lock()
	ex.body.add(p, ex.shard.loop.Buffers())
	ex.rouseReader()
	ex.mu.Unlock()
}

// endBody says that the body is complete, or with err that it is not and
// will not be. Loop only.
func (ex *exchange) endBody(trailers []Field, err error) {
	ex.mu.Lock()
	ex.body.end, ex.body.err = true, err
	ex.body.trailers = append(ex.body.trailers, trailers...)
	ex.rouseReader()
	ex.mu.Unlock()
}

func (ex *exchange) rouseReader() {
	if ex.body.waiting {
		ex.body.waiting = false
		ex.wake.Broadcast()
	}
}

// body is Request.Body: the Request itself under another name, so that it
// costs no allocation of its own.
type body Request

// Read implements io.Reader. It waits until there is something, the body
// ends (io.EOF), or will not come: ErrBodyTooLarge, ErrTooSlow,
// ErrClientGone, or io.ErrUnexpectedEOF. After the handler has returned it
// is ErrFinished.
func (b *body) Read(p []byte) (int, error) {
	ex := b.ex
	if !ex.enter(b.gen) {
		return 0, ErrFinished
	}
	defer ex.mu.Unlock()
	in := &ex.body
	in.read = true
	for {
		if n, ok, err := in.next(p); ok {
			if n > 0 {
				ex.askForMore()
			}
			return n, err
		}
		if ex.gone != nil {
			return 0, ex.gone
		}
		if in.wants100 {
			in.wants100, in.send100 = false, true
		}
		in.waiting = true
		ex.poke() // the rate at which the rest comes counts from now
		ex.wait()
		if ex.gen != b.gen {
			return 0, ErrFinished
		}
	}
}

// next is what Read returns now; ok is false if there is nothing yet.
func (in *requestBody) next(p []byte) (n int, ok bool, err error) {
	switch {
	case len(p) == 0:
	case in.discarded:
		err = ErrFinished
	case in.buffered() > 0:
		n = copy(p, in.buf[in.off:])
		in.off += n
	case in.err != nil:
		err = in.err
	case in.end:
		err = io.EOF
	default:
		return 0, false, nil
	}
	return n, true, err
}

// askForMore asks the loop for more when there is room again.
func (ex *exchange) askForMore() {
	in := &ex.body
	if in.starved && (in.buffered() == 0 || !in.end && in.buffered() <= ex.snap.cfg.BodyBuffer/2) {
		in.starved = false
		ex.poke()
	}
}

// Close implements io.Closer: what is left of the body is not read.
func (b *body) Close() error {
	if !b.ex.enter(b.gen) {
		return ErrFinished
	}
	b.ex.body.discarded = true
	b.ex.rouseReader()
	if b.ex.body.starved {
		b.ex.body.starved = false
		b.ex.poke()
	}
	b.ex.mu.Unlock()
	return nil
}

// WriteTo implements io.WriterTo, which io.Copy uses: it passes on what is
// there without a buffer of its own in between.
func (b *body) WriteTo(w io.Writer) (int64, error) { return copyThrough(w, b) }

// copyThrough copies src to dst by their Read and Write alone, with a buffer that
// is used again.
func copyThrough(dst io.Writer, src io.Reader) (total int64, err error) {
	p := copyBuffers.Get().(*[]byte)
	defer copyBuffers.Put(p)
	for {
		n, err := src.Read(*p)
		if n > 0 {
			m, werr := dst.Write((*p)[:n])
			total += int64(m)
			if werr != nil {
				return total, werr
			}
		}
		if err == io.EOF {
			return total, nil
		}
		if err != nil {
			return total, err
		}
	}
}

var copyBuffers = sync.Pool{New: func() any {
	b := make([]byte, 32<<10)
	return &b
}}
