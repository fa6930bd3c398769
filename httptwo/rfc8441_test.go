package httptwo

import (
	"strings"
	"testing"
	"time"

	"reactor.example/httptwo/internal/frame"
)

// tunnel opens a stream by an extended CONNECT, and answers it.
func (c *client) tunnel(id uint32, src Source) *Stream {
	c.t.Helper()
	c.send(frame.AppendHeaders(nil, id, false, true, c.fields(":method", "CONNECT", ":protocol", "websocket",
		":scheme", "https", ":path", "/", ":authority", "a")))
	st := c.streams[id]
	if err := c.s.SendHead(st, &ReplyHead{Status: 200, ContentLength: -1}, false); err != nil {
		c.t.Fatal(err)
	}
	c.s.Tunnel(st)
	c.s.SetSource(st, src)
	c.flush(1 << 30)
	c.sent, c.events = nil, nil
	return st
}

// RFC 8441, section 5: END_STREAM is what FIN is to TCP, for one direction.
func TestTunnelEndsEachDirectionByItself(t *testing.T) {
	t.Parallel()
	c := connect(t, Config{EnableConnectProtocol: true})
	src := &text{left: "hello"}
	st := c.tunnel(1, src)
	src.left, src.end = "bye", true
	c.s.Wake(st)
	c.flush(1 << 30)
	c.wantSent(`DATA 1 "bye" end`)
	if st.State() != StateHalfClosedLocal {
		t.Fatalf("state %v", st.State())
	}
	c.s.Wake(st) // has nothing left to ask
	c.send(data(1, false, "still"), data(1, true, " here"))
	c.wantEvents(`data 1 "still"`, `data 1 " here"`, "end 1")
	c.wantSent()
	if st.State() != StateClosed {
		t.Errorf("state %v", st.State())
	}
	c.s.Release(st)

	src = &text{}
	st = c.tunnel(3, src)
	c.send(data(3, true, "first"))
	c.wantEvents(`data 3 "first"`, "end 3")
	src.left, src.end = "last", true
	c.s.Wake(st)
	c.flush(1 << 30)
	c.wantSent(`DATA 3 "last" end`)
	c.s.Release(st)
	if c.s.Streams() != 0 || c.err != nil {
		t.Errorf("%d streams, %v", c.s.Streams(), c.err)
	}
}

// Who lets go of a tunnel ends the client's direction: without an error if our
// own was ended.
func TestTunnelReleased(t *testing.T) {
	t.Parallel()
	c := connect(t, Config{EnableConnectProtocol: true})
	src := &text{}
	st := c.tunnel(1, src)
	src.end = true
	c.s.Wake(st)
	c.flush(1 << 30)
	c.s.Release(st)
	c.flush(1 << 30)
	c.wantSent(`DATA 1 "" end`, "RST_STREAM 1 NO_ERROR")

	st = c.tunnel(3, &text{})
	c.s.Reset(st, Cancel)
	c.s.Release(st)
	c.send(data(3, false, "on its way"))
	c.wantSent("RST_STREAM 3 CANCEL")
	c.wantEvents()
	if c.s.Streams() != 0 || c.err != nil {
		t.Errorf("%d streams, %v", c.s.Streams(), c.err)
	}
}

// A window that its client keeps closed ends a request and no tunnel, whose ends
// see by their own means whether the other is there.
func TestTunnelIsNotTimedForItsWindow(t *testing.T) {
	t.Parallel()
	c := connect(t, Config{EnableConnectProtocol: true}, setting(frame.SettingInitialWindowSize, 10))
	src := &text{}
	tunnel := c.tunnel(1, src)
	src.left = strings.Repeat("x", 100)
	c.s.Wake(tunnel)
	c.send(c.get(3))
	c.start(3, &text{left: strings.Repeat("x", 100)})
	request := c.streams[3]
	for range 4 * defaultStallTimeout / time.Second {
		c.now += time.Second
		if err := c.s.Tick(c.now); err != nil {
			t.Fatal(err)
		}
		c.flush(1 << 30)
	}
	if tunnel.State() != StateOpen || request.State() != StateClosed {
		t.Errorf("the tunnel is %v, the request %v", tunnel.State(), request.State())
	}
	c.send(update(1, 100))
	c.flush(1 << 30)
	if src.left != "" {
		t.Errorf("%d octets have not left the tunnel", len(src.left))
	}
}
