package server

import (
	"strings"
	"testing"
)

// What only sending finds out about a client ends the connection like all else:
// nobody waits for what the client says next.
func TestHTTP2FloodThatSendingFindsEndsTheConnection(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{IdleTimeout: Off}, func(s *Server) {
		s.Get("/whole", func(w *Response, _ *Request) { w.Bytes(200, "", make([]byte, 100<<10)) })
		s.Get("/streams", func(w *Response, _ *Request) { w.Write(make([]byte, 200<<10)) })
	})
	for _, path := range []string{"/whole", "/streams"} {
		c := g.dialTwo(twoSetting(4, 1)) // SETTINGS_INITIAL_WINDOW_SIZE
		c.send(twoGet(1, path))
		for range 100_000 {
			f, err := c.frame()
			if err != nil {
				t.Fatal(err)
			}
			if f.kind == twoGoAway {
				break
			}
			if f.kind == twoData && c.r.Buffered() == 0 {
				c.send(twoBytes(twoWindow, 0, 1, twoNumber(1)))
			}
		}
		c.wantOver()
	}
	g.await("the end", func(st Stats) bool { return st.Connections.ActiveHTTP2 == 0 && st.Requests.Active == 0 })
}

func TestHTTP2SettingsOutOfRangeAreRefused(t *testing.T) {
	t.Parallel()
	for key, cfg := range map[string]HTTP2Config{
		"http2.initial_window_size": {InitialWindowSize: 1 << 31},
		"http2.max_window_size":     {MaxWindowSize: 1 << 31},
		"http2.max_frame_size":      {MaxFrameSize: 16383},
	} {
		if _, err := New(Config{HTTP2: cfg}); err == nil || !strings.Contains(err.Error(), key) {
			t.Errorf("%+v: error %v, want one about %s", cfg, err, key)
		}
		cfg.Disabled = true
		if _, err := New(Config{HTTP2: cfg}); err != nil {
			t.Errorf("%+v: %v", cfg, err)
		}
	}
}
