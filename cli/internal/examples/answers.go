package examples

import (
	"fmt"
	"strconv"
	"sync/atomic"
	"time"

	"reactor.example/server"
)

// Bounds of the arguments.
const (
	maxBytes   = 4 << 30
	maxSleepMS = 60_000
	maxSpinMS  = 10_000
	maxDrips   = 6_000 // ten minutes
)

// dripPause is the time between two lines of /drip.
const dripPause = 100 * time.Millisecond

// argument is the number in the path, or ok is false and 400 was answered.
func argument(w *server.Response, r *server.Request, name string, most int64) (n int64, ok bool) {
	n, err := strconv.ParseInt(r.Param(name), 10, 64)
	if err != nil || n < 0 || n > most {
		w.Text(400, fmt.Sprintf("%s must be a number from 0 to %d\n", name, most))
		return 0, false
	}
	return n, true
}

var helloWorld = []byte("Hello, World!")

func plaintext(w *server.Response, _ *server.Request) { w.Bytes(200, "text/plain", helloWorld) }

// A message is what /json encodes.
type message struct {
	Message string `json:"message"`
}

func jsonMessage(w *server.Response, _ *server.Request) { w.JSON(200, message{"Hello, World!"}) }

func sleep(w *server.Response, r *server.Request) {
	if ms, ok := argument(w, r, "ms", maxSleepMS); ok {
		time.Sleep(time.Duration(ms) * time.Millisecond)
		w.Text(200, fmt.Sprintf("slept %d ms\n", ms))
	}
}

func spin(w *server.Response, r *server.Request) {
	ms, ok := argument(w, r, "ms", maxSpinMS)
	if !ok {
		return
	}
	begin, rounds, x := time.Now(), 0, uint64(1)
	for time.Since(begin) < time.Duration(ms)*time.Millisecond {
		for range 1000 {
			x ^= x << 13
			x ^= x >> 7
			x ^= x << 17
		}
		rounds++
	}
	w.Text(200, fmt.Sprintf("computed %d ms: %d rounds, %x\n", ms, rounds, x))
}

// mixed counts the requests of one server.
type mixed struct{ requests atomic.Uint64 }

func (m *mixed) serve(w *server.Response, _ *server.Request) {
	if m.requests.Add(1)%100 == 0 {
		time.Sleep(50 * time.Millisecond)
	}
	w.Bytes(200, "text/plain", helloWorld)
}

// drip stops when the client has gone: its context is done, or a write fails.
func drip(w *server.Response, r *server.Request) {
	n, ok := argument(w, r, "n", maxDrips)
	if !ok {
		return
	}
	w.Header().Set("content-type", "text/plain; charset=utf-8")
	gone := r.Context().Done()
	for i := range n {
		if i > 0 {
			select {
			case <-gone:
				return
			case <-time.After(dripPause):
			}
		}
		if _, err := fmt.Fprintf(w, "line %d of %d\n", i+1, n); err != nil || w.Flush() != nil {
			return
		}
	}
}
