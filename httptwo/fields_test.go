package httptwo

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// Every octet at every place of a word, beside neighbours that could borrow.
func TestIsFieldContent(t *testing.T) {
	t.Parallel()
	for _, around := range []string{"a", "\x80", "\xff", " ", "\t", "~"} {
		for n := range 12 {
			for at := range n {
				for ch := range 256 {
					s := []byte(strings.Repeat(around, n))
					s[at] = byte(ch)
					if got, want := isFieldContent(string(s)), all(string(s), classField); got != want {
						t.Fatalf("isFieldContent(%q) = %v, want %v", s, got, want)
					}
				}
			}
		}
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		s := make([]byte, rng.IntN(40))
		for i := range s {
			s[i] = byte(rng.IntN(256))
			if rng.IntN(8) > 0 {
				s[i] |= 0x20
			}
		}
		if got, want := isFieldContent(string(s)), all(string(s), classField); got != want {
			t.Fatalf("isFieldContent(%q) = %v, want %v", s, got, want)
		}
	}
}

// The classes are those of HTTP/1, but for the ones that only HTTP/2 has.
func TestClasses(t *testing.T) {
	t.Parallel()
	for ch := range 256 {
		s := string([]byte{byte(ch)})
		for _, c := range []struct {
			name  string
			class uint8
			want  bool
		}{
			{"token", classToken, ch < 0x7f && ch > 0x20 && !strings.ContainsAny(s, "\"(),/:;<=>?@[\\]{}")},
			{"name", className, ch < 0x7f && ch > 0x20 && !strings.ContainsAny(s, "\"(),/:;<=>?@[\\]{}") && (ch < 'A' || ch > 'Z')},
			{"target", classTarget, ch < 0x7f && ch > 0x20 && !strings.ContainsAny(s, "\"#<>")},
			{"path", classPath, ch < 0x7f && ch > 0x20 && !strings.ContainsAny(s, "\"#<>\\")},
			{"field", classField, ch == '\t' || ch >= 0x20 && ch != 0x7f},
		} {
			if got := all(s, c.class); got != c.want {
				t.Errorf("%s has %q: %v, want %v", c.name, s, got, c.want)
			}
		}
	}
}

func TestParseLength(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", " 1", "1 ", "1a", "-0", "1.0", "99999999999999999999", "9223372036854775808"} {
		if n, ok := parseLength(s); ok {
			t.Errorf("parseLength(%q) = %d", s, n)
		}
	}
	if n, ok := parseLength("00012"); n != 12 || !ok {
		t.Errorf("parseLength(00012) = %d, %v", n, ok)
	}
}
