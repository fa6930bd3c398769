package house

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestConformHTTP1 sends each exchange of the table to the built binary, at
// once and a byte at a time: the answer must not depend on how the bytes come.
func TestConformHTTP1(t *testing.T) {
	step(t, "conform")
	server := serve(t, nil, "--examples")
	for _, e := range exchanges() {
		t.Run(e.rule+" "+e.name, func(t *testing.T) {
			t.Parallel()
			for _, atOnce := range []bool{true, false} {
				e.check(t, server.addr, atOnce)
			}
		})
	}
}

// check holds the exchange on a new connection.
func (e exchange) check(t *testing.T, addr string, atOnce bool) {
	t.Helper()
	if !atOnce && len(e.send) > 4096 {
		return
	}
	conn := dial(t, addr)
	defer conn.Close()
	go e.write(conn, atOnce)

	r := bufio.NewReader(conn)
	for i, want := range e.responses() {
		resp, body, err := e.read(r)
		if err != nil {
			t.Errorf("at once %v: response %d: %v, want %s", atOnce, i, err, want)
			return
		}
		if !strings.Contains("|"+want+"|", fmt.Sprintf("|%d|", resp.StatusCode)) {
			t.Errorf("at once %v: response %d is %s %.80q, want %s", atOnce, i, resp.Status, body, want)
			return
		}
		if i < len(e.bodies) && body != e.bodies[i] {
			t.Errorf("at once %v: response %d has body %.80q, want %q", atOnce, i, body, e.bodies[i])
		}
		if name, value, ok := strings.Cut(e.field, ": "); ok && i == len(e.responses())-1 && valueOf(resp, name) != value {
			t.Errorf("at once %v: %s is %q, want %q", atOnce, name, valueOf(resp, name), value)
		}
	}
	e.checkEnd(t, conn, r)
}

// write sends the bytes. The server may refuse them half way.
func (e exchange) write(conn net.Conn, atOnce bool) {
	b := []byte(e.send)
	n := 1
	if atOnce {
		n = len(b)
	}
	for len(b) > 0 {
		if _, err := conn.Write(b[:n]); err != nil {
			return
		}
		b = b[n:]
	}
	if e.fin {
		_ = conn.(*net.TCPConn).CloseWrite()
	}
}

// read reads one response, interim ones included.
func (e exchange) read(r *bufio.Reader) (*http.Response, string, error) {
	method := http.MethodGet
	if e.head {
		method = http.MethodHead
	}
	resp, err := http.ReadResponse(r, &http.Request{Method: method})
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return resp, string(body), err
}

// valueOf returns the value of a field. ReadResponse takes Connection: close out
// of the header.
func valueOf(resp *http.Response, name string) string {
	if resp.Close && name == "Connection" {
		return "close"
	}
	return resp.Header.Get(name)
}

// checkEnd looks at what follows the last response: nothing but the end of the
// connection, or an answer to one more request.
func (e exchange) checkEnd(t *testing.T, conn net.Conn, r *bufio.Reader) {
	t.Helper()
	switch e.then {
	case closed:
		rest, err := io.ReadAll(r)
		if err != nil && !errors.Is(err, syscall.ECONNRESET) || len(rest) > 0 {
			t.Errorf("after the last response: %q, %v, want the end of the connection", rest, err)
		}
	case open:
		if _, err := io.WriteString(conn, "GET /plaintext HTTP/1.1\r\nHost: h\r\n\r\n"); err != nil {
			t.Errorf("one more request: %v, want the connection open", err)
		}
		if _, body, err := (exchange{}).read(r); err != nil || body != "Hello, World!" {
			t.Errorf("one more request: %q, %v, want Hello, World!", body, err)
		}
	case either:
	}
}

// Deadlines of one second, and what the server says when they pass.
func TestConformDeadlines(t *testing.T) {
	step(t, "conform")
	server := serve(t, []string{"REACTOR_REQUEST_TIMEOUT=1", "REACTOR_IDLE_TIMEOUT=1"}, "--examples")
	for _, e := range []exchange{
		{name: "half a head", send: "GET / HTTP/1.1\r\nHost:", want: "408", then: closed},
		{name: "half a body", send: "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nhalf", want: "408", then: closed},
		{name: "an idle connection", send: "GET /plaintext HTTP/1.1\r\nHost: h\r\n\r\n", want: "200", then: closed},
	} {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			e.check(t, server.addr, true)
		})
	}
}

// The connection above the bound is told so (behaviour of the binary, not of
// the library alone).
func TestConformMaxConnections(t *testing.T) {
	step(t, "conform")
	server := serve(t, []string{"REACTOR_MAX_CONNECTIONS=1"}, "--examples")
	first := dial(t, server.addr)
	defer first.Close()
	request := "GET /plaintext HTTP/1.1\r\nHost: h\r\n\r\n"
	server.await(t, "the connection that looked whether it listens is gone", func() bool {
		_, err := io.WriteString(first, request)
		resp, _, err2 := exchange{}.read(bufio.NewReader(first))
		if err == nil && err2 == nil && resp.StatusCode == http.StatusOK {
			return true
		}
		first.Close()
		first = dial(t, server.addr)
		return false
	})
	exchange{send: request, want: "503", then: closed}.check(t, server.addr, true)
}

// An interrupt lets the request in flight finish.
func TestConformShutdown(t *testing.T) {
	step(t, "conform")
	server := serve(t, nil, "--examples")
	conn := dial(t, server.addr)
	defer conn.Close()
	// The first response shows that the request behind it has arrived.
	_, err := io.WriteString(conn, "GET /plaintext HTTP/1.1\r\nHost: h\r\n\r\nGET /sleep/500 HTTP/1.1\r\nHost: h\r\n\r\n")
	if err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(conn)
	expectOK(t, r)
	interrupt(server.cmd)
	expectOK(t, r)
	<-server.ended
	if server.err != nil {
		t.Errorf("the server ended with %v, want exit code 0; it printed\n%s", server.err, server.output)
	}
}

// expectOK reads one response and wants it to be 200.
func expectOK(t *testing.T, r *bufio.Reader) {
	t.Helper()
	resp, _, err := exchange{}.read(r)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("response %s, want 200", resp.Status)
	}
}

func dial(t *testing.T, addr string) net.Conn {
	t.Helper()
	conn, err := net.DialTimeout("tcp", addr, patience)
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return conn
}
