package server

import (
	"encoding/json"
	"io"
	"strings"
	"testing"
)

// pingFlood is more PING frames than the ledger allows, behind the preface.
func pingFlood() []byte {
	ping := twoBytes(twoPing, 0, 0, "12345678")
	return []byte(http2Preface + twoBytes(twoSettings, 0, 0, "") + strings.Repeat(ping, 300))
}

// What the flood ledger catches shows in /stats, added up over all loops; an
// observed flood is counted and goes on.
func TestStatsCountWhatHTTP2ClientsDoWrong(t *testing.T) {
	t.Parallel()
	g := newRig(t, Config{StatsEndpoint: true, WorkerThreads: 2}, nil)
	const floods = 5
	for range floods {
		c := g.dial()
		go c.Write(pingFlood())
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
	go c.Write(pingFlood())
	g.await("a flood that is counted", func(st Stats) bool { return st.HTTP2["pings"] == 1 })
	// 300 answers come behind our SETTINGS and its acknowledgement.
	if _, err := io.CopyN(io.Discard, c, 300*(9+8)); err != nil {
		t.Errorf("the connection was cut: %v", err)
	}
	if st := g.stats(); st.HTTP2["connection_errors"] != 0 {
		t.Errorf("counted %v", st.HTTP2)
	}
}
