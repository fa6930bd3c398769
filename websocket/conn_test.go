package websocket

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"strings"
	"testing"
	"unsafe"

	"github.com/gobwas/ws"
)

// mask is the masking key of all frames that tests send.
var mask = [4]byte{0x37, 0xfa, 0x21, 0x3d}

// A rawFrame is a frame as a test wants it, right or wrong.
type rawFrame struct {
	op       byte
	payload  string
	more     bool   // FIN is not set
	rsv      byte   // the three reserved bits
	unmasked bool   // no masking key
	claim    uint64 // a length other than that of payload, if claims
	claims   bool
	form     int // octets of the length: 0 the fewest, 2 or 8
}

// String returns the octets of the frame.
func (f rawFrame) String() string {
	n := uint64(len(f.payload))
	if f.claims {
		n = f.claim
	}
	b := []byte{f.op | f.rsv<<4, 0}
	if !f.more {
		b[0] |= 0x80
	}
	switch {
	case f.form == 8 || n > 0xffff:
		b[1] = 127
		b = binary.BigEndian.AppendUint64(b, n)
	case f.form == 2 || n > 125:
		b[1] = 126
		b = binary.BigEndian.AppendUint16(b, uint16(n))
	default:
		b[1] = byte(n)
	}
	if f.unmasked {
		return string(b) + f.payload
	}
	b[1] |= 0x80
	b = append(b, mask[:]...)
	b = append(b, f.payload...)
	ws.Cipher(b[len(b)-len(f.payload):], mask, 0)
	return string(b)
}

// Frames of the kinds that most tests send.
func text(s string) string    { return rawFrame{op: 1, payload: s}.String() }
func binaryF(s string) string { return rawFrame{op: 2, payload: s}.String() }
func ping(s string) string    { return rawFrame{op: 9, payload: s}.String() }
func pong(s string) string    { return rawFrame{op: 10, payload: s}.String() }
func begin(s string) string   { return rawFrame{op: 1, payload: s, more: true}.String() }
func middle(s string) string  { return rawFrame{payload: s, more: true}.String() }
func end(s string) string     { return rawFrame{payload: s}.String() }

func closing(code int, reason string) string {
	return rawFrame{op: 8, payload: string([]byte{byte(code >> 8), byte(code)}) + reason}.String()
}

// A result is what a connection made of some octets.
type result struct {
	events   []string
	err      error
	consumed int
	state    State
}

// String is for comparisons; what was consumed when an error was found
// depends on the pieces.
func (r result) String() string {
	return strings.Join(r.events, "\n") + fmt.Sprintf("\n%v %v", r.state, r.err)
}

// run gives a fresh connection in, cut at the given offsets.
func run(cfg *Config, in string, cuts ...int) result {
	var c Conn
	c.Init(cfg, Extensions{})
	r := runOn(&c, in, cuts...)
	c.Release()
	return r
}

func runOn(c *Conn, in string, cuts ...int) (r result) {
	var m Message
	b := make([]byte, 0, len(in))
	for _, cut := range append(cuts, len(in)) {
		if cut > r.consumed+len(b) {
			b = append(b, in[r.consumed+len(b):cut]...)
		}
		for {
			ev, n, err := c.Next(b, &m)
			r.consumed += n
			b = b[n:]
			if err != nil {
				r.err = err
			}
			if ev == EventNeedMore || ev == EventClosed {
				break
			}
			r.events = append(r.events, describe(ev, &m))
		}
	}
	r.state = c.State()
	return r
}

// describe writes an event down, a long payload by its length and hash.
func describe(ev Event, m *Message) string {
	s := ev.String()
	switch ev {
	case EventMessage:
		s += " " + m.Op.String()
	case EventPart:
		s += fmt.Sprintf(" %v first=%v last=%v", m.Op, m.First, m.Last)
	case EventClose:
		s += " " + m.Code.String()
	}
	if len(m.Data) > 64 {
		return s + fmt.Sprintf(" [%d %x]", len(m.Data), hash(m.Data))
	}
	return s + fmt.Sprintf(" %q", m.Data)
}

func hash(b []byte) uint32 { return crc32.ChecksumIEEE(b) }

// everyOctet are the cuts of octets that come one at a time.
func everyOctet(n int) []int {
	cuts := make([]int, n)
	for i := range cuts {
		cuts[i] = i
	}
	return cuts
}

// A conversation is a case of a table: what comes in, and what that makes.
type conversation struct {
	name   string // begins with the section
	in     string
	events []string
	err    *CloseError
	cfg    *Config
}

// check runs the cases: at once, octet by octet, and cut in two everywhere.
func check(t *testing.T, cases []conversation) {
	t.Helper()
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			whole := run(tt.cfg, tt.in)
			want := result{events: tt.events, state: whole.state}
			if tt.err != nil {
				want.err = tt.err
			}
			if whole.String() != want.String() {
				t.Fatalf("got\n%s\nwant\n%s", whole, want)
			}
			if got := run(tt.cfg, tt.in, everyOctet(len(tt.in))...); got.String() != want.String() {
				t.Fatalf("octet by octet: got\n%s\nwant\n%s", got, want)
			}
			for cut := range min(len(tt.in), 300) {
				if cut > 20 && len(tt.in) > 2000 {
					break
				}
				if got := run(tt.cfg, tt.in, cut); got.String() != want.String() {
					t.Fatalf("cut at %d: got\n%s\nwant\n%s", cut, got, want)
				}
			}
		})
	}
}

func TestConnIsSmall(t *testing.T) {
	t.Parallel()
	if n := unsafe.Sizeof(Conn{}); n > 64 {
		t.Errorf("a Conn has %d bytes, want at most 64: every idle connection keeps one", n)
	}
}

// Where a message lies as a whole it is handed out where it lies.
func TestMessageInPlace(t *testing.T) {
	t.Parallel()
	var c Conn
	var m Message
	c.Init(nil, Extensions{})
	b := []byte(text("hello") + text("again"))
	ev, n, err := c.Next(b, &m)
	if ev != EventMessage || err != nil || !m.InPlace || &m.Data[0] != &b[6] || n != 11 || !c.Idle() {
		t.Errorf("%v, %d, %v: %+v", ev, n, err, m)
	}
}

// A collected message stays valid until the next call, and its memory comes
// back then.
func TestCollectedMessage(t *testing.T) {
	t.Parallel()
	pool := &countingBuffers{}
	var c Conn
	var m Message
	c.Init(&Config{Buffers: pool}, Extensions{})
	in := []byte(begin("hello ") + end("world"))
	first := len(begin("hello "))
	if ev, n, err := c.Next(in[:first], &m); ev != EventNeedMore || n != first || err != nil {
		t.Fatal(ev, n, err)
	}
	if c.Idle() || pool.out != 1 {
		t.Errorf("idle %v, %d buffers in the middle of a message", c.Idle(), pool.out)
	}
	if ev, _, err := c.Next(in[first:], &m); ev != EventMessage || err != nil || m.InPlace || string(m.Data) != "hello world" {
		t.Fatal(ev, err, m)
	}
	clear(in)
	if string(m.Data) != "hello world" {
		t.Errorf("message is %q", m.Data)
	}
	if ev, _, _ := c.Next(nil, &m); ev != EventNeedMore || pool.out != 0 {
		t.Errorf("%v, %d buffers are out", ev, pool.out)
	}
}

// The memory of an unfinished message grows with what has come, not with what
// a header claims.
func TestClaimTakesNoMemory(t *testing.T) {
	t.Parallel()
	for _, f := range []rawFrame{
		{op: 2, claims: true, claim: 16 << 20, payload: strings.Repeat("x", 64)},
		{op: 2, claims: true, claim: 16 << 20, payload: strings.Repeat("x", 64), more: true},
	} {
		pool := &countingBuffers{}
		var c Conn
		var m Message
		c.Init(&Config{Buffers: pool}, Extensions{})
		if ev, _, err := c.Next([]byte(f.String()), &m); ev != EventNeedMore || err != nil {
			t.Fatal(ev, err)
		}
		if pool.bytes > 8<<10 {
			t.Errorf("%d bytes for 64", pool.bytes)
		}
		if c.Release(); pool.out != 0 {
			t.Errorf("%d buffers are out", pool.out)
		}
	}
}

// countingBuffers counts what is out.
type countingBuffers struct{ out, bytes int }

func (p *countingBuffers) Get(n int) []byte {
	p.out++
	p.bytes += n
	return bytes.Repeat([]byte{0xaa}, n)
}

func (p *countingBuffers) Put(b []byte) {
	p.out--
	p.bytes -= cap(b)
}

func TestStreamedMessage(t *testing.T) {
	t.Parallel()
	cfg := &Config{Stream: true}
	in := begin("ab\xc3") + ping("p") + middle("") + end("\xa9") + text("whole") + binaryF("")
	want := `part text first=true last=false "ab\xc3"
ping "p"
part text first=false last=true "\xa9"
part text first=true last=true "whole"
part binary first=true last=true ""
open <nil>`
	if got := run(cfg, in).String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	cut := run(cfg, in, 7)
	if len(cut.events) != 6 || cut.events[0] != `part text first=true last=false "a"` {
		t.Errorf("cut in two: %v", cut)
	}
	if got := run(cfg, begin("a\xc3")+end("")); got.err != errText {
		t.Errorf("unfinished character: %v", got)
	}
}
