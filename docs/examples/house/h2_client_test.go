package house

import (
	"bufio"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"golang.org/x/net/http2/hpack"
)

// Frame types and flags of RFC 9113, sections 4.1 and 6.
const (
	h2Data, h2Headers, h2Priority, h2Reset, h2Settings = 0x0, 0x1, 0x2, 0x3, 0x4
	h2Push, h2Ping, h2GoAway, h2Window, h2Continuation = 0x5, 0x6, 0x7, 0x8, 0x9
	h2PriorityUpdate                                   = 0x10

	h2EndStream, h2Ack, h2EndHeaders, h2Padded, h2WithPriority = 0x1, 0x1, 0x4, 0x8, 0x20
)

var h2Codes = []string{
	"NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED", "FRAME_SIZE_ERROR",
	"REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM", "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED",
}

func h2Code(b []byte) string {
	if n := binary.BigEndian.Uint32(b); int(n) < len(h2Codes) {
		return h2Codes[n]
	}
	return fmt.Sprintf("%#x", b)
}

// h2Frame returns a frame as it stands on the wire, right or wrong.
func h2Frame(kind, flags byte, stream uint32, payload string) string {
	n := len(payload)
	b := append([]byte{byte(n >> 16), byte(n >> 8), byte(n), kind, flags}, binary.BigEndian.AppendUint32(nil, stream)...)
	return string(b) + payload
}

// h2Setting returns one setting.
func h2Setting(id uint16, value uint32) string {
	return string(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint16(nil, id), value))
}

// h2Uint32 returns four octets.
func h2Uint32(n uint32) string { return string(binary.BigEndian.AppendUint32(nil, n)) }

// h2Block returns a field block of literals without Huffman code, from lines
// of "name: value".
func h2Block(lines ...string) string {
	var b strings.Builder
	text := func(s string) {
		if len(s) < 0x7f {
			b.WriteByte(byte(len(s)))
		} else {
			b.WriteByte(0x7f)
			rest := len(s) - 0x7f
			for ; rest >= 0x80; rest >>= 7 {
				b.WriteByte(byte(rest) | 0x80)
			}
			b.WriteByte(byte(rest))
		}
		b.WriteString(s)
	}
	for _, line := range lines {
		if i := strings.Index(line[1:], ": ") + 1; i > 0 {
			b.WriteByte(0)
			text(line[:i])
			text(line[i+2:])
		} else {
			b.WriteString(line) // already encoded
		}
	}
	return b.String()
}

// An h2Client reads what a server of HTTP/2 sends.
type h2Client struct {
	net.Conn
	r   *bufio.Reader
	dec *hpack.Decoder
}

// h2Dial connects, over TLS when secure, and says the preface.
func h2Dial(t *testing.T, addr string, secure bool, settings string) *h2Client {
	t.Helper()
	conn := dial(t, addr)
	if secure {
		conn = tls.Client(conn, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}})
	}
	c := &h2Client{Conn: conn, r: bufio.NewReader(conn), dec: hpack.NewDecoder(4096, nil)}
	c.send(t, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"+h2Frame(h2Settings, 0, 0, settings))
	return c
}

// send writes octets. The server may refuse them half way.
func (c *h2Client) send(t *testing.T, b string) {
	t.Helper()
	if _, err := io.WriteString(c, b); err != nil {
		t.Logf("after part of %d octets: %v", len(b), err)
	}
}

// event returns what the server says next that a test may wait for: the status
// of a response, the end of a stream or of the connection, an answer to a
// PING.
func (c *h2Client) event(t *testing.T) string {
	t.Helper()
	for {
		var header [9]byte
		if _, err := io.ReadFull(c.r, header[:]); err != nil {
			return h2End(err)
		}
		payload := make([]byte, int(header[0])<<16|int(header[1])<<8|int(header[2]))
		if _, err := io.ReadFull(c.r, payload); err != nil {
			return "a frame cut short"
		}
		stream := binary.BigEndian.Uint32(header[5:])
		switch kind, flags := header[3], header[4]; {
		case kind == h2Settings && flags&h2Ack == 0:
			c.send(t, h2Frame(h2Settings, h2Ack, 0, ""))
		case kind == h2Headers:
			fields, err := c.dec.DecodeFull(payload)
			if err != nil || len(fields) == 0 {
				return fmt.Sprintf("HEADERS that do not decompress: %v", err)
			}
			if fields[0].Name == ":status" {
				return fmt.Sprintf("%s on %d", fields[0].Value, stream)
			}
		case kind == h2Reset:
			return fmt.Sprintf("RST_STREAM %s on %d", h2Code(payload), stream)
		case kind == h2GoAway:
			return "GOAWAY " + h2Code(payload[4:])
		case kind == h2Ping && flags&h2Ack != 0:
			return fmt.Sprintf("PING %s", payload)
		}
	}
}

func h2End(err error) string {
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return "nothing"
	}
	return "the end"
}

// h2Get returns a request for a path that answers 200.
func h2Get(stream uint32) string {
	return h2Frame(h2Headers, h2EndHeaders|h2EndStream, stream, h2Block(h2GetLines...))
}

// An h2Exchange is what a client sends after the preface, and what must come
// back.
type h2Exchange struct {
	rule, name string
	settings   string // of the client's first SETTINGS frame
	send       string
	want       string // the event, "|" between alternatives; after GOAWAY the connection ends
}

// check holds the exchange on a new connection. What does not end the
// connection must leave it fit for one more request.
func (e h2Exchange) check(t *testing.T, addr string, secure bool) {
	t.Helper()
	c := h2Dial(t, addr, secure, e.settings)
	defer c.Close()
	c.send(t, e.send)
	got := c.event(t)
	if !strings.Contains("|"+e.want+"|", "|"+got+"|") {
		t.Errorf("got %s, want %s", got, e.want)
		return
	}
	if strings.HasPrefix(got, "GOAWAY") {
		if end := c.event(t); end != "the end" {
			t.Errorf("after GOAWAY: %s, want the end", end)
		}
		return
	}
	c.send(t, h2Get(1001))
	for got := c.event(t); got != "200 on 1001"; got = c.event(t) {
		// Another stream of the exchange may be answered first, and one that was
		// answered early is closed with NO_ERROR.
		if got != "200 on 3" && !strings.HasPrefix(got, "RST_STREAM NO_ERROR on ") {
			t.Errorf("one more request: %s, want 200", got)
			return
		}
	}
}
