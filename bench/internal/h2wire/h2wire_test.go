package h2wire

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// put makes a frame.
func put(typ, flags byte, id uint32, payload string) string {
	return string(appendFrame(nil, len(payload), typ, flags, id)) + payload
}

// opened returns a connection with n open streams and an empty Out.
func opened(t *testing.T, n int) *Conn {
	t.Helper()
	c := new(Conn)
	c.Start(1<<20, 16)
	first, again := Request{Path: "/", Host: "h"}.Blocks()
	for i := range n {
		block := again
		if i == 0 {
			block = first
		}
		if _, err := c.Open(block, true, int64(i)); err != nil {
			t.Fatal(err)
		}
	}
	c.Out = c.Out[:0]
	return c
}

// feed gives all of in to c, step bytes at a time.
func feed(c *Conn, in string, step int) (got []Ending, err error) {
	for rest := []byte(in); len(rest) > 0; {
		k := min(step, len(rest))
		for b := rest[:k]; len(b) > 0; {
			n, end, ended, err := c.Feed(b)
			if err != nil {
				return got, err
			}
			if !ended && n != len(b) {
				return got, fmt.Errorf("%d of %d bytes taken without an end", n, len(b))
			}
			if ended {
				got = append(got, end)
			}
			b = b[n:]
		}
		rest = rest[k:]
	}
	return got, nil
}

func TestStreamsAtEverySplit(t *testing.T) {
	t.Parallel()
	in := put(typeSettings, 0, 0, "\x00\x03\x00\x00\x00\x64\x00\x04\x00\x01\x00\x00") +
		put(typeSettings, flagAck, 0, "") +
		put(typeHeaders, flagEndHeaders, 1, "\x88\x5c\x0213") +
		put(typeHeaders, flagEndHeaders, 3, "\x48\x03103") + // interim, as a literal
		put(typeData, 0, 1, "Hello, ") +
		put(typePing, 0, 0, "12345678") +
		put(typeHeaders, 0, 3, "\x3f\xe1\x1f\x8d") + put(typeContinuation, flagEndHeaders, 3, "xyz") +
		put(typeData, flagEndStream, 1, "World!") +
		put(typeWindowUpdate, 0, 0, "\x00\x00\x10\x00") +
		put(typeData, flagPadded, 3, "\x02abcde..") +
		put(typeHeaders, flagEndHeaders|flagEndStream, 3, "\x00\x01a\x01b") + // trailers
		put(typeRST, 0, 5, "\x00\x00\x00\x08") +
		put(typeHeaders, flagEndHeaders|flagEndStream|flagPadded|flagPriority, 7, "\x01\x00\x00\x00\x00\x10\x48\x82\x10\x01.") +
		put(0xbe, 0, 0, "unknown") +
		put(typeGoAway, 0, 0, "\x00\x00\x00\x07\x00\x00\x00\x00bye")
	want := []Ending{
		{ID: 1, Status: 200, Body: 13, Tag: 0},
		{ID: 3, Status: 404, Body: 5, Tag: 1},
		{ID: 5, Status: 0, Body: 0, Tag: 2},
		{ID: 7, Status: 200, Body: 0, Tag: 3},
	}
	// 302 in five and six bits: 3 is 011001, 0 is 00000, 2 is 00010.
	in = strings.Replace(in, "\x48\x82\x10\x01", "\x48\x82\x64\x02", 1)
	want[3].Status = 302
	for _, step := range []int{1, 2, 5, 9, 10, len(in)} {
		c := opened(t, 4)
		got, err := feed(c, in, step)
		if err != nil {
			t.Fatalf("%d bytes at a time: %v", step, err)
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%d bytes at a time: %v, want %v", step, got, want)
		}
		if out, want := string(c.Out), put(typeSettings, flagAck, 0, "")+put(typePing, flagAck, 0, "12345678"); out != want {
			t.Errorf("%d bytes at a time: sent %q, want %q", step, out, want)
		}
		if !c.Leaving() || c.MaxStreams() != 100 || c.Live() != 0 || c.credit != defaultWindow+4096 || c.initial != 65536 {
			t.Errorf("%d bytes at a time: leaving %t, %d streams allowed, %d live, credit %d, window %d",
				step, c.Leaving(), c.MaxStreams(), c.Live(), c.credit, c.initial)
		}
	}
}

func TestWrongFrames(t *testing.T) {
	t.Parallel()
	big := strings.Repeat("x", maxFrame)
	for _, tt := range []struct {
		name, in string
		want     error
	}{
		{"too large", put(typeData, 0, 1, big+"x"), ErrFrame},
		{"push", put(typePushPromise, 0, 1, "\x00\x00\x00\x02"), ErrFrame},
		{"block interrupted", put(typeHeaders, 0, 1, "\x88") + put(typePing, 0, 0, "12345678"), ErrFrame},
		{"continuation of nothing", put(typeContinuation, 0, 1, ""), ErrFrame},
		{"stream that is not open", put(typeData, 0, 9, ""), ErrStream},
		{"stream that has ended", put(typeData, flagEndStream, 1, "") + put(typeData, 0, 1, ""), ErrStream},
		{"padding beyond the frame", put(typeData, flagPadded, 1, "\x05abc"), ErrFrame},
		{"half a setting", put(typeSettings, 0, 0, "abc"), ErrFrame},
		{"a table too small for requests", put(typeSettings, 0, 0, "\x00\x01\x00\x00\x00\x00"), ErrTable},
		{"gone away for a reason", put(typeGoAway, 0, 0, "\x00\x00\x00\x00\x00\x00\x00\x0b"), GoAwayError{Code: 11}},
	} {
		if _, err := feed(opened(t, 2), tt.in, len(tt.in)); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

func TestWindowIsOpenedAgain(t *testing.T) {
	t.Parallel()
	c := opened(t, 1)
	in := strings.Repeat(put(typeData, 0, 1, strings.Repeat("x", maxFrame)), 1<<20/maxFrame)
	if _, err := feed(c, in+in, 10_000); err != nil {
		t.Fatal(err)
	}
	if got := len(c.Out) / (frameHead + 4); got != 6 {
		t.Errorf("%d window updates for two windows of data, want three for stream and connection each", got)
	}
	c.window = 1 << 10
	if _, err := feed(c, put(typeData, 0, 1, strings.Repeat("x", 2<<10)), 100_000); !errors.Is(err, ErrWindow) {
		t.Errorf("more than the window: %v, want %v", err, ErrWindow)
	}
}

func TestSendObeysWindows(t *testing.T) {
	t.Parallel()
	c := opened(t, 1)
	b := make([]byte, 2*defaultWindow)
	sent := 0
	for n := c.Send(1, b, true); n > 0; n = c.Send(1, b[sent:], true) {
		sent += n
	}
	if sent != defaultWindow {
		t.Errorf("%d bytes sent, want the window of %d", sent, defaultWindow)
	}
	in := put(typeWindowUpdate, 0, 0, "\x00\x00\x00\x07") + put(typeWindowUpdate, 0, 1, "\x00\x00\x00\x05")
	if _, err := feed(c, in, len(in)); err != nil {
		t.Fatal(err)
	}
	if n := c.Send(1, b, false); n != 5 {
		t.Errorf("%d bytes sent after an update, want 5", n)
	}
}

func TestStreamThatIsOvertakenTooLong(t *testing.T) {
	t.Parallel()
	c := opened(t, 16)
	if _, err := c.Open(nil, false, 0); !errors.Is(err, ErrStarve) {
		t.Errorf("Open = %v, want %v", err, ErrStarve)
	}
}

// TestAgainstTheStandardLibrary sends requests to net/http and reads its
// answers.
func TestAgainstTheStandardLibrary(t *testing.T) {
	t.Parallel()
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		if r.Host != "example.test" || r.URL.Path != "/some/path" || int64(len(b)) != max(r.ContentLength, 0) {
			w.WriteHeader(http.StatusTeapot)
		}
		_, _ = w.Write(make([]byte, 100_000))
	}))
	srv.Config.Protocols = new(http.Protocols)
	srv.Config.Protocols.SetUnencryptedHTTP2(true)
	srv.Start()
	t.Cleanup(srv.Close)
	conn, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	var c Conn
	c.Start(1<<20, Ahead)
	get := Request{Path: "/some/path", Host: "example.test"}
	first, again := get.Blocks()
	for range 3 {
		block := again
		if c.First() {
			block = first
		}
		if _, err := c.Open(block, false, 7); err != nil {
			t.Fatal(err)
		}
	}
	post := get
	post.Method, post.Length = "POST", 11
	_, block := post.Blocks()
	id, err := c.Open(block, true, 7)
	if err != nil {
		t.Fatal(err)
	}
	if n := c.Send(id, []byte("hello hello"), true); n != 11 {
		t.Fatalf("%d bytes sent, want 11", n)
	}
	b := make([]byte, 4096)
	for c.Live() > 0 {
		if _, err := conn.Write(c.Out); err != nil {
			t.Fatal(err)
		}
		c.Out = c.Out[:0]
		n, err := conn.Read(b)
		if err != nil {
			t.Fatal(err)
		}
		for rest := b[:n]; len(rest) > 0; {
			n, end, ended, err := c.Feed(rest)
			if err != nil {
				t.Fatal(err)
			}
			if ended && (end.Status != 200 || end.Body != 100_000 || end.Tag != 7) {
				t.Errorf("ending %+v, want status 200 and 100,000 bytes", end)
			}
			rest = rest[n:]
		}
	}
}

func FuzzFeed(f *testing.F) {
	f.Add(put(typeSettings, 0, 0, "")+put(typeHeaders, flagEndHeaders, 1, "\x88")+put(typeData, flagEndStream, 1, "x"), 3)
	f.Fuzz(func(t *testing.T, in string, step int) {
		a, errA := feed(opened(t, 4), in, max(len(in), 1))
		b, errB := feed(opened(t, 4), in, max(step, 1))
		if fmt.Sprint(a, errA) != fmt.Sprint(b, errB) {
			t.Errorf("all at once: %v, %v; %d at a time: %v, %v", a, errA, step, b, errB)
		}
	})
}
