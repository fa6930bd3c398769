package httptwo

import (
	"strings"
	"testing"
)

// RFC 9113, section 8.1.1: what was announced.
func TestContentLength(t *testing.T) {
	t.Parallel()
	check(t, testLimits(), []row{
		{name: "8.1.1 none", in: postLines, want: "POST https example.com / [host: example.com]"},
		{name: "8.1.1 zero", in: postLines + "content-length: 0\n", want: "POST https example.com / length=0 "},
		{name: "8.1.1 the largest", in: postLines + "content-length: 9223372036854775807\n", want: "POST https example.com / length=9223372036854775807 "},
		{name: "8.1.1 too large", in: postLines + "content-length: 9223372036854775808\n", bad: errLength},
		{name: "8.1.1 empty", in: postLines + "content-length: \n", bad: errLength},
		{name: "8.1.1 negative", in: postLines + "content-length: -1\n", bad: errLength},
		{name: "8.1.1 with a sign", in: postLines + "content-length: +1\n", bad: errLength},
		{name: "8.1.1 hexadecimal", in: postLines + "content-length: 0x1\n", bad: errLength},
		{name: "8.1.1 a list", in: postLines + "content-length: 1, 1\n", bad: errLength},
		{name: "8.6 twice the same", in: postLines + "content-length: 5\ncontent-length: 5\n", want: "POST https example.com / length=5 [host: example.com] [content-length: 5]"},
		{name: "8.6 twice, not the same", in: postLines + "content-length: 5\ncontent-length: 6\n", bad: errLength},
		{name: "8.6 the second is malformed", in: postLines + "content-length: 5\ncontent-length: x\n", bad: errLength},
	})
}

// RFC 9113, section 8.1 and RFC 9110, section 6.5.1: trailers.
func TestTrailers(t *testing.T) {
	t.Parallel()
	for _, c := range []row{
		{name: "6.5 kept", in: "x-sum: 1\ngrpc-status: 0\n", want: "trailer[x-sum: 1] trailer[grpc-status: 0]"},
		{name: "6.5 none", in: ""},
		{name: "6.5.1 dropped", in: "cache-control: a\nx: y\ndate: b\nif-match: c\ntrailer: d\n", want: "trailer[x: y]"},
		{name: "6.5.1 content-length", in: "content-length: 1\n", bad: errTrailerField},
		{name: "6.5.1 host", in: "host: example.com\n", bad: errTrailerField},
		{name: "6.5.1 authorization", in: "authorization: a\n", bad: errTrailerField},
		{name: "6.5.1 cookie", in: "cookie: a\n", bad: errTrailerField},
		{name: "6.5.1 content-type", in: "content-type: a\n", bad: errTrailerField},
		{name: "6.5.1 content-encoding", in: "content-encoding: a\n", bad: errTrailerField},
		{name: "8.2.2 connection", in: "connection: a\n", bad: errConnection},
		{name: "8.2.2 transfer-encoding", in: "transfer-encoding: chunked\n", bad: errConnection},
		{name: "8.1 pseudo-field", in: ":method: GET\n", bad: errTrailerPseudo},
		{name: "8.1 pseudo-field behind others", in: "x: y\n:path: /\n", bad: errTrailerPseudo},
		{name: "8.2.1 upper case", in: "X: y\n", bad: errFieldUpper},
		{name: "8.2.1 control octet", in: `x: \n` + "\n", bad: errFieldValue},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var r headerReader
			var req Request
			r.init(testLimits())
			head, _, _, err := readOn(&r, &req, false, lines(t, getLines+"a: b\n"))
			if err != nil {
				t.Fatal(err)
			}
			got, tooLarge, bad, err := readOn(&r, &req, true, lines(t, c.in))
			switch {
			case err != nil || tooLarge:
				t.Errorf("too large = %v, error = %v", tooLarge, err)
			case bad != c.bad:
				t.Errorf("error = %v, want %v", bad, c.bad)
			case bad == nil && got != strings.TrimSpace(head+" "+c.want):
				t.Errorf("got  %s\nwant %s %s", got, head, c.want)
			}
		})
	}
}

// RFC 9110, section 10.1.1: expectations.
func TestExpect(t *testing.T) {
	t.Parallel()
	check(t, testLimits(), []row{
		{name: "10.1.1 the one that is known", in: postLines + "expect: 100-Continue\n", want: "POST https example.com / expect=true,false "},
		{name: "10.1.1 another", in: postLines + "expect: the-spanish-inquisition\n", want: "POST https example.com / expect=false,true "},
		{name: "10.1.1 both", in: postLines + "expect: 100-continue, x=y\n", want: "POST https example.com / expect=true,true "},
		{name: "10.1.1 empty", in: postLines + "expect: \n", want: "POST https example.com / [host"},
	})
}
