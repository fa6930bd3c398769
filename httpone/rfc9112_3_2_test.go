package httpone

import "testing"

// RFC 9112, section 3.2: the four forms of a target, each bound to methods.
func TestTargetForms(t *testing.T) {
	t.Parallel()
	request := func(line string) string { return line + " HTTP/1.1\r\nHost: localhost\r\n\r\n" }
	connect := func(target, lines string) string {
		return "CONNECT " + target + " HTTP/1.1\r\n" + lines + "\r\n"
	}
	check(t, nil, []row{
		{name: "3.2.1 path", in: request("GET /a/b"), n: 1, head: "origin-form scheme= authority=localhost path=/a/b query= "},
		{name: "3.2.1 query", in: request("GET /a?b=c?d"), n: 1, head: "path=/a query=b=c?d "},
		{name: "3.2.1 empty query", in: request("GET /a?"), n: 1, head: "path=/a query= "},
		{name: "3.2.1 percent-encoding is left alone", in: request("GET /%41%2f%00%zz"), n: 1, head: "path=/%41%2f%00%zz query= "},
		{name: "3.2.1 dot segments are left alone", in: request("GET /a/../b"), n: 1, head: "path=/a/../b "},
		{name: "3.2.1 double slash is a path", in: request("GET //localhost/"), n: 1, head: "path=//localhost/ "},
		{name: "3.2.1 what browsers leave as it is", in: request("GET /a|b?f[x]={y}^`\\"), n: 1, head: "query=f[x]={y}^`\\ "},
		{name: "3.2.1 fragment", in: request("GET /#frag"), status: 400},
		{name: "3.2.1 backslash in a path", in: request(`GET /a\b`), status: 400},
		{name: "3.2.1 quote", in: request(`GET /"a"`), status: 400},
		{name: "3.2.1 angle brackets", in: request("GET /<a>"), status: 400},
		{name: "3.2 no form", in: request("GET foo"), status: 400},
		{name: "3.2 query alone", in: request("GET ?a"), status: 400},
		{name: "3.2 dot segment alone", in: request("GET ../a"), status: 400},
		{name: "3.2.2 absolute", in: request("GET http://localhost/a?b"), n: 1, head: "absolute-form scheme=http authority=localhost path=/a query=b "},
		{name: "3.2.2 any case", in: request("GET HTTP://LOCALHOST/"), n: 1, head: "scheme=http authority=LOCALHOST "},
		{name: "3.2.2 https", in: request("GET https://localhost/"), n: 1, head: "scheme=https "},
		{name: "3.2.2 no path", in: request("GET http://localhost"), n: 1, head: "path=/ query= "},
		{name: "3.2.2 no path but a query", in: request("GET http://localhost?a"), n: 1, head: "path=/ query=a "},
		{name: "3.2.2 default port", in: request("GET http://localhost:80/"), n: 1, head: "authority=localhost:80 "},
		{name: "3.2.2 default port of https", in: request("GET https://localhost:443/"), n: 1},
		{name: "3.2.2 another port than Host", in: request("GET http://localhost:8080/"), status: 400},
		{name: "3.2.2 another host than Host", in: request("GET http://other/"), status: 400},
		{name: "3.2.2 Host without target's port", in: "GET http://a:81/ HTTP/1.1\r\nHost: a\r\n\r\n", status: 400},
		{name: "3.2.2 port too large", in: request("GET http://localhost:99999/"), status: 400},
		{name: "3.2.2 empty host", in: request("GET http:///"), status: 400},
		{name: "3.2.2 port without host", in: request("GET http://:80/"), status: 400},
		{name: "3.2.2 userinfo", in: request("GET http://user@localhost/"), status: 400},
		{name: "3.2.2 userinfo with password", in: request("GET http://u:p@localhost/"), status: 400},
		{name: "3.2.2 one slash", in: request("GET http:/localhost/"), status: 400},
		{name: "3.2.2 no slash", in: request("GET http:localhost"), status: 400},
		{name: "3.2.2 another scheme", in: request("GET ftp://localhost/"), status: 400},
		{name: "3.2.2 no scheme", in: request("GET ://localhost/"), status: 400},
		{name: "3.2.2 space in the host", in: request("GET http://local host/"), status: 400},
		{name: "3.2.2 backslash behind the host", in: request(`GET http://localhost\a`), status: 400},
		{name: "3.2.2 backslash in the path", in: request(`GET http://localhost/a\b`), status: 400},
		{name: "3.2.2 without Host", in: "GET http://localhost/ HTTP/1.1\r\n\r\n", status: 400},
		{name: "3.2.2 HTTP/1.0 without Host", in: "GET http://localhost/ HTTP/1.0\r\n\r\n", n: 1, head: "authority=localhost "},
		{name: "3.2.2 IPv6", in: "GET http://[::1]:80/ HTTP/1.1\r\nHost: [::1]\r\n\r\n", n: 1, head: "authority=[::1]:80 "},
		{name: "3.2.3 CONNECT", in: connect("localhost:80", "Host: localhost:80\r\n"), n: 1, head: "authority-form scheme= authority=localhost:80 path= query= "},
		{name: "3.2.3 CONNECT with Host as in the RFC's example", in: connect("www.example.com:80", "Host: www.example.com\r\n"), n: 1},
		{name: "3.2.3 CONNECT with another Host", in: connect("localhost:80", "Host: other\r\n"), status: 400},
		{name: "3.2.3 CONNECT with another port in Host", in: connect("localhost:80", "Host: localhost:81\r\n"), status: 400},
		{name: "3.2.3 CONNECT without port", in: connect("localhost", "Host: localhost\r\n"), status: 400},
		{name: "3.2.3 CONNECT with an empty port", in: connect("localhost:", "Host: localhost\r\n"), status: 400},
		{name: "3.2.3 CONNECT with port 0", in: connect("localhost:0", "Host: localhost\r\n"), status: 400},
		{name: "3.2.3 CONNECT with port 65536", in: connect("localhost:65536", "Host: localhost\r\n"), status: 400},
		{name: "3.2.3 CONNECT without host", in: connect(":80", "Host: localhost\r\n"), status: 400},
		{name: "3.2.3 CONNECT with a path", in: connect("/", "Host: localhost\r\n"), status: 400},
		{name: "3.2.3 CONNECT with an absolute target", in: connect("http://localhost:80/", "Host: localhost\r\n"), status: 400},
		{name: "3.2.3 CONNECT with an asterisk", in: connect("*", "Host: localhost\r\n"), status: 400},
		{name: "3.2.3 GET with an authority", in: request("GET localhost:80"), status: 400},
		{name: "3.2.4 OPTIONS", in: request("OPTIONS *"), n: 1, head: "asterisk-form scheme= authority=localhost path=* query= "},
		{name: "3.2.4 OPTIONS with a path", in: request("OPTIONS /a"), n: 1, head: "path=/a "},
		{name: "3.2.4 OPTIONS without a path", in: request("OPTIONS http://localhost"), n: 1, head: "absolute-form scheme=http authority=localhost path=* "},
		{name: "3.2.4 OPTIONS with an absolute path", in: request("OPTIONS http://localhost/"), n: 1, head: "path=/ "},
		{name: "3.2.4 GET", in: request("GET *"), status: 400},
		{name: "3.2.4 PRI", in: "PRI * HTTP/2.0\r\nHost: localhost\r\n\r\n", status: 400},
		{name: "3.2.4 an asterisk and more", in: request("OPTIONS *a"), status: 400},
	})
}

// RFC 9112, section 3.2: one Host, and a valid one, in every 1.1 request.
func TestHost(t *testing.T) {
	t.Parallel()
	host := func(value string) string { return "GET / HTTP/1.1\r\nHost: " + value + "\r\n\r\n" }
	rows := []row{
		{name: "3.2 none", in: "GET / HTTP/1.1\r\nX: y\r\n\r\n", status: 400},
		{name: "3.2 none, and a request behind it", in: "GET / HTTP/1.1\r\n\r\n" + smuggled, status: 400},
		{name: "3.2 none in HTTP/1.0", in: "GET / HTTP/1.0\r\n\r\n", n: 1, head: "authority= "},
		{name: "3.2 two that agree", in: get("Host: localhost\r\n"), status: 400},
		{name: "3.2 two that differ", in: get("Host: other\r\n"), status: 400},
		{name: "3.2 two in different case", in: get("hOST: other\r\n"), status: 400},
		{name: "3.2 two in HTTP/1.0", in: "GET / HTTP/1.0\r\nHost: localhost\r\nHost: other\r\n\r\n", status: 400},
		{name: "3.2 space before the colon", in: "GET / HTTP/1.1\r\nHost : localhost\r\n\r\n", status: 400},
		{name: "3.2 bad one, good request behind it", in: "GET / HTTP/1.1\r\nHost : localhost\r\n\r\n" + smuggled, status: 400},
		{name: "3.2 folded", in: "GET / HTTP/1.1\r\nHost:\r\n localhost\r\n\r\n", status: 400},
	}
	for _, value := range []string{
		"localhost", "localhost:8080", "localhost:", "localhost:65535", "a.b-c_d~e", "127.0.0.1", "127.0.0.1:80",
		"[::1]", "[::1]:80", "[::ffff:127.0.0.1]", "[v1.a:b]", "a%41b", "a!$&'()*+;=b", "LOCALHOST", " localhost\t",
	} {
		rows = append(rows, row{name: "3.2 valid " + value, in: host(value), n: 1})
	}
	for _, value := range []string{
		"", " ", ":80", "localhost/x", "localhost/../x", "user@localhost", "u:p@localhost", "localhost,other",
		"localhost:abc", "localhost:-1", "localhost:65536", "localhost:99999999999999999999", "localhost:80:80",
		"<localhost>", `"localhost"`, `local\host`, "localhost?x", "localhost#x", "local host", "local\thost",
		"http://localhost", "a%4", "a%zz", "a%", "[::1", "::1", "[]", "[::1]x", "[::1]80", "[127.0.0.1]", "[::1%25eth0]",
		"[::1%eth0]", "[v1]", "[v.a]", "[vg.a]", "[v1.]", "{x}", "a|b", "a^b", "caf\xc3\xa9", "localhost\x00",
	} {
		rows = append(rows, row{name: "3.2 invalid " + value, in: host(value), status: 400})
	}
	check(t, nil, rows)
}
