package httptwo

import "math"

// A Field is one field line of a header or trailer section. It is an alias of
// an unnamed struct, so field lists pass between packages without a copy.
// Names of received fields are in lower case.
type Field = struct{ Name, Value string }

// octet classes: one table of bits for the grammars that are scanned octet by
// octet. They are those of HTTP/1, so that both protocols give the same answer
// to the same request.
const (
	classToken  uint8 = 1 << iota // tchar, RFC 9110 5.6.2
	className                     // the same without upper case, RFC 9113 8.2.1
	classTarget                   // what we accept in a path with its query
	classPath                     // the same, before the first "?"
	classHost                     // reg-name without "%", RFC 3986 3.2.2, but no comma
	classHex                      // HEXDIG
	classField                    // VCHAR, obs-text, SP, HTAB: field content
	classScheme                   // scheme, RFC 3986 3.1, but for its first octet
)

// octets says for every octet which classes it is in.
var octets = classify()

func classify() (t [256]uint8) {
	const (
		digits  = "0123456789"
		lower   = "abcdefghijklmnopqrstuvwxyz"
		letters = lower + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		alnum   = digits + letters
		marks   = "!#$%&'*+-.^_`|~"
	)
	add := func(class uint8, set string) {
		for i := range len(set) {
			t[set[i]] |= class
		}
	}
	add(classToken, alnum+marks)
	add(className, digits+lower+marks)
	// RFC 3986 has no place for []{}|^` and \ in a path or query, but browsers
	// send them as they are. Backslash is a slash to some: only in a query.
	add(classTarget|classPath, alnum+"-._~:/?@!$&'()*+,;=%"+"[]{}|^`")
	add(classTarget, `\`)
	// A comma in a host is what two joined Host lines look like.
	add(classHost, alnum+"-._~!$&'()*+;=")
	add(classHex, digits+"abcdefABCDEF")
	add(classScheme, alnum+"+-.")
	for ch := range 256 {
		if ch == '\t' || ch >= 0x20 && ch != 0x7f {
			t[ch] |= classField
		}
	}
	return t
}

// all reports whether every octet of s is in class. Hot path.
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

// isFieldName reports whether s is a token in lower case, as every field name
// of HTTP/2 has to be (RFC 9113, section 8.2.1). Hot path.
func isFieldName(s string) bool { return s != "" && all(s, className) }

// isFieldValue reports whether s may be the value of a field: no control
// octets but HTAB, no whitespace at either end. RFC 9113, section 8.2.1 bars
// NUL, CR and LF; the other controls are those that HTTP/1 refuses. Hot path.
func isFieldValue(s string) bool {
	if s == "" {
		return true
	}
	return !isBlank(s[0]) && !isBlank(s[len(s)-1]) && isFieldContent(s)
}

// isFieldContent is all for classField, eight octets at a time. Hot path.
func isFieldContent(s string) bool {
	for len(s) >= 8 {
		if controls(word(s)) != 0 && !all(s[:8], classField) {
			return false
		}
		s = s[8:]
	}
	return all(s, classField)
}

const (
	ones  = 0x0101010101010101
	highs = 0x80 * ones
)

// controls returns a word that is not zero if w has an octet below 0x20 or one
// equal to 0x7f.
func controls(w uint64) uint64 {
	del := w ^ 0x7f*ones
	return ((w-0x20*ones)&^w | (del-ones)&^del) & highs
}

func isBlank(ch byte) bool { return ch == ' ' || ch == '\t' }

func lower(ch byte) byte {
	if 'A' <= ch && ch <= 'Z' {
		ch += 'a' - 'A'
	}
	return ch
}

// equalFold reports whether s and t are the same when ASCII letters are taken
// without regard to case. Hot path.
func equalFold(s, t string) bool {
	if len(s) != len(t) {
		return false
	}
	for i := range len(s) {
		if s[i] != t[i] && lower(s[i]) != lower(t[i]) {
			return false
		}
	}
	return true
}

// parseLength reads a length: Content-Length = 1*DIGIT. It reports false for
// anything else and for what does not fit into 63 bits.
func parseLength(s string) (n int64, ok bool) {
	for i := range len(s) {
		digit := int64(s[i]) - '0'
		if digit < 0 || digit > 9 || n > (math.MaxInt64-digit)/10 {
			return 0, false
		}
		n = 10*n + digit
	}
	return n, s != ""
}

// Fields that end at the next hop have no place in HTTP/2 (RFC 9113, section
// 8.2.2): connections are not told by fields what to do.
func isConnectionField(name string) bool {
	switch name {
	case "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade":
		return true
	}
	return false
}
