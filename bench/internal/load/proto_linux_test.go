package load

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"reactor.example/bench/internal/h2wire"
	"reactor.example/bench/internal/httpwire"
	"reactor.example/bench/internal/testserver"
	"reactor.example/bench/internal/wswire"
)

// streamed is a request as HTTP/2 sends it.
func streamed(r h2wire.Request, body int64) Request {
	first, again := r.Blocks()
	return Request{Wire: first, Again: again, Body: body}
}

// message is a frame whose echo is awaited.
func message(n int) Request {
	return Request{Wire: wswire.AppendFrame(nil, wswire.OpBinary, make([]byte, n), false), Body: int64(n)}
}

func TestEveryProtocolIsAnswered(t *testing.T) {
	t.Parallel()
	fresh := httpwire.Request{Path: "/", Host: "x", Close: true}.Append(nil)
	text := []byte(strings.Repeat("Hello, World! ", 70))
	packed := Request{Wire: wswire.AppendFrame(nil, wswire.OpText, wswire.Deflate(text), true), Body: int64(len(text))}
	upgrade := wswire.Upgrade{Path: "/", Host: "x"}.Append(nil)
	deflate := wswire.Upgrade{Path: "/", Host: "x", Deflate: true}.Append(nil)
	h2 := streamed(h2wire.Request{Path: "/", Host: "x"}, 13)
	ws := Mode{Proto: WebSocket}
	for _, tt := range []struct {
		h http.HandlerFunc
		g Group
	}{
		{hello, Group{Name: "TLS", Conns: 4, Mode: Mode{TLS: true}, Main: get("/", 13)}},
		{hello, Group{Name: "TLS, pipelined", Conns: 4, Depth: 8, Mode: Mode{TLS: true}, Main: get("/", 13)}},
		{hello, Group{Name: "TLS, fresh", Conns: 4, Fresh: true, Mode: Mode{TLS: true}, Main: Request{Wire: fresh, Body: 13}}},
		{hello, Group{Name: "TLS, open", Conns: 4, Rate: 300, Mode: Mode{TLS: true}, Main: get("/", 13)}},
		{hello, Group{Name: "streams", Conns: 3, Depth: 20, Mode: Mode{Proto: HTTP2}, Main: h2}},
		{hello, Group{Name: "TLS, streams", Conns: 3, Depth: 20, Mode: Mode{TLS: true, Proto: HTTP2}, Main: h2}},
		{testserver.Echo, Group{Name: "messages", Conns: 4, Mode: ws, Upgrade: upgrade, Main: message(16)}},
		{testserver.Echo, Group{Name: "large messages", Conns: 2, Depth: 2, Mode: ws, Upgrade: upgrade, Main: message(300_000)}},
		{testserver.Echo, Group{Name: "TLS, messages", Conns: 2, Mode: Mode{TLS: true, Proto: WebSocket}, Upgrade: upgrade, Main: message(300_000)}},
		{testserver.Echo, Group{Name: "compressed messages", Conns: 4, Mode: ws, Upgrade: deflate, Deflate: true, Main: packed}},
		{testserver.Echo, Group{Name: "paced messages", Conns: 4, Period: 1e7, Mode: ws, Upgrade: upgrade, Main: message(1)}},
	} {
		t.Run(tt.g.Name, func(t *testing.T) {
			t.Parallel()
			res, err := run(t, testserver.Start(t, tt.g.TLS, tt.h), tt.g)
			if err != nil || res.Errors != (Errors{}) {
				t.Fatalf("error %v, errors %v, want none", err, res.Errors)
			}
			if res.Requests() == 0 || res.Groups[0].Latency.Count() == 0 {
				t.Errorf("%d answers, %d latencies, want some", res.Requests(), res.Groups[0].Latency.Count())
			}
		})
	}
}

func TestWrongAnswersOfEveryProtocol(t *testing.T) {
	t.Parallel()
	refuse := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }
	h2 := streamed(h2wire.Request{Path: "/", Host: "x"}, 14)
	fresh := httpwire.Request{Path: "/", Host: "x", Close: true}.Append(nil)
	upgrade := wswire.Upgrade{Path: "/", Host: "x"}.Append(nil)
	deflate := wswire.Upgrade{Path: "/", Host: "x", Deflate: true}.Append(nil)
	short := message(16)
	short.Body = 15
	for _, tt := range []struct {
		name string
		h    http.HandlerFunc
		g    Group
		kind func(Errors) int64
	}{
		{"TLS, status", refuse, Group{Mode: Mode{TLS: true}, Main: get("/", 13)}, func(e Errors) int64 { return e.Status }},
		{"fresh, status", refuse, Group{Mode: Mode{TLS: true}, Fresh: true, Main: Request{Wire: fresh, Body: 13}}, func(e Errors) int64 { return e.Status }},
		{"fresh, length", hello, Group{Mode: Mode{TLS: true}, Fresh: true, Main: Request{Wire: fresh, Body: 14}}, func(e Errors) int64 { return e.Length }},
		{"stream, status", refuse, Group{Mode: Mode{Proto: HTTP2}, Main: h2}, func(e Errors) int64 { return e.Status }},
		{"stream, length", hello, Group{Mode: Mode{Proto: HTTP2}, Main: h2}, func(e Errors) int64 { return e.Length }},
		{"no upgrade", hello, Group{Mode: Mode{Proto: WebSocket}, Upgrade: upgrade, Main: message(1)}, func(e Errors) int64 { return e.Connect }},
		{"echo, length", testserver.Echo, Group{Mode: Mode{Proto: WebSocket}, Upgrade: upgrade, Main: short}, func(e Errors) int64 { return e.Length }},
		{"echo not compressed", testserver.Echo, Group{Mode: Mode{Proto: WebSocket}, Upgrade: deflate, Deflate: true, Main: message(16)}, func(e Errors) int64 { return e.Status }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.g.Conns = 2
			res, err := run(t, testserver.Start(t, tt.g.TLS, tt.h), tt.g)
			if n := res.Errors.Total(); n == 0 || tt.kind(res.Errors) != n || res.Requests() != 0 {
				t.Errorf("error %v, %d answers, errors %v, want no answer and only errors of this kind", err, res.Requests(), res.Errors)
			}
		})
	}
}

func TestChorusCountsEveryDelivery(t *testing.T) {
	t.Parallel()
	var room testserver.Room
	const members = 20
	res, err := Run(t.Context(), Plan{
		Addr: testserver.Start(t, false, room.Serve), Threads: 1, Warmup: 100 * time.Millisecond, Length: 200 * time.Millisecond,
		Groups: []Group{{
			Conns: members, Chorus: true, Mode: Mode{Proto: WebSocket}, Main: message(5),
			Upgrade: wswire.Upgrade{Path: "/", Host: "x"}.Append(nil),
		}},
	})
	if err != nil || res.Errors != (Errors{}) {
		t.Fatalf("error %v, errors %v, want none", err, res.Errors)
	}
	if n := res.Requests(); n < 2*members {
		t.Errorf("%d deliveries, want several for each of %d members", n, members)
	}
}

func TestTLSToAPlainPortIsAnError(t *testing.T) {
	t.Parallel()
	res, err := run(t, serve(t, hello), Group{Conns: 1, Mode: Mode{TLS: true}, Main: get("/", 13)})
	if res.Errors.Connect == 0 || res.Requests() != 0 {
		t.Errorf("error %v, errors %v, want failed connections", err, res.Errors)
	}
}

func TestIdleSetsOfEveryProtocol(t *testing.T) {
	t.Parallel()
	upgrade := wswire.Upgrade{Path: "/", Host: "x"}.Append(nil)
	h2 := streamed(h2wire.Request{Path: "/", Host: "x"}, 13)
	for _, tt := range []struct {
		h http.HandlerFunc
		m Mode
		r Request
	}{
		{hello, Mode{TLS: true}, get("/", 13)},
		{hello, Mode{Proto: HTTP2}, h2},
		{hello, Mode{Proto: HTTP2, TLS: true}, h2},
		{testserver.Echo, Mode{Proto: WebSocket}, message(16)},
		{testserver.Echo, Mode{Proto: WebSocket, TLS: true}, message(16)},
	} {
		t.Run(fmt.Sprint(tt.m), func(t *testing.T) {
			t.Parallel()
			addr := testserver.Start(t, tt.m.TLS, tt.h)
			set, err := OpenIdle(t.Context(), addr, tt.m, 10, upgrade, tt.r)
			if err != nil {
				t.Fatal(err)
			}
			defer set.Close()
			if n := set.Lost(); n != 0 {
				t.Errorf("%d idle connections lost, want none", n)
			}
			tt.r.Body++
			if wrong, err := OpenIdle(t.Context(), addr, tt.m, 2, upgrade, tt.r); err == nil {
				wrong.Close()
				t.Error("idle connections with a wrong body: no error")
			}
		})
	}
}

func TestUploadsAndDownloadsOverHTTP2(t *testing.T) {
	t.Parallel()
	const n = 20 << 20 // more than our window, and much more than the server's
	body := bytes.Repeat([]byte("x"), 1<<20)
	h := func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			got, _ := io.Copy(io.Discard, r.Body)
			_, _ = fmt.Fprintf(w, "got %d", got)
			return
		}
		for range n / len(body) {
			_, _ = w.Write(body)
		}
	}
	for _, secure := range []bool{false, true} {
		m := Mode{Proto: HTTP2, TLS: secure}
		addr := testserver.Start(t, secure, h)
		c, err := Dial(addr, m, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Do(streamed(h2wire.Request{Path: "/", Host: "x", Secure: secure}, n), nil); err != nil {
			t.Errorf("download: %v", err)
		}
		_ = c.Close()
		if c, err = Dial(addr, m, nil); err != nil {
			t.Fatal(err)
		}
		var got []byte
		first, _ := h2wire.Request{Method: "POST", Path: "/", Host: "x", Length: n, Secure: secure}.Blocks()
		if err := c.Upload(first, n, func(b []byte) { got = append(got, b...) }); err != nil {
			t.Errorf("upload: %v", err)
		}
		if !bytes.Contains(got, fmt.Appendf(nil, "got %d", n)) {
			t.Errorf("answer to the upload lacks its length")
		}
		_ = c.Close()
	}
}

func TestChorusKeepsItsPeriod(t *testing.T) {
	t.Parallel()
	var room testserver.Room
	const members, period = 10, 20 * time.Millisecond
	res, err := Run(t.Context(), Plan{
		Addr: testserver.Start(t, false, room.Serve), Threads: 1, Warmup: 150 * time.Millisecond, Length: 400 * time.Millisecond,
		Groups: []Group{{
			Conns: members, Chorus: true, Period: period, Mode: Mode{Proto: WebSocket}, Main: message(5),
			Upgrade: wswire.Upgrade{Path: "/", Host: "x"}.Append(nil),
		}},
	})
	if err != nil || res.Errors != (Errors{}) {
		t.Fatalf("error %v, errors %v, want none", err, res.Errors)
	}
	if n, most := res.Requests(), int64(res.Elapsed/period+2)*members; n < members || n > most {
		t.Errorf("%d deliveries, want some and at most %d", n, most)
	}
}

func TestDeafSetsLoseWhatTheyDoNotRead(t *testing.T) {
	t.Parallel()
	room := testserver.Room{Ends: true}
	addr := testserver.Start(t, false, room.Serve)
	upgrade := wswire.Upgrade{Path: "/", Host: "x"}.Append(nil)
	deaf, err := OpenDeaf(t.Context(), addr, 3, upgrade)
	if err != nil {
		t.Fatal(err)
	}
	defer deaf.Close()
	c, err := Dial(addr, Mode{Proto: WebSocket}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Upgrade(upgrade); err != nil {
		t.Fatal(err)
	}
	for range 1000 { // more than sockets hold
		if err := c.Do(message(64<<10), nil); err != nil {
			t.Fatalf("who reads is not served beside those who do not: %v", err)
		}
	}
	for _, c := range deaf.clients {
		if err := c.writeAll(make([]byte, 1<<20)); err == nil {
			t.Error("the room has kept a member that reads nothing, want it ended")
		}
	}
}

func TestFarewellTellsHowEveryWebSocketEnded(t *testing.T) {
	t.Parallel()
	const n, goingAway = 5, 1001
	upgrade := wswire.Upgrade{Path: "/", Host: "x"}.Append(nil)
	for name, tt := range map[string]struct {
		end  func(*testserver.Room)
		want func(*Farewell) int
	}{
		"with the code":     {func(r *testserver.Room) { r.Goodbye(goingAway) }, func(f *Farewell) int { return int(f.Told.Count()) }},
		"with another code": {func(r *testserver.Room) { r.Goodbye(1000) }, func(f *Farewell) int { return f.Other }},
		"without a Close":   {(*testserver.Room).Hurry, func(f *Farewell) int { return f.Untold }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var room testserver.Room
			set, err := OpenIdle(t.Context(), testserver.Start(t, false, room.Echo), Mode{Proto: WebSocket}, n, upgrade, message(5))
			if err != nil {
				t.Fatal(err)
			}
			defer set.Close()
			f, err := set.Farewell(t.Context(), goingAway, func() error { tt.end(&room); return nil })
			if err != nil || tt.want(f) != n || f.Unended != 0 {
				t.Errorf("told %d, other %d, untold %d, unended %d, %v; want %d to end this way", f.Told.Count(), f.Other, f.Untold, f.Unended, err, n)
			}
		})
	}
}

func TestIdleWebSocketsAnswerPings(t *testing.T) {
	t.Parallel()
	const n = 3
	upgrade := wswire.Upgrade{Path: "/", Host: "x"}.Append(nil)
	var room testserver.Room
	pongs := make(chan byte, 10)
	addr := testserver.Start(t, false, room.Watch(func(frame []byte) { pongs <- frame[0] & 0x0f }))
	set, err := OpenDeaf(t.Context(), addr, n, upgrade)
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	stop, err := set.AnswerPings()
	if err != nil {
		t.Fatal(err)
	}
	for room.Members() < n {
		runtime.Gosched()
	}
	for range 2 {
		room.Ping()
		for range n {
			select {
			case op := <-pongs:
				if op != wswire.OpPong {
					t.Errorf("a ping was answered with opcode %#x, want a pong", op)
				}
			case <-time.After(patience):
				t.Fatal("a ping was not answered")
			}
		}
	}
	stop()
	if lost := set.Lost(); lost != 0 {
		t.Errorf("%d lost, want none: they only answered", lost)
	}
	room.Goodbye(1001)
	for end := time.Now().Add(patience); set.Lost() < n; runtime.Gosched() {
		if time.Now().After(end) {
			t.Fatalf("%d lost, want %d: a Close is no ping", set.Lost(), n)
		}
	}
}
