package httpwire

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// split feeds s in pieces of n bytes and returns the responses it held.
func split(s string, n int) (got []Response, err error) {
	var p Parser
	for piece := range slices.Chunk([]byte(s), n) {
		for len(piece) > 0 {
			k, done, err := p.Feed(piece)
			if err != nil {
				return got, err
			}
			if done {
				got = append(got, p.Response())
			}
			piece = piece[k:]
		}
	}
	done, err := p.End()
	if done {
		got = append(got, p.Response())
	}
	return got, err
}

var good = []struct {
	name, in string
	want     []Response
}{
	{"a length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", []Response{{200, 5, false}}},
	{"no reason phrase", "HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n", []Response{{200, 0, false}}},
	{
		"two alike, pipelined",
		strings.Repeat("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 2),
		[]Response{{200, 2, false}, {200, 2, false}},
	},
	{
		"one head the beginning of the next one's",
		"HTTP/1.1 404 No\r\nContent-Length: 1\r\n\r\nxHTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789",
		[]Response{{404, 1, false}, {200, 10, false}},
	},
	{
		"chunks, an extension and a trailer",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\nA;x=\"y\"\r\n0123456789\r\n0\r\nX: y\r\n\r\nHTTP/1.1 204 No\r\n\r\n",
		[]Response{{200, 15, false}, {204, 0, false}},
	},
	{"close", "HTTP/1.1 200 OK\r\nCONNECTION: Close\r\nContent-Length: 1\r\n\r\nx", []Response{{200, 1, true}}},
	{"1.0 closes", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", []Response{{200, 1, true}}},
	{"1.0 kept", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx", []Response{{200, 1, false}}},
	{"until the connection ends", "HTTP/1.1 200 OK\r\n\r\nsome bytes", []Response{{200, 10, true}}},
	{"interim", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", []Response{{200, 1, false}}},
	{"304 has no body", "HTTP/1.1 304 Not Modified\r\nContent-Length: 50\r\n\r\n", []Response{{304, 0, false}}},
	{"equal lengths twice", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx", []Response{{200, 1, false}}},
}

func TestParserReadsResponsesInPiecesOfAnySize(t *testing.T) {
	t.Parallel()
	for _, tt := range good {
		for n := 1; n <= len(tt.in); n++ {
			got, err := split(tt.in, n)
			if err != nil || !slices.Equal(got, tt.want) {
				t.Errorf("%s, %d bytes at a time: %v, %v, want %v", tt.name, n, got, err, tt.want)
			}
		}
	}
}

func TestParserRefuses(t *testing.T) {
	t.Parallel()
	const ok = "HTTP/1.1 200 OK\r\n"
	const chunked = ok + "Transfer-Encoding: chunked\r\n\r\n"
	tests := []struct {
		name, in string
		want     error
	}{
		{"another protocol", "SSH-2.0-OpenSSH_9.6\r\n\r\n", ErrStatusLine},
		{"letters for a status", "HTTP/1.1 2x0 OK\r\n\r\n", ErrStatusLine},
		{"status below 100", "HTTP/1.1 099 OK\r\n\r\n", ErrStatusLine},
		{"four digits", "HTTP/1.1 2000 OK\r\n\r\n", ErrStatusLine},
		{"no colon", ok + "Content-Length 5\r\n\r\n", ErrField},
		{"negative length", ok + "Content-Length: -5\r\n\r\n", ErrLength},
		{"two lengths", ok + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n", ErrLength},
		{"length and chunked", ok + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", ErrLength},
		{"another coding", ok + "Transfer-Encoding: gzip\r\n\r\n", ErrLength},
		{"empty chunk size", chunked + "\r\n", ErrChunk},
		{"chunk size not hexadecimal", chunked + "g\r\n", ErrChunk},
		{"chunk too long for its size", chunked + "1\r\nxy\r\n", ErrChunk},
		{"bare LF in a chunk line", chunked + "1\nx\r\n", ErrChunk},
		{"cut off in the head", "HTTP/1.1 200 OK\r\n", ErrCutOff},
		{"cut off in the body", ok + "Content-Length: 5\r\n\r\nhell", ErrCutOff},
		{"cut off before the last chunk", chunked + "1\r\nx\r\n", ErrCutOff},
		{"endless head", "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 2*maxHead), ErrTooLong},
		{"endless chunk line", chunked + "1;" + strings.Repeat("x", 2*maxHead), ErrTooLong},
	}
	for _, tt := range tests {
		for _, n := range []int{1, 7, 4096, len(tt.in)} {
			if _, err := split(tt.in, n); !errors.Is(err, tt.want) {
				t.Errorf("%s, %d bytes at a time: error %v, want %v", tt.name, n, err, tt.want)
			}
		}
	}
}

func TestFeedNoAlloc(t *testing.T) {
	var p Parser
	in := []byte("HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nHello, World!")
	if n := testing.AllocsPerRun(100, func() { _, _, _ = p.Feed(in) }); n != 0 {
		t.Errorf("allocs = %v, want 0", n)
	}
}

func FuzzSplitMakesNoDifference(f *testing.F) {
	for _, tt := range good {
		f.Add(tt.in, 3)
	}
	f.Fuzz(func(t *testing.T, in string, n int) {
		if in == "" || n < 1 {
			t.Skip("nothing to split")
		}
		whole, wholeErr := split(in, len(in))
		got, err := split(in, n)
		if !slices.Equal(got, whole) || !errors.Is(err, wholeErr) {
			t.Errorf("split(%q, %d) = %v, %v, want %v, %v", in, n, got, err, whole, wholeErr)
		}
	})
}

func TestAppendRequest(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in   Request
		want string
	}{
		{Request{Path: "/a", Host: "h:1"}, "GET /a HTTP/1.1\r\nHost: h:1\r\n\r\n"},
		{Request{Path: "/a", Host: "h", Close: true}, "GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"},
		{Request{Method: "POST", Path: "/e", Host: "h", Body: []byte("xyz")}, "POST /e HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nxyz"},
		{Request{Method: "POST", Path: "/e", Host: "h", Length: 1 << 30}, "POST /e HTTP/1.1\r\nHost: h\r\nContent-Length: 1073741824\r\n\r\n"},
	}
	for _, tt := range tests {
		if got := string(tt.in.Append(nil)); got != tt.want {
			t.Errorf("Append(%+v) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func BenchmarkFeed(b *testing.B) {
	in := []byte("HTTP/1.1 200 OK\r\nServer: x\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nHello, World!")
	for _, memo := range []bool{true, false} {
		b.Run(fmt.Sprintf("sameHead=%t", memo), func(b *testing.B) {
			var p Parser
			b.ReportAllocs()
			b.SetBytes(int64(len(in)))
			for b.Loop() {
				if !memo {
					p.seen = p.seen[:0]
				}
				_, _, _ = p.Feed(in)
			}
		})
	}
}
