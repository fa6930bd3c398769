package httpone

import (
	"reflect"
	"strings"
	"testing"
	"unsafe"
)

// again reads in twice on one connection and with one Request, as a server that
// remembers does, and reports whether the second head was recognised.
func again(t *testing.T, cfg *Config, first, second string) bool {
	t.Helper()
	c := NewConn(cfg)
	var r Request
	for _, in := range []string{first, second} {
		readRequest(t, &c, &r, in)
		if _, err := c.AppendReply(nil, &r, &ReplyHead{Status: 200}, nil); err != nil {
			t.Fatal(err)
		}
		if !c.FinishReply() {
			t.Fatal("the connection does not persist")
		}
		if in != second || first == second {
			r.Keep()
		}
	}
	return r.Repeated
}

func TestRemember(t *testing.T) {
	t.Parallel()
	on := &Config{Remember: true}
	plain := get("User-Agent: x\r\n")
	for _, row := range []struct {
		name          string
		cfg           *Config
		first, second string
		want          bool
	}{
		{"the same", on, plain, plain, true},
		{"not asked for", nil, plain, plain, false},
		{"empty lines in front", on, plain, "\r\n\r\n" + plain, true},
		{"another value", on, plain, get("User-Agent: y\r\n"), false},
		{"another case", on, plain, get("user-agent: x\r\n"), false},
		{"one line more", on, plain, get("User-Agent: x\r\nA: b\r\n"), false},
		{"a line less", on, plain, get(""), false},
		{"another path", on, "GET /a HTTP/1.1\r\nHost: h\r\n\r\n", "GET /b HTTP/1.1\r\nHost: h\r\n\r\n", false},
		{"another body", on, post("Content-Length: 5\r\n", "hello"), post("Content-Length: 5\r\n", "world"), true},
		{"chunks, then trailers", on, chunked("0\r\n\r\n"), chunked("2\r\nhi\r\n0\r\nX: y\r\n\r\n"), true},
		{"cookie", on, get("Cookie: a=b\r\n"), get("Cookie: a=b\r\n"), false},
		{"authorization", on, get("Authorization: a\r\n"), get("Authorization: a\r\n"), false},
		{"proxy-authorization", on, get("proxy-Authorization: a\r\n"), get("proxy-Authorization: a\r\n"), false},
		{"long", on, get("A: " + strings.Repeat("x", maxRemembered) + "\r\n"), get("A: " + strings.Repeat("x", maxRemembered) + "\r\n"), false},
	} {
		if got := again(t, row.cfg, row.first, row.second); got != row.want {
			t.Errorf("%s: Repeated = %v, want %v", row.name, got, row.want)
		}
	}
}

// A head that was recognised means what it means to a fresh connection, body
// and trailers included.
func TestRememberedMeansTheSame(t *testing.T) {
	t.Parallel()
	cfg := &Config{Remember: true}
	for _, in := range []string{
		string(head(16)),
		get("Connection: keep-alive, x\r\n"),
		"HEAD /a?b=c HTTP/1.1\r\nHost: h\r\n\r\n",
		"GET http://h/a?b HTTP/1.1\r\nHost: h\r\n\r\n",
		"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
		"OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n",
		post("Content-Length: 5\r\nExpect: 100-continue\r\n", "hello"),
		chunked("2;a=b\r\nhe\r\n3\r\nllo\r\n0\r\nX: y\r\n\r\n"),
	} {
		want := run(nil, in+in)
		c := NewConn(cfg)
		var r Request
		for i := range 3 {
			if got := runOn(&c, &r, in+in); !reflect.DeepEqual(got, want) {
				t.Errorf("%q, round %d:\n got %v\nwant %v", in, i, got, want)
			}
			if !r.Repeated {
				t.Errorf("%q, round %d: not recognised", in, i)
			}
		}
	}
}

// Octets that come in pieces are parsed, and remembered at the end.
func TestRememberPieces(t *testing.T) {
	t.Parallel()
	c := NewConn(&Config{Remember: true})
	var r Request
	in := get("User-Agent: x\r\n")
	want := runOn(&c, &r, in)
	for cut := range len(in) {
		if got := runOn(&c, &r, in, cut); got.err != nil || !reflect.DeepEqual(got.events, want.events) {
			t.Fatalf("cut at %d: %v, want %v", cut, got, want)
		}
		if r.Repeated != (cut == 0) {
			t.Fatalf("cut at %d: Repeated = %v", cut, r.Repeated)
		}
		if runOn(&c, &r, in); !r.Repeated {
			t.Fatalf("cut at %d: not remembered", cut)
		}
	}
}

// What was judged by other limits is judged anew, and so is what Reset has
// dropped or what no Next has accepted.
func TestForget(t *testing.T) {
	t.Parallel()
	in := get("A: b\r\n")
	one, strict := NewConn(&Config{Remember: true}), NewConn(&Config{Remember: true, MaxFields: 1})
	var r Request
	runOn(&one, &r, in)
	if got := runOn(&strict, &r, in); got.err != errFieldsMany {
		t.Errorf("under other limits: %v, want %v", got.err, errFieldsMany)
	}
	if runOn(&one, &r, in); r.Repeated {
		t.Error("a refused head was remembered")
	}
	r.Reset()
	if runOn(&one, &r, in); r.Repeated {
		t.Error("remembered after Reset")
	}
	r.private = true
	r.memo.octets = r.memo.octets[:0]
	if r.Keep(); r.Method != "" || len(r.Fields) != 0 || r.private {
		t.Error("Keep kept what is not remembered")
	}
}

// A head that is recognised costs no allocation.
func TestRepeatedAllocs(t *testing.T) {
	c := NewConn(&Config{Remember: true})
	var r Request
	in := head(5)
	parse := func() {
		for rest := in; len(rest) > 0; {
			_, n, _ := c.Next(rest, &r)
			rest = rest[n:]
		}
		c.Next(nil, &r)
		c.Init(c.cfg)
		r.Keep()
	}
	parse()
	before := unsafe.StringData(r.Target)
	if n := testing.AllocsPerRun(100, parse); n != 0 {
		t.Errorf("allocs = %v, want 0", n)
	}
	if unsafe.StringData(r.Target) != before {
		t.Error("the strings are others")
	}
}
