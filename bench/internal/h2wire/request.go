package h2wire

import (
	"encoding/binary"
	"strconv"
)

// A Request describes the header section of a request.
type Request struct {
	Method string // GET if empty; else POST
	Secure bool   // the scheme is https
	Path   string
	Host   string // value of :authority
	Length int64  // value of content-length; zero leaves it out
}

// Blocks returns the header block of the first request of a connection and
// that of all later ones, which refers to what the first put into the server's
// dynamic table: this is how clients send the same fields again (RFC 7541,
// section 6).
func (r Request) Blocks() (first, again []byte) {
	const (
		methodGET  = 0x82 // entries of the static table (RFC 7541, appendix A)
		methodPOST = 0x83
		schemeHTTP = 0x86
		schemeTLS  = 0x87
		addIndexed = 0x40
		authority  = 1
		path       = 4
		length     = 28
		newest     = 0x80 | 62
	)
	method, scheme := byte(methodGET), byte(schemeHTTP)
	if r.Method != "" {
		method = methodPOST
	}
	if r.Secure {
		scheme = schemeTLS
	}
	first = append(first, method, scheme, addIndexed|path)
	first = appendString(first, r.Path)
	first = append(first, addIndexed|authority)
	first = appendString(first, r.Host)
	again = append(again, method, scheme, newest+1, newest)
	if r.Length > 0 {
		text := strconv.FormatInt(r.Length, 10)
		field := appendString([]byte{0x0f, length - 0x0f}, text) // without indexing
		first = append(first, field...)
		again = append(again, field...)
	}
	return first, again
}

// appendString appends a string without Huffman coding. It has at most 126
// octets.
func appendString(dst []byte, s string) []byte {
	if len(s) > 126 {
		panic("h2wire: a field of the generator is too long")
	}
	return append(append(dst, byte(len(s))), s...)
}

// appendFrame appends a frame head for n octets of payload.
func appendFrame(dst []byte, n int, typ, flags byte, id uint32) []byte {
	dst = append(dst, byte(n>>16), byte(n>>8), byte(n), typ, flags)
	return binary.BigEndian.AppendUint32(dst, id)
}

// status reads the status at the start of a header block: 0 if it is in a form
// that this package does not read.
func status(block []byte) int {
	for len(block) > 0 && block[0]&0xe0 == 0x20 { // a new size of the table (section 6.3)
		long := block[0]&0x1f == 0x1f
		block = block[1:]
		for long && len(block) > 0 {
			long = block[0]&0x80 != 0
			block = block[1:]
		}
	}
	if len(block) == 0 {
		return 0
	}
	const firstStatus, lastStatus = 8, 14 // in the static table
	static := [...]int{200, 204, 206, 304, 400, 404, 500}
	first := block[0]
	if i := int(first &^ 0x80); first&0x80 != 0 {
		if i < firstStatus || i > lastStatus {
			return 0
		}
		return static[i-firstStatus]
	}
	name := first & 0x0f
	if first&0x40 != 0 {
		name = first & 0x3f
	}
	if name < firstStatus || name > lastStatus || len(block) < 2 {
		return 0
	}
	return literal(block[1:])
}

// literal reads three digits as a string literal (RFC 7541, section 5.2).
func literal(b []byte) int {
	const huffman = 0x80
	n := int(b[0] &^ huffman)
	if len(b) < 1+n {
		return 0
	}
	text := string(b[1 : 1+n])
	if b[0]&huffman != 0 {
		text = digits(b[1 : 1+n])
	}
	if code, err := strconv.Atoi(text); err == nil && len(text) == 3 {
		return code
	}
	return 0
}

// digits undoes the Huffman code of digits (RFC 7541, appendix B): 0 to 2 have
// five bits and 3 to 9 have six, and what remains are ones.
func digits(b []byte) string {
	var bits, n uint
	var out []byte
	for _, c := range b {
		bits, n = bits<<8|uint(c), n+8
	}
	for n >= 5 {
		if five := bits >> (n - 5) & 0x1f; five <= 2 {
			out = append(out, '0'+byte(five))
			n -= 5
			continue
		}
		if n < 6 {
			break
		}
		six := bits >> (n - 6) & 0x3f
		if six < 0x19 || six > 0x1f {
			break
		}
		out = append(out, '3'+byte(six-0x19))
		n -= 6
	}
	return string(out)
}
