package httpone

import (
	"encoding/binary"
	"math/bits"
)

// octet classes: one table of bits for the grammars that are scanned octet by
// octet.
const (
	classToken  uint8 = 1 << iota // tchar, RFC 9110 5.6.2
	classTarget                   // what we accept in a request target
	classPath                     // the same, before the first "?"
	classHost                     // reg-name without "%", RFC 3986 3.2.2, but no comma
	classHex                      // HEXDIG
	classQuoted                   // qdtext, RFC 9110 5.6.4
	classField                    // VCHAR, obs-text, SP, HTAB: field content
)

// octets says for every octet which classes it is in.
var octets = classify()

func classify() (t [256]uint8) {
	const (
		digits  = "0123456789"
		letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		alnum   = digits + letters
	)
	add := func(class uint8, set string) {
		for i := range len(set) {
			t[set[i]] |= class
		}
	}
	add(classToken, alnum+"!#$%&'*+-.^_`|~")
	// RFC 3986 has no place for []{}|^` and \ in a path or query, but browsers
	// send them as they are. Backslash is a slash to some: only in a query.
	add(classTarget|classPath, alnum+"-._~:/?@!$&'()*+,;=%"+"[]{}|^`")
	add(classTarget, `\`)
	// A comma in a host is what two joined Host lines look like.
	add(classHost, alnum+"-._~!$&'()*+;=")
	add(classHex, digits+"abcdefABCDEF")
	for ch := range 256 {
		if ch == '\t' || ch >= 0x20 && ch != 0x7f {
			t[ch] |= classField | classQuoted
		}
	}
	t['"'] &^= classQuoted
	t['\\'] &^= classQuoted
	return t
}

// span returns the offset of the first octet of b at or after i that is not
// in class, len(b) if all are. Hot path.
func span(b []byte, i int, class uint8) int {
	for i < len(b) && octets[b[i]]&class != 0 {
		i++
	}
	return i
}

// all reports whether every octet of s is in class.
func all(s string, class uint8) bool {
	for i := range len(s) {
		if octets[s[i]]&class == 0 {
			return false
		}
	}
	return true
}

// isToken reports whether s is a token: 1*tchar.
func isToken(s string) bool { return s != "" && all(s, classToken) }

const (
	ones  = 0x0101010101010101
	highs = 0x80 * ones
)

// controls returns a word in which the lowest byte with its high bit set
// stands where w has its first octet below 0x20 or equal to 0x7f. Borrows
// can only set bits above that one.
func controls(w uint64) uint64 {
	del := w ^ 0x7f*ones
	return ((w-0x20*ones)&^w | (del-ones)&^del) & highs
}

// spanField is span for classField, eight octets at a time. Hot path.
func spanField(b []byte, i int) int {
	for i+8 <= len(b) {
		bad := controls(binary.LittleEndian.Uint64(b[i : i+8]))
		if bad == 0 {
			i += 8
			continue
		}
		i += bits.TrailingZeros64(bad) >> 3
		if b[i] != '\t' {
			return i
		}
		i++
	}
	return span(b, i, classField)
}

// common returns a word with the high bit set in every octet of w that is an
// ASCII letter, a digit, a hyphen or a dot: what nearly all field names are
// made of.
func common(w uint64) uint64 {
	w7 := w & (0x7f * ones)
	folded := w7 | 0x20*ones
	letter := (folded + (0x80-'a')*ones) &^ (folded + (0x80-'z'-1)*ones)
	digit := (w7 + (0x80-'-')*ones) &^ (w7 + (0x80-'9'-1)*ones) // "-", ".", "/" and digits
	slash := ^((w7 ^ '/'*ones) + 0x7f*ones)
	return (letter | digit&^slash) &^ w & highs
}

// spanToken is span for classToken, eight octets at a time. Hot path.
func spanToken(b []byte, i int) int {
	for i+8 <= len(b) {
		other := common(binary.LittleEndian.Uint64(b[i:i+8])) ^ highs
		if other == 0 {
			i += 8
			continue
		}
		i += bits.TrailingZeros64(other) >> 3
		if octets[b[i]]&classToken == 0 {
			return i
		}
		i++
	}
	return span(b, i, classToken)
}

// spanFieldString is spanField for a string.
func spanFieldString(s string) int {
	i := 0
	for i+8 <= len(s) {
		w := uint64(s[i]) | uint64(s[i+1])<<8 | uint64(s[i+2])<<16 | uint64(s[i+3])<<24 |
			uint64(s[i+4])<<32 | uint64(s[i+5])<<40 | uint64(s[i+6])<<48 | uint64(s[i+7])<<56
		bad := controls(w)
		if bad == 0 {
			i += 8
			continue
		}
		i += bits.TrailingZeros64(bad) >> 3
		if s[i] != '\t' {
			return i
		}
		i++
	}
	for i < len(s) && octets[s[i]]&classField != 0 {
		i++
	}
	return i
}

// lowerWord lower-cases eight octets, each below 0x80.
func lowerWord(w uint64) uint64 {
	upper := (w + (0x80-'A')*ones) &^ (w + (0x80-'Z'-1)*ones) & highs
	return w | upper>>2
}

// lowerToken writes the token src to dst in lower case; both have the same
// length and may be the same. All words are loaded before one that overlaps
// them is stored. Hot path.
func lowerToken(dst, src []byte) {
	n := len(src)
	dst = dst[:n]
	switch {
	case n >= 8:
		last := binary.LittleEndian.Uint64(src[n-8:])
		for i := 0; i+8 < n; i += 8 {
			binary.LittleEndian.PutUint64(dst[i:], lowerWord(binary.LittleEndian.Uint64(src[i:])))
		}
		binary.LittleEndian.PutUint64(dst[n-8:], lowerWord(last))
	case n >= 4:
		both := uint64(binary.LittleEndian.Uint32(src)) | uint64(binary.LittleEndian.Uint32(src[n-4:]))<<32
		both = lowerWord(both)
		binary.LittleEndian.PutUint32(dst, uint32(both))
		binary.LittleEndian.PutUint32(dst[n-4:], uint32(both>>32))
	default:
		for i, ch := range src {
			dst[i] = lower(ch)
		}
	}
}

func lower(ch byte) byte {
	if 'A' <= ch && ch <= 'Z' {
		ch |= 0x20
	}
	return ch
}

// equalFold reports whether s is want, which is in lower case, whatever the
// case of the ASCII letters in s.
func equalFold(s, want string) bool {
	if len(s) != len(want) {
		return false
	}
	for i := range len(s) {
		if lower(s[i]) != want[i] {
			return false
		}
	}
	return true
}

// trimOWS cuts optional whitespace off both ends: OWS = *( SP / HTAB ).
func trimOWS(s string) string {
	for s != "" && (s[0] == ' ' || s[0] == '\t') {
		s = s[1:]
	}
	for s != "" && (s[len(s)-1] == ' ' || s[len(s)-1] == '\t') {
		s = s[:len(s)-1]
	}
	return s
}

// nextMember cuts the first member off a comma-separated list (RFC 9110,
// section 5.6.1). Members may be empty; they hold no quoted strings.
func nextMember(list string) (member, rest string) {
	for i := range len(list) {
		if list[i] == ',' {
			return trimOWS(list[:i]), list[i+1:]
		}
	}
	return trimOWS(list), ""
}
