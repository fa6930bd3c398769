package websocket

import (
	"slices"
	"strings"
	"testing"
)

// good are the fields of a handshake that is right.
func good() []Field {
	return []Field{
		{"host", "server.example.com"},
		{"upgrade", "websocket"},
		{"connection", "Upgrade"},
		{"sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="},
		{"sec-websocket-version", "13"},
	}
}

// with returns the good fields with one of them replaced or added.
func with(name, value string) []Field {
	fields := good()
	for i := range fields {
		if fields[i].Name == name {
			fields[i].Value = value
			return fields
		}
	}
	return append(fields, Field{name, value})
}

func without(name string) []Field {
	return slices.DeleteFunc(good(), func(f Field) bool { return f.Name == name })
}

func TestHandshake(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		fields []Field
		change func(*Request)
		want   *HandshakeError
	}{
		{name: "4.2.1: as in section 1.3", fields: good()},
		{name: "4.2.1: names in any case", fields: with("upgrade", "WebSocket")},
		{name: "4.2.1: Connection is a list", fields: with("connection", "keep-alive, \tUPGRADE")},
		{name: "4.2.1: Connection in two lines", fields: append(with("connection", "keep-alive"), Field{"connection", "upgrade"})},
		{name: "4.2.1: Upgrade is a list", fields: with("upgrade", "foo/2, websocket")},
		{name: "4.1: POST", fields: good(), change: func(r *Request) { r.Method = "POST" }, want: errMethod},
		{name: "4.2.1: HTTP/1.0", fields: good(), change: func(r *Request) { r.Minor = 0 }, want: errHTTPVersion},
		{name: "4.2.1: HTTP/1.2", fields: good(), change: func(r *Request) { r.Minor = 2 }},
		{name: "4.1: content", fields: good(), change: func(r *Request) { r.HasBody = true }, want: errBody},
		{name: "4.2.1: no Upgrade", fields: without("upgrade"), want: errUpgrade},
		{name: "4.2.1: another Upgrade", fields: with("upgrade", "websocketx"), want: errUpgrade},
		{name: "4.2.1: a list of others", fields: with("upgrade", "foo, xwebsocket"), want: errUpgrade},
		{name: "4.2.1: no Connection", fields: without("connection"), want: errConnection},
		{name: "4.2.1: another Connection", fields: with("connection", "xupgradex"), want: errConnection},
		{name: "4.2.1: no key", fields: without("sec-websocket-key"), want: errKey},
		{name: "4.2.1: an empty key", fields: with("sec-websocket-key", ""), want: errKey},
		{name: "4.2.1: a short key", fields: with("sec-websocket-key", "c2hvcnQ="), want: errKey},
		{name: "4.2.1: a long key", fields: with("sec-websocket-key", strings.Repeat("eHh4", 8)), want: errKey},
		{name: "4.2.1: 18 octets", fields: with("sec-websocket-key", strings.Repeat("eHh4", 6)), want: errKey},
		{name: "4.2.1: 17 octets", fields: with("sec-websocket-key", strings.Repeat("eHh4", 5)+"eHg="), want: errKey},
		{name: "4.2.1: not base64", fields: with("sec-websocket-key", "!!!!!!!!!!!!!!!!!!!!!!=="), want: errKey},
		{name: "4.2.1: two keys", fields: append(good(), Field{"sec-websocket-key", "AAAAAAAAAAAAAAAAAAAAAA=="}), want: errKey},
		{name: "4.4: no version", fields: without("sec-websocket-version"), want: errHandshakeVersion},
		{name: "4.4: version 8", fields: with("sec-websocket-version", "8"), want: errHandshakeVersion},
		{name: "4.4: version 14", fields: with("sec-websocket-version", "14"), want: errHandshakeVersion},
		{name: "4.4: version 013", fields: with("sec-websocket-version", "013"), want: errHandshakeVersion},
		{name: "4.4: two versions", fields: with("sec-websocket-version", "13, 8"), want: errHandshakeVersion},
		{name: "4.4: the version counts before the rest", fields: []Field{{"upgrade", "websocket"}}, want: errHandshakeVersion},
		{name: "4.1: subprotocols", fields: with("sec-websocket-protocol", "a, b")},
		{name: "4.1: an empty subprotocol", fields: with("sec-websocket-protocol", "a,,b"), want: errProtocol},
		{name: "4.1: no token", fields: with("sec-websocket-protocol", "a b"), want: errProtocol},
		{name: "9.1: extensions that are unknown", fields: with("sec-websocket-extensions", "x-foo; bar=1")},
		{name: "10.2: the same origin", fields: with("origin", "https://server.example.com")},
		{name: "10.2: another", fields: with("origin", "https://example.com"), want: errOrigin},
		{name: "10.2: an opaque one", fields: with("origin", "null"), want: errOrigin},
		{name: "10.2: two", fields: append(with("origin", "https://server.example.com"), Field{"origin", "x"}), want: errOriginTwice},
		{
			name: "RFC 8441 5: over HTTP/2", fields: []Field{{"sec-websocket-version", "13"}},
			change: func(r *Request) { *r = Request{Extended: true, Fields: r.Fields} },
		},
		{
			name: "RFC 8441 5: without a version", change: func(r *Request) { *r = Request{Extended: true} }, want: errHandshakeVersion,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := &Request{Method: "GET", Minor: 1, Host: "server.example.com", Fields: tt.fields}
			if tt.change != nil {
				tt.change(r)
			}
			h, err := new(Policy).Check(r)
			switch {
			case tt.want != nil && err != tt.want:
				t.Fatalf("err = %v, want %v", err, tt.want)
			case tt.want != nil:
				return
			case err != nil:
				t.Fatal(err)
			}
			accept, status := "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", 101
			if r.Extended {
				accept, status = "", 200
			}
			if h.Accept != accept || h.Status() != status || h.Protocol != "" {
				t.Errorf("handshake is %+v", h)
			}
		})
	}
}

func TestHandshakeResponse(t *testing.T) {
	t.Parallel()
	p := &Policy{Subprotocols: []string{"chat", "superchat"}}
	r := &Request{Method: "GET", Minor: 1, Fields: append(with("sec-websocket-protocol", "x, superchat"), Field{"sec-websocket-protocol", "chat"})}
	h, err := p.Check(r)
	if err != nil {
		t.Fatal(err)
	}
	want := []Field{{"upgrade", "websocket"}, {"sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="}, {"sec-websocket-protocol", "superchat"}}
	if got := h.AppendFields(nil); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	r.Extended = true
	if h, err = p.Check(r); err != nil {
		t.Fatal(err)
	}
	if got := h.AppendFields(nil); !slices.Equal(got, want[2:]) {
		t.Errorf("over HTTP/2: got %v, want %v", got, want[2:])
	}
}

func TestIsUpgrade(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		fields []Field
		want   bool
	}{
		{good(), true},
		{without("upgrade"), true},
		{[]Field{{"upgrade", "h2c, WebSocket"}}, true},
		{[]Field{{"upgrade", "h2c"}, {"connection", "upgrade"}}, false},
		{[]Field{{"sec-websocket-version", ""}}, true},
		{nil, false},
	} {
		if got := IsUpgrade(tt.fields); got != tt.want {
			t.Errorf("IsUpgrade(%v) = %v", tt.fields, got)
		}
	}
}

func TestOrigins(t *testing.T) {
	t.Parallel()
	list := Origins("https://a.example", "null")
	for _, tt := range []struct {
		allowed      func(origin, host string) bool
		origin, host string
		want         bool
	}{
		{SameOrigin, "http://a:8080", "a:8080", true},
		{SameOrigin, "http://a:8080", "a", false},
		{SameOrigin, "http://a", "a:80", true},
		{SameOrigin, "https://a:443", "A", true},
		{SameOrigin, "https://a", "a:80", false},
		{SameOrigin, "http://[::1]:8080", "[::1]:8080", true},
		{SameOrigin, "null", "null", false},
		{SameOrigin, "", "", false},
		{SameOrigin, "http://%", "%", false},
		{list, "https://A.example", "b", true},
		{list, "null", "b", true},
		{list, "http://a.example", "b", false},
		{list, "http://b", "b", true},
		{AnyOrigin, "null", "b", true},
	} {
		if got := tt.allowed(tt.origin, tt.host); got != tt.want {
			t.Errorf("origin %q at %q: %v", tt.origin, tt.host, got)
		}
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	if err := new(Config).Validate(); err != nil {
		t.Error(err)
	}
	many := int64(1) << 40 // which an int of 32 bits cannot even say
	bad := Config{MaxMessageBytes: 1 << 62, MaxControlFrames: int(many)}
	faults := 1
	if int64(bad.MaxControlFrames) == many {
		faults = 2
	}
	if err := bad.Validate(); err == nil || strings.Count(err.Error(), "websocket: ") != faults {
		t.Errorf("want %d faults: %v", faults, err)
	}
}
