package client_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"reactor.example/websocket"
	"reactor.example/websocket/client"
)

func open(t *testing.T, policy websocket.Policy, o *client.Options) *client.Conn {
	t.Helper()
	c, resp, err := client.New(pipe(t, func(conn net.Conn) { serve(conn, &policy) }), "ws://server.example.com/a/b?c=d", o)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != 101 {
		t.Errorf("status %d", resp.StatusCode)
	}
	if op, data, err := c.ReadMessage(); op != websocket.OpText || string(data) != "/a/b?c=d" || err != nil {
		t.Errorf("first message %v %q, %v", op, data, err)
	}
	return c
}

func TestEcho(t *testing.T) {
	t.Parallel()
	every := websocket.Deflate{Enabled: true, ServerContextTakeover: true, ClientContextTakeover: true, MinBytes: 1, ClientMaxWindowBits: 9}
	for name, d := range map[string][2]websocket.Deflate{
		"plain":           {},
		"server would":    {{Enabled: true}, {}},
		"client would":    {{}, {Enabled: true}},
		"compressed":      {{Enabled: true}, {Enabled: true}},
		"with takeover":   {every, every},
		"server forgets":  {{Enabled: true}, every},
		"of small window": {every, {Enabled: true, ServerMaxWindowBits: 8}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := open(t, websocket.Policy{Deflate: d[0]}, &client.Options{Deflate: d[1]})
			if want := d[0].Enabled && d[1].Enabled; c.Compressed() != want {
				t.Errorf("compressed: %v, want %v", c.Compressed(), want)
			}
			for _, n := range []int{0, 1, 125, 126, 70000, 300} {
				for _, op := range []websocket.OpCode{websocket.OpText, websocket.OpBinary} {
					want := []byte(strings.Repeat("some text, ", n/11+1)[:n])
					if err := c.WriteMessage(op, want); err != nil {
						t.Fatal(err)
					}
					if got, data, err := c.ReadMessage(); err != nil || got != op || !bytes.Equal(data, want) {
						t.Fatalf("%d bytes: %v, %d bytes, %v", n, got, len(data), err)
					}
				}
			}
			if err := c.Close(websocket.CloseNormal, "done"); err != nil {
				t.Error(err)
			}
			if err := c.Close(websocket.CloseNormal, "again"); err != nil {
				t.Error(err)
			}
			if err := c.WriteText("late"); err != client.ErrClosed {
				t.Errorf("writing after Close: %v", err)
			}
		})
	}
}

func TestPings(t *testing.T) {
	t.Parallel()
	var heard []string
	note := func(what string) func([]byte) { return func(data []byte) { heard = append(heard, what+string(data)) } }
	c := open(t, websocket.Policy{}, &client.Options{OnPing: note("ping "), OnPong: note("pong ")})
	var writer sync.WaitGroup
	defer writer.Wait()
	writer.Go(func() { // the pong is to be read while the text is written
		if err := c.Ping([]byte("x")); err != nil {
			t.Error(err)
		}
		if err := c.WriteText("ping"); err != nil {
			t.Error(err)
		}
	})
	if _, data, err := c.ReadMessage(); string(data) != "ping" || err != nil {
		t.Fatal(string(data), err)
	}
	if got := strings.Join(heard, ", "); got != "pong x, ping p" {
		t.Errorf("heard %s", got)
	}
}

func TestSubprotocol(t *testing.T) {
	t.Parallel()
	c := open(t, websocket.Policy{Subprotocols: []string{"b", "a"}}, &client.Options{Subprotocols: []string{"a", "b"}})
	if c.Subprotocol() != "a" {
		t.Errorf("subprotocol %q", c.Subprotocol())
	}
}

func TestServerCloses(t *testing.T) {
	t.Parallel()
	c := open(t, websocket.Policy{}, nil)
	if err := c.WriteText("bye"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		_, _, err := c.ReadMessage()
		if closed := (*client.ClosedError)(nil); !errors.As(err, &closed) || closed.Code != 4000 || closed.Reason != "as you wish" {
			t.Errorf("%v", err)
		}
	}
	if err := c.Close(websocket.CloseNormal, ""); err != nil {
		t.Error(err)
	}
}

// What servers do wrong, in the handshake and after it.
func TestBadServers(t *testing.T) {
	t.Parallel()
	const good = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: KEY\r\n"
	for _, tt := range []struct{ name, response, want string }{
		{"4.1: another status", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", "client: server refuses (status 200)"},
		{"4.1: no Upgrade", strings.Replace(good, "Upgrade: websocket\r\n", "", 1) + "\r\n", "client: Upgrade is not websocket (status 101)"},
		{"4.1: no Connection", strings.Replace(good, "Connection: Upgrade\r\n", "Connection: close\r\n", 1) + "\r\n", "client: Connection does not name upgrade (status 101)"},
		{"4.1: another key", strings.Replace(good, "KEY", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", 1) + "\r\n", "client: Sec-WebSocket-Accept does not belong to the key (status 101)"},
		{"4.1: subprotocol", good + "Sec-WebSocket-Protocol: b\r\n\r\n", "client: subprotocol that was not offered (status 101)"},
		{"4.1: extension", good + "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n", "client: extension that was not offered (status 101)"},
		{"no HTTP", "hello\r\n\r\n", "malformed HTTP"},
		{"nothing", "", "EOF"},
		{"5.1: a masked frame", good + "\r\n\x81\x80\x00\x00\x00\x00", "frame of a server is masked"},
		{"5.2: RSV1", good + "\r\n\xc1\x00", "reserved bit set"},
		{"8.1: no UTF-8", good + "\r\n\x81\x01\xff", "not UTF-8"},
		{"7.1.4: no Close", good + "\r\n\x81\x05he", "EOF"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			conn := pipe(t, func(conn net.Conn) {
				defer conn.Close()
				req, err := http.ReadRequest(bufio.NewReader(conn))
				if err != nil {
					return
				}
				accept := websocket.AcceptKey(req.Header.Get("Sec-WebSocket-Key"))
				_, _ = io.WriteString(conn, strings.Replace(tt.response, "KEY", accept, 1))
				_ = conn.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
				_, _ = io.Copy(io.Discard, conn)
			})
			c, resp, err := client.New(conn, "ws://server.example.com/", &client.Options{Subprotocols: []string{"a"}})
			if err == nil {
				_, _, err = c.ReadMessage()
			} else if status := (*client.HandshakeError)(nil); errors.As(err, &status) && resp.StatusCode != status.Status {
				t.Errorf("response %v", resp)
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %s", err, tt.want)
			}
		})
	}
}

func TestRefusal(t *testing.T) {
	t.Parallel()
	policy := websocket.Policy{Origin: func(origin, _ string) bool { return origin != "http://evil.example" }}
	conn := pipe(t, func(conn net.Conn) { serve(conn, &policy) })
	_, resp, err := client.New(conn, "ws://server.example.com/", &client.Options{Header: http.Header{"Origin": {"http://evil.example"}}})
	if err == nil || resp == nil || resp.StatusCode != 403 {
		t.Fatal(err)
	}
	if content, err := io.ReadAll(resp.Body); string(content) != "refused" || err != nil {
		t.Errorf("content %q, %v", content, err)
	}
	for _, address := range []string{"http://a/", "ws:///x", "ws://a/#b", "::"} {
		conn, _ := net.Pipe()
		if _, _, err := client.New(conn, address, nil); err == nil {
			t.Errorf("%s is accepted", address)
		}
	}
	if _, _, err := client.New(conn, "ws://a/", &client.Options{Deflate: websocket.Deflate{Level: 99}}); err == nil {
		t.Error("level 99 is accepted")
	}
}

// Many write, one reads, and a pipe holds nothing: nobody may wait for the
// wrong one.
func TestGoroutines(t *testing.T) {
	t.Parallel()
	c := open(t, websocket.Policy{}, nil)
	const writers, each = 8, 50
	var all sync.WaitGroup
	for i := range writers {
		all.Go(func() {
			for k := range each {
				text := fmt.Sprintf("%d.%d %s", i, k, strings.Repeat("x", 3000))
				if k%10 == 0 {
					text = "ping" // makes the server ping
				}
				if err := c.WriteText(text); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for n := range writers * each {
		if _, _, err := c.ReadMessage(); err != nil {
			t.Fatal(n, err)
		}
	}
	all.Wait()
	if err := c.Close(websocket.CloseNormal, ""); err != nil {
		t.Error(err)
	}
}

// A read that timed out loses nothing.
func TestReadDeadline(t *testing.T) {
	t.Parallel()
	c := open(t, websocket.Policy{}, nil)
	_ = c.NetConn().SetReadDeadline(time.Unix(1, 0))
	if _, _, err := c.ReadMessage(); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%v", err)
	}
	_ = c.NetConn().SetReadDeadline(time.Time{})
	if err := c.WriteText("hello"); err != nil {
		t.Fatal(err)
	}
	if _, data, err := c.ReadMessage(); string(data) != "hello" || err != nil {
		t.Errorf("%q, %v", data, err)
	}
	if err := c.WriteText("\xff"); err != client.ErrNotText {
		t.Errorf("%v", err)
	}
}

// Close does not wait for ever for a server that says nothing.
func TestCloseTimeout(t *testing.T) {
	t.Parallel()
	conn := pipe(t, func(conn net.Conn) {
		req, err := http.ReadRequest(bufio.NewReader(conn))
		if err != nil {
			return
		}
		fmt.Fprintf(conn, "HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
			websocket.AcceptKey(req.Header.Get("Sec-WebSocket-Key")))
		_, _ = io.Copy(io.Discard, conn)
	})
	c, _, err := client.New(conn, "ws://server.example.com/", &client.Options{CloseTimeout: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Close(websocket.CloseNormal, ""); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%v", err)
	}
}
