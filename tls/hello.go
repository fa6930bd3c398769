package tls

// Numbers of the record layer and of the handshake protocol (RFC 8446,
// sections 4 and 5.1).
const (
	recordAlert     = 21
	recordHandshake = 22

	typeClientHello = 1

	recordHeaderBytes  = 5
	messageHeaderBytes = 4

	maxPlaintextBytes = 1 << 14
)

// A hello looks for the end of the first handshake message of a client, so
// that nothing is begun for a client that does not send it whole. The message
// may be spread over records in any way. It judges only what it needs to find
// the end; crypto/tls reads the same octets again and judges the rest. The
// zero value is ready.
type hello struct {
	off  int // octets of the input that were scanned
	left int // octets of the current record behind off
	got  int // octets of the message that were seen
	head [messageHeaderBytes]byte
}

// scan goes on in in, which is the whole input from its first octet. It
// reports whether the message, and the record that ends it, are complete; or
// the alert that in deserves, if that is not zero.
func (h *hello) scan(in []byte) (done bool, alert uint8) {
	for {
		if h.left == 0 {
			if h.got >= messageHeaderBytes && h.got >= h.want() {
				return true, 0
			}
			header := in[h.off:]
			if alert := recordFault(header); alert != 0 || len(header) < recordHeaderBytes {
				return false, alert
			}
			h.left = int(header[3])<<8 | int(header[4])
			h.off += recordHeaderBytes
		}
		n := min(h.left, len(in)-h.off)
		if n == 0 {
			return false, 0
		}
		if h.got < messageHeaderBytes {
			n = copy(h.head[h.got:], in[h.off:h.off+n])
		}
		h.off, h.left, h.got = h.off+n, h.left-n, h.got+n
		if h.head[0] != typeClientHello {
			return false, alertUnexpectedMessage
		}
		if h.got >= messageHeaderBytes && h.want() > maxPendingBytes {
			return false, alertInternalError // as crypto/tls answers long messages
		}
	}
}

// want is the length of the message, its header included. The header must have
// been seen.
func (h *hello) want() int {
	return messageHeaderBytes + int(h.head[1])<<16 + int(h.head[2])<<8 + int(h.head[3])
}

// smallRecordBytes is the largest record that crypto/tls reads without making
// the buffer grow with which it begins.
const smallRecordBytes = 576

// split lays the message, once it is complete, out anew in two records of equal
// size, if it is not small: RFC 8446, section 5.1 leaves that to the sender,
// and the transcript does not know of records. crypto/tls keeps a buffer as
// large as the largest record for as long as the connection lives, and for
// most connections that is the ClientHello. The result replaces in, which is
// given back.
func (h *hello) split(in []byte) []byte {
	n := h.want()
	if h.got != n || recordHeaderBytes+n <= smallRecordBytes {
		return in
	}
	major, minor := in[1], in[2]
	message := in[:0] // is behind what is read, for headers fall away
	for off := 0; off < h.off; {
		end := off + recordHeaderBytes + int(in[off+3])<<8 + int(in[off+4])
		message = append(message, in[off+recordHeaderBytes:end]...)
		off = end
	}
	out := getBuffer()
	for _, part := range [][]byte{message[:n/2], message[n/2:]} {
		out = append(out, recordHandshake, major, minor, byte(len(part)>>8), byte(len(part)))
		out = append(out, part...)
	}
	out = append(out, in[h.off:]...)
	putBuffer(in)
	return out
}

// recordFault judges as much of a record header as there is.
func recordFault(header []byte) (alert uint8) {
	switch {
	case len(header) >= 1 && header[0] != recordHandshake:
		return alertUnexpectedMessage
	case len(header) < recordHeaderBytes:
		return 0
	}
	switch n := int(header[3])<<8 | int(header[4]); {
	case n == 0: // RFC 8446, section 5.1
		return alertUnexpectedMessage
	case n > maxPlaintextBytes:
		return alertRecordOverflow
	}
	return 0
}
