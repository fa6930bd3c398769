package httpone

import (
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"testing"
)

// The functions that look at eight octets at a time agree with the table,
// for every octet at every place.
func TestWordsAgreeWithTable(t *testing.T) {
	t.Parallel()
	for _, fill := range []byte("aZ09-. _:~\xc3") {
		for ch := range 256 {
			for at := range 20 {
				b := []byte(strings.Repeat(string([]byte{fill}), 20))
				b[at] = byte(ch)
				checkWords(t, b)
			}
		}
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		b := make([]byte, rnd.IntN(40))
		for i := range b {
			b[i] = byte(rnd.Uint32())
			if rnd.IntN(8) > 0 {
				b[i] = "abcXYZ0189-._~ \t/:;@[`{"[rnd.IntN(23)]
			}
		}
		checkWords(t, b)
	}
}

func checkWords(t *testing.T, b []byte) {
	t.Helper()
	if got, want := spanField(b, 0), span(b, 0, classField); got != want {
		t.Fatalf("spanField(%q) = %d, want %d", b, got, want)
	}
	if got, want := spanFieldString(string(b)), span(b, 0, classField); got != want {
		t.Fatalf("spanFieldString(%q) = %d, want %d", b, got, want)
	}
	if got, want := spanToken(b, 0), span(b, 0, classToken); got != want {
		t.Fatalf("spanToken(%q) = %d, want %d", b, got, want)
	}
}

// lowerToken agrees with lower for every length and every ASCII octet, also
// in place.
func TestLowerToken(t *testing.T) {
	t.Parallel()
	for n := range 40 {
		for shift := range 128 {
			src := make([]byte, n)
			for i := range src {
				src[i] = byte((i*7 + shift) & 0x7f)
			}
			want := make([]byte, n)
			for i := range src {
				want[i] = lower(src[i])
			}
			dst := make([]byte, n)
			lowerToken(dst, src)
			lowerToken(src, src)
			if string(dst) != string(want) || string(src) != string(want) {
				t.Fatalf("lowerToken of %d octets = %q and in place %q, want %q", n, dst, src, want)
			}
		}
	}
}

func TestControlsFindsTheFirst(t *testing.T) {
	t.Parallel()
	b := []byte("ab\x7f\x00\xff\x80\x1f~")
	if got := controls(binary.LittleEndian.Uint64(b)) & (1<<24 - 1); got != 0x80<<16 {
		t.Errorf("controls = %#x", got)
	}
}

func TestNextMember(t *testing.T) {
	t.Parallel()
	var got []string
	for rest := " a ,\tb,,c\t,"; rest != ""; {
		var m string
		m, rest = nextMember(rest)
		got = append(got, m)
	}
	if s := strings.Join(got, "|"); s != "a|b||c" {
		t.Errorf("members %q", s)
	}
}
