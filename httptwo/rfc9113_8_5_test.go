package httptwo

import "testing"

// RFC 9113, section 8.5: CONNECT.
func TestConnect(t *testing.T) {
	t.Parallel()
	const connect = ":method: CONNECT\n"
	check(t, testLimits(), []row{
		{name: "8.5 host and port", in: connect + ":authority: h:443\n", want: "CONNECT  h:443  [host: h:443]"},
		{name: "8.5 authority before the method", in: ":authority: h:443\n" + connect, want: "CONNECT  h:443 "},
		{name: "9112 3.2.3 Host without the port", in: connect + ":authority: h:443\nhost: H\n", want: "CONNECT  h:443 "},
		{name: "8.3.1 another Host", in: connect + ":authority: h:443\nhost: g\n", bad: errHostDiffers},
		{name: "8.3.1 another port in Host", in: connect + ":authority: h:443\nhost: h:444\n", bad: errHostDiffers},
		{name: "8.5 no authority", in: connect, bad: errConnect},
		{name: "8.5 no authority but Host", in: connect + "host: h:443\n", bad: errConnect},
		{name: "8.5 with a scheme", in: connect + ":authority: h:443\n:scheme: https\n", bad: errConnect},
		{name: "8.5 with a path", in: connect + ":authority: h:443\n:path: /\n", bad: errConnect},
		{name: "9110 9.3.6 without a port", in: connect + ":authority: h\n", bad: errConnect},
		{name: "9110 9.3.6 with an empty port", in: connect + ":authority: h:\n", bad: errConnect},
		{name: "9110 9.3.6 with port 0", in: connect + ":authority: h:00\n", bad: errConnect},
		{name: "9110 9.3.6 with content", in: connect + ":authority: h:443\ncontent-length: 1\n", bad: errConnectContent},
		{name: "9110 9.3.6 with no content", in: connect + ":authority: h:443\ncontent-length: 0\n", want: "CONNECT  h:443  length=0 "},
		{name: "8441 3 not announced", in: connect + ":protocol: websocket\n:scheme: https\n:authority: h\n:path: /\n", bad: errPseudoUnknown},
	})
}

// RFC 8441, section 4: extended CONNECT.
func TestExtendedConnect(t *testing.T) {
	t.Parallel()
	limits := testLimits()
	limits.extendedConnect = true
	const connect = ":method: CONNECT\n"
	const all = connect + ":protocol: websocket\n:scheme: https\n:authority: h\n:path: /chat\n"
	check(t, limits, []row{
		{name: "4 all", in: all, want: "CONNECT https h /chat protocol=websocket [host: h]"},
		{name: "4 Host agrees exactly", in: all + "host: h\n", want: "CONNECT https h /chat protocol=websocket [host: h]"},
		{name: "4 no path", in: connect + ":protocol: websocket\n:scheme: https\n:authority: h\n", bad: errPseudoMissing},
		{name: "4 no scheme", in: connect + ":protocol: websocket\n:path: /\n:authority: h\n", bad: errPseudoMissing},
		{name: "4 no authority", in: connect + ":protocol: websocket\n:path: /\n:scheme: https\nhost: h\n", bad: errPseudoMissing},
		{name: "4 asterisk", in: connect + ":protocol: websocket\n:path: *\n:scheme: https\n:authority: h\n", bad: errAsterisk},
		{name: "4 with GET", in: getLines + ":protocol: websocket\n", bad: errProtocol},
		{name: "4 empty", in: connect + ":protocol: \n:scheme: https\n:authority: h\n:path: /\n", bad: errProtocol},
		{name: "4 no token", in: connect + ":protocol: a b\n:scheme: https\n:authority: h\n:path: /\n", bad: errProtocol},
		{name: "4 twice", in: all + ":protocol: websocket\n", bad: errPseudoTwice},
		{name: "8.5 a plain one is still taken", in: connect + ":authority: h:443\n", want: "CONNECT  h:443 "},
	})
}
