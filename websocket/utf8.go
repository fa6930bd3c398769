package websocket

import "unicode/utf8"

// A utf8State is how far a text is inside a character: zero between two
// characters, otherwise what has to follow (RFC 3629, section 4).
type utf8State uint8

const (
	utf8Start utf8State = iota
	utf8Tail1           // one UTF8-tail
	utf8Tail2           // two
	utf8Tail3           // three
	utf8E0              // %xA0-BF, then one: nothing overlong
	utf8ED              // %x80-9F, then one: no surrogates
	utf8F0              // %x90-BF, then two: nothing overlong
	utf8F4              // %x80-8F, then two: nothing above U+10FFFF
)

// step goes on by one octet. ok is false if no text has it there.
//
//	UTF8-1 = %x00-7F
//	UTF8-2 = %xC2-DF UTF8-tail
//	UTF8-3 = %xE0 %xA0-BF UTF8-tail / %xE1-EC 2( UTF8-tail ) /
//	         %xED %x80-9F UTF8-tail / %xEE-EF 2( UTF8-tail )
//	UTF8-4 = %xF0 %x90-BF 2( UTF8-tail ) / %xF1-F3 3( UTF8-tail ) /
//	         %xF4 %x80-8F 2( UTF8-tail )
func (s utf8State) step(b byte) (next utf8State, ok bool) {
	switch s {
	case utf8Start:
		return lead(b)
	case utf8Tail1:
		return utf8Start, b&0xc0 == 0x80
	case utf8Tail2:
		return utf8Tail1, b&0xc0 == 0x80
	case utf8Tail3:
		return utf8Tail2, b&0xc0 == 0x80
	case utf8E0:
		return utf8Tail1, b >= 0xa0 && b <= 0xbf
	case utf8ED:
		return utf8Tail1, b >= 0x80 && b <= 0x9f
	case utf8F0:
		return utf8Tail2, b >= 0x90 && b <= 0xbf
	}
	return utf8Tail2, b >= 0x80 && b <= 0x8f // utf8F4
}

// lead is step for the first octet of a character.
func lead(b byte) (next utf8State, ok bool) {
	switch {
	case b < 0x80:
		return utf8Start, true
	case b < 0xc2:
		return 0, false
	case b < 0xe0:
		return utf8Tail1, true
	case b == 0xe0:
		return utf8E0, true
	case b == 0xed:
		return utf8ED, true
	case b < 0xf0:
		return utf8Tail2, true
	case b == 0xf0:
		return utf8F0, true
	case b < 0xf4:
		return utf8Tail3, true
	case b == 0xf4:
		return utf8F4, true
	}
	return 0, false
}

// scan goes on by the octets of b. It fails at the first octet that cannot
// be right, not at the end of its character: what lies between the character
// that b begins in and the one that it ends in is left to package utf8, which
// looks at many octets at a time. Hot path.
func (s utf8State) scan(b []byte) (next utf8State, ok bool) {
	for s != utf8Start && len(b) > 0 {
		if s, ok = s.step(b[0]); !ok {
			return 0, false
		}
		b = b[1:]
	}
	whole := len(b) - unfinished(b)
	if !utf8.Valid(b[:whole]) {
		return 0, false
	}
	for _, x := range b[whole:] {
		if s, ok = s.step(x); !ok {
			return 0, false
		}
	}
	return s, true
}

// unfinished is how many octets at the end of b, at most three, belong to a
// character that is longer than what there is of it. Hot path.
func unfinished(b []byte) int {
	for n := 1; n <= min(3, len(b)); n++ {
		switch x := b[len(b)-n]; {
		case x < 0x80:
			return 0
		case x >= 0xc0: // it begins here; its length is in its top bits
			if x >= 0xf0 || x >= 0xe0 && n < 3 || n < 2 {
				return n
			}
			return 0
		}
	}
	return 0
}
