package httptwo

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/http2/hpack"
)

// FuzzReadBlock proves that what a block says does not depend on the parts it
// comes in nor on the request before it, that the three answers (an error of
// the connection, of the stream, too large) exclude what they should, and that
// an accepted request obeys the rules that the layers above rely on.
func FuzzReadBlock(f *testing.F) {
	for _, s := range []string{
		getLines, postLines + "content-length: 5\ncookie: a\ncookie: b\n", getLines + "host: example.com\npriority: u=1, i\n",
		":method: CONNECT\n:authority: h:443\n", ":method: CONNECT\n:protocol: websocket\n:scheme: https\n:authority: h\n:path: /\n",
		getLines + "X: y\n", getLines + "te: gzip\n", getLines + `x: a\r` + "\n", ":method: OPTIONS\n:scheme: a\n:path: *\nhost: b\n",
	} {
		f.Add(lines(f, s), uint8(3), false)
		f.Add(lines(f, s), uint8(20), true)
	}
	f.Add([]byte("\x82\x86\x84\x41\x0fwww.example.com\x58\x08no-cache\xbe"), uint8(9), false)
	f.Add([]byte("\x20\x3f\xe1\x1f\x82\x86\x84\x41\x8c\xf1\xe3\xc2\xe5\xf2\x3a\x6b\xa0\xab\x90\xf4\xff"), uint8(9), false)
	limits := &headerLimits{maxListBytes: 2000, maxFields: 12, tableBytes: 4096, extendedConnect: true}
	dirty := new(Request)
	f.Fuzz(func(t *testing.T, block []byte, at uint8, trailers bool) {
		if len(block) > limits.maxBlockBytes() {
			return
		}
		var one, two headerReader
		one.init(limits)
		two.init(limits)
		req := new(Request)
		if trailers {
			req.Reset()
			dirty.Reset()
		}
		text, tooLarge, bad, err := readOn(&one, req, trailers, block)
		cut := min(int(at), len(block))
		again, tooLarge2, bad2, err2 := readOn(&two, dirty, trailers, block, cut, cut)
		if again != text || tooLarge2 != tooLarge || bad2 != bad || err2 != err {
			t.Fatalf("in parts: %s, %v, %v, %v\nat once:  %s, %v, %v, %v", again, tooLarge2, bad2, err2, text, tooLarge, bad, err)
		}
		if err == nil && !tooLarge && bad == nil {
			obeys(t, req, trailers)
		}
	})
}

// obeys checks what the layers above take for granted.
func obeys(t *testing.T, r *Request, trailers bool) {
	t.Helper()
	if !trailers {
		if !isToken(r.Method) || !isAuthority(r.Authority) {
			t.Fatalf("method or authority of %s", r.text())
		}
		if host, ok := r.Value("host"); !ok || host != r.Authority {
			t.Fatalf("host of %s", r.text())
		}
		if tunnel := r.Method == "CONNECT" && r.Protocol == ""; tunnel != (r.Path == "") || tunnel != (r.Scheme == "") {
			t.Fatalf("path or scheme of %s", r.text())
		}
	}
	names := map[string]int{}
	for _, fd := range slices.Concat(r.Fields, r.Trailers) {
		names[fd.Name]++
		if !isFieldName(fd.Name) || strings.ContainsAny(fd.Value, "\x00\r\n") || fd.Value != strings.Trim(fd.Value, " \t") || isConnectionField(fd.Name) {
			t.Fatalf("field %q: %q", fd.Name, fd.Value)
		}
	}
	for _, once := range []string{"host", "cookie", "content-length", "authorization", "content-type"} {
		if names[once] > 1 {
			t.Fatalf("%s is there %d times", once, names[once])
		}
	}
}

// FuzzTableUpdates proves that stepping over a block agrees with the decoder:
// where that takes a block, both have seen the same.
func FuzzTableUpdates(f *testing.F) {
	f.Add([]byte("\x20\x3f\xe1\x1f\x82"))
	f.Add([]byte("\x82\x20\x40\x01a\x01b\x0f\x00\x01c"))
	f.Fuzz(func(t *testing.T, block []byte) {
		fields := 0
		dec := hpack.NewDecoder(4096, func(hpack.HeaderField) { fields++ })
		_, err := dec.Write(block)
		if err != nil || dec.Close() != nil {
			tableUpdates(block)
			return
		}
		if _, ok := tableUpdates(block); !ok {
			return
		}
		// Without updates but at its beginning: behind them every octet is a
		// field's, so a field added at the end is one field more.
		n := fields
		dec = hpack.NewDecoder(4096, func(hpack.HeaderField) { fields++ })
		_, err = dec.Write(append(slices.Clone(block), 0x82))
		_, ok := tableUpdates(append(slices.Clone(block), 0x82))
		if err != nil || fields != 2*n+1 || !ok {
			t.Fatalf("%d fields, then %d, %v, %v", n, fields-n, ok, err)
		}
		if _, ok := tableUpdates(append(slices.Clone(block), 0x20)); n > 0 && ok {
			t.Fatal("an update at the end was not found")
		}
	})
}

// FuzzCompressor proves that a decoder reads what was written, whatever is sent
// and however the table size changes.
func FuzzCompressor(f *testing.F) {
	f.Add(uint64(1), uint8(10))
	f.Fuzz(func(t *testing.T, seed uint64, sections uint8) { compressAll(t, seed, int(sections)) })
}

// FuzzWriteHead proves that any fields of a caller become a section that a
// strict reader takes, or ErrFieldName.
func FuzzWriteHead(f *testing.F) {
	f.Add("Content-Type", "text/plain", "x", " a\r\nb ", 200, int64(5))
	f.Add("connection", "close", "a b", "\x00", 103, int64(-1))
	f.Fuzz(func(t *testing.T, name1, value1, name2, value2 string, status int, length int64) {
		var w headerWriter
		w.init()
		p := newPeer()
		h := responseHead{
			status: 100 + int(uint(status)%900), contentLength: length, date: testDate,
			fields: []Field{{name1, value1}, {name2, value2}},
		}
		for range 3 {
			b, err := w.appendHead(nil, 5, &h)
			if err != nil {
				if len(b) != 0 || isToken(name1) && isToken(name2) {
					t.Fatalf("%q, %v", b, err)
				}
				return
			}
			text, _, _, err := p.read(b)
			if err != nil {
				t.Fatal(err)
			}
			for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
				i := strings.Index(line[1:], ": ") + 1
				name, value := strings.TrimPrefix(line[:i], "!"), line[i+2:]
				if name != ":status" && !(isFieldName(name) || isFieldName(line[:i])) || !isFieldValue(value) || isConnectionField(name) {
					t.Fatalf("line %q of\n%s", line, text)
				}
			}
		}
	})
}

// FuzzPriority proves that a priority is in range, the same from both types,
// and the default where it is none.
func FuzzPriority(f *testing.F) {
	for _, s := range []string{"u=1, i", `a="\"", u=2`, "a=(1 2;b), i=?0", "u=1,", "a=:YQ==:;b=1.5"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, ok := parsePriority(s)
		q, ok2 := parsePriority([]byte(s))
		if p != q || ok != ok2 || p.Urgency > 7 || !ok && p != DefaultPriority {
			t.Fatalf("%+v, %v and %+v, %v", p, ok, q, ok2)
		}
		if !ok {
			return
		}
		// Members with another key before and behind change nothing.
		if r, ok := parsePriority("x=1, " + s); s != "" && strings.Trim(s, " ") != "" && s[0] != ' ' && (!ok || r != p) {
			t.Fatalf("with a member before it %+v, %v", r, ok)
		}
	})
}
