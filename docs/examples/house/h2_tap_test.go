package house

import (
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
	"sync"
	"testing"
)

// An h2Tap stands between clients of HTTP/2 and a server, passes everything on,
// and counts streams. With TLS it is the end of one connection and the beginning
// of another.
type h2Tap struct {
	addr string // where it listens

	mu    sync.Mutex
	conns []*h2Tapped
	wg    sync.WaitGroup
}

// An h2Tapped is one connection through the tap. The tap's mutex guards it.
type h2Tapped struct {
	opened   map[uint32]bool // the client has sent HEADERS
	answered map[uint32]bool // the server has sent END_STREAM
	reset    map[uint32]bool // the server has sent RST_STREAM
	goAway   bool
	last     uint32 // of the last GOAWAY: streams above were not accepted
}

// tapH2 listens until the test ends and connects to the server at to. The files
// of a certificate make both sides speak TLS.
func tapH2(t *testing.T, to, cert, key string) *h2Tap {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dial := func() (net.Conn, error) { return net.Dial("tcp", to) }
	if cert != "" {
		pair, err := tls.LoadX509KeyPair(cert, key)
		if err != nil {
			t.Fatal(err)
		}
		config := &tls.Config{Certificates: []tls.Certificate{pair}, NextProtos: []string{"h2"}, InsecureSkipVerify: true}
		l = tls.NewListener(l, config)
		dial = func() (net.Conn, error) { return tls.Dial("tcp", to, config) }
	}
	tap := &h2Tap{addr: l.Addr().String()}
	tap.wg.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			server, err := dial()
			if err != nil { // it listens no more, and neither does the tap
				client.Close()
				l.Close()
				return
			}
			tap.wg.Go(func() { tap.between(client, server) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		tap.wg.Wait()
	})
	return tap
}

// between passes on what a client and the server say until both have ended.
func (tap *h2Tap) between(client, server net.Conn) {
	c := &h2Tapped{opened: make(map[uint32]bool), answered: make(map[uint32]bool), reset: make(map[uint32]bool)}
	tap.mu.Lock()
	tap.conns = append(tap.conns, c)
	tap.mu.Unlock()
	var wg sync.WaitGroup
	wg.Go(func() { tap.pass(server, client, &h2Cutter{skip: len(h2Preface), got: c.asked}) })
	wg.Go(func() { tap.pass(client, server, &h2Cutter{got: c.told}) })
	wg.Wait()
	client.Close()
	server.Close()
}

// pass copies bytes, and looks at the frames before they are on their way: what
// a client has heard of is known here.
func (tap *h2Tap) pass(to, from net.Conn, frames *h2Cutter) {
	b := make([]byte, 64<<10)
	for {
		n, err := from.Read(b)
		tap.mu.Lock()
		frames.feed(b[:n])
		tap.mu.Unlock()
		if _, failed := to.Write(b[:n]); err != nil || failed != nil {
			break
		}
	}
	to.(interface{ CloseWrite() error }).CloseWrite()
	io.Copy(io.Discard, from) // so that the other side can end as it likes
}

// asked looks at a frame of the client.
func (c *h2Tapped) asked(kind, _ byte, stream uint32, _ []byte) {
	if kind == h2Headers {
		c.opened[stream] = true
	}
}

// told looks at a frame of the server.
func (c *h2Tapped) told(kind, flags byte, stream uint32, payload []byte) {
	switch {
	case (kind == h2Headers || kind == h2Data) && flags&h2EndStream != 0:
		c.answered[stream] = true
	case kind == h2Reset:
		c.reset[stream] = true
	case kind == h2GoAway && len(payload) >= 4:
		c.goAway, c.last = true, binary.BigEndian.Uint32(payload)
	}
}

// h2Preface is what a client says first.
const h2Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

// An h2Cutter cuts a stream of bytes into frames. Of a payload it keeps the first
// octets.
type h2Cutter struct {
	skip int // bytes before the next header
	got  func(kind, flags byte, stream uint32, payload []byte)
	head []byte
}

func (f *h2Cutter) feed(b []byte) {
	const header, kept = 9, 8
	for len(b) > 0 {
		n := min(f.skip, len(b))
		f.skip, b = f.skip-n, b[n:]
		for len(b) > 0 && f.skip == 0 {
			f.head, b = append(f.head, b[0]), b[1:]
			if len(f.head) < header {
				continue
			}
			length := int(f.head[0])<<16 | int(f.head[1])<<8 | int(f.head[2])
			if have := len(f.head) - header; have < min(length, kept) {
				continue
			}
			f.got(f.head[3], f.head[4], binary.BigEndian.Uint32(f.head[5:])&^(1<<31), f.head[header:])
			f.skip, f.head = length-(len(f.head)-header), f.head[:0]
		}
	}
}

// An h2Count is what a tap has seen.
type h2Count struct {
	conns            int // that have been answered something
	opened, answered int // streams
	refused          int // opened above the last GOAWAY, and not answered
	lost             int // neither answered nor refused
	silent           int // connections without a GOAWAY
}

// count adds up.
func (tap *h2Tap) count() (n h2Count) {
	tap.mu.Lock()
	defer tap.mu.Unlock()
	for _, c := range tap.conns {
		if len(c.answered) > 0 {
			n.conns++
		}
		if !c.goAway {
			n.silent++
		}
		n.opened += len(c.opened)
		n.answered += len(c.answered)
		for stream := range c.opened {
			switch {
			case c.answered[stream]:
			case c.goAway && stream > c.last:
				n.refused++
			default:
				n.lost++
			}
		}
	}
	return n
}
