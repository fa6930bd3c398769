package websocket

import (
	"fmt"
	"strings"
	"testing"
)

// echo gives in to c, in pieces of at most size octets, and answers every
// message with itself.
func echo(c *Conn, in []byte, size int, out []byte) []byte {
	var m Message
	for len(in) > 0 {
		piece := in[:min(size, len(in))]
		in = in[len(piece):]
		for len(piece) > 0 {
			ev, n, err := c.Next(piece, &m)
			if err != nil {
				panic(err)
			}
			if ev == EventMessage {
				out = c.AppendMessage(out, m.Op, m.Data)
			}
			piece = piece[n:]
		}
	}
	return out
}

// What a message costs, received and sent back: in the piece that it came in,
// and in two pieces.
func BenchmarkEcho(b *testing.B) {
	for _, kind := range []OpCode{OpText, OpBinary} {
		for _, size := range []int{16, 1 << 10, 64 << 10} {
			for pieces := range 2 {
				b.Run(fmt.Sprintf("op=%v/size=%d/pieces=%d", kind, size, pieces+1), func(b *testing.B) {
					in := []byte(rawFrame{op: byte(kind), payload: strings.Repeat("x", size)}.String())
					buf := make([]byte, len(in))
					var c Conn
					c.Init(&Config{Buffers: &oneBuffer{}}, Extensions{})
					piece := (len(in) + pieces) / (pieces + 1)
					var out []byte
					b.ReportAllocs()
					b.SetBytes(int64(len(in)))
					for b.Loop() {
						copy(buf, in) // it is unmasked in place
						out = echo(&c, buf, max(piece, 14), out[:0])
					}
					if len(out) < size {
						b.Fatal("no echo")
					}
				})
			}
		}
	}
}

// oneBuffer keeps one buffer.
type oneBuffer struct{ b []byte }

func (p *oneBuffer) Get(n int) []byte {
	if b := p.b; cap(b) >= n {
		p.b = nil
		return b[:cap(b)]
	}
	return make([]byte, n)
}

func (p *oneBuffer) Put(b []byte) { p.b = b }

func BenchmarkUTF8(b *testing.B) {
	for name, text := range map[string]string{
		"ascii": strings.Repeat("The quick brown fox jumps over the lazy dog. ", 200),
		"mixed": strings.Repeat("Zwölf Boxkämpfer jagen Viktor quer über den Sylter Deich. ", 200),
		"wide":  strings.Repeat("いろはにほへとちりぬるを", 300),
	} {
		b.Run("text="+name, func(b *testing.B) {
			in := []byte(text)
			b.SetBytes(int64(len(in)))
			for b.Loop() {
				if _, ok := utf8Start.scan(in); !ok {
					b.Fatal("not valid")
				}
			}
		})
	}
}
