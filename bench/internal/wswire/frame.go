package wswire

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"io"
)

// Opcodes (RFC 6455, section 5.2).
const (
	OpContinuation = 0x0
	OpText         = 0x1
	OpBinary       = 0x2
	OpClose        = 0x8
	OpPing         = 0x9
	OpPong         = 0xa
)

// Bits of the first two octets of a frame.
const (
	finBit  = 0x80
	rsv1Bit = 0x40
	maskBit = 0x80
)

// mask is the masking key of all frames. It has no zero octet, so that a server
// cannot leave out the work.
var mask = [4]byte{0x37, 0xfa, 0x21, 0x3d}

// AppendFrame appends a masked final frame with the given opcode to dst, and
// returns the extended slice. compressed says that payload comes from Deflate.
func AppendFrame(dst []byte, op byte, payload []byte, compressed bool) []byte {
	first := finBit | op
	if compressed {
		first |= rsv1Bit
	}
	switch n := len(payload); {
	case n < 126:
		dst = append(dst, first, maskBit|byte(n))
	case n < 1<<16:
		dst = append(dst, first, maskBit|126)
		dst = binary.BigEndian.AppendUint16(dst, uint16(n))
	default:
		dst = append(dst, first, maskBit|127)
		dst = binary.BigEndian.AppendUint64(dst, uint64(n))
	}
	dst = append(dst, mask[:]...)
	for i, c := range payload {
		dst = append(dst, c^mask[i%4])
	}
	return dst
}

// flushed is what a compressed message leaves out at its end (RFC 7692, section
// 7.2.1).
var flushed = []byte{0x00, 0x00, 0xff, 0xff}

// Deflate compresses a message on its own.
func Deflate(message []byte) []byte {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.DefaultCompression)
	if err != nil {
		panic(err) // the level is a constant
	}
	_, _ = w.Write(message) // a bytes.Buffer takes everything
	_ = w.Flush()
	return bytes.TrimSuffix(b.Bytes(), flushed)
}

// Inflate undoes Deflate, whoever did it.
func Inflate(payload []byte) ([]byte, error) {
	const lastBlock = "\x01\x00\x00\xff\xff" // an empty one, so that the reader sees an end
	r := flate.NewReader(io.MultiReader(bytes.NewReader(payload), bytes.NewReader(flushed), bytes.NewReader([]byte(lastBlock))))
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("wswire: inflate: %w", err)
	}
	return b, nil
}
