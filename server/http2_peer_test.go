package server

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"
)

// Frame types and flags of RFC 9113, sections 4.1 and 6.
const (
	twoData, twoHeaders, twoReset, twoSettings = 0x0, 0x1, 0x3, 0x4
	twoPing, twoGoAway, twoWindow              = 0x6, 0x7, 0x8

	twoEndStream, twoAck, twoEndHeaders = 0x1, 0x1, 0x4
)

// A twoFrame is a frame as the server has sent it.
type twoFrame struct {
	kind, flags byte
	stream      uint32
	payload     []byte
}

// twoBytes is a frame on the wire.
func twoBytes(kind, flags byte, stream uint32, payload string) string {
	n := len(payload)
	b := append([]byte{byte(n >> 16), byte(n >> 8), byte(n), kind, flags}, binary.BigEndian.AppendUint32(nil, stream)...)
	return string(b) + payload
}

// twoNumber is a number of four octets.
func twoNumber(n uint32) string { return string(binary.BigEndian.AppendUint32(nil, n)) }

// twoSetting is one setting.
func twoSetting(id uint16, value uint32) string {
	return string(binary.BigEndian.AppendUint16(nil, id)) + twoNumber(value)
}

// twoHead is the HEADERS frame of a request, without compression; more are pairs
// of name and value.
func twoHead(stream uint32, flags byte, method, path string, more ...string) string {
	var block strings.Builder
	for i, s := range append([]string{":method", method, ":scheme", "http", ":authority", "h", ":path", path}, more...) {
		if i%2 == 0 {
			block.WriteByte(0) // a literal that is not indexed
		}
		block.WriteByte(byte(len(s)))
		block.WriteString(s)
	}
	return twoBytes(twoHeaders, twoEndHeaders|flags, stream, block.String())
}

// twoGet is a request without a body.
func twoGet(stream uint32, path string) string { return twoHead(stream, twoEndStream, "GET", path) }

// dialTwo opens a connection and says the preface, with these settings.
func (g *rig) dialTwo(settings ...string) *peer {
	g.t.Helper()
	c := g.dial()
	c.send(http2Preface + twoBytes(twoSettings, 0, 0, strings.Join(settings, "")))
	return c
}

// frame reads a frame. What it reads of settings it acknowledges.
func (c *peer) frame() (twoFrame, error) {
	var h [9]byte
	if _, err := io.ReadFull(c.r, h[:]); err != nil {
		return twoFrame{}, err
	}
	f := twoFrame{
		kind: h[3], flags: h[4], stream: binary.BigEndian.Uint32(h[5:]),
		payload: make([]byte, int(h[0])<<16|int(h[1])<<8|int(h[2])),
	}
	if _, err := io.ReadFull(c.r, f.payload); err != nil {
		return f, err
	}
	if f.kind == twoSettings && f.flags&twoAck == 0 {
		io.WriteString(c, twoBytes(twoSettings, twoAck, 0, ""))
	}
	if f.kind == twoPing && f.flags&twoAck == 0 {
		io.WriteString(c, twoBytes(twoPing, twoAck, 0, string(f.payload)))
	}
	return f, nil
}

// until reads frames up to one of that kind, of any stream if stream is negative.
func (c *peer) until(kind byte, stream int) twoFrame {
	c.t.Helper()
	for {
		f, err := c.frame()
		if err != nil {
			c.t.Fatalf("waiting for a frame of type %d on stream %d: %v", kind, stream, err)
		}
		if f.kind == kind && (stream < 0 || f.stream == uint32(stream)) {
			return f
		}
	}
}

// status reads up to the head of the response on a stream.
func (c *peer) status(stream uint32) int {
	c.t.Helper()
	return c.until(twoHeaders, int(stream)).status()
}

// status is that of a HEADERS frame. The server begins with it, and uses the
// static table of RFC 7541, appendix A.
func (f twoFrame) status() (code int) {
	if i := int(f.payload[0]) - 0x88; i >= 0 && i < 7 {
		return [...]int{200, 204, 206, 304, 400, 404, 500}[i]
	}
	fmt.Sscan(string(f.payload[2:5]), &code)
	return code
}

// whole reads the response on a stream, to its end.
func (c *peer) whole(stream uint32) (status int, body string) {
	c.t.Helper()
	f := c.until(twoHeaders, int(stream))
	status = f.status()
	for f.flags&twoEndStream == 0 {
		var err error
		if f, err = c.frame(); err != nil {
			c.t.Fatalf("reading the response on stream %d: %v", stream, err)
		}
		if f.stream != stream {
			f.flags = 0
			continue
		}
		switch f.kind {
		case twoData:
			body += string(f.payload)
		case twoReset:
			c.t.Fatalf("stream %d was reset with code %d", stream, binary.BigEndian.Uint32(f.payload))
		default:
			if f.kind != twoHeaders {
				f.flags = 0
			}
		}
	}
	return status, body
}

// wantOver reads to the end of the connection, whatever comes.
func (c *peer) wantOver() {
	c.t.Helper()
	for {
		if _, err := c.frame(); err == io.EOF {
			return
		} else if ne, ok := err.(net.Error); ok && ne.Timeout() {
			c.t.Fatal("the connection did not end")
		} else if err != nil {
			return
		}
	}
}
