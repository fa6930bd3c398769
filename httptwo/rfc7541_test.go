package httptwo

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"golang.org/x/net/http2/hpack"
)

// RFC 7541, sections 2.3.3, 4.2, 5 and 6: blocks that do not decompress end the
// connection, whoever wants them.
func TestCompressionErrors(t *testing.T) {
	t.Parallel()
	get := lines(t, getLines)
	for _, c := range []struct {
		name  string
		block string
		want  *ConnError // nil: no error
	}{
		{"6.1 index 0", "\x80", errCompression},
		{"2.3.3 index behind both tables", "\xbe", errCompression},
		{"2.3.3 name behind both tables", "\x7e\x01a", errCompression},
		{"5.1 integer without an end", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", errCompression},
		{"5.1 integer cut off", "\xff", errCompression},
		{"5.2 string cut off", "\x00\x01", errCompression},
		{"5.2 string longer than the block", "\x00\x01a\x05b", errCompression},
		{"5.2 padding longer than 7 bits", "\x40\x01a\x82\x1f\xff", errCompression},
		{"5.2 padding that is not of EOS", "\x40\x01a\x81\x18", errCompression},
		{"5.2 EOS in a string", "\x40\x01a\x84\xff\xff\xff\xff", errCompression},
		{"6.3 update above the announced size", "\x3f\xe2\x1f", errCompression},
		{"4.2 update to the announced size", "\x3f\xe1\x1f" + string(get), nil},
		{"4.2 two updates", "\x20\x3f\xe1\x1f" + string(get), nil},
		{"4.2 three updates", "\x20\x20\x3f\xe1\x1f" + string(get), errTableUpdate},
		{"4.2 update behind a field", string(get) + "\x20", errTableUpdate},
		{"4.2 update between fields", "\x82\x20" + string(get), errTableUpdate},
		{"4.2 update behind a literal", "\x40\x01a\x01b\x20", errTableUpdate},
		{"4.2 update behind a literal with a known name", "\x0f\x00\x01b\x20", errTableUpdate},
		{"4.2 what looks like one in a string", string(get) + "\x00\x01a\x03\x20\x20\x20", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, req := range []*Request{new(Request), nil} {
				var r headerReader
				r.init(testLimits())
				r.open(req, false)
				err := r.feed([]byte(c.block), true)
				if c.want == nil && err != nil || c.want != nil && err != error(c.want) {
					t.Errorf("wanted by somebody %v: error = %v, want %v", req != nil, err, c.want)
				}
			}
		})
	}
}

// A block that nobody wants, or that is too large or malformed, still leaves
// the dynamic table as its sender thinks it is.
func TestTableStaysInStep(t *testing.T) {
	t.Parallel()
	limits := testLimits()
	limits.maxListBytes, limits.maxFields = 600, 8
	for _, c := range []struct {
		name     string
		fields   string
		discard  bool
		tooLarge bool
		bad      *StreamError
	}{
		{name: "nobody wants it", fields: getLines, discard: true},
		{name: "list too large", fields: getLines + "x: " + strings.Repeat("y", 500) + "\n", tooLarge: true},
		{name: "too many fields", fields: getLines + strings.Repeat("x: y\n", 5), tooLarge: true},
		{name: "malformed", fields: getLines + "X: y\n", bad: errFieldUpper},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var block bytes.Buffer
			enc := hpack.NewEncoder(&block)
			block.Write(lines(t, c.fields))
			for _, v := range []string{"one", "two", "three"} {
				if err := enc.WriteField(hpack.HeaderField{Name: "x-table", Value: v}); err != nil {
					t.Fatal(err)
				}
			}
			var r headerReader
			r.init(limits)
			req := new(Request)
			r.open(req, false)
			if c.discard {
				r.open(nil, false)
			}
			if err := r.feed(block.Bytes(), true); err != nil {
				t.Fatal(err)
			}
			if tooLarge, bad := r.result(); tooLarge != c.tooLarge || bad != c.bad {
				t.Errorf("too large = %v, error = %v, want %v, %v", tooLarge, bad, c.tooLarge, c.bad)
			}
			second := append(lines(t, getLines), 0xbe, 0xbf, 0xc0)
			got, tooLarge, bad, err := readOn(&r, req, false, second)
			if want := "[x-table: three] [x-table: two] [x-table: one]"; !strings.HasSuffix(got, want) || tooLarge || bad != nil || err != nil {
				t.Errorf("got %s, %v, %v, %v, want %s", got, tooLarge, bad, err, want)
			}
		})
	}
}

// RFC 9113, section 6.5.2: what counts, to the octet.
func TestListLimit(t *testing.T) {
	t.Parallel()
	fields := []Field{{":method", "GET"}, {":scheme", "https"}, {":authority", "example.com"}, {":path", "/"}, {"a", "b"}}
	n := 0
	for _, f := range fields {
		n += len(f.Name) + len(f.Value) + 32
	}
	for _, c := range []struct {
		bytes, fields int
		tooLarge      bool
	}{
		{n, 5, false},
		{n - 1, 5, true},
		{n, 4, true},
	} {
		limits := testLimits()
		limits.maxListBytes, limits.maxFields = c.bytes, c.fields
		_, tooLarge, bad, err := read(limits, lines(t, getLines+"a: b\n"))
		if tooLarge != c.tooLarge || bad != nil || err != nil {
			t.Errorf("%d octets, %d fields: too large = %v, %v, %v", c.bytes, c.fields, tooLarge, bad, err)
		}
	}
}

// RFC 9113, section 10.5.1: a block on the wire is bounded, in one part and in
// many, and one that never ends.
func TestBlockLimit(t *testing.T) {
	t.Parallel()
	limits := testLimits()
	limits.maxListBytes = 40000
	part := bytes.Repeat([]byte{0x82}, 10000)
	var r headerReader
	r.init(limits)
	r.open(nil, false)
	for i := range 8 {
		if err := r.feed(part, false); err != nil {
			t.Fatalf("part %d: %v", i, err)
		}
	}
	if n := r.pendingBytes(); n < 80000 || n > 160000 {
		t.Errorf("80000 octets take %d", n)
	}
	if err := r.feed(part[:1], false); !errors.Is(err, errBlockLong) {
		t.Errorf("one octet more: %v, want %v", err, errBlockLong)
	}
	if n := r.pendingBytes(); n != 0 {
		t.Errorf("%d octets are kept of what was given up", n)
	}
	r.open(nil, false)
	if err := r.feed(bytes.Repeat(part, 9), true); !errors.Is(err, errBlockLong) {
		t.Errorf("in one part: %v, want %v", err, errBlockLong)
	}
}

// RFC 7541, section 4.2: two updates before a block, when the table is not
// empty. The decoder by itself takes only one then.
func TestTwoUpdatesOfFilledTable(t *testing.T) {
	t.Parallel()
	var r headerReader
	var req Request
	r.init(testLimits())
	for _, block := range []string{"\x40\x01a\x01b", "\x20\x3f\xe1\x1f\x40\x01c\x01d", "\x3f\xe1\x1f\xbe"} {
		got, _, bad, err := readOn(&r, &req, false, append([]byte(block), lines(t, getLines)...))
		if err != nil || bad != errPseudoLate {
			t.Errorf("block % x: %s, %v, %v", block, got, bad, err)
		}
	}
	if err := r.feed([]byte("\xbf"), true); !errors.Is(err, errCompression) {
		t.Errorf("what the update to 0 evicted is still there: %v", err)
	}
}

// A list of many references to one large entry is looked at once, and no
// string is made of it.
func TestReferencesToLargeEntryAllocs(t *testing.T) {
	var r headerReader
	var req Request
	r.init(testLimits())
	entry := append([]byte("\x40\x01b"), appendString(nil, strings.Repeat("~", 3900))...)
	if _, _, _, err := readOn(&r, &req, false, append(lines(t, getLines), entry...)); err != nil {
		t.Fatal(err)
	}
	bomb := append(lines(t, getLines), bytes.Repeat([]byte{0xbe}, 60000)...)
	decode := func() {
		r.open(&req, false)
		if err := r.feed(bomb, true); err != nil {
			t.Fatal(err)
		}
		if tooLarge, _ := r.result(); !tooLarge {
			t.Fatal("the list was not too large")
		}
	}
	decode()
	if n := testing.AllocsPerRun(5, decode); n > 6 {
		t.Errorf("allocs = %v, want at most those of the request's own fields", n)
	}
}

// RFC 7541, appendix C: requests without and with Huffman code, over one table.
func TestAppendixC(t *testing.T) {
	t.Parallel()
	for _, blocks := range [][]string{
		{"\x82\x86\x84\x41\x0fwww.example.com", "\x82\x86\x84\xbe\x58\x08no-cache", "\x82\x87\x85\xbf\x40\x0acustom-key\x0ccustom-value"},
		{
			"\x82\x86\x84\x41\x8c\xf1\xe3\xc2\xe5\xf2\x3a\x6b\xa0\xab\x90\xf4\xff",
			"\x82\x86\x84\xbe\x58\x86\xa8\xeb\x10\x64\x9c\xbf",
			"\x82\x87\x85\xbf\x40\x88\x25\xa8\x49\xe9\x5b\xa9\x7d\x7f\x89\x25\xa8\x49\xe9\x5b\xb8\xe8\xb4\xbf",
		},
	} {
		var r headerReader
		var req Request
		r.init(testLimits())
		for i, want := range []string{
			"GET http www.example.com / [host: www.example.com]",
			"GET http www.example.com / [host: www.example.com] [cache-control: no-cache]",
			"GET https www.example.com /index.html [host: www.example.com] [custom-key: custom-value]",
		} {
			got, _, bad, err := readOn(&r, &req, false, []byte(blocks[i]))
			if got != want || bad != nil || err != nil {
				t.Errorf("got %s, %v, %v, want %s", got, bad, err, want)
			}
		}
	}
}

// RFC 7541, section 5.1: the examples of appendix C.1, and what takes octets
// more.
func TestIntegers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n    uint32
		mask byte
		want string
	}{
		{10, 0x1f, "\x0a"},
		{30, 0x1f, "\x1e"},
		{31, 0x1f, "\x1f\x00"},
		{1337, 0x1f, "\x1f\x9a\x0a"},
		{42, 0xff, "\x2a"},
		{1<<32 - 1, 0x7f, "\x7f\x80\xff\xff\xff\x0f"},
	} {
		b := appendInteger(nil, 0, c.mask, c.n)
		if string(b) != c.want {
			t.Errorf("appendInteger(%d) = % x, want % x", c.n, b, c.want)
		}
		n, rest, ok := cutInteger(append(b, 'x'), c.mask)
		if n != uint64(c.n) || string(rest) != "x" || !ok {
			t.Errorf("cutInteger(% x) = %d, %q, %v, want %d", b, n, rest, ok, c.n)
		}
	}
}
