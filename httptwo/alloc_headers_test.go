package httptwo

import (
	"bytes"
	"testing"

	"golang.org/x/net/http2/hpack"
)

// browser are the fields that a browser sends, in the form a client's encoder
// gives them: the first block fills the table, the others refer to it.
func browser(t testing.TB) (first, next []byte) {
	t.Helper()
	var block bytes.Buffer
	enc := hpack.NewEncoder(&block)
	write := func() []byte {
		block.Reset()
		for _, f := range []Field{
			{":method", "GET"},
			{":authority", "www.example.com"},
			{":scheme", "https"},
			{":path", "/"},
			{"sec-ch-ua", `"Chromium";v="142", "Not_A Brand";v="99"`},
			{"sec-ch-ua-mobile", "?0"},
			{"sec-ch-ua-platform", `"Linux"`},
			{"upgrade-insecure-requests", "1"},
			{"user-agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"},
			{"accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"},
			{"sec-fetch-site", "none"},
			{"sec-fetch-mode", "navigate"},
			{"sec-fetch-user", "?1"},
			{"sec-fetch-dest", "document"},
			{"accept-encoding", "gzip, deflate, br, zstd"},
			{"accept-language", "en-GB,en;q=0.9"},
			{"priority", "u=0, i"},
		} {
			if err := enc.WriteField(hpack.HeaderField{Name: f.Name, Value: f.Value}); err != nil {
				t.Fatal(err)
			}
		}
		return bytes.Clone(block.Bytes())
	}
	return write(), write()
}

// loader are the fields that a load generator sends.
func loader(t testing.TB) (first, next []byte) {
	t.Helper()
	var block bytes.Buffer
	enc := hpack.NewEncoder(&block)
	write := func() []byte {
		block.Reset()
		for _, f := range []Field{
			{":method", "GET"}, {":scheme", "https"}, {":authority", "127.0.0.1:8443"}, {":path", "/plaintext"}, {"user-agent", "h2load nghttp2/1.59.0"},
		} {
			if err := enc.WriteField(hpack.HeaderField{Name: f.Name, Value: f.Value}); err != nil {
				t.Fatal(err)
			}
		}
		return bytes.Clone(block.Bytes())
	}
	return write(), write()
}

// A request that repeats another costs no memory, whatever its size.
func TestReadRepeatedAllocs(t *testing.T) {
	for name, blocks := range map[string]func(testing.TB) ([]byte, []byte){"browser": browser, "loader": loader} {
		first, next := blocks(t)
		var r headerReader
		var req Request
		r.init(testLimits())
		decode := func(block []byte) {
			r.open(&req, false)
			if err := r.feed(block, true); err != nil {
				t.Fatal(err)
			}
			if tooLarge, bad := r.result(); tooLarge || bad != nil {
				t.Fatal(tooLarge, bad)
			}
		}
		decode(first)
		if n := testing.AllocsPerRun(100, func() { decode(next) }); n != 0 {
			t.Errorf("%s: allocs = %v, want 0", name, n)
		}
	}
}

// A response costs no memory once its fields have been seen, and none before
// but for the table.
func TestWriteHeadAllocs(t *testing.T) {
	var w headerWriter
	w.init()
	h := typical()
	dst := make([]byte, 0, 512)
	write := func() {
		var err error
		if dst, err = w.appendHead(dst[:0], 1, h); err != nil {
			t.Fatal(err)
		}
	}
	write()
	write()
	if n := testing.AllocsPerRun(100, write); n != 0 {
		t.Errorf("allocs = %v, want 0", n)
	}
	h.fields = []Field{{"Content-Type", "text/html"}, {"set-cookie", "a=b"}, {"x-id", "0123456789abcdef"}}
	write()
	write()
	if n := testing.AllocsPerRun(100, write); n != 0 {
		t.Errorf("with names in mixed case: allocs = %v, want 0", n)
	}
}
