//go:build !race

package websocket

import (
	"strings"
	"testing"
)

// After warm-up messages cost no allocation, wherever they are cut. (The race
// detector makes sync.Pool forget things at random.)
func TestEchoAllocs(t *testing.T) {
	for name, in := range map[string]string{
		"small":     text("hello"),
		"medium":    binaryF(strings.Repeat("x", 1000)),
		"large":     text(strings.Repeat("x", 70000)),
		"fragments": begin("a") + middle("b") + ping("p") + end("c"),
		"control":   ping("p") + pong("q"),
	} {
		for _, size := range []int{1 << 20, 1000} {
			var c Conn
			c.Init(&Config{Buffers: &oneBuffer{}}, Extensions{})
			buf := make([]byte, len(in))
			var out []byte
			once := func() {
				copy(buf, in)
				out = echo(&c, buf, size, out[:0])
			}
			once()
			if n := testing.AllocsPerRun(100, once); n != 0 {
				t.Errorf("%s in pieces of %d: allocs = %v, want 0", name, size, n)
			}
		}
	}
}

// Neither does it if they are compressed.
func TestDeflateAllocs(t *testing.T) {
	for _, takeover := range []bool{false, true} {
		var client, c Conn
		client.Init(&Config{Client: true}, withDeflate(false))
		in := client.AppendMessage(nil, OpText, jsonLike(5000, 1))
		c.Init(&Config{Buffers: &oneBuffer{}}, withDeflate(takeover))
		buf := make([]byte, len(in))
		var out []byte
		once := func() {
			copy(buf, in)
			out = echo(&c, buf, 1000, out[:0])
		}
		for range 20 { // until the window is full
			once()
		}
		if n := testing.AllocsPerRun(100, once); n != 0 {
			t.Errorf("takeover %v: allocs = %v, want 0", takeover, n)
		}
		shared := func() { out = withDeflate(takeover).AppendMessage(out[:0], OpText, buf) }
		if n := testing.AllocsPerRun(100, shared); n != 0 {
			t.Errorf("shared frame: allocs = %v, want 0", n)
		}
	}
}

func TestAppendAllocs(t *testing.T) {
	out := make([]byte, 0, 1<<17)
	payload := make([]byte, 1<<16)
	var client Conn
	client.Init(&Config{Client: true}, Extensions{})
	for name, once := range map[string]func(){
		"frame":  func() { out = AppendFrame(out[:0], OpBinary, true, payload) },
		"header": func() { out = AppendHeader(out[:0], OpBinary, true, len(payload)) },
		"masked": func() { out = client.AppendMessage(out[:0], OpBinary, payload) },
		"close": func() {
			var c Conn
			c.Init(nil, Extensions{})
			out = c.AppendClose(out[:0], CloseGoingAway, "going")
		},
	} {
		if n := testing.AllocsPerRun(100, once); n != 0 {
			t.Errorf("%s: allocs = %v, want 0", name, n)
		}
	}
}
