package router

import (
	"errors"
	"slices"
	"strings"
)

// A pattern is the parsed form of a route's pattern.
type pattern struct {
	parts []part
	names []string // of the parameters and the catch-all
}

// A part is one step from a node of the tree to the next.
type part struct {
	kind       partKind
	text       string      // static: the text, slashes included
	constraint *constraint // constrained
}

type partKind uint8

const (
	static partKind = iota // text, over any number of segments
	constrained
	param
	catchAll
)

// anonymous is the name of a catch-all that was given none.
const anonymous = "*"

var (
	errEmptyPattern   = errors.New("pattern is empty")
	errNoSlash        = errors.New(`pattern does not begin with "/" (and is neither "*" nor host:port)`)
	errEmptySegment   = errors.New("empty segment (two slashes in a row)")
	errDotSegment     = errors.New(`segment "." or ".." (dot segments of a path are resolved before matching)`)
	errEncoded        = errors.New("percent-encoding (patterns are written decoded)")
	errQuery          = errors.New(`"?" or "#" (a pattern has no query and no fragment; a parameter ends with its segment)`)
	errControl        = errors.New("control character")
	errNoName         = errors.New("parameter has no name")
	errBadName        = errors.New("a name is letters, digits and underscores and does not begin with a digit")
	errAfterParam     = errors.New("text after a parameter in the same segment")
	errNotLast        = errors.New("catch-all is not the last segment")
	errOpenConstraint = errors.New("constraint has no closing parenthesis")
)

// catchAll reports whether the pattern ends with a catch-all.
func (p *pattern) catchAll() bool { return p.parts[len(p.parts)-1].kind == catchAll }

// parsePattern takes a pattern apart:
//
//	pattern = "*" / host ":" port / 1*( "/" segment )
//	segment = text / ":" name [ "(" regexp ")" ] / "*" [ name ]
func parsePattern(text string) (*pattern, error) {
	if text == "" {
		return nil, errEmptyPattern
	}
	if text[0] != '/' {
		if !isExactTarget(text) {
			return nil, errNoSlash
		}
		return &pattern{parts: []part{{kind: static, text: text}}}, nil
	}
	p := &pattern{}
	from := 0 // where the static text that is not yet a part begins
	for at := 1; at <= len(text); at++ {
		var n int
		var err error
		switch rest := text[at:]; {
		case strings.HasPrefix(rest, ":"):
			p.addStatic(text[from:at])
			n, err = p.addParam(rest)
			from = at + n
		case strings.HasPrefix(rest, "*"):
			p.addStatic(text[from:at])
			n, err = p.addCatchAll(rest)
			from = at + n
		default:
			n, err = scanStatic(rest)
		}
		if err != nil {
			return nil, err
		}
		at += n // to the slash, or to the end
	}
	p.addStatic(text[from:])
	return p, nil
}

func (p *pattern) addStatic(text string) {
	if text != "" {
		p.parts = append(p.parts, part{kind: static, text: text})
	}
}

// addParam adds the parameter at the beginning of s and returns its length.
func (p *pattern) addParam(s string) (n int, err error) {
	n = 1 + nameLen(s[1:])
	if err := p.addName(s[1:n]); err != nil {
		return 0, err
	}
	if !strings.HasPrefix(s[n:], "(") {
		p.parts = append(p.parts, part{kind: param})
		return n, endOfParam(s[n:])
	}
	size := constraintLen(s[n:])
	if size < 0 {
		return 0, errOpenConstraint
	}
	c, err := newConstraint(s[n+1 : n+size-1])
	if err != nil {
		return 0, err
	}
	p.parts = append(p.parts, part{kind: constrained, constraint: c})
	n += size
	return n, endOfParam(s[n:])
}

// addCatchAll adds the catch-all at the beginning of s, which must be the last
// thing there, and returns its length.
func (p *pattern) addCatchAll(s string) (n int, err error) {
	p.parts = append(p.parts, part{kind: catchAll})
	if s == anonymous {
		p.names = append(p.names, anonymous)
		return len(s), nil
	}
	if strings.Contains(s, "/") {
		return 0, errNotLast
	}
	if nameLen(s[1:]) < len(s)-1 {
		return 0, errBadName
	}
	return len(s), p.addName(s[1:])
}

func (p *pattern) addName(name string) error {
	switch {
	case name == "":
		return errNoName
	case '0' <= name[0] && name[0] <= '9':
		return errBadName
	case slices.Contains(p.names, name):
		return errors.New(`name "` + name + `" occurs twice`)
	}
	p.names = append(p.names, name)
	return nil
}

func endOfParam(rest string) error {
	if rest != "" && rest[0] != '/' {
		return errAfterParam
	}
	return nil
}

// scanStatic checks the static segment at the beginning of s and returns its
// length. Only the last segment may be empty: that is a trailing slash.
func scanStatic(s string) (n int, err error) {
	segment, _, more := strings.Cut(s, "/")
	if segment == "" && more {
		return 0, errEmptySegment
	}
	if segment == "." || segment == ".." {
		return 0, errDotSegment
	}
	for i := range len(segment) {
		switch c := segment[i]; {
		case c == '%' && i+2 < len(segment) && isHex(segment[i+1]) && isHex(segment[i+2]):
			return 0, errEncoded
		case c == '?' || c == '#':
			return 0, errQuery
		case c < ' ' || c == 0x7f:
			return 0, errControl
		}
	}
	return len(segment), nil
}

// nameLen returns how many octets at the beginning of s may belong to a name.
func nameLen(s string) int {
	for i := range len(s) {
		if c := s[i]; c != '_' && !isAlnum(c) {
			return i
		}
	}
	return len(s)
}

// constraintLen returns the length of the parenthesised expression at the
// beginning of s, or -1 if it does not end. Parentheses that are escaped or
// belong to a character class do not count.
func constraintLen(s string) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '[':
			i += classLen(s[i:]) - 1
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}

// classLen returns the length of the character class at the beginning of s, up
// to the end of s if it does not end. A "]" right after "[" or "[^" is a member
// of the class, and "[:alpha:]" is one inside.
func classLen(s string) int {
	i := 1
	if strings.HasPrefix(s[i:], "^") {
		i++
	}
	if strings.HasPrefix(s[i:], "]") {
		i++
	}
	for ; i < len(s); i++ {
		switch {
		case s[i] == '\\':
			i++
		case strings.HasPrefix(s[i:], "[:"):
			if end := strings.Index(s[i:], ":]"); end > 0 {
				i += end + 1
			}
		case s[i] == ']':
			return i + 1
		}
	}
	return len(s)
}

// isExactTarget reports whether s can be a request target that is no path: "*",
// or authority-form (RFC 9112, section 3.2.3), whose port is not optional.
func isExactTarget(s string) bool {
	if s == "*" {
		return true
	}
	colon := strings.LastIndexByte(s, ':')
	if colon < 1 || colon == len(s)-1 || strings.ContainsAny(s, "/?#@ ") {
		return false
	}
	for _, c := range []byte(s[colon+1:]) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// isToken reports whether s is a token (RFC 9110, section 5.6.2).
func isToken(s string) bool {
	for _, c := range []byte(s) {
		if !isAlnum(c) && !strings.ContainsRune("!#$%&'*+-.^_`|~", rune(c)) {
			return false
		}
	}
	return s != ""
}

func isAlnum(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}
