package server

import (
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"
)

// The preface, empty SETTINGS, and a PING (RFC 9113, sections 3.4, 6.5, 6.7).
const (
	rawPreface  = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
	rawSettings = "\x00\x00\x00\x04\x00\x00\x00\x00\x00"
	rawPing     = "\x00\x00\x08\x06\x00\x00\x00\x00\x0012345678"
)

// What the flood ledger catches shows in /stats, added up over all loops; an
// observed flood is counted and goes on.
func TestStatsCountWhatHTTP2ClientsDoWrong(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{StatsEndpoint: true, WorkerThreads: 2}, nil)
	const floods = 5
	for range floods {
		c := g.dial()
		c.SetDeadline(time.Now().Add(patience))
		go c.Write([]byte(rawPreface + rawSettings + strings.Repeat(rawPing, 300)))
		io.Copy(io.Discard, c) // to the end that the server makes
	}
	var st struct{ HTTP2 map[string]uint64 }
	if err := json.Unmarshal([]byte(g.get("/stats").body), &st); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]uint64{"pings": floods, "connection_errors": floods, "resets": 0, "refused_streams": 0, "stalled_streams": 0} {
		if got, ok := st.HTTP2[name]; got != want || !ok {
			t.Errorf("http2.%s = %d (%t), want %d", name, got, ok, want)
		}
	}
}

func TestStatsCountWhatIsOnlyObserved(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{HTTP2: HTTP2Config{FloodObserve: true}}, nil)
	c := g.dial()
	c.SetDeadline(time.Now().Add(patience))
	go func() {
		c.Write([]byte(rawPreface + rawSettings + strings.Repeat(rawPing, 300)))
	}()
	g.await("a flood that is counted", func(st Stats) bool { return st.HTTP2["pings"] == 1 })
	// 300 answers come behind our SETTINGS and its acknowledgement.
	if _, err := io.CopyN(io.Discard, c, 300*int64(len(rawPing))); err != nil {
		t.Errorf("the connection was cut: %v", err)
	}
	if st := g.stats(); st.HTTP2["connection_errors"] != 0 {
		t.Errorf("counted %v", st.HTTP2)
	}
}
