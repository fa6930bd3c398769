package httpone

import (
	"strings"
	"testing"
)

func TestValidate(t *testing.T) {
	t.Parallel()
	for _, cfg := range []*Config{
		{},
		{MaxHeadBytes: Off, MaxTargetBytes: Off, MaxFields: Off, MaxLeadingCRLF: Off, MaxChunkLineBytes: Off, MaxChunkExtBytes: Off, MaxTrailerBytes: Off, MaxBodyBytes: Off},
		{MaxHeadBytes: 1 << 20, MaxBodyBytes: 1 << 40},
	} {
		if err := cfg.Validate(); err != nil {
			t.Errorf("%+v: %v", cfg, err)
		}
	}
	err := (&Config{MaxHeadBytes: 1, MaxChunkLineBytes: 1, MaxLeadingCRLF: 1000, MaxTrailerBytes: maxSectionBytes + 1}).Validate()
	if err == nil {
		t.Fatal("no fault found")
	}
	for _, name := range []string{"MaxHeadBytes", "MaxChunkLineBytes", "MaxLeadingCRLF", "MaxTrailerBytes"} {
		if !strings.Contains(err.Error(), name+" is ") {
			t.Errorf("%v does not name %s", err, name)
		}
	}
}

// Every limit can be switched off.
func TestLimitsOff(t *testing.T) {
	t.Parallel()
	off := &Config{Off, Off, Off, Off, Off, Off, Off, Off, false}
	check(t, off, []row{
		{name: "2.2 empty lines", in: strings.Repeat("\r\n", 1000) + get(""), n: 1},
		{name: "7.1.1 extensions", in: chunked("5;" + strings.Repeat("x", 30000) + "\r\nhello\r\n0\r\n\r\n"), n: 1},
		{name: "7.1.2 trailers", in: chunked("0\r\n" + strings.Repeat("X: abcdefgh\r\n", 2000) + "\r\n"), n: 1},
		{name: "15.5.14 body", in: post("Content-Length: 3000000\r\n", strings.Repeat("x", 3000000)), n: 1},
	})
}

// Reset drops every reference and keeps the arrays.
func TestReset(t *testing.T) {
	t.Parallel()
	c := NewConn(nil)
	var r Request
	readRequest(t, &c, &r, chunked("5\r\nhello\r\n0\r\nX: y\r\n\r\n"))
	fields, trailers := r.Fields, r.Trailers
	r.Reset()
	if r.Method != "" || r.ContentLength != 0 || r.Chunked || len(r.Fields) != 0 || len(r.Trailers) != 0 {
		t.Errorf("after Reset: %+v", r)
	}
	if fields[0] != (Field{}) || trailers[0] != (Field{}) {
		t.Error("Reset left strings behind")
	}
	if cap(r.Fields) != cap(fields) || cap(r.section.spans) == 0 {
		t.Error("Reset gave arrays away")
	}
}

func TestValue(t *testing.T) {
	t.Parallel()
	c := NewConn(nil)
	var r Request
	readRequest(t, &c, &r, get("X-A: 1\r\nx-a: 2\r\n"))
	if v, ok := r.Value("x-a"); v != "1" || !ok {
		t.Errorf("Value = %q, %v, want the first", v, ok)
	}
	if v, ok := r.Value("x-b"); v != "" || ok {
		t.Errorf("Value = %q, %v", v, ok)
	}
}
