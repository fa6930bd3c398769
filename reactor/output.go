package reactor

import "os"

// An output is what waits to be sent on a connection: bytes that were copied
// into tail and, between them, slices and files that were only referred to.
// A connection has one only while something is pending; a loop keeps a few
// for reuse, with their buffers, so that a response written at once is
// encoded into memory that is still in the cache.
type output struct {
	tail []byte // copied bytes; tail[off:] is not yet sent
	off  int
	refs []ref // what stands between the copied bytes; refs[first:] is not yet sent
	// first is the index of the next ref to send.
	first int
	// referred is what is left of refs[first:], in bytes.
	referred int64
}

// A ref stands in the stream after the copied bytes up to tail[:at].
type ref struct {
	at    int
	b     []byte
	owner Owner // of b; may be nil
	file  *fileSpan
}

// release gives back what r refers to. An owner may write more, which may move
// the list that r lies in.
func (r *ref) release() {
	owner, file := r.owner, r.file
	*r = ref{}
	if owner != nil {
		owner.Release()
	}
	if file != nil {
		file.file.Close()
	}
}

// A fileSpan is a part of a file on its way to the socket.
type fileSpan struct {
	file   *os.File
	offset int64
	n      int64 // not yet sent
	warm   int64 // of n, known to be in the page cache
	read   bool  // a task is reading ahead
}

// Sizes of the buffer of an output: what it begins with, and the largest
// that goes back to the loop with it.
const (
	outputBuffer    = 16 << 10
	maxOutputBuffer = 128 << 10 // more than the default HighWater and a frame
	keptOutputs     = 16
	maxVec          = 64
	// maxFlush is about how much one flush sends, so that a fast reader of a large
	// response does not hold the loop. To send 1 MiB in four pieces, with other
	// connections in between, took a third more processor time.
	maxFlush = 1 << 20
)

func (l *Loop) newOutput() *output {
	if n := len(l.outputs); n > 0 {
		o := l.outputs[n-1]
		l.outputs = l.outputs[:n-1]
		return o
	}
	return &output{tail: l.buffers.Get(outputBuffer)[:0]}
}

func (l *Loop) freeOutput(o *output) {
	clear(o.refs)
	o.refs, o.first, o.off, o.referred = o.refs[:0], 0, 0, 0
	if cap(o.tail) > maxOutputBuffer || len(l.outputs) == keptOutputs {
		l.buffers.Put(o.tail)
		if len(l.outputs) == keptOutputs {
			return
		}
		o.tail = l.buffers.Get(outputBuffer)
	}
	o.tail = o.tail[:0]
	l.outputs = append(l.outputs, o)
}

// regrow takes output that append has moved to memory of its own back into
// memory of the Buffers, which must be able to account for all of it.
func (l *Loop) regrow(o *output, b []byte) {
	grown := l.buffers.Get(cap(b))[:len(b)]
	copy(grown, b)
	l.buffers.Put(o.tail)
	o.tail = grown
}

func (o *output) pending() int64 { return int64(len(o.tail)-o.off) + o.referred }

// add appends a reference that stands after everything added so far.
func (o *output) add(r ref, n int64) {
	r.at = len(o.tail)
	o.refs = append(o.refs, r)
	o.referred += n
}

// compact makes room in front when most of tail has been sent.
func (o *output) compact() {
	if o.off < len(o.tail)/2 {
		return
	}
	n := copy(o.tail, o.tail[o.off:])
	o.tail = o.tail[:n]
	live := o.refs[o.first:]
	for i := range live {
		live[i].at -= o.off
	}
	m := copy(o.refs, live)
	clear(o.refs[m:])
	o.refs, o.first, o.off = o.refs[:m], 0, 0
}

// gather lists what can leave in one writev, up to the next file.
func (o *output) gather(vec [][]byte) [][]byte {
	off := o.off
	for _, r := range o.refs[o.first:] {
		if len(vec) >= maxVec-2 {
			return vec
		}
		if r.at > off {
			vec = append(vec, o.tail[off:r.at])
			off = r.at
		}
		if r.file != nil {
			return vec
		}
		vec = append(vec, r.b)
	}
	if off < len(o.tail) {
		vec = append(vec, o.tail[off:])
	}
	return vec
}

// sent removes n bytes from the front, none of them a file's.
func (o *output) sent(n int) {
	for n > 0 {
		if o.first == len(o.refs) {
			o.off += n
			return
		}
		r := &o.refs[o.first]
		if k := min(n, r.at-o.off); k > 0 {
			o.off += k
			n -= k
			continue
		}
		if r.file != nil {
			return
		}
		k := min(n, len(r.b))
		r.b = r.b[k:]
		o.referred -= int64(k)
		n -= k
		if len(r.b) == 0 {
			o.next()
		}
	}
}

// next drops the first ref, which is finished.
func (o *output) next() {
	o.refs[o.first].release()
	o.first++
}

// file returns the file whose turn it is, or nil.
func (o *output) file() *fileSpan {
	if o.first < len(o.refs) {
		if r := &o.refs[o.first]; r.at == o.off {
			return r.file
		}
	}
	return nil
}

// send writes once. It returns the number of bytes that the kernel took and
// what it answered.
func (o *output) send(l *Loop, fd int) (int, Errno) {
	if f := o.file(); f != nil {
		n, errno := l.kernel.Sendfile(fd, int(f.file.Fd()), f.offset, int(min(f.warm, maxFlush)))
		if n > 0 {
			f.offset, f.n, f.warm = f.offset+int64(n), f.n-int64(n), f.warm-int64(n)
			o.referred -= int64(n)
			if f.n == 0 {
				o.next()
			}
		}
		return n, errno
	}
	if o.first == len(o.refs) {
		n, errno := l.kernel.Write(fd, o.tail[o.off:])
		o.off += max(n, 0)
		return n, errno
	}
	l.vec = o.gather(l.vec[:0])
	n, errno := l.kernel.Writev(fd, l.vec)
	clear(l.vec)
	o.sent(max(n, 0))
	return n, errno
}

// discard gives back what will not be sent.
func (o *output) discard() {
	for i := range o.refs[o.first:] {
		o.refs[o.first+i].release()
	}
}
