package websocket

import (
	"testing"
	"unicode/utf8"
)

// wrongTexts are texts that are wrong, each up to and with the octet that
// shows it. Group 6 of the Autobahn test suite: 6.3 to 6.21.
var wrongTexts = []string{
	"\x80", "\xbf", "a\x80", "\xfe", "\xff", "\xc0", "\xc1", "\xf5", "\xf8", "\xfc",
	"\xe0\x80", "\xe0\x9f", "\xf0\x80", "\xf0\x8f", "\xed\xa0", "\xed\xbf",
	"\xf4\x90", "\xf7", "\xc3\x28", "\xe2\x28", "\xe2\x82\x28", "\xf0\x9f\x98\x28",
	"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0", "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xf4\x90",
	"\xc3\xc3", "\xe2\xc3", "0123456789abcdef\xff", "0123456\xe2\x820",
}

// rightTexts are texts that are right.
var rightTexts = []string{
	"", "Hello-µ@ßöäüàá-UTF-8!!", "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5", "\x00\x7f", "\xc2\x80\xdf\xbf",
	"\xe0\xa0\x80\xe0\xbf\xbf\xe1\x80\x80\xec\xbf\xbf\xed\x80\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf\xef\xbf\xbe",
	"\xf0\x90\x80\x80\xf1\x80\x80\x80\xf3\xbf\xbf\xbf\xf4\x8f\xbf\xbf", "日本語テキスト", "\U0001f600\U0001f601",
}

// Text is refused at the octet that shows it to be wrong, in the middle of a
// frame and of a message: group 6.4 of the Autobahn test suite, strictly.
func TestTextFailsEarly(t *testing.T) {
	t.Parallel()
	for _, s := range wrongTexts {
		good := s[:len(s)-1]
		for name, open := range map[string]rawFrame{
			"one frame":      {op: 1, payload: s, claims: true, claim: 1000},
			"fragment":       {op: 1, payload: s, claims: true, claim: 1000, more: true},
			"the next octet": {op: 1, payload: s + "x", claims: true, claim: 1000},
		} {
			in := open.String()
			bad := len(in) - (len(open.payload) - len(good)) // where the wrong octet is
			var c Conn
			c.Init(nil, Extensions{})
			if r := runOn(&c, in[:bad], everyOctet(bad)...); r.err != nil {
				t.Errorf("%s: %q fails before its last octet", name, s)
			}
			c.Release()
			if r := run(nil, in[:bad+1], everyOctet(bad+1)...); r.err != errText {
				t.Errorf("%s: %q octet by octet: %v", name, s, r.err)
			}
			if r := run(nil, in[:bad+1]); r.err != errText {
				t.Errorf("%s: %q at once: %v", name, s, r.err)
			}
		}
		if r := run(nil, begin(good)+end(s[len(good):]+"x")); r.err != errText {
			t.Errorf("%q over two fragments: %v", s, r.err)
		}
		if r := run(nil, text(s)); r.err != errText {
			t.Errorf("%q in a whole message: %v", s, r.err)
		}
	}
}

// A text that ends inside a character is refused at its end; one that is
// right is taken in whatever fragments: groups 6.1, 6.2 and 6.5 to 6.23.
func TestText(t *testing.T) {
	t.Parallel()
	var cases []conversation
	for _, s := range rightTexts {
		m := Message{Op: OpText, Data: []byte(s)}
		want := []string{describe(EventMessage, &m)}
		cases = append(cases, conversation{name: "8.1: whole " + s, in: text(s), events: want})
		for cut := range len(s) + 1 {
			cases = append(cases, conversation{name: "8.1: fragments of " + s, in: begin(s[:cut]) + end(s[cut:]), events: want})
		}
	}
	for _, s := range []string{"a\xc3", "a\xe2", "a\xe2\x82", "a\xf0", "a\xf0\x9f", "a\xf0\x9f\x98"} {
		cases = append(
			cases,
			conversation{name: "8.1: ends early " + s, in: text(s), err: errText},
			conversation{name: "8.1: last fragment ends early " + s, in: begin(s) + end(""), err: errText},
			conversation{name: "8.1: and before " + s, in: begin("") + end(s), err: errText},
		)
	}
	check(t, cases)
}

// Every octet after every beginning is judged as package utf8 judges what it
// can be completed to.
func TestUTF8States(t *testing.T) {
	t.Parallel()
	var walk func(s utf8State, prefix []byte)
	walk = func(s utf8State, prefix []byte) {
		for x := range 256 {
			b := append(prefix[:len(prefix):len(prefix)], byte(x))
			next, ok := s.step(byte(x))
			if want := canBeCompleted(b); ok != want {
				t.Fatalf("%x: %v, want %v", b, ok, want)
			}
			if ok && next == utf8Start != utf8.Valid(b) {
				t.Fatalf("%x: at the end of a character: %v", b, next == utf8Start)
			}
			if ok && next != utf8Start && (!oneInMany || len(b) < 3 || x == 0x80 || x == 0xbf) {
				walk(next, b)
			}
		}
	}
	walk(utf8Start, nil)
}

// canBeCompleted reports whether something can follow b that makes it valid.
func canBeCompleted(b []byte) bool {
	var whole [8]byte
	for _, tail := range []string{"", "\x80", "\xbf", "\x80\x80", "\xbf\x80", "\x80\x80\x80", "\xbf\x80\x80"} {
		if utf8.Valid(append(append(whole[:0], b...), tail...)) {
			return true
		}
	}
	return false
}

// However a text is cut, scan says what step says octet by octet.
func FuzzUTF8(f *testing.F) {
	for _, s := range append(wrongTexts, rightTexts...) {
		f.Add([]byte(s), uint8(3))
	}
	f.Fuzz(func(t *testing.T, b []byte, cut uint8) {
		at := min(int(cut), len(b))
		whole, ok := utf8Start.scan(b)
		first, okFirst := utf8Start.scan(b[:at])
		if okFirst {
			first, okFirst = first.scan(b[at:])
		}
		s, okStep := utf8Start, true
		for i := 0; i < len(b) && okStep; i++ {
			s, okStep = s.step(b[i])
		}
		if ok != okStep || okFirst != ok || ok && (whole != s || first != s) {
			t.Fatalf("%x cut at %d: %v %v, %v %v, %v %v", b, at, whole, ok, first, okFirst, s, okStep)
		}
		if utf8.Valid(b) != (ok && whole == utf8Start) {
			t.Fatalf("%x: valid is %v", b, utf8.Valid(b))
		}
	})
}
