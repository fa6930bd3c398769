package httptwo

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/http2/hpack"

	"reactor.example/httptwo/internal/frame"
)

// A peer reads what a headerWriter writes.
type peer struct {
	dec  *hpack.Decoder
	most int
}

func newPeer() *peer { return &peer{dec: hpack.NewDecoder(4096, nil), most: frame.MinMaxFrameSize} }

// read takes one field section off the frames in b and writes it down, one
// field a line: the names that were never indexed with an exclamation mark.
func (p *peer) read(b []byte) (text string, frames int, endStream bool, err error) {
	var block []byte
	for end := false; !end; frames++ {
		h, ok := frame.ParseHeader(b)
		switch {
		case !ok || len(b) < frame.HeaderLen+int(h.Length):
			return "", 0, false, errors.New("frames end early")
		case int(h.Length) > p.most:
			return "", 0, false, errors.New("frame longer than the maximum")
		case frames == 0 && h.Type != frame.TypeHeaders, frames > 0 && h.Type != frame.TypeContinuation:
			return "", 0, false, fmt.Errorf("frame %d is %v", frames, h.Type)
		case h.StreamID != 5:
			return "", 0, false, fmt.Errorf("stream %d", h.StreamID)
		}
		if frames == 0 {
			endStream = h.Flags.Has(frame.FlagEndStream)
		}
		end = h.Flags.Has(frame.FlagEndHeaders)
		block = append(block, b[frame.HeaderLen:][:h.Length]...)
		b = b[frame.HeaderLen+int(h.Length):]
	}
	if len(b) > 0 {
		return "", 0, false, fmt.Errorf("%d octets behind the section", len(b))
	}
	fields, err := p.dec.DecodeFull(block)
	var out strings.Builder
	for _, f := range fields {
		if f.Sensitive {
			out.WriteString("!")
		}
		fmt.Fprintf(&out, "%s: %s\n", f.Name, f.Value)
	}
	return out.String(), frames, endStream, err
}

const testDate = "Sun, 06 Nov 1994 08:49:37 GMT"

// typical is a response as most are.
func typical() *responseHead {
	return &responseHead{
		status: 200, contentLength: 13, date: testDate,
		fields: []Field{{"content-type", "text/plain; charset=utf-8"}},
	}
}

// What goes out for what the caller gave.
func TestWriteHead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		head responseHead
		want string
	}{
		{"8.3.2 status", responseHead{status: 200, contentLength: -1}, ":status: 200\n"},
		{"15.2 interim", responseHead{status: 103, contentLength: -1, fields: []Field{{"Link", "</a>"}}}, ":status: 103\nlink: </a>\n"},
		{"8.2.1 lower case", responseHead{status: 201, contentLength: -1, fields: []Field{{"X-Request-ID", "A"}, {"Content-Type", "b"}, {"DATE", "c"}}, date: testDate}, ":status: 201\nx-request-id: A\ncontent-type: b\ndate: c\n"},
		{"8.2.1 control octets go", responseHead{status: 200, contentLength: -1, fields: []Field{{"a", " x\r\ny\x00z\t"}, {"b", "\n"}}}, ":status: 200\na: xyz\nb: \n"},
		{"8.2.2 connection fields go", responseHead{status: 200, contentLength: 0, fields: []Field{
			{"Connection", "close"}, {"keep-alive", "a"}, {"Proxy-Connection", "a"}, {"TE", "trailers"}, {"Transfer-Encoding", "chunked"}, {"upgrade", "h2c"}, {"Content-Length", "9"}, {"a", "b"},
		}}, ":status: 200\na: b\ncontent-length: 0\n"},
		{"7541 7.1.3 secrets are never indexed", responseHead{status: 200, contentLength: -1, fields: []Field{{"Set-Cookie", "a=b"}}}, ":status: 200\n!set-cookie: a=b\n"},
		{"date", *typical(), ":status: 200\ncontent-type: text/plain; charset=utf-8\ncontent-length: 13\ndate: " + testDate + "\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var w headerWriter
			w.init()
			p := newPeer()
			before := slices.Clone(c.head.fields)
			for range 5 { // literal, indexed while it is sent, from the table
				b, err := w.appendHead([]byte("before"), 5, &c.head)
				if err != nil {
					t.Fatal(err)
				}
				got, frames, _, err := p.read(b[len("before"):])
				if err != nil || got != c.want || frames != 1 {
					t.Errorf("got %d frames, %v:\n%swant\n%s", frames, err, got, c.want)
				}
			}
			if !slices.Equal(c.head.fields, before) {
				t.Errorf("the caller's fields are now %v", c.head.fields)
			}
		})
	}
}

// Every status comes out as it went in.
func TestWriteStatus(t *testing.T) {
	t.Parallel()
	var w headerWriter
	w.init()
	p := newPeer()
	for status := 100; status < 1000; status++ {
		b, _ := w.appendHead(nil, 5, &responseHead{status: status, contentLength: -1, endStream: true})
		got, _, end, err := p.read(b)
		if want := fmt.Sprintf(":status: %d\n", status); got != want || !end || err != nil {
			t.Errorf("status %d: got %q, end %v, %v", status, got, end, err)
		}
	}
}

func TestWriteBadName(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "a b", "a\r\nb", ":status", "ä", "a:"} {
		var w headerWriter
		w.init()
		fields := []Field{{"x", "y"}, {name, "v"}}
		if b, err := w.appendHead([]byte("ab"), 5, &responseHead{status: 200, fields: fields}); !errors.Is(err, ErrFieldName) || string(b) != "ab" {
			t.Errorf("head with name %q: %q, %v, want nothing appended and ErrFieldName", name, b, err)
		}
		if b, err := w.appendTrailers([]byte("ab"), 5, fields); !errors.Is(err, ErrFieldName) || string(b) != "ab" {
			t.Errorf("trailers with name %q: %q, %v, want nothing appended and ErrFieldName", name, b, err)
		}
	}
}

func TestWriteTrailers(t *testing.T) {
	t.Parallel()
	var w headerWriter
	w.init()
	b, err := w.appendTrailers(nil, 5, []Field{{"Grpc-Status", "0"}, {"Content-Type", "a"}, {"cache-control", "b"}, {"Connection", "c"}})
	if err != nil {
		t.Fatal(err)
	}
	if got, _, end, err := newPeer().read(b); got != "grpc-status: 0\n" || !end || err != nil {
		t.Errorf("got %q, end %v, %v", got, end, err)
	}
}

// RFC 9113, section 4.3: a section that is too long for one frame.
func TestWriteContinuations(t *testing.T) {
	t.Parallel()
	for _, n := range []int{100, 16384 - 12, 16384, 16385, 5 * 16384} {
		for _, most := range []int{0, 16384, 20000} {
			var w headerWriter
			w.init()
			w.maxFrameBytes = most
			p := newPeer()
			p.most = max(most, frame.MinMaxFrameSize)
			value := strings.Repeat("~", n) // no Huffman code is shorter
			b, err := w.appendHead(nil, 5, &responseHead{status: 200, contentLength: -1, fields: []Field{{"a", value}}, endStream: true})
			if err != nil {
				t.Fatal(err)
			}
			got, frames, end, err := p.read(b)
			if got != ":status: 200\na: "+value+"\n" || !end || err != nil {
				t.Errorf("%d octets in frames of %d: %d octets came, end %v, %v", n, most, len(got), end, err)
			}
			if want := (n + 8 + p.most) / p.most; frames != want {
				t.Errorf("%d octets in frames of %d: %d frames, want %d", n, most, frames, want)
			}
		}
	}
}
