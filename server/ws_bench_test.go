package server

import (
	"fmt"
	"io"
	"strings"
	"testing"
)

// An echo over a socket of this machine, one message at a time: mostly system
// calls, of the client, too.
func BenchmarkWebSocketEcho(b *testing.B) {
	for _, size := range []int{16, 1 << 10, 64 << 10} {
		b.Run(fmt.Sprintf("size=%d", size), func(b *testing.B) {
			g := echoRig(b, Config{WorkerThreads: 1})
			c := g.ws("/ws")
			frame := c.conn.AppendMessage(nil, OpBinary, []byte(strings.Repeat("x", size)))
			back := make([]byte, len(frame)-4)
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Write(frame); err != nil {
					b.Fatal(err)
				}
				if _, err := io.ReadFull(c.r, back); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Many messages with each read: what a message costs besides system calls.
func BenchmarkWebSocketPipelined(b *testing.B) {
	for _, size := range []int{0, 16, 1 << 10} {
		b.Run(fmt.Sprintf("size=%d", size), func(b *testing.B) {
			const many = 1000
			g := echoRig(b, Config{WorkerThreads: 1})
			c := g.ws("/ws")
			frame := c.conn.AppendMessage(nil, OpBinary, []byte(strings.Repeat("x", size)))
			frames := []byte(strings.Repeat(string(frame), many))
			back := make([]byte, many*(len(frame)-4))
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				if n++; n%many != 0 {
					continue
				}
				go c.Write(frames)
				if _, err := io.ReadFull(c.r, back); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
