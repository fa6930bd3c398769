package httpone

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// seeds are requests of every kind, good and bad.
func seeds() []string {
	return []string{
		get(""), get("Connection: close\r\n"), "\r\n" + get("X: \t y \t\r\n"), get("") + get(""),
		post("Content-Length: 5\r\n", hello) + get(""), chunked(helloChunked) + get(""),
		chunked("5;a=\"b\\\"\" ; c = d\r\nhello\r\n00\r\nX-Sum: 1\r\nCookie: a\r\n\r\n"),
		post("Expect: 100-continue\r\nContent-Length: 5\r\n", hello),
		"GET http://[::1]:80/a?b HTTP/1.1\r\nHost: [::1]\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
		"CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
		"GET / HTTP/2.0\r\n\r\n", "GET /\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
		get("Connection: Upgrade\r\nUpgrade: websocket\r\n"), "GET / HTTP/1.1\nHost: a\n\n",
		get("Host : a\r\n"), get("X: a\r\n b\r\n"), get("X: \x00\r\n"), chunked("10000000000000000\r\n"),
		post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", helloChunked), "\x16\x03\x01\x00\xc8",
	}
}

// FuzzNext proves that events, errors and consumed octets do not depend on
// the pieces in which the input comes, nor on what the request struct held
// before, and that what was accepted means the same when written down and
// parsed again.
func FuzzNext(f *testing.F) {
	for _, s := range seeds() {
		f.Add([]byte(s), uint64(1), false)
		f.Add([]byte(s), uint64(2), true)
	}
	tight := &Config{MaxHeadBytes: 80, MaxTargetBytes: 20, MaxFields: 3, MaxChunkLineBytes: 16, MaxChunkExtBytes: 24, MaxTrailerBytes: 24, MaxBodyBytes: 64}
	var dirty Request
	f.Fuzz(func(t *testing.T, in []byte, seed uint64, small bool) {
		var cfg *Config
		if small {
			cfg = tight
		}
		whole := run(cfg, string(in))
		want := whole.String()
		if got := run(cfg, string(in), everyOctet(len(in))...).String(); got != want {
			t.Fatalf("octet by octet:\n%s\nwant\n%s", got, want)
		}
		var c Conn
		c.Init(cfg)
		if got := runOn(&c, &dirty, string(in), randomCuts(seed, len(in))...).String(); got != want {
			t.Fatalf("in random pieces:\n%s\nwant\n%s", got, want)
		}
		if whole.consumed > len(in) {
			t.Fatalf("consumed %d of %d", whole.consumed, len(in))
		}
		if cfg == nil {
			roundTrip(t, string(in))
		}
	})
}

// randomCuts returns rising offsets below n.
func randomCuts(seed uint64, n int) (cuts []int) {
	rnd := rand.New(rand.NewPCG(seed, 0))
	for at := 0; at < n; at += 1 + rnd.IntN(12) {
		cuts = append(cuts, at)
	}
	return cuts
}

// roundTrip writes the first head of in down from what was understood of it
// and expects to understand the same again.
func roundTrip(t *testing.T, in string) {
	t.Helper()
	first := describeFirst(in)
	if first == nil {
		return
	}
	var s strings.Builder
	s.WriteString(first.Method + " " + first.Target + " HTTP/1." + string(rune('0'+first.Minor)) + "\r\n")
	for _, field := range first.Fields {
		s.WriteString(field.Name + ": " + field.Value + "\r\n")
	}
	s.WriteString("\r\n")
	again := describeFirst(s.String())
	if again == nil || describe(again) != describe(first) {
		t.Fatalf("%q\nwas understood as\n%s\nand then not", in, describe(first))
	}
}

// describeFirst parses one head without limits; nil means there is none.
func describeFirst(in string) *Request {
	c := NewConn(&Config{MaxHeadBytes: Off, MaxFields: Off, MaxTargetBytes: Off})
	var r Request
	if ev, _, _ := c.Next([]byte(in), &r); ev != EventHead {
		return nil
	}
	return &r
}

// FuzzAppend proves that whatever fields, trailers and data a caller gives,
// the octets are read as exactly one response with that data: nothing in a
// field can split it.
func FuzzAppend(f *testing.F) {
	f.Add("x-a", "b", "x-c", "d", "reason", "data", 200, int64(4), uint8(0))
	f.Add("connection", "close, x\r\n", "content-length", "7", "a\r\nb", "data", 404, int64(-1), uint8(1))
	f.Add("transfer-encoding", "chunked", "Trailer", "x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", "", "", 204, int64(9), uint8(2))
	f.Add("upgrade", "x", "x\r\n", "\x00\x7f\t ", "\x00", "d", 101, int64(0), uint8(3))
	f.Add("date", "", "set-cookie", "é\xff", "é", "data", 205, int64(0), uint8(4))
	requests := []string{
		get(""),
		"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
		get("Connection: upgrade\r\nUpgrade: x\r\n"),
		"CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n",
		get("Connection: close\r\n"),
	}
	f.Fuzz(func(t *testing.T, name1, value1, name2, value2, reason, data string, status int, length int64, kind uint8) {
		in := requests[int(kind)%len(requests)]
		method, _, _ := strings.Cut(in, " ")
		fields := []Field{{name1, value1}, {name2, value2}}
		c := NewConn(nil)
		var r Request
		readRequest(t, &c, &r, in)
		out, _ := c.AppendInterim(nil, &r, 103, fields)
		out, err := c.AppendHead(out, &r, &ReplyHead{Status: status, Reason: reason, Fields: fields, ContentLength: length, Date: value2})
		if err != nil {
			if len(out) > 0 && !strings.HasPrefix(string(out), "HTTP/1.1 103 ") {
				t.Fatalf("%v, but %q", err, out)
			}
			return
		}
		var sent strings.Builder
		for _, p := range []string{data, "", data} {
			more, err := c.AppendData(out, []byte(p))
			if out = more; err == nil {
				sent.WriteString(p)
			}
		}
		out, err = c.AppendEnd(out, fields)
		if err != nil {
			return // the caller closes, the client sees a truncated response
		}
		checkOneResponse(t, string(out), method, status, sent.String(), c.FinishReply())
	})
}

// checkOneResponse reads out as interim responses and one final response.
func checkOneResponse(t *testing.T, out, method string, status int, sent string, keep bool) {
	t.Helper()
	p, rest, err := parseResponse(out, method)
	if p.status == 103 && err == nil {
		p, rest, err = parseResponse(rest, method)
	}
	if err != nil || rest != "" || p.status != status {
		t.Fatalf("%q\nis not one response with status %d: %v, then %q", out, status, err, rest)
	}
	if method != "HEAD" && p.body != sent {
		t.Fatalf("body %q of %q, want %q", p.body, out, sent)
	}
	if p.closes && keep && status != 101 && method != "CONNECT" {
		t.Fatalf("%q ends with the connection, which persists", out)
	}
	options := strings.ToLower(strings.Join(p.all("connection"), ","))
	if says := strings.Contains(","+strings.ReplaceAll(options, " ", "")+",", ",close,"); says == keep {
		t.Fatalf("%q says close: %v, but the connection persists: %v", out, says, keep)
	}
	for name, most := range map[string]int{"content-length": 1, "transfer-encoding": 1, "connection": 1} {
		if len(p.all(name)) > most {
			t.Fatalf("%q has several %s", out, name)
		}
	}
}
