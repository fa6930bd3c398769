package httptwo

import "testing"

// RFC 9113, section 8.2.1: names in lower case, values without controls.
func TestFieldNamesAndValues(t *testing.T) {
	t.Parallel()
	check(t, testLimits(), []row{
		{name: "8.2.1 every octet of a token", in: getLines + "a!#$%&'*+-.^_`|~0: b\n", want: "GET https example.com / [host: example.com] [a!#$%&'*+-.^_`|~0: b]"},
		{name: "8.2.1 upper case", in: getLines + "X-a: b\n", bad: errFieldUpper},
		{name: "8.2.1 upper case at the end", in: getLines + "x-A: b\n", bad: errFieldUpper},
		{name: "8.2.1 upper case in a pseudo-field", in: ":Method: GET\n:scheme: https\n:authority: a\n:path: /\n", bad: errPseudoUnknown},
		{name: "8.2.1 space in a name", in: getLines + "x a: b\n", bad: errFieldName},
		{name: "8.2.1 space at the end of a name", in: getLines + "x : b\n", bad: errFieldName},
		{name: "8.2.1 colon in a name", in: getLines + "x:a: b\n", bad: errFieldName},
		{name: "8.2.1 DEL in a name", in: getLines + "x\x7f: b\n", bad: errFieldName},
		{name: "8.2.1 octet above 0x7f in a name", in: getLines + "x\xe4: b\n", bad: errFieldName},
		{name: "8.2.1 parenthesis in a name", in: getLines + "x(): b\n", bad: errFieldName},
		{name: "8.2.1 empty value", in: getLines + "x: \n", want: "GET https example.com / [host: example.com] [x: ]"},
		{name: "8.2.1 blanks inside a value", in: getLines + `x: a \tb` + "\n", want: "GET https example.com / [host: example.com] [x: a \tb]"},
		{name: "8.2.1 octets above 0x7f in a value", in: getLines + "x: \xe4\xff\n", want: "GET https example.com / [host: example.com] [x: \xe4\xff]"},
		{name: "8.2.1 NUL in a value", in: getLines + `x: a\0b` + "\n", bad: errFieldValue},
		{name: "8.2.1 CR in a value", in: getLines + `x: a\rb` + "\n", bad: errFieldValue},
		{name: "8.2.1 LF in a value", in: getLines + `x: a\nb` + "\n", bad: errFieldValue},
		{name: "8.2.1 LF alone", in: getLines + `x: \n` + "\n", bad: errFieldValue},
		{name: "9110 5.5 another control octet", in: getLines + "x: a\x01b\n", bad: errFieldValue},
		{name: "9110 5.5 DEL in a value", in: getLines + "x: a\x7fb\n", bad: errFieldValue},
		{name: "8.2.1 space before a value", in: getLines + "x:  a\n", bad: errFieldValue},
		{name: "8.2.1 space behind a value", in: getLines + "x: a \n", bad: errFieldValue},
		{name: "8.2.1 tab before a value", in: getLines + `x: \ta` + "\n", bad: errFieldValue},
		{name: "8.2.1 tab behind a value", in: getLines + `x: a\t` + "\n", bad: errFieldValue},
		{name: "8.2.1 a blank alone", in: getLines + "x:  \n", bad: errFieldValue},
	})
}

// RFC 9113, section 8.2.1: a name of no octets. lines cannot write it.
func TestEmptyFieldName(t *testing.T) {
	t.Parallel()
	block := append(lines(t, getLines), 0x00, 0x00, 0x01, 'a')
	if _, _, bad, err := read(testLimits(), block); bad != errFieldName || err != nil {
		t.Errorf("error = %v, %v, want %v", bad, err, errFieldName)
	}
}

// RFC 9113, section 8.2.2: fields that belong to a connection.
func TestConnectionFields(t *testing.T) {
	t.Parallel()
	check(t, testLimits(), []row{
		{name: "8.2.2 connection", in: getLines + "connection: close\n", bad: errConnection},
		{name: "8.2.2 connection, empty", in: getLines + "connection: \n", bad: errConnection},
		{name: "8.2.2 keep-alive", in: getLines + "keep-alive: timeout=5\n", bad: errConnection},
		{name: "8.2.2 proxy-connection", in: getLines + "proxy-connection: keep-alive\n", bad: errConnection},
		{name: "8.2.2 transfer-encoding", in: getLines + "transfer-encoding: chunked\n", bad: errConnection},
		{name: "8.2.2 upgrade", in: getLines + "upgrade: h2c\n", bad: errConnection},
		{name: "8.2.2 te: trailers", in: getLines + "te: trailers\n", want: "GET https example.com / [host: example.com] [te: trailers]"},
		{name: "8.2.2 te: gzip", in: getLines + "te: gzip\n", bad: errTE},
		{name: "8.2.2 te: trailers and more", in: getLines + "te: trailers, deflate;q=0.5\n", bad: errTE},
		{name: "8.2.2 te, empty", in: getLines + "te: \n", bad: errTE},
	})
}

// RFC 9113, section 8.2.3: crumbs of cookies.
func TestCookieCrumbs(t *testing.T) {
	t.Parallel()
	check(t, testLimits(), []row{
		{name: "8.2.3 one", in: getLines + "cookie: a=b; c=d\n", want: "GET https example.com / [host: example.com] [cookie: a=b; c=d]"},
		{name: "8.2.3 several, with others between", in: getLines + "x: 1\ncookie: a=b\ny: 2\ncookie: c=d\ncookie: e=f\nz: 3\n", want: "GET https example.com / [host: example.com] [x: 1] [cookie: a=b; c=d; e=f] [y: 2] [z: 3]"},
		{name: "8.2.3 an empty one", in: getLines + "cookie: \ncookie: a\n", want: "GET https example.com / [host: example.com] [cookie: ; a]"},
	})
}

// RFC 9110, section 5.3: fields of which one must be enough.
func TestRepeatedFields(t *testing.T) {
	t.Parallel()
	twice := func(name string) string { return getLines + name + ": a\n" + name + ": a\n" }
	check(t, testLimits(), []row{
		{name: "5.3 host", in: ":method: GET\n:scheme: https\n:path: /\nhost: a\nhost: a\n", bad: errTwice},
		{name: "5.3 authorization", in: twice("authorization"), bad: errTwice},
		{name: "5.3 content-type", in: twice("content-type"), bad: errTwice},
		{name: "5.3 content-range", in: twice("content-range"), bad: errTwice},
		{name: "5.3 content-disposition", in: twice("content-disposition"), bad: errTwice},
		{name: "5.3 others stay apart", in: twice("accept"), want: "GET https example.com / [host: example.com] [accept: a] [accept: a]"},
	})
}
