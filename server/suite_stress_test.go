package server

import (
	"os"
	"strings"
	"sync"
	"testing"
)

// The original's suite "stress". It was recorded as passed whatever happened;
// here every one of the clients has to be served.
func TestThousandClientsAtOnceAreAllServed(t *testing.T) {
	const clients, each = 1000, 3
	before := openDescriptors(t)
	g := newRig(t, Config{MaxConnections: clients + 10}, func(s *Server) { s.Post("/echo", echo) })
	var all, connected, wg sync.WaitGroup
	all.Add(1)
	for i := range clients {
		wg.Add(1)
		connected.Add(1)
		go func() {
			defer wg.Done()
			c, err := g.tryDial()
			connected.Done()
			all.Wait()
			if err != nil {
				t.Errorf("client %d: %v", i, err)
				return
			}
			defer c.Close()
			for n := range each {
				body := strings.Repeat("client "+itoa(i)+" request "+itoa(n)+" ", 1+i%50)
				c.Write([]byte(post("/echo", body)))
				if a, err := c.tryAnswer("POST"); err != nil || a.StatusCode != 200 || a.body != body {
					t.Errorf("client %d: answer = %.50q, %v", i, a.body, err)
					return
				}
			}
		}()
	}
	connected.Wait()
	g.await("all are connected", func(st Stats) bool { return st.Connections.Active == clients })
	if n := openDescriptors(t); n > before+2*clients+100 {
		t.Errorf("%d descriptors are open for %d connections", n-before, clients)
	}
	all.Done()
	wg.Wait()
	g.await("all are gone", func(st Stats) bool { return st.Connections.Active == 0 })
	st := g.stats()
	if st.Requests.Total != clients*each || st.Connections.Shed != 0 || st.Requests.Refused != 0 {
		t.Errorf("requests = %+v, connections = %+v, want %d requests and none refused", st.Requests, st.Connections, clients*each)
	}
	if err := g.shutdown(); err != nil {
		t.Errorf("Shutdown = %v", err)
	}
	if n := openDescriptors(t); n > before+20 {
		t.Errorf("%d descriptors are left, there were %d", n, before)
	}
}

// openDescriptors counts the descriptors of this process, where the system
// tells.
func openDescriptors(t *testing.T) int {
	for _, dir := range []string{"/proc/self/fd", "/dev/fd"} {
		if entries, err := os.ReadDir(dir); err == nil {
			return len(entries)
		}
	}
	t.Log("this system does not tell the open descriptors")
	return 0
}
