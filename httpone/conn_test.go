package httpone

import (
	"strings"
	"testing"
)

// A found is one event of a run, with copies of what is only borrowed.
type found struct {
	event    Event
	data     string
	head     string
	trailers string
}

// An outcome is everything that a run of octets led to.
type outcome struct {
	events   []found
	consumed int
	err      error
}

// run gives in to a fresh connection in pieces that end at the given cuts and
// at the end, and answers each complete request at once. Data events that
// follow each other are joined, for how they are cut depends on the pieces.
func run(cfg *Config, in string, cuts ...int) outcome {
	var (
		c   Conn
		r   Request
		o   outcome
		out []byte
	)
	c.Init(cfg)
	for _, end := range append(cuts, len(in)) {
		for o.err == nil {
			ev, n, err := c.Next([]byte(in[o.consumed:end]), &r)
			o.consumed += n
			o.err = err
			if ev == EventData && len(o.events) > 0 && o.events[len(o.events)-1].event == EventData {
				o.events[len(o.events)-1].data += string(r.Data)
				continue
			}
			if ev == EventPaused {
				out, _ = c.AppendReply(out[:0], &r, &ReplyHead{Status: 200}, nil)
				c.FinishReply()
				continue
			}
			if ev == EventNeedMore || ev == EventClosed {
				break
			}
			f := found{event: ev, data: string(r.Data)}
			switch ev {
			case EventHead:
				f.head = describe(&r)
			case EventEnd:
				f.trailers = join(r.Trailers)
			}
			o.events = append(o.events, f)
		}
	}
	return o
}

// describe writes down everything that a head means.
func describe(r *Request) string {
	var s strings.Builder
	s.WriteString(r.Method + " " + r.Target + " 1." + string(rune('0'+r.Minor)) + " " + r.Form.String())
	s.WriteString(" scheme=" + r.Scheme + " authority=" + r.Authority + " path=" + r.Path + " query=" + r.RawQuery)
	s.WriteString(" length=" + string(appendSigned(nil, r.ContentLength)))
	for _, f := range []struct {
		name string
		set  bool
	}{
		{"chunked", r.Chunked},
		{"keep-alive", r.KeepAlive},
		{"expect", r.ExpectContinue},
		{"upgrade", r.Upgrade},
	} {
		if f.set {
			s.WriteString(" " + f.name)
		}
	}
	return s.String() + join(r.Fields)
}

func appendSigned(dst []byte, n int64) []byte {
	if n < 0 {
		return appendDecimal(append(dst, '-'), -n)
	}
	return appendDecimal(dst, n)
}

func join(fields []Field) string {
	var s strings.Builder
	for _, f := range fields {
		s.WriteString("\n" + f.Name + ": " + f.Value)
	}
	return s.String()
}

func (o outcome) String() string {
	var s strings.Builder
	for _, f := range o.events {
		s.WriteString(f.event.String() + " " + f.head + f.data + f.trailers + "\n")
	}
	s.WriteString("consumed " + string(appendDecimal(nil, int64(o.consumed))))
	if o.err != nil {
		s.WriteString("\n" + o.err.Error())
	}
	return s.String()
}

func TestPipelinedRequests(t *testing.T) {
	t.Parallel()
	in := "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\n" +
		"POST /a?b HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello" +
		"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\nrest"
	whole := run(nil, in)
	t.Log(whole)
	if whole.err != nil || len(whole.events) != 8 {
		t.Fatalf("got %v", whole)
	}
	for cut := range len(in) {
		if got := run(nil, in, cut); got.String() != whole.String() {
			t.Fatalf("cut at %d: got %v, want %v", cut, got, whole)
		}
	}
}
