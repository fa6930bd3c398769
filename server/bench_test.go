package server

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// benchRoutes has a route for each way that a request can take.
func benchRoutes(s *Server) {
	s.Get("/text", hello)
	s.Get("/param/:id", func(w *Response, r *Request) { w.Text(200, r.Param("id")) })
	s.With(Settings{Blocking: Always}).Get("/away", hello)
	s.Post("/echo", func(w *Response, r *Request) {
		b, _ := io.ReadAll(r.Body)
		w.Bytes(200, "text/plain", b)
	})
	s.Get("/stream", func(w *Response, _ *Request) {
		w.WriteString("hello, ")
		w.Flush()
		w.WriteString("world")
	})
	s.Get("/http", FromHTTP(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") })))
}

var benchRequests = []struct{ name, request string }{
	{"text", "GET /text HTTP/1.1\r\nHost: x\r\n\r\n"},
	{"param", "GET /param/12345 HTTP/1.1\r\nHost: x\r\n\r\n"},
	{"none", "GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n"},
	{"away", "GET /away HTTP/1.1\r\nHost: x\r\n\r\n"},
	{"echo", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1024\r\n\r\n" + strings.Repeat("x", 1024)},
	{"stream", "GET /stream HTTP/1.1\r\nHost: x\r\n\r\n"},
	{"http", "GET /http HTTP/1.1\r\nHost: x\r\n\r\n"},
}

// A client that allocates nothing once it is warm.
type benchClient struct {
	net.Conn
	r *bufio.Reader
}

func newBenchClient(g *rig) *benchClient {
	c := g.dial()
	return &benchClient{c.Conn, bufio.NewReader(c.Conn)}
}

// roundTrip sends a request and reads its response.
func (c *benchClient) roundTrip(tb testing.TB, request string) {
	tb.Helper()
	if _, err := c.Write(bytesOf(request)); err != nil {
		tb.Fatal(err)
	}
	length := 0
	for {
		line, err := c.r.ReadSlice('\n')
		if err != nil {
			tb.Fatal(err)
		}
		switch {
		case len(line) == 2 && length < 0:
			c.readChunks(tb)
			return
		case len(line) == 2:
			c.r.Discard(length)
			return
		case len(line) > 16 && string(line[:16]) == "Content-Length: ":
			for _, b := range line[16 : len(line)-2] {
				length = 10*length + int(b-'0')
			}
		case len(line) > 19 && string(line[:19]) == "Transfer-Encoding: ":
			length = -1
		}
	}
}

// readChunks reads up to the last chunk.
func (c *benchClient) readChunks(tb testing.TB) {
	tb.Helper()
	for {
		line, err := c.r.ReadSlice('\n')
		if err != nil {
			tb.Fatal(err)
		}
		if line[0] == '0' {
			c.r.Discard(2)
			return
		}
		c.r.ReadSlice('\n')
	}
}

// BenchmarkRoundTrip is one request after the other on one connection, client
// included.
func BenchmarkRoundTrip(b *testing.B) {
	g := newRig(b, Config{WorkerThreads: 1}, benchRoutes)
	for _, r := range benchRequests {
		b.Run("route="+r.name, func(b *testing.B) {
			c := newBenchClient(g)
			c.roundTrip(b, r.request)
			b.ReportAllocs()
			for b.Loop() {
				c.roundTrip(b, r.request)
			}
		})
	}
}

// BenchmarkPipelined sends 16 requests at once.
func BenchmarkPipelined(b *testing.B) {
	g := newRig(b, Config{WorkerThreads: 1}, benchRoutes)
	c := newBenchClient(g)
	rest := strings.Repeat(benchRequests[0].request, 15)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Write(bytesOf(rest)); err != nil {
			b.Fatal(err)
		}
		c.roundTrip(b, benchRequests[0].request)
		for range 15 {
			c.roundTrip(b, "")
		}
	}
}
