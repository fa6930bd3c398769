package httpone

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// A found is one event of a run, with copies of what is only borrowed.
type found struct {
	event Event
	text  string
}

// An outcome is everything that a run of octets led to.
type outcome struct {
	events   []found
	consumed int
	fed      int // octets that had come when the error was found
	err      error
}

// run gives in to a fresh connection in pieces that end at the given cuts and
// at the end, and answers each complete request at once. Data events that
// follow each other are joined, for how they are cut depends on the pieces.
func run(cfg *Config, in string, cuts ...int) outcome {
	var c Conn
	c.Init(cfg)
	return runOn(&c, new(Request), in, cuts...)
}

// runOn is run on a connection and a request that may have been used before.
func runOn(c *Conn, r *Request, in string, cuts ...int) (o outcome) {
	b := []byte(in)
	for _, end := range append(cuts, len(b)) {
		for more := true; more && o.err == nil; {
			ev, n, err := c.Next(b[o.consumed:end], r)
			o.consumed += n
			o.err, o.fed = err, end
			more = ev != EventNeedMore && ev != EventClosed
			o.add(c, r, ev)
		}
	}
	return o
}

// add notes an event and does what it asks for.
func (o *outcome) add(c *Conn, r *Request, ev Event) {
	switch ev {
	case EventHead:
		o.events = append(o.events, found{ev, describe(r)})
	case EventEnd:
		o.events = append(o.events, found{ev, join(r.Trailers)})
	case EventData:
		if last := len(o.events) - 1; last >= 0 && o.events[last].event == EventData {
			o.events[last].text += string(r.Data)
			return
		}
		o.events = append(o.events, found{ev, string(r.Data)})
	case EventPaused:
		if _, err := c.AppendReply(nil, r, &ReplyHead{Status: 404}, nil); err != nil {
			panic(err)
		}
		c.FinishReply()
	}
}

// everyOctet returns the cuts that feed n octets one at a time.
func everyOctet(n int) []int {
	cuts := make([]int, n)
	for i := range cuts {
		cuts[i] = i + 1
	}
	return cuts
}

// describe writes down everything that a head means.
func describe(r *Request) string {
	var s strings.Builder
	fmt.Fprintf(&s, "%s %s 1.%d %v", r.Method, r.Target, r.Minor, r.Form)
	fmt.Fprintf(&s, " scheme=%s authority=%s path=%s query=%s length=%d",
		r.Scheme, r.Authority, r.Path, r.RawQuery, r.ContentLength)
	for _, f := range []struct {
		name string
		set  bool
	}{
		{" chunked", r.Chunked},
		{" keep-alive", r.KeepAlive},
		{" expect", r.ExpectContinue},
		{" upgrade", r.Upgrade},
	} {
		if f.set {
			s.WriteString(f.name)
		}
	}
	return s.String() + join(r.Fields)
}

func join(fields []Field) string {
	var s strings.Builder
	for _, f := range fields {
		fmt.Fprintf(&s, "\n  %s: %s", f.Name, f.Value)
	}
	return s.String()
}

// String writes the outcome down, without what depends on the pieces.
func (o outcome) String() string {
	var s strings.Builder
	for _, f := range o.events {
		fmt.Fprintf(&s, "%v %s\n", f.event, f.text)
	}
	fmt.Fprintf(&s, "consumed %d", o.consumed)
	if o.err != nil {
		fmt.Fprintf(&s, "\n%v", o.err)
	}
	return s.String()
}

// status returns the status of the error, 0 if there is none.
func (o outcome) status() int {
	var p *ProtocolError
	if errors.As(o.err, &p) {
		return p.Status
	}
	return 0
}

// count returns how often an event came.
func (o outcome) count(ev Event) (n int) {
	for _, f := range o.events {
		if f.event == ev {
			n++
		}
	}
	return n
}

// body returns all data together.
func (o outcome) body() string {
	var s strings.Builder
	for _, f := range o.events {
		if f.event == EventData {
			s.WriteString(f.text)
		}
	}
	return s.String()
}

// A row is octets of a client and what must become of them.
type row struct {
	name string // begins with the section of the rule
	in   string
	// Status of the error; 0: there is none.
	status int
	// Complete requests. With 0 and no error the connection waits for more.
	n int
	// Content of all bodies, if not empty.
	body string
	// A line that the description of a head must have, if not empty.
	head string
}

// check runs every row whole, cut in two at every octet, and octet by octet.
func check(t *testing.T, cfg *Config, rows []row) {
	t.Helper()
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			whole := run(cfg, row.in)
			if got := whole.status(); got != row.status {
				t.Errorf("status %d, want %d\n%v", got, row.status, whole)
			}
			if got := whole.count(EventEnd); got != row.n {
				t.Errorf("%d complete requests, want %d\n%v", got, row.n, whole)
			}
			if row.body != "" && whole.body() != row.body {
				t.Errorf("body %.80q, want %.80q", whole.body(), row.body)
			}
			if row.head != "" && !strings.Contains(whole.String()+"\n", row.head) {
				t.Errorf("%v\nhas no %q", whole, row.head)
			}
			checkSplits(t, cfg, row.in, whole)
		})
	}
}

// checkSplits compares whole with what in leads to in pieces. Long inputs are
// cut at some places only.
func checkSplits(t *testing.T, cfg *Config, in string, whole outcome) {
	t.Helper()
	want := whole.String()
	step := 1
	if len(in) > 5000 {
		step = len(in) / 20
	}
	for cut := 0; cut <= len(in); cut += step {
		if got := run(cfg, in, cut).String(); got != want {
			t.Fatalf("cut at %d:\n%.2000s\nwant\n%.2000s", cut, got, want)
		}
	}
	if len(in) > 20000 {
		in = in[:20000]
		want = run(cfg, in).String()
	}
	if got := run(cfg, in, everyOctet(len(in))...).String(); got != want {
		t.Fatalf("octet by octet:\n%.2000s\nwant\n%.2000s", got, want)
	}
}

// get is a GET request with further field lines.
func get(lines string) string {
	return "GET / HTTP/1.1\r\nHost: localhost\r\n" + lines + "\r\n"
}

// post is a POST request with further field lines and what follows the head.
func post(lines, body string) string {
	return "POST / HTTP/1.1\r\nHost: localhost\r\n" + lines + "\r\n" + body
}

// chunked is a POST request with a chunked body.
func chunked(body string) string {
	return post("Transfer-Encoding: chunked\r\n", body)
}

// hello and its chunked form are the body of most rows.
const (
	hello        = "hello"
	helloChunked = "5\r\nhello\r\n0\r\n\r\n"
)

// smuggled is a request that must not be seen, inside or behind another.
const smuggled = "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"
