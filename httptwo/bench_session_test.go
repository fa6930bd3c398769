package httptwo

import (
	"fmt"
	"testing"
	"unsafe"

	"reactor.example/httptwo/internal/frame"
)

// A rig is a session that was warmed up, and the requests that it is given: as
// a load generator sends them, with the same fields each time.
type rig struct {
	s    Session
	cfg  Config
	in   []byte // a batch of requests; the numbers are written anew each time
	at   []int  // where their frames begin
	next uint32
	out  []byte
	head ReplyHead
	body chunk
}

// chunk is a source of n octets that costs nothing.
type chunk struct{ left int }

var zeros [64 << 10]byte

func (x *chunk) AppendData(dst []byte, limit int) (out []byte, more, end bool, trailers []Field) {
	n := min(limit, x.left)
	x.left -= n
	return append(dst, zeros[:n]...), x.left > 0, x.left == 0, nil
}

func newRig(tb testing.TB, streams, size int) *rig {
	r := &rig{next: 1}
	r.cfg.MaxConcurrentStreams = uint32(streams)
	r.s.Init(&r.cfg, 0)
	c := newClient(tb, Config{})
	r.head = ReplyHead{
		Status: 200, ContentLength: int64(size), Date: "Sun, 06 Nov 1994 08:49:37 GMT",
		Fields: []Field{{"content-type", "text/plain; charset=utf-8"}, {"server", "reactor_server"}},
	}
	hello := append([]byte(preface), frame.AppendSettings(nil, setting(frame.SettingInitialWindowSize, 1<<30))...)
	hello = append(append(hello, frame.AppendSettingsAck(nil)...), update(0, 1<<30)...)
	r.feed(tb, hello)
	for i := range streams + 1 {
		block := c.request("GET", "user-agent", "h2load nghttp2/1.64.0", "accept", "*/*")
		if i == 0 {
			r.feed(tb, frame.AppendHeaders(nil, 1, true, true, block)) // fills the table
			r.next = 3
			continue
		}
		r.at = append(r.at, len(r.in))
		r.in = frame.AppendHeaders(r.in, 0, true, true, block)
	}
	for range 3 {
		r.round(tb, size)
	}
	return r
}

// feed gives octets to the session, and takes what it has for them.
func (r *rig) feed(tb testing.TB, in []byte) {
	for {
		ev, n, err := r.s.Next(in, 0)
		if err != nil {
			tb.Fatal(err)
		}
		in = in[n:]
		switch ev.Kind {
		case Head:
			r.answer(tb, ev.Stream)
		case NeedMore:
			r.out = r.s.AppendOutput(r.out[:0], 1<<20)
			return
		}
	}
}

func (r *rig) answer(tb testing.TB, st *Stream) {
	end := r.head.ContentLength == 0
	if err := r.s.SendHead(st, &r.head, end); err != nil {
		tb.Fatal(err)
	}
	if !end {
		r.body.left = int(r.head.ContentLength)
		r.s.SetSource(st, &r.body)
		if len(r.at) > 1 {
			r.out = r.s.AppendOutput(r.out[:0], 1<<20) // one body at a time
		}
	}
	r.s.Release(st)
}

// round is one batch of requests and the responses to them.
func (r *rig) round(tb testing.TB, size int) {
	for _, at := range r.at {
		frame.AppendHeader(r.in[:at], frame.Header{
			Length: uint32(r.in[at])<<16 | uint32(r.in[at+1])<<8 | uint32(r.in[at+2]), Type: frame.TypeHeaders,
			Flags: frame.FlagEndHeaders | frame.FlagEndStream, StreamID: r.next,
		})
		r.next += 2
	}
	r.feed(tb, r.in)
	for r.s.HasOutput() {
		r.out = r.s.AppendOutput(r.out[:0], 1<<20)
	}
	if r.s.Streams() != 0 {
		tb.Fatal("streams are left")
	}
	if r.s.window < 1<<29 {
		r.s.window = 1 << 30 // as WINDOW_UPDATE would do now and then
	}
}

func BenchmarkRoundTrip(b *testing.B) {
	for _, streams := range []int{1, 100} {
		for _, size := range []int{0, 6} {
			b.Run(fmt.Sprintf("streams=%d/body=%d", streams, size), func(b *testing.B) {
				r := newRig(b, streams, size)
				b.ReportAllocs()
				for b.Loop() {
					r.round(b, size)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*streams), "ns/request")
			})
		}
	}
}

func BenchmarkSendData(b *testing.B) {
	const size = 1 << 20
	r := newRig(b, 1, size)
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		r.round(b, size)
	}
}

func BenchmarkReceiveData(b *testing.B) {
	var cfg Config
	var s Session
	s.Init(&cfg, 0)
	c := newClient(b, Config{})
	in := append([]byte(preface), frame.AppendSettings(nil)...)
	in = append(append(in, frame.AppendSettingsAck(nil)...), c.post(1)...)
	var body []byte
	for range 64 {
		body = append(body, data(1, false, full)...)
	}
	out := make([]byte, 0, 1<<16)
	run := func(in []byte) {
		for {
			ev, n, err := s.Next(in, 0)
			if err != nil {
				b.Fatal(err)
			}
			if in = in[n:]; ev.Kind == NeedMore {
				break
			}
			if ev.Kind == Data {
				s.Consume(ev.Stream, len(ev.Data))
				out = s.AppendOutput(out[:0], 1<<16)
			}
		}
	}
	run(in)
	b.SetBytes(1 << 20)
	b.ReportAllocs()
	for b.Loop() {
		run(body)
	}
}

// A session that repeats what it did before allocates nothing: the strings of
// its requests are those of the tables.
func TestRoundTripAllocs(t *testing.T) {
	for _, streams := range []int{1, 100} {
		for _, size := range []int{0, 6, 1 << 20} {
			if streams > 1 && size > 6 {
				continue
			}
			r := newRig(t, streams, size)
			if n := testing.AllocsPerRun(50, func() { r.round(t, size) }); n != 0 {
				t.Errorf("%d streams, %d octets: allocs = %v, want 0", streams, size, n)
			}
		}
	}
}

// An idle session is its own words, and what field compression has to keep.
func TestSessionIsSmall(t *testing.T) {
	t.Parallel()
	if n := unsafe.Sizeof(Session{}); n > 768 {
		t.Errorf("a Session has %d bytes, want at most 768: every idle connection keeps one", n)
	}
	if n := unsafe.Sizeof(Stream{}); n > 384 {
		t.Errorf("a Stream has %d bytes, want at most 384", n)
	}
	r := newRig(t, 100, 6)
	s := &r.s
	if s.out != nil || s.sched != nil || s.early != nil || s.dead != nil || cap(s.streams.list) > keepStreams || cap(s.resets.ids) > 0 {
		t.Errorf("an idle session keeps %d octets, scheduler %v, %d places for streams, %d for resets",
			cap(s.out), s.sched != nil, cap(s.streams.list), cap(s.resets.ids))
	}
}

// BenchmarkMessages is what a long stream of small messages costs, with the
// ledger and without.
func BenchmarkMessages(b *testing.B) {
	off := Ledger{Off, Off, Off, Off, Off, Off, Off, Off, Off, Off, false}
	for name, limits := range map[string]Ledger{"on": {}, "off": off} {
		b.Run("ledger="+name, func(b *testing.B) {
			cfg := Config{Ledger: limits}
			var s Session
			s.Init(&cfg, 0)
			c := newClient(b, Config{})
			in := append([]byte(preface), frame.AppendSettings(nil)...)
			in = append(append(in, frame.AppendSettingsAck(nil)...), c.post(1)...)
			src := &text{}
			out := make([]byte, 0, 1<<12)
			run := func(in []byte) {
				for {
					ev, n, err := s.Next(in, 0)
					if err != nil {
						b.Fatal(err)
					}
					in = in[n:]
					switch ev.Kind {
					case NeedMore:
						out = s.AppendOutput(out[:0], 1<<12)
						return
					case Head:
						if err := s.SendHead(ev.Stream, &ReplyHead{Status: 200, ContentLength: -1}, false); err != nil {
							b.Fatal(err)
						}
						s.SetSource(ev.Stream, src)
					case Data:
						s.Consume(ev.Stream, len(ev.Data))
						src.left = "\x00\x00\x00\x00\x06answer"
						s.Wake(ev.Stream)
					}
				}
			}
			run(in)
			message := data(1, false, "\x00\x00\x00\x00\x06hello!")
			message = append(append(message, update(0, 11)...), update(1, 11)...)
			message = append(message, raw(frame.TypePing, 0, 0, "12345678")...)
			b.ReportAllocs()
			for b.Loop() {
				run(message)
			}
		})
	}
}
