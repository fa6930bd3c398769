package house

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"testing"
)

// TestConformSameAnswer sends the same requests over HTTP/1.1 and HTTP/2: what
// one refuses as malformed the other refuses too, and what is served has the
// same status.
func TestConformSameAnswer(t *testing.T) {
	step(t, "conform")
	server := serve(t, nil, "--examples")
	ask := func(method, host, path string, more ...string) {
		t.Run(fmt.Sprintf("%s %q %q %q", method, host, path, more), func(t *testing.T) {
			t.Parallel()
			one := askHTTP1(t, server.addr, method, host, path, more)
			two := askHTTP2(t, server.addr, method, host, path, more)
			if one != two {
				t.Errorf("HTTP/1.1 answers %s, HTTP/2 %s", one, two)
			}
		})
	}
	for _, path := range []string{
		"/plaintext", "/plaintext?a=b", "/plaintext?a?b\\", "/none", "/a/../plaintext", "//plaintext", "/%70laintext", "/%zz", "/%00",
		"/plain\\text", "/plaintext#a", "/plain\"text", "/<a>", "/[a]", "/{a}|^`", "/\xe4", "/a\x7f", "plaintext", "?a", "*", "/\x01",
	} {
		ask("GET", "localhost", path)
	}
	for _, host := range []string{
		"localhost:80", "localhost:", "127.0.0.1", "[::1]", "[::1]:8080", "[v1.a]", "a%2fb", "a%2", "", ":80", "localhost:65536", "localhost:-1",
		"a@localhost", "a b", "a,b", "a/b", "[::1", "::1", "[127.0.0.1]", "[fe80::1%25a]", "a;b=c", "a\"b", "a_b", "\xe4",
	} {
		ask("GET", host, "/plaintext")
	}
	for _, method := range []string{"GET", "HEAD", "OPTIONS", "DELETE", "BREW", "get", "M-SEARCH", "A(B)", "\xe4"} {
		ask(method, "localhost", "/plaintext")
	}
	ask("OPTIONS", "localhost", "*")
	for _, line := range []string{
		"x: \xe4", "x: a\x01b", "x: a\x7fb", "x: a\tb", "x:", "x\x7f: a", "x(): a", "expect: 100-continue", "expect: a", "cookie: a=b",
		"content-length: 0", "content-length: x", "content-length: -1", "content-length: 0, 0", "range: bytes=0-1", "te: trailers",
	} {
		ask("GET", "localhost", "/plaintext", line)
	}
	for _, name := range []string{"authorization", "content-type", "content-range", "content-disposition", "accept"} {
		ask("GET", "localhost", "/plaintext", name+": a", name+": a")
	}
}

const malformed = "malformed"

func askHTTP1(t *testing.T, addr, method, host, path string, more []string) string {
	t.Helper()
	conn := dial(t, addr)
	defer conn.Close()
	lines := append([]string{method + " " + path + " HTTP/1.1", "Host: " + host}, more...)
	if _, err := io.WriteString(conn, strings.Join(lines, "\r\n")+"\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	resp, _, err := exchange{head: method == "HEAD"}.read(bufio.NewReader(conn))
	switch {
	case err != nil:
		return err.Error()
	case resp.StatusCode == 400 && resp.Close:
		return malformed
	}
	return fmt.Sprint(resp.StatusCode)
}

func askHTTP2(t *testing.T, addr, method, host, path string, more []string) string {
	t.Helper()
	c := h2Dial(t, addr, false, "")
	defer c.Close()
	lines := []string{":method: " + method, ":scheme: http", ":authority: " + host, ":path: " + path}
	for _, line := range more {
		if line[len(line)-1] == ':' {
			line += " "
		}
		lines = append(lines, line)
	}
	c.send(t, h2Request(lines...))
	switch got := c.event(t); {
	case got == h2Malformed:
		return malformed
	case len(got) == len("200 on 1"):
		return got[:3]
	default:
		return got
	}
}
