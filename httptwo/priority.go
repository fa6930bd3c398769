package httptwo

// A Priority says when a response is wanted (RFC 9218, section 4). Take
// [DefaultPriority] where nothing was said: the zero value is the highest
// urgency.
type Priority struct {
	Urgency     uint8 // 0, the most urgent, to 7
	Incremental bool  // a part of the response is of use before the rest
}

// DefaultPriority holds for a request without a Priority field (RFC 9218,
// section 4).
var DefaultPriority = Priority{Urgency: 3}

// parsePriority reads the value of a Priority field or of a PRIORITY_UPDATE
// frame, a dictionary of structured fields (RFC 8941, section 3.2; RFC 9218,
// section 4):
//
//	sf-dictionary = dict-member *( OWS "," OWS dict-member )
//	dict-member   = member-key ( parameters / ( "=" ( sf-item / inner-list ) ) )
//
// A member that is unknown, of another type or out of range is as if it were
// not there. When the whole is no dictionary it is false and the defaults
// are returned: a malformed priority is no error. Nothing is allocated. Hot
// path.
func parsePriority[T string | []byte](value T) (Priority, bool) {
	p := sfParser[T]{in: value}
	found := DefaultPriority
	p.skip(" ")
	for p.i < len(p.in) {
		if !p.member(&found) {
			return DefaultPriority, false
		}
		p.skip(" \t")
		if p.i == len(p.in) {
			break
		}
		if !p.take(',') {
			return DefaultPriority, false
		}
		if p.skip(" \t"); p.i == len(p.in) {
			return DefaultPriority, false // a comma at the end
		}
	}
	return found, true
}

// An sfParser reads structured fields (RFC 8941, section 4.2), as far as it
// has to know where a member ends.
type sfParser[T string | []byte] struct {
	in T
	i  int
}

// sfKind is the type of a bare item.
type sfKind uint8

const (
	sfOther sfKind = iota
	sfInteger
	sfBoolean
)

// member reads one member of the dictionary into found.
func (p *sfParser[T]) member(found *Priority) bool {
	start := p.i
	if !p.key() {
		return false
	}
	key := p.in[start:p.i]
	kind, value := sfBoolean, int64(1)
	if p.take('=') {
		var ok bool
		if p.peek() == '(' {
			kind, ok = sfOther, p.innerList()
		} else {
			kind, value, ok = p.bareItem()
		}
		if !ok {
			return false
		}
	}
	if len(key) == 1 {
		found.set(key[0], kind, value)
	}
	return p.parameters()
}

// set takes a member over. The last of several with one key counts.
func (pr *Priority) set(key byte, kind sfKind, value int64) {
	switch {
	case key == 'u':
		pr.Urgency = DefaultPriority.Urgency
		if kind == sfInteger && value >= 0 && value <= 7 {
			pr.Urgency = uint8(value)
		}
	case key == 'i':
		pr.Incremental = kind == sfBoolean && value == 1
	}
}

// key reads key = ( lcalpha / "*" ) *( lcalpha / DIGIT / "_" / "-" / "." / "*" ).
func (p *sfParser[T]) key() bool {
	start := p.i
	for p.i < len(p.in) {
		ch := p.in[p.i]
		first := 'a' <= ch && ch <= 'z' || ch == '*'
		if !first && (p.i == start || !isDigit(ch) && ch != '_' && ch != '-' && ch != '.') {
			break
		}
		p.i++
	}
	return p.i > start
}

// parameters reads parameters = *( ";" *SP key [ "=" bare-item ] ).
func (p *sfParser[T]) parameters() bool {
	for p.take(';') {
		p.skip(" ")
		if !p.key() {
			return false
		}
		if p.take('=') {
			if _, _, ok := p.bareItem(); !ok {
				return false
			}
		}
	}
	return true
}

// innerList reads "(" *SP [ sf-item *( 1*SP sf-item ) *SP ] ")" without the
// parameters behind it.
func (p *sfParser[T]) innerList() bool {
	p.take('(')
	for {
		p.skip(" ")
		if p.take(')') {
			return true
		}
		if _, _, ok := p.bareItem(); !ok || !p.parameters() {
			return false
		}
		if ch := p.peek(); ch != ' ' && ch != ')' {
			return false
		}
	}
}

// bareItem reads one item without parameters (RFC 8941, section 3.3; dates and
// display strings are those of RFC 9651).
func (p *sfParser[T]) bareItem() (sfKind, int64, bool) {
	switch ch := p.peek(); {
	case ch == '-' || isDigit(ch):
		return p.number()
	case ch == '?':
		p.i++
		on := p.peek()
		p.i++
		return sfBoolean, int64(on) - '0', on == '0' || on == '1'
	case ch == '"':
		return sfOther, 0, p.quoted()
	case ch == ':':
		p.i++
		p.span(func(ch byte) bool { return isAlpha(ch) || isDigit(ch) || ch == '+' || ch == '/' || ch == '=' })
		return sfOther, 0, p.take(':')
	case ch == '@':
		p.i++
		kind, _, ok := p.number()
		return sfOther, 0, ok && kind == sfInteger
	case ch == '%':
		p.i++
		return sfOther, 0, p.peek() == '"' && p.quoted()
	case ch == '*' || isAlpha(ch):
		p.span(func(ch byte) bool { return octets[ch]&classToken != 0 || ch == ':' || ch == '/' })
		return sfOther, 0, true
	}
	return sfOther, 0, false
}

// number reads an integer of up to 15 digits, or a decimal of up to 12 before
// the point and 3 behind it.
func (p *sfParser[T]) number() (sfKind, int64, bool) {
	negative := p.take('-')
	var n int64
	start := p.i
	for isDigit(p.peek()) && p.i-start < 16 {
		n = 10*n + int64(p.in[p.i]-'0')
		p.i++
	}
	digits := p.i - start
	if negative {
		n = -n
	}
	if digits == 0 || digits > 15 {
		return sfOther, 0, false
	}
	if !p.take('.') {
		return sfInteger, n, true
	}
	start = p.i
	p.span(isDigit)
	places := p.i - start
	return sfOther, 0, digits <= 12 && places >= 1 && places <= 3
}

// quoted reads DQUOTE *chr DQUOTE, in which a backslash stands before DQUOTE
// and backslash.
func (p *sfParser[T]) quoted() bool {
	for p.i++; p.i < len(p.in); p.i++ {
		switch ch := p.in[p.i]; {
		case ch == '"':
			p.i++
			return true
		case ch == '\\':
			if p.i++; p.peek() != '"' && p.peek() != '\\' {
				return false
			}
		case ch < 0x20 || ch > 0x7e:
			return false
		}
	}
	return false
}

// peek returns the next octet, NUL at the end: no grammar here has a NUL.
func (p *sfParser[T]) peek() byte {
	if p.i < len(p.in) {
		return p.in[p.i]
	}
	return 0
}

// take steps over the next octet if it is ch.
func (p *sfParser[T]) take(ch byte) bool {
	if p.i < len(p.in) && p.in[p.i] == ch {
		p.i++
		return true
	}
	return false
}

// skip steps over the octets in set.
func (p *sfParser[T]) skip(set string) {
	for p.i < len(p.in) && (p.in[p.i] == set[0] || p.in[p.i] == set[len(set)-1]) {
		p.i++
	}
}

// span steps over the octets that are in.
func (p *sfParser[T]) span(in func(byte) bool) {
	for p.i < len(p.in) && in(p.in[p.i]) {
		p.i++
	}
}

func isDigit(ch byte) bool { return '0' <= ch && ch <= '9' }
func isAlpha(ch byte) bool { return 'a' <= ch|0x20 && ch|0x20 <= 'z' }
