package examples

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// socket opens a WebSocket at path.
func socket(t *testing.T, base, path string) (net.Conn, *bufio.Reader) {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(10 * time.Second))
	io.WriteString(c, "GET "+path+" HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Origin: https://elsewhere.example\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
	r := bufio.NewReader(c)
	res, err := http.ReadResponse(r, nil)
	if err != nil || res.StatusCode != http.StatusSwitchingProtocols {
		t.Fatal(res, err)
	}
	return c, r
}

// hears reads a short text.
func hears(t *testing.T, r *bufio.Reader, want string) {
	t.Helper()
	got := make([]byte, 2+len(want))
	if _, err := io.ReadFull(r, got); err != nil || string(got[2:]) != want {
		t.Fatalf("got %q, want %q, %v", got, want, err)
	}
}

// say sends a short text; the masking key is zero.
func say(c net.Conn, text string) {
	c.Write(append([]byte{0x81, 0x80 | byte(len(text)), 0, 0, 0, 0}, text...))
}

func TestSockets(t *testing.T) {
	t.Parallel()
	base := serve(t, Content{Examples: true})
	c, r := socket(t, base, "/ws")
	say(c, "back, please")
	hears(t, r, "back, please")
	c, r = socket(t, base, "/chat?name=Ann")
	hears(t, r, "Ann is here")
	say(c, "Hello!")
	hears(t, r, "Ann: Hello!")
	c, r = socket(t, base, "/publish")
	say(c, "to all")
	hears(t, r, "to all")
	if page := do(t, "GET", base+"/chat", nil); page.StatusCode != 200 || !strings.Contains(page.body, "new WebSocket(") {
		t.Errorf("the page: %d", page.StatusCode)
	}
}
