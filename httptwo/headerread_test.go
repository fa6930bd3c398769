package httptwo

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/net/http2/hpack"
)

// testLimits are those that tests use unless they are about limits.
func testLimits() *headerLimits {
	return &headerLimits{maxListBytes: 65536, maxFields: 256, tableBytes: 4096}
}

// lines encodes fields, one a line, as "name: value"; a name may begin with a
// colon. Nothing is trimmed.
func lines(t testing.TB, text string) []byte {
	t.Helper()
	var block bytes.Buffer
	enc := hpack.NewEncoder(&block)
	if text == "" {
		return nil
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		i := strings.Index(line[1:], ": ") + 1
		if i == 0 {
			t.Fatalf("test line %q has no colon", line)
		}
		value := strings.NewReplacer(`\r`, "\r", `\n`, "\n", `\0`, "\x00", `\t`, "\t").Replace(line[i+2:])
		if err := enc.WriteField(hpack.HeaderField{Name: line[:i], Value: value, Sensitive: true}); err != nil {
			t.Fatal(err)
		}
	}
	return block.Bytes()
}

const (
	getLines  = ":method: GET\n:scheme: https\n:authority: example.com\n:path: /\n"
	postLines = ":method: POST\n:scheme: https\n:authority: example.com\n:path: /\n"
)

// text writes down what was understood.
func (r *Request) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s %s", r.Method, r.Scheme, r.Authority, r.Path)
	if r.Protocol != "" {
		fmt.Fprintf(&b, " protocol=%s", r.Protocol)
	}
	if r.ContentLength >= 0 {
		fmt.Fprintf(&b, " length=%d", r.ContentLength)
	}
	if r.Priority != DefaultPriority {
		fmt.Fprintf(&b, " urgency=%d incremental=%t", r.Priority.Urgency, r.Priority.Incremental)
	}
	if r.ExpectContinue || r.ExpectUnknown {
		fmt.Fprintf(&b, " expect=%t,%t", r.ExpectContinue, r.ExpectUnknown)
	}
	for _, f := range r.Fields {
		fmt.Fprintf(&b, " [%s: %s]", f.Name, f.Value)
	}
	for _, f := range r.Trailers {
		fmt.Fprintf(&b, " trailer[%s: %s]", f.Name, f.Value)
	}
	return b.String()
}

// read decodes one block on a new connection.
func read(limits *headerLimits, block []byte, cuts ...int) (text string, tooLarge bool, bad *StreamError, err error) {
	var r headerReader
	var req Request
	r.init(limits)
	return readOn(&r, &req, false, block, cuts...)
}

// readOn decodes one block, cut at the given rising offsets.
func readOn(r *headerReader, req *Request, trailers bool, block []byte, cuts ...int) (text string, tooLarge bool, bad *StreamError, err error) {
	r.open(req, trailers)
	done := 0
	for _, cut := range cuts {
		if err := r.feed(block[done:cut], false); err != nil {
			return "", false, nil, err
		}
		done = cut
	}
	if err := r.feed(block[done:], true); err != nil {
		return "", false, nil, err
	}
	tooLarge, bad = r.result()
	return req.text(), tooLarge, bad, nil
}

// A row is one header block and what becomes of it.
type row struct {
	name string // begins with the section that the case is from
	in   string // fields, as lines takes them
	want string // what text begins with
	bad  *StreamError
}

// check decodes the block of each row, in one part and in many.
func check(t *testing.T, limits *headerLimits, rows []row) {
	t.Helper()
	for _, c := range rows {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			block := lines(t, c.in)
			var every []int
			for i := range block {
				every = append(every, i)
			}
			for _, cuts := range [][]int{nil, every} {
				got, tooLarge, bad, err := read(limits, block, cuts...)
				switch {
				case err != nil || tooLarge:
					t.Errorf("too large = %v, error = %v", tooLarge, err)
				case bad != c.bad:
					t.Errorf("error = %v, want %v", bad, c.bad)
				case bad == nil && !strings.HasPrefix(got, c.want):
					t.Errorf("got  %s\nwant %s", got, c.want)
				}
			}
		})
	}
}

func TestReadTypicalRequest(t *testing.T) {
	t.Parallel()
	check(t, testLimits(), []row{
		{name: "GET", in: getLines + "accept: */*\n", want: "GET https example.com / [host: example.com] [accept: */*]"},
		{name: "no other field", in: getLines, want: "GET https example.com / [host: example.com]"},
	})
}
