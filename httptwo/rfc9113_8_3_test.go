package httptwo

import "testing"

// RFC 9113, section 8.3: pseudo-fields.
func TestPseudoFields(t *testing.T) {
	t.Parallel()
	check(t, testLimits(), []row{
		{name: "8.3 any order", in: ":path: /a?b\n:authority: h\n:scheme: http\n:method: M\n", want: "M http h /a?b [host: h]"},
		{name: "8.3 behind another field", in: ":method: GET\n:scheme: https\n:authority: a\nx: y\n:path: /\n", bad: errPseudoLate},
		{name: "8.3 unknown", in: getLines + ":unknown: a\n", bad: errPseudoUnknown},
		{name: "8.3 of a response", in: getLines + ":status: 200\n", bad: errPseudoUnknown},
		{name: "8.3 without a name", in: getLines + ":: a\n", bad: errPseudoUnknown},
		{name: "8.3 method twice", in: getLines + ":method: GET\n", bad: errPseudoTwice},
		{name: "8.3 scheme twice", in: getLines + ":scheme: https\n", bad: errPseudoTwice},
		{name: "8.3 authority twice", in: getLines + ":authority: example.com\n", bad: errPseudoTwice},
		{name: "8.3 path twice", in: getLines + ":path: /\n", bad: errPseudoTwice},
		{name: "8.3.1 nothing at all", in: "", bad: errPseudoMissing},
		{name: "8.3.1 no method", in: ":scheme: https\n:authority: a\n:path: /\n", bad: errPseudoMissing},
		{name: "8.3.1 no scheme", in: ":method: GET\n:authority: a\n:path: /\n", bad: errPseudoMissing},
		{name: "8.3.1 no path", in: ":method: GET\n:scheme: https\n:authority: a\n", bad: errPseudoMissing},
		{name: "8.3.1 method is empty", in: ":method: \n:scheme: https\n:authority: a\n:path: /\n", bad: errMethod},
		{name: "8.3.1 method is no token", in: ":method: G T\n:scheme: https\n:authority: a\n:path: /\n", bad: errMethod},
		{name: "8.3.1 method with a line", in: `:method: GET / HTTP/1.1\r\nx:` + "\n:scheme: https\n:authority: a\n:path: /\n", bad: errMethod},
		{name: "8.3.1 scheme is empty", in: ":method: GET\n:scheme: \n:authority: a\n:path: /\n", bad: errScheme},
		{name: "8.3.1 scheme with an octet that none has", in: ":method: GET\n:scheme: ht/tp\n:authority: a\n:path: /\n", bad: errScheme},
		{name: "8.3.1 scheme that begins with a digit", in: ":method: GET\n:scheme: 1http\n:authority: a\n:path: /\n", bad: errScheme},
		{name: "8.3.1 another scheme", in: ":method: GET\n:scheme: coap+tcp\n:authority: a\n:path: /\n", want: "GET coap+tcp a / [host: a]"},
	})
}

// RFC 9113, section 8.3.1: the path, with the octets that HTTP/1 takes.
func TestPath(t *testing.T) {
	t.Parallel()
	path := func(method, s string) string {
		return ":method: " + method + "\n:scheme: https\n:authority: h\n:path: " + s + "\n"
	}
	check(t, testLimits(), []row{
		{name: "8.3.1 query", in: path("GET", "/a?b=c?d"), want: "GET https h /a?b=c?d "},
		{name: "8.3.1 percent-encoding is left alone", in: path("GET", "/%41%2f%00%zz"), want: "GET https h /%41%2f%00%zz "},
		{name: "8.3.1 dot segments are left alone", in: path("GET", "/a/../b"), want: "GET https h /a/../b "},
		{name: "8.3.1 double slash is a path", in: path("GET", "//evil/"), want: "GET https h //evil/ "},
		{name: "8.3.1 what browsers leave as it is", in: path("GET", "/a|b?f[x]={y}^`\\"), want: "GET https h /a|b?f[x]={y}^`\\ "},
		{name: "8.3.1 empty", in: path("GET", ""), bad: errPath},
		{name: "8.3.1 no slash", in: path("GET", "a"), bad: errPath},
		{name: "8.3.1 absolute", in: path("GET", "https://h/"), bad: errPath},
		{name: "8.3.1 query alone", in: path("GET", "?a"), bad: errPath},
		{name: "8.3.1 fragment", in: path("GET", "/#a"), bad: errPath},
		{name: "8.3.1 fragment in the query", in: path("GET", "/?a#a"), bad: errPath},
		{name: "8.3.1 backslash", in: path("GET", `/a\b`), bad: errPath},
		{name: "8.3.1 quote", in: path("GET", `/"a"`), bad: errPath},
		{name: "8.3.1 angle brackets", in: path("GET", "/<a>"), bad: errPath},
		{name: "8.3.1 space", in: path("GET", "/a b"), bad: errPath},
		{name: "8.3.1 space in the query", in: path("GET", "/?a b"), bad: errPath},
		{name: "8.3.1 CR LF", in: path("GET", `/ HTTP/1.1\r\nx: y`), bad: errPath},
		{name: "8.3.1 NUL", in: path("GET", `/\0`), bad: errPath},
		{name: "8.3.1 octet above 0x7e", in: path("GET", "/\xe4"), bad: errPath},
		{name: "8.3.1 asterisk", in: path("OPTIONS", "*"), want: "OPTIONS https h * "},
		{name: "8.3.1 OPTIONS of a path", in: path("OPTIONS", "/a"), want: "OPTIONS https h /a "},
		{name: "8.3.1 asterisk with GET", in: path("GET", "*"), bad: errAsterisk},
		{name: "8.3.1 asterisk and more", in: path("OPTIONS", "*a"), bad: errPath},
	})
}

// RFC 9113, section 8.3.1: :authority and Host.
func TestAuthority(t *testing.T) {
	t.Parallel()
	of := func(s string) string { return ":method: GET\n:scheme: https\n:authority: " + s + "\n:path: /\n" }
	none := ":method: GET\n:scheme: https\n:path: /\n"
	check(t, testLimits(), []row{
		{name: "8.3.1 port", in: of("h:8443"), want: "GET https h:8443 / [host: h:8443]"},
		{name: "8.3.1 empty port", in: of("h:"), want: "GET https h: / "},
		{name: "8.3.1 IPv4", in: of("127.0.0.1:1"), want: "GET https 127.0.0.1:1 / "},
		{name: "8.3.1 IPv6", in: of("[::1]:1"), want: "GET https [::1]:1 / "},
		{name: "8.3.1 IPvFuture", in: of("[v1.a:b]"), want: "GET https [v1.a:b] / "},
		{name: "8.3.1 percent-encoded", in: of("a%2fb"), want: "GET https a%2fb / "},
		{name: "8.3.1 empty", in: of(""), bad: errAuthority},
		{name: "8.3.1 port alone", in: of(":80"), bad: errAuthority},
		{name: "8.3.1 port too large", in: of("h:65536"), bad: errAuthority},
		{name: "8.3.1 port with a sign", in: of("h:+1"), bad: errAuthority},
		{name: "8.3.1 userinfo", in: of("user@h"), bad: errAuthority},
		{name: "8.3.1 userinfo with password", in: of("u:p@h"), bad: errAuthority},
		{name: "8.3.1 path", in: of("h/a"), bad: errAuthority},
		{name: "8.3.1 comma", in: of("a,b"), bad: errAuthority},
		{name: "8.3.1 space", in: of("a b"), bad: errAuthority},
		{name: "8.3.1 brackets that are not closed", in: of("[::1"), bad: errAuthority},
		{name: "8.3.1 no IPv6 in brackets", in: of("[127.0.0.1]"), bad: errAuthority},
		{name: "8.3.1 zone", in: of("[fe80::1%25eth0]"), bad: errAuthority},
		{name: "8.3.1 IPv6 without brackets", in: of("::1"), bad: errAuthority},
		{name: "8.3.1 octets behind the brackets", in: of("[::1]a"), bad: errAuthority},
		{name: "8.3.1 half a percent-encoding", in: of("a%2"), bad: errAuthority},
		{name: "8.3.1 Host alone", in: none + "a: b\nhost: h\n", want: "GET https h / [a: b] [host: h]"},
		{name: "8.3.1 neither", in: none + "a: b\n", bad: errAuthorityNone},
		{name: "7.2 Host is empty", in: none + "host: \n", bad: errHost},
		{name: "7.2 Host with userinfo", in: none + "host: a@b\n", bad: errHost},
		{name: "7.2 Host is malformed behind :authority", in: of("h") + "host: a/b\n", bad: errHost},
		{name: "8.3.1 both say the same", in: of("h:1") + "a: b\nhost: h:1\n", want: "GET https h:1 / [host: h:1] [a: b]"},
		{name: "8.3.1 in another case", in: of("Example.com") + "host: eXample.COM\n", want: "GET https Example.com / [host: Example.com]"},
		{name: "8.3.1 other hosts", in: of("a") + "host: b\n", bad: errHostDiffers},
		{name: "8.3.1 other ports", in: of("a:1") + "host: a:2\n", bad: errHostDiffers},
		{name: "8.3.1 one with a port", in: of("a") + "host: a:443\n", bad: errHostDiffers},
		{name: "8.3.1 IPv6 with and without brackets", in: of("[::1]") + "host: ::1\n", bad: errHost},
	})
}
