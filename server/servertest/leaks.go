package servertest

import (
	"bytes"
	"runtime"
	"strings"
	"sync"
	"time"
	"unsafe"

	"reactor.example/server"
)

// starters are the goroutines on which handlers of one server have run, by
// their numbers, which the runtime uses once only. What one of them has
// started says so in its stack trace: that is how the goroutines of this
// server are told from all others in the process.
type starters struct {
	mu  sync.Mutex
	ids map[string]bool
}

// note is the middleware that takes down the goroutine of each handler.
func (s *starters) note(next server.Handler) server.Handler {
	return func(w *server.Response, r *server.Request) {
		var b [64]byte
		fields := bytes.Fields(b[:runtime.Stack(b[:], false)]) // goroutine 7 [running]:
		s.mu.Lock()
		if s.ids == nil {
			s.ids = make(map[string]bool)
		}
		s.ids[string(fields[1])] = true
		s.mu.Unlock()
		next(w, r)
	}
}

// left waits for the goroutines to end, and returns the stacks of those that
// do not.
func (s *starters) left() (stacks string) {
	for give := time.Now().Add(lastWait); ; runtime.Gosched() {
		if stacks = s.running(); stacks == "" || time.Now().After(give) {
			return stacks
		}
	}
}

// lastWait is what a goroutine may take to end when the server has stopped.
const lastWait = 5 * time.Second

func (s *starters) running() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := make([]byte, 1<<20)
	var left []string
	for stack := range strings.SplitSeq(string(b[:runtime.Stack(b, true)]), "\n\n") {
		_, created, ok := strings.Cut(stack, "\ncreated by ")
		if !ok || strings.HasPrefix(created, "reactor.example/reactor.") {
			continue // the server's own are waited for by Shutdown
		}
		created, _, _ = strings.Cut(created, "\n")
		if _, id, ok := strings.Cut(created, " in goroutine "); ok && s.ids[id] {
			left = append(left, stack)
		}
	}
	return strings.Join(left, "\n\n")
}

// memory counts the buffers that the loops have taken and not given back.
type memory struct {
	mu   sync.Mutex
	held map[*byte]bool
}

// around is a Config.Buffers that counts what inner gives; nil makes the
// buffers anew.
func (m *memory) around(inner func(int) server.Buffers) func(int) server.Buffers {
	m.held = make(map[*byte]bool)
	return func(loop int) server.Buffers {
		b := &countedBuffers{memory: m}
		if inner != nil {
			b.inner = inner(loop)
		}
		return b
	}
}

func (m *memory) out() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.held)
}

// countedBuffers is a server.Buffers that keeps account. What comes back is
// overwritten, so that nobody goes on reading it unnoticed.
type countedBuffers struct {
	memory *memory
	inner  server.Buffers
}

// Get implements server.Buffers.
func (b *countedBuffers) Get(n int) []byte {
	var p []byte
	if b.inner != nil {
		p = b.inner.Get(n)
	} else {
		p = make([]byte, max(n, 1))
	}
	b.memory.mu.Lock()
	b.memory.held[unsafe.SliceData(p)] = true
	b.memory.mu.Unlock()
	return p
}

// Put implements server.Buffers.
func (b *countedBuffers) Put(p []byte) {
	b.memory.mu.Lock()
	delete(b.memory.held, unsafe.SliceData(p))
	b.memory.mu.Unlock()
	p = p[:cap(p)]
	for i := range p {
		p[i] = 0xDB
	}
	if b.inner != nil {
		b.inner.Put(p)
	}
}
