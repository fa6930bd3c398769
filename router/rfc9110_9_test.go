package router

import "testing"

// RFC 9110, section 9 (methods), with 10.2.1 (Allow) and 15.5.6 (405).
func TestRFC9110Section9(t *testing.T) {
	t.Parallel()
	mixed := []string{"GET /a", "POST /a", "HEAD /own", "GET /own"}
	runMatchCases(t, []matchCase{
		{"9.1 each method has its own route", mixed, "POST /a", "POST /a"},
		{"9.1 methods are compared with case", mixed, "get /a", "MethodNotAllowed"},
		{"9.1 an unknown method is not allowed where others are", mixed, "BREW /a", "MethodNotAllowed"},
		{"9.1 an unknown method may have a route", []string{"BREW /pot"}, "BREW /pot", "BREW /pot"},
		{"9.3.2 HEAD falls back on GET", mixed, "HEAD /a", "FoundByGet GET /a"},
		{"9.3.2 a HEAD route goes before the GET route", mixed, "HEAD /own", "HEAD /own"},
		{"9.3.2 HEAD falls back on GET without any HEAD route", mixed[:2], "HEAD /a", "FoundByGet GET /a"},
		{"9.3.2 HEAD is not allowed where only POST is", []string{"POST /a"}, "HEAD /a", "MethodNotAllowed"},
		{"9.3.2 HEAD is not found where nothing is", mixed, "HEAD /b", "NotFound"},
		{"9.3.2 a HEAD route does not serve GET", []string{"HEAD /a"}, "GET /a", "MethodNotAllowed"},
		{"9.3.6 CONNECT asks for an authority", []string{"CONNECT a.example:443"}, "CONNECT a.example:443", "CONNECT a.example:443"},
		{"9.3.6 an authority is compared octet by octet", []string{"CONNECT a%2Eb:80"}, "CONNECT a.b:80", "NotFound"},
		{"9.3.6 a catch-all does not take an authority", []string{"CONNECT /*all"}, "CONNECT a.example:443", "NotFound"},
		{"9.3.7 OPTIONS is answered where others are served", mixed, "OPTIONS /a", "Options"},
		{"9.3.7 OPTIONS is not found where nothing is", mixed, "OPTIONS /b", "NotFound"},
		{"9.3.7 an OPTIONS route goes before the automatic answer", []string{"GET /a", "OPTIONS /a"}, "OPTIONS /a", "OPTIONS /a"},
		{"9.3.7 OPTIONS * is answered even by an empty router", nil, "OPTIONS *", "Options"},
		{"9.3.7 OPTIONS * may have a route", []string{"OPTIONS *"}, "OPTIONS *", "OPTIONS *"},
		{"9.3.7 a catch-all does not take the asterisk", []string{"OPTIONS /*all"}, "OPTIONS *", "Options"},
		{"15.5.6 no other method may ask for *", mixed, "GET *", "MethodNotAllowed"},
		{"15.5.6 a path that only others serve is not allowed", mixed, "PUT /a", "MethodNotAllowed"},
		{"15.5.5 an empty target is not found", mixed, "GET ", "NotFound"},
		{"15.5.5 a target without a slash is not found", mixed, "GET a", "NotFound"},
		{"4.2.3 paths are compared with case", mixed, "GET /A", "NotFound"},
	})
}

func TestRFC9110Section1021(t *testing.T) {
	t.Parallel()
	r := build(t, "POST /a", "GET /a", "PUT /a/:x", "HEAD /h", "OPTIONS /o", "ANY /any/*r", "LOCK /any/x")
	for _, c := range []struct{ name, path, want string }{
		{"10.2.1 methods are sorted, with HEAD and OPTIONS", "/a", "GET, HEAD, OPTIONS, POST"},
		{"10.2.1 parameters count", "/a/b", "OPTIONS, PUT"},
		{"10.2.1 HEAD alone brings no GET", "/h", "HEAD, OPTIONS"},
		{"10.2.1 OPTIONS is not listed twice", "/o", "OPTIONS"},
		{"10.2.1 a path that nothing serves has none", "/none", ""},
		{"10.2.1 the path is cleaned and decoded", "/x/../%61", "GET, HEAD, OPTIONS, POST"},
		{"10.2.1 AnyMethod stands for the usual ones, others are added", "/any/x", "DELETE, GET, HEAD, LOCK, OPTIONS, PATCH, POST, PUT"},
		{"10.2.1 the asterisk stands for the whole server", "*", "DELETE, GET, HEAD, LOCK, OPTIONS, PATCH, POST, PUT"},
		{"10.2.1 an empty path has none", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := r.Allow(c.path); got != c.want {
				t.Errorf("Allow(%q) = %q, want %q", c.path, got, c.want)
			}
		})
	}
	t.Run("10.2.1 an empty router answers the asterisk", func(t *testing.T) {
		t.Parallel()
		if got := New[int]().Allow("*"); got != "OPTIONS" {
			t.Errorf("Allow = %q, want OPTIONS", got)
		}
	})
	t.Run("10.2.1 the asterisk lists what is routed and nothing else", func(t *testing.T) {
		t.Parallel()
		if got, want := build(t, "GET /a", "CONNECT a:1").Allow("*"), "CONNECT, GET, HEAD, OPTIONS"; got != want {
			t.Errorf("Allow = %q, want %q", got, want)
		}
	})
}
