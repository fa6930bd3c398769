package server

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// The answers to a few requests, as they go over the wire.
func TestAnswersOnTheWire(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{ServerHeader: "house"}, func(s *Server) {
		s.Get("/text", hello)
		s.Get("/nothing", func(*Response, *Request) {})
		s.Get("/write", func(w *Response, _ *Request) { io.WriteString(w, "written") })
		s.Get("/flush", func(w *Response, r *Request) {
			io.WriteString(w, "one")
			w.Flush()
			r.LocalAddr() // asks the loop, behind the flush
			io.WriteString(w, "two")
		})
		s.Get("/sized", func(w *Response, _ *Request) {
			w.SetLength(6)
			io.WriteString(w, "one")
			w.Flush()
			io.WriteString(w, "two")
		})
		s.Get("/status/:code", func(w *Response, r *Request) {
			code := 0
			for _, d := range r.Param("code") {
				code = 10*code + int(d-'0')
			}
			w.Status(code)
		})
		s.Get("/own", func(w *Response, _ *Request) {
			w.Header().Set("Server", "mine")
			w.Header().Set("Date", "today")
			w.Header().Set("Content-Length", "99")
			w.Header().Set("Transfer-Encoding", "gzip")
			w.Header().Set("Keep-Alive", "timeout=9")
			w.Text(200, "own")
		})
		s.Handle("/any", func(w *Response, r *Request) { w.Text(200, r.Method()) })
	})
	for _, tc := range []struct {
		name, request, want string
	}{
		{"text", "GET /text HTTP/1.1", "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nServer: house\r\nDate: *\r\nContent-Length: 5\r\n\r\nhello"},
		{"9.3.2: HEAD is GET without content", "HEAD /text HTTP/1.1", "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nServer: house\r\nDate: *\r\nContent-Length: 5\r\n\r\n"},
		{"9.3.2: HEAD of a written body", "HEAD /write HTTP/1.1", "HTTP/1.1 200 OK\r\nServer: house\r\nDate: *\r\nContent-Length: 7\r\n\r\n"},
		{"9.3.2: HEAD of a sized stream says it", "HEAD /sized HTTP/1.1", "HTTP/1.1 200 OK\r\nServer: house\r\nDate: *\r\nContent-Length: 6\r\n\r\n"},
		{"no word is 200", "GET /nothing HTTP/1.1", "HTTP/1.1 200 OK\r\nServer: house\r\nDate: *\r\nContent-Length: 0\r\n\r\n"},
		{"a short stream is sized", "GET /write HTTP/1.1", "HTTP/1.1 200 OK\r\nServer: house\r\nDate: *\r\nContent-Length: 7\r\n\r\nwritten"},
		{"a sized stream", "GET /sized HTTP/1.1", "HTTP/1.1 200 OK\r\nServer: house\r\nDate: *\r\nContent-Length: 6\r\n\r\nonetwo"},
		{"HTTP/1.0 stream ends with the connection", "GET /flush HTTP/1.0", "HTTP/1.1 200 OK\r\nServer: house\r\nDate: *\r\nConnection: close\r\n\r\nonetwo"},
		{"15.3.5: 204", "GET /status/204 HTTP/1.1", "HTTP/1.1 204 No Content\r\nServer: house\r\nDate: *\r\n\r\n"},
		{"15.3.6: 205 has length 0", "GET /status/205 HTTP/1.1", "HTTP/1.1 205 Reset Content\r\nServer: house\r\nDate: *\r\nContent-Length: 0\r\n\r\n"},
		{"15.4.5: 304", "GET /status/304 HTTP/1.1", "HTTP/1.1 304 Not Modified\r\nServer: house\r\nDate: *\r\n\r\n"},
		{"an unknown status", "GET /status/799 HTTP/1.1", "HTTP/1.1 799 Unknown\r\nServer: house\r\nDate: *\r\nContent-Length: 0\r\n\r\n"},
		{"no interim status as the final one", "GET /status/103 HTTP/1.1", "HTTP/1.1 200 OK\r\nServer: house\r\nDate: *\r\nContent-Length: 0\r\n\r\n"},
		{"framing is ours, the rest theirs", "GET /own HTTP/1.1", "HTTP/1.1 200 OK\r\nServer: mine\r\nDate: today\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 3\r\n\r\nown"},
		{"15.5.5: no such path", "GET /nowhere HTTP/1.1", "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain; charset=utf-8\r\nServer: house\r\nDate: *\r\nContent-Length: 14\r\n\r\n404 Not Found\n"},
		{"15.5.6: 405 says Allow", "POST /text HTTP/1.1", "HTTP/1.1 405 Method Not Allowed\r\nAllow: GET, HEAD, OPTIONS\r\nContent-Type: text/plain; charset=utf-8\r\nServer: house\r\nDate: *\r\nContent-Length: 23\r\n\r\n405 Method Not Allowed\n"},
		{"9.3.7: OPTIONS", "OPTIONS /text HTTP/1.1", "HTTP/1.1 204 No Content\r\nAllow: GET, HEAD, OPTIONS\r\nServer: house\r\nDate: *\r\n\r\n"},
		{"15.6.2: unknown method", "BREW /text HTTP/1.1", "HTTP/1.1 501 Not Implemented\r\nContent-Type: text/plain; charset=utf-8\r\nServer: house\r\nDate: *\r\nContent-Length: 20\r\n\r\n501 Not Implemented\n"},
		{"a route for every method takes an unknown one", "BREW /any HTTP/1.1", "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nServer: house\r\nDate: *\r\nContent-Length: 4\r\n\r\nBREW"},
		{"a known method without a route", "PROPFIND /text HTTP/1.1", "HTTP/1.1 405 Method Not Allowed\r\nAllow: GET, HEAD, OPTIONS\r\nContent-Type: text/plain; charset=utf-8\r\nServer: house\r\nDate: *\r\nContent-Length: 23\r\n\r\n405 Method Not Allowed\n"},
		{"9.3.6: CONNECT has no route", "CONNECT example.com:443 HTTP/1.1", "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain; charset=utf-8\r\nServer: house\r\nDate: *\r\nContent-Length: 14\r\n\r\n404 Not Found\n"},
		{"a bad escape", "GET /%zz HTTP/1.1", "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nServer: house\r\nDate: *\r\nContent-Length: 16\r\n\r\n400 Bad Request\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			g := g.in(t)
			c := g.dial()
			host := "h"
			if strings.HasPrefix(tc.request, "CONNECT") {
				host = "example.com:443"
			}
			c.send(tc.request + "\r\nHost: " + host + "\r\n\r\n")
			c.closeWrite()
			b, err := io.ReadAll(c.r)
			if err != nil {
				t.Fatal(err)
			}
			if got := hideDate(t, string(b)); got != tc.want {
				t.Errorf("got\n%s\nwant\n%s", got, tc.want)
			}
		})
	}
}

// hideDate replaces a Date that is of now by a star.
func hideDate(t *testing.T, s string) string {
	const name = "\r\nDate: "
	i := strings.Index(s, name)
	if i < 0 {
		return s
	}
	i += len(name)
	j := i + strings.Index(s[i:], "\r\n")
	at, err := http.ParseTime(s[i:j])
	if err != nil {
		return s
	}
	if age := time.Since(at); age < -time.Minute || age > time.Minute {
		t.Errorf("Date is %v", at)
	}
	return s[:i] + "*" + s[j:]
}

func TestOptionsOfTheServer(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{}, func(s *Server) {
		s.Get("/a", hello)
		s.Post("/b", hello)
		s.Options("/own", func(w *Response, _ *Request) { w.Text(200, "own options") })
	})
	for _, target := range []string{"*", "http://h"} {
		a := g.ask("OPTIONS " + target + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
		if got := a.Header.Get("Allow"); a.StatusCode != 204 || got != "GET, HEAD, OPTIONS, POST" {
			t.Errorf("OPTIONS %s = %d, Allow %q, want 204 and all methods", target, a.StatusCode, got)
		}
	}
	g.ask("OPTIONS /own HTTP/1.1\r\nHost: h\r\n\r\n").want(t, 200, "own options")
	if a := g.ask("OPTIONS /nowhere HTTP/1.1\r\nHost: h\r\n\r\n"); a.StatusCode != 404 {
		t.Errorf("OPTIONS of an unknown path = %d, want 404", a.StatusCode)
	}
}

// RFC 9110, section 10.1.1.
func TestExpectContinue(t *testing.T) {
	t.Parallel()
	read := newSignal()
	g := newRig(t, Config{}, func(s *Server) {
		s.Post("/echo", func(w *Response, r *Request) {
			<-read
			echo(w, r)
		})
		s.Post("/unread", func(w *Response, r *Request) { w.Text(200, "not needed") })
		s.Post("/pieces", func(w *Response, r *Request) {
			var b [3]byte
			n, _ := io.ReadFull(r.Body, b[:])
			w.Interim(103)
			m, _ := io.ReadFull(r.Body, b[:])
			w.Text(200, itoa(n+m))
		})
	})
	head := func(path, version string) string {
		return "POST " + path + " HTTP/" + version + "\r\nHost: h\r\nContent-Length: 6\r\nExpect: 100-Continue\r\n\r\n"
	}
	t.Run("the 100 leaves with the first read", func(t *testing.T) {
		g := g.in(t)
		c := g.dial()
		c.send(head("/echo", "1.1"))
		close(read)
		if a := c.answer("POST"); a.StatusCode != 100 {
			t.Fatalf("first answer = %d, want 100", a.StatusCode)
		}
		c.send("abcdef")
		c.answer("POST").want(t, 200, "abcdef")
		c.ask(post("/echo", "next")).want(t, 200, "next")
	})
	t.Run("no 100 if nothing is read, and the end", func(t *testing.T) {
		g := g.in(t)
		c := g.dial()
		c.send(head("/unread", "1.1"))
		a := c.answer("POST")
		a.want(t, 200, "not needed")
		if !a.Close {
			t.Error("the answer does not say Connection: close")
		}
		c.wantEnd()
	})
	t.Run("no 100 if the body is here", func(t *testing.T) {
		g := g.in(t)
		c := g.dial()
		c.send(head("/echo", "1.1") + "abcdef")
		c.answer("POST").want(t, 200, "abcdef")
		c.ask(post("/echo", "next")).want(t, 200, "next")
	})
	t.Run("no 100 once some of the body came", func(t *testing.T) {
		g := g.in(t)
		c := g.dial()
		c.send(head("/pieces", "1.1") + "abc")
		if a := c.answer("POST"); a.StatusCode != 103 {
			t.Fatalf("first answer = %d, want 103", a.StatusCode)
		}
		c.send("def")
		c.answer("POST").want(t, 200, "6")
	})
	t.Run("no 100 to HTTP/1.0", func(t *testing.T) {
		g := g.in(t)
		c := g.dial()
		c.send(head("/echo", "1.0"))
		c.send("abcdef")
		c.answer("POST").want(t, 200, "abcdef")
	})
}

func TestInterimResponses(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{}, func(s *Server) {
		s.Get("/", func(w *Response, r *Request) {
			for _, code := range []int{103, 102} {
				if err := w.Interim(code, Field{Name: "Link", Value: "</a.css>\r\nSet-Cookie: split"}); err != nil {
					t.Errorf("Interim(%d) = %v", code, err)
				}
			}
			if err := w.Interim(103, Field{Name: "bad name", Value: "x"}); err == nil && r.Proto() == "HTTP/1.1" {
				t.Error("Interim with a bad field name = nil, want an error")
			}
			for _, code := range []int{101, 99, 200} {
				if err := w.Interim(code); err != ErrStatus {
					t.Errorf("Interim(%d) = %v, want ErrStatus", code, err)
				}
			}
			w.Text(200, "final")
			if err := w.Interim(103); err != ErrWritten {
				t.Errorf("Interim behind the answer = %v, want ErrWritten", err)
			}
		})
	})
	c := g.dial()
	a := c.get("/")
	if a.StatusCode != 103 || a.Header.Get("Link") != "</a.css>Set-Cookie: split" || len(a.Header) != 1 {
		t.Errorf("first answer = %d %v, want 103 with one Link", a.StatusCode, a.Header)
	}
	if a := c.answer("GET"); a.StatusCode != 102 {
		t.Errorf("second answer = %d, want 102", a.StatusCode)
	}
	c.answer("GET").want(t, 200, "final")
	g.ask("GET / HTTP/1.0\r\n\r\n").want(t, 200, "final")
}

func TestTrailersBothWays(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{InlineBody: 8}, func(s *Server) {
		s.Post("/", func(w *Response, r *Request) {
			if got := r.Trailer().Get("X-Sum"); got != "" && r.ContentLength() > 8 {
				t.Errorf("trailer before the end: %q", got)
			}
			b, err := io.ReadAll(r.Body)
			w.Header().Set("Trailer", "X-Echo")
			w.Trailer().Set("X-Echo", r.Trailer().Get("x-sum"))
			w.Trailer().Set("Content-Length", "9") // dropped
			w.Write(b)
			if err != nil {
				t.Errorf("reading: %v", err)
			}
		})
	})
	for _, body := range []string{"tiny", strings.Repeat("large", 10)} {
		c := g.dial()
		a := c.ask(strings.TrimSuffix(chunked("/", body), "\r\n") + "X-Sum: 42\r\nX-Other: 1\r\n\r\n")
		a.want(t, 200, body)
		if got := a.Trailer.Get("X-Echo"); got != "42" || len(a.Trailer) != 1 {
			t.Errorf("trailers = %v, want X-Echo: 42", a.Trailer)
		}
		c.ask(post("/", "next")).want(t, 200, "next")
	}
	a := g.ask("POST / HTTP/1.0\r\nContent-Length: 3\r\n\r\nold")
	a.want(t, 200, "old")
	if len(a.Trailer) != 0 {
		t.Errorf("HTTP/1.0 got trailers: %v", a.Trailer)
	}
}

// An Upgrade that nobody asked the server for is ignored (RFC 9110, section
// 7.8).
func TestUnknownUpgradeIsIgnored(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{}, func(s *Server) { s.Get("/", hello) })
	c := g.dial()
	c.ask("GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n").want(t, 200, "hello")
	c.wantOpen("/")
}

// What is written must fit what was declared, and nothing may follow the end.
func TestWritingOutOfOrder(t *testing.T) {
	t.Parallel()
	large := strings.Repeat("x", 1<<20)
	g := newRig(t, Config{}, func(s *Server) {
		check := func(name string, do func(w *Response) error, want error) {
			s.Get("/"+name, func(w *Response, _ *Request) {
				if err := do(w); !errors.Is(err, want) {
					t.Errorf("%s: %v, want %v", name, err, want)
				}
			})
		}
		check("text-twice", func(w *Response) error { w.Text(201, "once"); return w.Text(202, "twice") }, ErrWritten)
		check("status-twice", func(w *Response) error { w.Status(201); return w.Status(202) }, ErrWritten)
		check("status-behind-text", func(w *Response) error { w.Text(201, "once"); return w.Status(202) }, ErrWritten)
		check("write-behind-text", func(w *Response) error {
			w.Text(201, "once")
			_, err := w.Write([]byte("more"))
			return err
		}, ErrWritten)
		check("flush-behind-text", func(w *Response) error { w.Text(201, "once"); return w.Flush() }, ErrWritten)
		check("text-behind-write", func(w *Response) error { io.WriteString(w, "once"); return w.Text(202, "twice") }, ErrWritten)
		check("status-behind-flush", func(w *Response) error { w.Flush(); return w.Status(202) }, ErrWritten)
		check("204-with-text", func(w *Response) error { return w.Text(204, "text") }, ErrNoBody)
		check("304-with-text", func(w *Response) error { return w.Text(304, "text") }, ErrNoBody)
		check("205-with-text", func(w *Response) error { return w.Text(205, "text") }, ErrNoBody)
		check("204-with-write", func(w *Response) error {
			w.Status(204)
			_, err := io.WriteString(w, "text")
			return err
		}, ErrNoBody)
		check("204-behind-write", func(w *Response) error { io.WriteString(w, "once"); return w.Status(204) }, ErrNoBody)
		check("205-behind-write", func(w *Response) error { io.WriteString(w, "once"); return w.Status(205) }, ErrNoBody)
		check("304-with-length", func(w *Response) error { w.SetLength(9); return w.Status(304) }, nil)
		check("status-1", func(w *Response) error { return w.Status(101) }, ErrStatus)
		check("status-1000", func(w *Response) error { return w.Status(1000) }, ErrStatus)
		check("too-much", func(w *Response) error {
			w.SetLength(3)
			io.WriteString(w, "123")
			_, err := io.WriteString(w, "4")
			return err
		}, ErrLength)
		check("too-little", func(w *Response) error {
			w.SetLength(3)
			_, err := io.WriteString(w, "12")
			return err
		}, nil)
		check("too-little-streamed", func(w *Response) error {
			w.SetLength(int64(len(large)) + 1)
			_, err := w.Write([]byte(large))
			return err
		}, nil)
		check("length-behind-flush", func(w *Response) error { w.Flush(); return w.SetLength(3) }, ErrWritten)
		check("bad-json", func(w *Response) error {
			if err := w.JSON(200, func() {}); err == nil {
				t.Error("JSON of a function = nil, want an error")
			}
			return w.Text(200, "once")
		}, nil)
		check("bad-name", func(w *Response) error {
			w.Header().Set("bad name", "x")
			return w.Text(200, "once")
		}, nil)
		check("bad-name-streamed", func(w *Response) error {
			w.Header().Set("bad name", "x")
			w.Flush()
			for {
				if _, err := io.WriteString(w, large); err != nil {
					return nil
				}
			}
		}, nil)
		s.Get("/", hello)
	})
	for _, tc := range []struct {
		name   string
		status int
		body   string
	}{
		{"text-twice", 201, "once"},
		{"status-twice", 201, ""},
		{"status-behind-text", 201, "once"},
		{"write-behind-text", 201, "once"},
		{"flush-behind-text", 201, "once"},
		{"text-behind-write", 200, "once"},
		{"status-behind-flush", 200, ""},
		{"204-with-write", 204, ""},
		{"204-behind-write", 200, "once"},
		{"205-behind-write", 200, "once"},
		{"304-with-length", 304, ""},
		{"status-1", 200, ""},
		{"status-1000", 200, ""},
		{"too-much", 200, "123"},
		{"too-little", 500, "500 Internal Server Error\n"},
		{"length-behind-flush", 200, ""},
		{"bad-json", 200, "once"},
		{"bad-name", 500, "500 Internal Server Error\n"},
		{"204-with-text", 204, ""},
		{"304-with-text", 304, ""},
		{"205-with-text", 205, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			g := g.in(t)
			c := g.dial()
			a := c.get("/" + tc.name)
			a.want(t, tc.status, tc.body)
			if tc.status == 500 {
				c.wantEnd()
			} else {
				c.wantOpen("/")
			}
		})
	}
	for _, name := range []string{"too-little-streamed", "bad-name-streamed"} {
		t.Run(name+" is cut", func(t *testing.T) {
			t.Parallel()
			g := g.in(t)
			c := g.dial()
			c.send("GET /" + name + " HTTP/1.1\r\nHost: h\r\n\r\n")
			if a, err := c.tryAnswer("GET"); err == nil {
				t.Errorf("answer = %d with %d bytes, want an error", a.StatusCode, len(a.body))
			}
		})
	}
}

// An unread body is read to its end and the connection kept if that is
// little; else the connection ends behind an answer that can be read.
func TestUnreadBodies(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{LingerBytes: 100 << 10, InlineBody: 1, BodyBuffer: 4096, MaxBodySize: Off}, func(s *Server) {
		s.Post("/", func(w *Response, _ *Request) { w.Text(200, "not read") })
		s.Post("/close", func(w *Response, r *Request) {
			r.Body.Close()
			if _, err := r.Body.Read(make([]byte, 1)); err == nil {
				t.Error("Read after Close = nil, want an error")
			}
			w.Text(200, "not read")
		})
	})
	for _, path := range []string{"/", "/close"} {
		for _, tc := range []struct {
			name, request string
			keep          bool
		}{
			{"short, announced", post(path, strings.Repeat("x", 80<<10)), true},
			{"short, chunked", chunked(path, strings.Repeat("x", 40<<10), strings.Repeat("x", 40<<10)), true},
			{"long, announced", post(path, strings.Repeat("x", 300<<10)), false},
			{"long, chunked", chunked(path, strings.Repeat("x", 300<<10)), false},
		} {
			t.Run(tc.name+" "+path, func(t *testing.T) {
				t.Parallel()
				g := g.in(t)
				c := g.dial()
				sent := newSignal()
				go func() {
					defer close(sent)
					io.WriteString(c, tc.request)
				}()
				c.answer("POST").want(t, 200, "not read")
				sent.wait(t, "the body is sent")
				if tc.keep {
					c.ask(post(path, "")).want(t, 200, "not read")
				} else if path == "/" {
					c.wantEnd()
				}
			})
		}
	}
}
