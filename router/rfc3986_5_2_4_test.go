package router

import "testing"

// RFC 3986, section 5.2.4: dot segments. The results for paths are those of the
// reference resolution examples of section 5.4, base "/b/c/d", and our own.
func TestRFC3986Section524(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, path, want string }{
		{"5.2.4 first example", "/a/b/c/./../../g", "/a/g"},
		{"5.4.1 g", "/b/c/g", "/b/c/g"},
		{"5.4.1 ./g", "/b/c/./g", "/b/c/g"},
		{"5.4.1 g/", "/b/c/g/", "/b/c/g/"},
		{"5.4.1 . keeps the slash", "/b/c/.", "/b/c/"},
		{"5.4.1 ./", "/b/c/./", "/b/c/"},
		{"5.4.1 ..", "/b/c/..", "/b/"},
		{"5.4.1 ../", "/b/c/../", "/b/"},
		{"5.4.1 ../g", "/b/c/../g", "/b/g"},
		{"5.4.1 ../..", "/b/c/../..", "/"},
		{"5.4.1 ../../g", "/b/c/../../g", "/g"},
		{"5.4.2 ../../../g does not leave the root", "/b/c/../../../g", "/g"},
		{"5.4.2 ../../../../g", "/b/c/../../../../g", "/g"},
		{"5.4.2 /./g", "/./g", "/g"},
		{"5.4.2 /../g", "/../g", "/g"},
		{"5.4.2 g. is a name", "/b/c/g.", "/b/c/g."},
		{"5.4.2 .g is a name", "/b/c/.g", "/b/c/.g"},
		{"5.4.2 g.. is a name", "/b/c/g..", "/b/c/g.."},
		{"5.4.2 ..g is a name", "/b/c/..g", "/b/c/..g"},
		{"5.4.2 ./../g", "/b/c/./../g", "/b/g"},
		{"5.4.2 ./g/.", "/b/c/./g/.", "/b/c/g/"},
		{"5.4.2 g/./h", "/b/c/g/./h", "/b/c/g/h"},
		{"5.4.2 g/../h", "/b/c/g/../h", "/b/c/h"},
		{"5.2.4 three dots are a name", "/a/.../b", "/a/.../b"},
		{"5.2.4 an empty segment counts as one", "/a//../b", "/a/b"},
		{"5.2.4 empty segments are kept", "/a//./b", "/a//b"},
		{"5.2.4 only dots", "/..", "/"},
		{"5.2.4 only a dot", "/.", "/"},
		{"6.2.2.2 an encoded dot is a dot", "/a/%2e/b", "/a/b"},
		{"6.2.2.2 two encoded dots", "/a/%2E%2e/b", "/b"},
		{"6.2.2.2 half encoded", "/a/.%2e/b", "/b"},
		{"6.2.2.2 the other half encoded", "/a/%2e./b", "/b"},
		{"6.2.2.2 a dot that is encoded twice is no dot", "/a/%252e%252e/b", "/a/%252e%252e/b"},
		{"2.2 an encoded slash does not make a dot segment", "/a/..%2fb", "/a/..%2fb"},
		{"2.1 other escapes are left alone", "/a/%41/./%e2", "/a/%41/%e2"},
		{"no path is touched that does not begin with a slash", "a/../b", "a/../b"},
		{"the asterisk is not touched", "*", "*"},
		{"nothing is nothing", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got, ok := Clean(c.path); got != c.want || !ok {
				t.Errorf("Clean(%q) = %q, %v, want %q", c.path, got, ok, c.want)
			}
		})
	}
}

// RFC 3986, section 2.1: percent-encoding.
func TestRFC3986Section21(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/%", "/%4", "/a%zz", "/%4g", "/%g4", "/a/%%20", "/%00", "/a%00b/../c", "/x\x00y", "/%2/..", "/../%"} {
		t.Run("2.1 is broken by "+path, func(t *testing.T) {
			t.Parallel()
			if got, ok := Clean(path); ok || got != "" {
				t.Errorf("Clean(%q) = %q, %v, want a refusal", path, got, ok)
			}
			r := build(t, "GET /*rest")
			if got := outcome(r, "GET "+path); got != "BadPath" {
				t.Errorf("Match(%q) = %q, want BadPath", path, got)
			}
			if got := r.Allow(path); got != "" {
				t.Errorf("Allow(%q) = %q, want nothing", path, got)
			}
		})
	}
}

func TestDecoding(t *testing.T) {
	t.Parallel()
	table := []string{
		"GET /café/:x", "GET /a b", "GET /users/:id", "GET /files/*path", "GET /:x/tail/*rest",
		"GET /100%", `GET /slash/:x(a/b)`, "GET /plus+/:x", "GET /p/:a/:b/:c/:d/:e/:f/:g/:h/:i/:j",
	}
	runMatchCases(t, []matchCase{
		{"static text is compared decoded", table, "GET /caf%C3%A9/1", "GET /café/:x x=1"},
		{"a space is %20", table, "GET /a%20b", "GET /a b"},
		{"hexadecimal digits of either case are alike", table, "GET /caf%c3%a9/1", "GET /café/:x x=1"},
		{"letters that needed no encoding are the same encoded", table, "GET /%75sers/7", "GET /users/:id id=7"},
		{"an encoded slash does not split a segment", table, "GET /users/a%2Fb", "GET /users/:id id=a/b"},
		{"an encoded slash does not match a slash of a pattern", table, "GET /users%2F7", "NotFound"},
		{"an encoded slash stays encoded in a catch-all", table, "GET /files/a%2fb/c", "GET /files/*path path=a%2Fb/c"},
		{"an encoded slash at the end is no trailing slash", table, "GET /users/7%2F", "GET /users/:id id=7/"},
		{"a constraint sees the slash decoded", table, "GET /slash/a%2Fb", "GET /slash/:x(a/b) x=a/b"},
		{"what is encoded twice is decoded once", table, "GET /users/%252F", "GET /users/:id id=%2F"},
		{"a plus is a plus", table, "GET /plus+/a+b", "GET /plus+/:x x=a+b"},
		{"a percent sign of a pattern is matched by %25", table, "GET /100%25", "GET /100%"},
		{"an encoded question mark belongs to the path", table, "GET /users/a%3Fb", "GET /users/:id id=a?b"},
		{"octets that are not UTF-8 are kept", table, "GET /users/%ff%fe", "GET /users/:id id=\xff\xfe"},
		{"dot segments are resolved before matching", table, "GET /x/../users/./7", "GET /users/:id id=7"},
		{"encoded dot segments are too", table, "GET /files/%2e%2e/users/7", "GET /users/:id id=7"},
		{"dots cannot climb out of a catch-all's prefix unseen", table, "GET /files/../../etc/passwd", "NotFound"},
		{"dots and an encoded slash are a value, not a way up", table, "GET /users/..%2F..%2Fetc", "GET /users/:id id=../../etc"},
		{"a double slash is significant", table, "GET //users/7", "NotFound"},
		{"a double slash stays in a catch-all", table, "GET /files//a//b/", "GET /files/*path path=/a//b/"},
		{"a parameter and a catch-all unmask each in its way", table, "GET /a%2Fb/tail/c%2Fd", "GET /:x/tail/*rest x=a/b rest=c%2Fd"},
		{
			"parameters beyond the inline ones are unmasked too", table,
			"GET /p/1%2F/2/3/4/5/6/7/8/9%2F/10",
			"GET /p/:a/:b/:c/:d/:e/:f/:g/:h/:i/:j a=1/ b=2 c=3 d=4 e=5 f=6 g=7 h=8 i=9/ j=10",
		},
	})
}

func TestCleanDoesNotAllocate(t *testing.T) {
	for _, path := range []string{"/", "/a/b/c", "/.well-known/x", "/a%20b", "/a/...", "*"} {
		if n := testing.AllocsPerRun(100, func() { Clean(path) }); n != 0 {
			t.Errorf("Clean(%q): allocs = %v, want 0", path, n)
		}
	}
}
