package httptwo

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/net/http2/hpack"
)

// A field costs its octets twice and an index from then on; one that does not
// come back never enters the table.
func TestCompressorLearns(t *testing.T) {
	t.Parallel()
	var c compressor
	c.init()
	field := func(value string) int {
		return len(c.appendField(nil, 31, "content-type", value, false))
	}
	first, second, third := field("text/plain"), field("text/plain"), field("text/plain")
	if first != second+1 || third != 1 { // the prefix of an index is longer in the first
		t.Errorf("took %d, %d, %d octets, want the third to be 1", first, second, third)
	}
	for i := range 1000 {
		field(fmt.Sprint("once/", i))
	}
	if len(c.table) != 1 || field("text/plain") != 1 {
		t.Errorf("fields that do not repeat left %d entries, want the one that did", len(c.table))
	}
}

// An answer leaves no table behind, so that idle connections need none.
func TestCompressorIsEmptyAfterOneResponse(t *testing.T) {
	t.Parallel()
	var w headerWriter
	w.init()
	if _, err := w.appendHead(nil, 1, typical()); err != nil || w.compressor.table != nil {
		t.Errorf("table has %d entries, %v", cap(w.compressor.table), err)
	}
	if n := unsafe.Sizeof(w); n > 96 {
		t.Errorf("a headerWriter has %d bytes, want at most 96: every idle connection keeps one", n)
	}
	if n := unsafe.Sizeof(headerReader{}); n > 88 {
		t.Errorf("a headerReader has %d bytes, want at most 88: every idle connection keeps one", n)
	}
}

// RFC 7541, section 4.2: changes of the peer's table size, smallest first,
// in one block each.
func TestCompressorTableSize(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		sizes []uint32
		want  string
	}{
		{"none", nil, ""},
		{"the default", []uint32{4096}, ""},
		{"more than is used", []uint32{65536}, ""},
		{"less", []uint32{100}, "\x3f\x45"},
		{"none at all", []uint32{0}, "\x20"},
		{"less and less", []uint32{100, 50}, "\x3f\x13"},
		{"less and more", []uint32{50, 100}, "\x3f\x13|\x3f\x45"},
		{"none and the default", []uint32{0, 4096}, "\x20|\x3f\xe1\x1f"},
	} {
		var k compressor
		k.init()
		for _, n := range c.sizes {
			k.setTableSize(n)
		}
		blocks := append(strings.Split(c.want, "|"), "")
		for i, want := range blocks {
			if got := k.begin(nil); string(got) != want {
				t.Errorf("%s: block %d begins with % x, want % x", c.name, i, got, want)
			}
		}
	}
}

// A secret leaves no trace in the table, however often it is sent.
func TestCompressorKeepsNoSecrets(t *testing.T) {
	t.Parallel()
	var c compressor
	c.init()
	var first []byte
	for i := range 5 {
		b := c.appendField(nil, 55, "set-cookie", "a=b", true)
		if i == 0 {
			first = b
		}
		if b[0]&0xf0 != 0x10 || !bytes.Equal(b, first) {
			t.Errorf("time %d: % x", i, b)
		}
	}
	if len(c.table) != 0 || c.recent != [8]uint32{} {
		t.Error("something of it was kept")
	}
}

// Every name of the static table is found, and nothing else.
func TestStaticNames(t *testing.T) {
	t.Parallel()
	dec := hpack.NewDecoder(0, nil)
	found := 0
	for i := staticEntries; i > 0; i-- {
		fields, err := dec.DecodeFull([]byte{0x80 | byte(i)})
		if err != nil {
			t.Fatal(err)
		}
		name := fields[0].Name
		if strings.HasPrefix(name, ":") {
			continue
		}
		if got := staticName(name); got != uint32(i) && !(i == 16 && got == 16) {
			t.Errorf("staticName(%q) = %d, want %d", name, got, i)
		}
		found++
		for _, other := range []string{name + "x", name[1:], strings.ToUpper(name)} {
			if got := staticName(other); got != 0 && other != "accept" {
				t.Errorf("staticName(%q) = %d, want 0", other, got)
			}
		}
	}
	if found != 47 {
		t.Errorf("%d names, want 47", found)
	}
}

// compressAll sends sections made by a seed and checks what a decoder makes of
// them, while the table size changes.
func compressAll(t *testing.T, seed uint64, sections int) {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 1))
	var c compressor
	c.init()
	var got []hpack.HeaderField
	dec := hpack.NewDecoder(4096, func(f hpack.HeaderField) { got = append(got, f) })
	names := []string{"content-type", "x-a", "etag", "set-cookie", "x-much-longer-name-of-a-field", "date", "a"}
	for range sections {
		if rng.IntN(8) == 0 {
			c.setTableSize([]uint32{0, 33, 64, 200, 1000, 4096, 1 << 20}[rng.IntN(7)])
		}
		block := c.begin(nil)
		var want []hpack.HeaderField
		for range rng.IntN(12) {
			name := names[rng.IntN(len(names))]
			value := strings.Repeat(string(rune('a'+rng.IntN(20))), rng.IntN(40)*rng.IntN(20))
			secret := isSecret(name)
			want = append(want, hpack.HeaderField{Name: name, Value: value, Sensitive: secret})
			block = c.appendField(block, staticName(name), name, value, secret)
		}
		got = got[:0]
		if _, err := dec.Write(block); err != nil || dec.Close() != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("seed %d: got  %v\nwant %v", seed, got, want)
		}
		size := uint32(0)
		for i := range c.table {
			size += c.table[i].octets()
		}
		if size != c.size || size > c.max || len(c.table) > maxCompressEntries {
			t.Fatalf("seed %d: %d entries of %d octets, counted %d, at most %d", seed, len(c.table), size, c.size, c.max)
		}
	}
}

func TestCompressorAgreesWithDecoder(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		compressAll(t, seed, 60)
	}
}
