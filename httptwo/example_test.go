package httptwo_test

import (
	"fmt"
	"time"

	"golang.org/x/net/http2/hpack"
	"reactor.example/httptwo"
)

// A body that is all there. Real ones read from somewhere, and call Wake when
// more has come.
type body struct{ left string }

func (b *body) AppendData(dst []byte, limit int) (out []byte, more, end bool, trailers []httptwo.Field) {
	n := min(limit, len(b.left))
	dst = append(dst, b.left[:n]...)
	b.left = b.left[n:]
	return dst, b.left != "", b.left == "", nil
}

// One turn of a connection: what was received goes in, what is to be sent comes
// out.
func Example() {
	var cfg httptwo.Config // the defaults; one for each loop
	now := time.Duration(0)
	s := httptwo.NewSession(&cfg, now)

	received := request("GET", "/hello")
	for {
		event, n, err := s.Next(received, now)
		if err != nil { // a *httptwo.ConnError: send the output, close
			fmt.Println(err)
			break
		}
		received = received[n:]
		if event.Kind == httptwo.NeedMore {
			break
		}
		if event.Kind == httptwo.Head {
			st := event.Stream
			fmt.Println(st.ID, st.Request.Method, st.Request.Path, st.EndStream)
			head := httptwo.ReplyHead{Status: 200, ContentLength: 5}
			if err := s.SendHead(st, &head, false); err != nil {
				fmt.Println(err)
			}
			s.SetSource(st, &body{left: "hello"})
			s.Release(st)
		}
	}
	var out []byte
	for s.HasOutput() {
		out = s.AppendOutput(out, 64<<10)
	}
	fmt.Printf("%q\n", out[len(out)-14:])
	// Output:
	// 1 GET /hello true
	// "\x00\x00\x05\x00\x01\x00\x00\x00\x01hello"
}

// Shutdown without losing a request that was under way.
func ExampleSession_Shutdown() {
	var cfg httptwo.Config
	s := httptwo.NewSession(&cfg, 0)
	s.Shutdown(0) // GOAWAY for numbers nobody reaches, and PING
	fmt.Println(s.Drained())
	s.Shutdown(0) // or the answer to the PING: GOAWAY with the last number
	fmt.Println(s.Drained(), s.Streams())
	// Output:
	// false
	// true 0
}

// request is what a client sends first.
func request(method, path string) []byte {
	in := []byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
	in = append(in, 0, 0, 0, 4, 0, 0, 0, 0, 0) // SETTINGS
	var block writer
	enc := hpack.NewEncoder(&block)
	for _, f := range []hpack.HeaderField{
		{Name: ":method", Value: method},
		{Name: ":scheme", Value: "https"},
		{Name: ":authority", Value: "localhost"},
		{Name: ":path", Value: path},
	} {
		if err := enc.WriteField(f); err != nil {
			panic(err)
		}
	}
	in = append(in, 0, 0, byte(len(block)), 1, 5, 0, 0, 0, 1) // HEADERS, END_STREAM, END_HEADERS
	return append(in, block...)
}

type writer []byte

func (w *writer) Write(p []byte) (int, error) {
	*w = append(*w, p...)
	return len(p), nil
}
