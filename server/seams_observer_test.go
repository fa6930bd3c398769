package server

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// A diary writes down what an Observer is told.
type diary struct {
	mu    sync.Mutex
	lines []string
	ends  []RequestEnd
	lags  int
}

func (d *diary) add(format string, args ...any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = append(d.lines, fmt.Sprintf(format, args...))
}

// read returns what has been written so far.
func (d *diary) read() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.lines)
}

func (d *diary) observer() Observer {
	request := func(i RequestInfo) string {
		return fmt.Sprintf("%d %s %s %s %s", i.Conn.ID, i.Method, i.Target, i.Pattern, i.Proto)
	}
	return Observer{
		Accepted:     func(c ConnInfo) { d.add("accepted %d %v", c.ID, c.Remote.Addr()) },
		RequestHead:  func(i RequestInfo) { d.add("request %s", request(i)) },
		ResponseHead: func(i RequestInfo, status int) { d.add("response %s %d", request(i), status) },
		RequestEnd: func(e RequestEnd) {
			d.add("end %s %d in %d out %d %v", request(e.RequestInfo), e.Status, e.BytesIn, e.BytesOut, e.Err)
			d.mu.Lock()
			d.ends = append(d.ends, e)
			d.mu.Unlock()
		},
		Closed:   func(c ConnInfo, _ error) { d.add("closed %d", c.ID) },
		LimitHit: func(name string) { d.add("limit %s", name) },
		LoopLag: func(int, time.Duration, int) {
			d.mu.Lock()
			d.lags++
			d.mu.Unlock()
		},
	}
}

func TestObserverIsToldEverythingInOrder(t *testing.T) {
	t.Parallel()
	var d diary
	lab, s := newLab(t, Config{Observer: d.observer(), RequestTimeout: 10 * time.Second}, func(s *Server) {
		s.Post("/items/:id", func(w *Response, r *Request) {
			b, _ := readAll(r)
			w.Text(201, "got "+string(b))
		})
		s.Get("/stream", func(w *Response, _ *Request) {
			w.WriteString("one")
			w.Flush()
			w.WriteString("two")
		})
		s.Get("/panic", func(*Response, *Request) { panic("no") })
	})
	_ = s
	p := lab.Dial()
	p.Send("POST /items/7?x HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello")
	lab.Run()
	p.Send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n")
	lab.Settle()
	p.Send("GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n")
	lab.Run()
	p.Send("GET /late HTTP/1.1\r\n")
	lab.Advance(11 * time.Second)
	p.CloseWrite()
	lab.Run()
	q := lab.Dial()
	q.Send("GET /panic HTTP/1.1\r\nHost: x\r\n\r\n")
	lab.Settle()
	q.CloseWrite()
	lab.Run()

	want := strings.Split(strings.TrimSpace(`
accepted 1 198.51.100.7
request 1 POST /items/7?x /items/:id HTTP/1.1
response 1 POST /items/7?x /items/:id HTTP/1.1 201
end 1 POST /items/7?x /items/:id HTTP/1.1 201 in 5 out 9 <nil>
request 1 GET /stream /stream HTTP/1.1
response 1 GET /stream /stream HTTP/1.1 200
end 1 GET /stream /stream HTTP/1.1 200 in 0 out 6 <nil>
request 1 GET /nowhere  HTTP/1.1
response 1 GET /nowhere  HTTP/1.1 404
end 1 GET /nowhere  HTTP/1.1 404 in 0 out 14 <nil>
limit request_timeout_sec
end 1     408 in 0 out 0 httpone: request did not arrive in time (RFC 9110 15.5.9)
closed 1
accepted 2 198.51.100.7
request 2 GET /panic /panic HTTP/1.1
response 2 GET /panic /panic HTTP/1.1 500
end 2 GET /panic /panic HTTP/1.1 500 in 0 out 26 <nil>
closed 2`), "\n")
	if got := d.read(); !slices.Equal(got, want) {
		t.Errorf("told\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if d.lags == 0 {
		t.Error("not told of the lag of the loop")
	}
}

func TestObserverIsToldWhyARequestEnded(t *testing.T) {
	t.Parallel()
	var d diary
	lab, _ := newLab(t, Config{Observer: d.observer()}, func(s *Server) {
		s.With(Settings{Blocking: Always}).Get("/", func(_ *Response, r *Request) { <-r.Context().Done() })
	})
	p := lab.Dial()
	p.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	lab.Run()
	p.Reset()
	lab.Settle()
	if len(d.ends) != 1 || d.ends[0].Err != ErrClientGone || d.ends[0].Status != 0 || !d.ends[0].Moved {
		t.Errorf("ends = %+v", d.ends)
	}
}

func TestObserverIsToldOfTheLagOnceASecond(t *testing.T) {
	t.Parallel()
	var d diary
	lab, _ := newLab(t, Config{Observer: d.observer()}, func(s *Server) { s.Get("/", hello) })
	p := lab.Dial()
	for range 10 {
		p.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		lab.Run()
		p.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		lab.Advance(time.Second)
	}
	if d.lags < 10 || d.lags > 11 {
		t.Errorf("told %d times in ten seconds", d.lags)
	}
	lab.Advance(10 * time.Second)
	if d.lags > 11 {
		t.Error("told by a loop that was idle")
	}
}
