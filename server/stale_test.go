package server

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// A gossip calls every method of a Request and a Response again and again,
// also when the handler that they belong to has long returned and others use
// the same memory. What it gets is of its own request or nothing.
type gossip struct {
	id    string
	w     *Response
	r     *Request
	fault func(format string, args ...any)
}

// own fails unless s, if there is one, is of the gossip's own request.
func (g gossip) own(what, s string) {
	if s != "" && !strings.Contains(s, g.id) {
		g.fault("request %s: %s gave %q", g.id, what, s)
	}
}

func (g gossip) read() {
	w, r := g.w, g.r
	g.own("Target", r.Target())
	g.own("RawPath", r.RawPath())
	g.own("Path", r.Path())
	g.own("RawQuery", r.RawQuery())
	g.own("Host", r.Host())
	g.own("Param", r.Param("id"))
	g.own("Query", r.Query().Get("q"))
	g.own("Header", r.Header().Get("X-Id"))
	for _, v := range r.Header().Values("x-id") {
		g.own("Header.Values", v)
	}
	cookie, _ := r.Cookie("id")
	g.own("Cookie", cookie)
	if v, ok := r.Value("id").(string); ok {
		g.own("Value", v)
	}
	g.own("Trailer", r.Trailer().Get("x-id"))
	g.own("response Header", w.Header().Get("X-Id"))
	g.own("response Trailer", w.Trailer().Get("X-Id"))
	r.Method()
	r.Scheme()
	r.Proto()
	r.Pattern()
	r.ContentLength()
	r.Cookies()
	r.ConnInfo()
	r.RemoteAddr()
	r.LocalAddr()
	r.Context().Err()
	r.Hold().Release()
	w.StatusCode()
	b := make([]byte, 64)
	if n, _ := r.Body.Read(b); n > 0 && len(bytes.Trim(b[:n], "id-0123456789 "+g.id)) > 0 {
		g.fault("request %s: Body gave %q", g.id, b[:n])
	}
}

func (g gossip) write(i int) {
	w, r := g.w, g.r
	text := "[" + g.id + "]"
	r.SetValue("id", g.id)
	r.Header().Set("X-Id", g.id)
	r.Header().Add("X-Leak", g.id)
	r.Header().Del("X-Leak")
	w.Header().Set("X-Id", g.id)
	w.Header().Add("X-More", g.id)
	w.Header().Del("X-More")
	w.Trailer().Set("X-Id", g.id)
	switch i % 8 {
	case 0:
		io.WriteString(w, text)
	case 1:
		w.Flush()
	case 2:
		w.Text(200, text)
	case 3:
		w.Status(202)
	case 4:
		w.JSON(201, text)
	case 5:
		w.Interim(103, Field{Name: "X-Id", Value: g.id})
	case 6:
		w.Write(bytes.Repeat([]byte(text), 2000))
	case 7:
		r.Body.Close()
	}
}

// No use of a Request or a Response after its handler has returned does
// anything, or shows anything of another request.
func TestStaleRequestsSeeNothing(t *testing.T) {
	withProcs(t, []int{1, 2, 8}, testStaleRequests)
}

func testStaleRequests(t *testing.T) {
	const clients, each = 8, 60
	var leaked sync.WaitGroup
	leaked.Add(2 * clients * each)
	var faults atomic.Int32
	fault := func(format string, args ...any) {
		if faults.Add(1) < 10 {
			t.Errorf(format, args...)
		}
	}
	g := newRig(t, Config{WorkerThreads: 1, InlineBody: 64}, func(s *Server) {
		s.Post("/:id", func(w *Response, r *Request) {
			talk := gossip{id: r.Param("id"), w: w, r: r, fault: fault}
			r.SetValue("id", talk.id)
			ctx := r.Context() // ends with the claim of the handler
			for part := range 2 {
				go func() {
					defer leaked.Done()
					for i := range 40 {
						if part == 0 {
							talk.read()
							continue
						}
						if i == 0 {
							<-ctx.Done() // or it would spoil its own answer
							if _, err := w.Write([]byte("x")); err != ErrFinished {
								fault("Write after the end: %v, want ErrFinished", err)
							}
							if _, err := r.Body.Read(make([]byte, 1)); err != ErrFinished {
								fault("Read after the end: %v, want ErrFinished", err)
							}
						}
						talk.write(i)
					}
				}()
			}
			w.Header().Set("X-Id", talk.id)
			for range 3 {
				io.WriteString(w, talk.id+" ")
				if strings.HasSuffix(talk.id, "7-") {
					w.Flush()
				}
			}
		})
	})
	var wg sync.WaitGroup
	for n := range clients {
		wg.Go(func() {
			c, err := g.tryDial()
			if err != nil {
				t.Errorf("dial: %v", err)
				return
			}
			defer c.Close()
			for i := range each {
				id := fmt.Sprintf("id-%d-%d-", n, i)
				body := strings.Repeat(id, 1+i%30)
				io.WriteString(c, "POST /"+id+"?q="+id+" HTTP/1.1\r\nHost: "+id+"\r\nX-Id: "+id+"\r\nCookie: id="+id+
					"\r\nContent-Length: "+itoa(len(body))+"\r\n\r\n"+body)
				a, err := c.tryAnswer("POST")
				if err != nil {
					t.Errorf("request %s: %v", id, err)
					return
				}
				if want := strings.Repeat(id+" ", 3); a.StatusCode != 200 || a.body != want || a.Header.Get("X-Id") != id || len(a.Header["X-More"]) > 0 {
					fault("request %s: answer = %d %v %.200q", id, a.StatusCode, a.Header, a.body)
				}
			}
		})
	}
	wg.Wait()
	quiet := newSignal()
	go func() {
		leaked.Wait()
		close(quiet)
	}()
	quiet.wait(t, "the gossips fall silent")
	g.await("nothing is left", func(st Stats) bool { return st.Requests.Active == 0 })
}
