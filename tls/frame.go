package tls

// A frame follows the records of a stream by the lengths in their headers
// (RFC 8446, section 5.1), without judging them. The zero value is at the begin
// of a record.
type frame struct {
	left   uint16 // octets of the record that are to come, once its header is whole
	got    uint8  // octets of the header
	length [2]byte
}

// isWhole reports whether no record is begun and not ended.
func (f *frame) isWhole() bool { return f.got == 0 }

// copy copies from src to dst up to the end of the record at most, so that
// crypto/tls holds no more than one: its buffer grows with what it holds, and
// never shrinks. It returns how much it copied. Hot path.
func (f *frame) copy(dst, src []byte) int {
	n := min(len(dst), len(src))
	i := 0
	for ; i < n && f.got < recordHeaderBytes; i++ {
		if f.got >= recordHeaderBytes-2 {
			f.length[f.got-(recordHeaderBytes-2)] = src[i]
		}
		if f.got++; f.got == recordHeaderBytes {
			f.left = uint16(f.length[0])<<8 | uint16(f.length[1])
		}
	}
	if f.got == recordHeaderBytes {
		body := min(int(f.left), n-i)
		i += body
		if f.left -= uint16(body); f.left == 0 {
			f.got = 0
		}
	}
	return copy(dst, src[:i])
}
