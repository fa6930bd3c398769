package router

import "testing"

func TestAnyMethod(t *testing.T) {
	t.Parallel()
	mixed := []string{"GET /a", "POST /a", "ANY /any", "PUT /any", "ANY /files/*path", "GET /files/index"}
	runMatchCases(t, []matchCase{
		{"a method that nobody knows finds it", mixed, "BREW /any", "ANY /any"},
		{"a route for one method goes before it", mixed, "PUT /any", "PUT /any"},
		{"a method with routes of its own finds it", mixed, "POST /any", "ANY /any"},
		{"HEAD finds it", mixed, "HEAD /any", "ANY /any"},
		{"HEAD finds it where no method has a route", []string{"ANY /any"}, "HEAD /any", "ANY /any"},
		{"OPTIONS finds it", mixed, "OPTIONS /any", "ANY /any"},
		{"a more special pattern goes before it", mixed, "GET /files/index", "GET /files/index"},
		{"it takes what GET does not", mixed, "GET /files/x", "ANY /files/*path path=x"},
		{"it goes before a wider route for one method", []string{"GET /*all", "ANY /a/*r"}, "GET /a/b", "ANY /a/*r r=b"},
		{"HEAD asks GET before it", mixed, "HEAD /files/index", "FoundByGet GET /files/index"},
		{"it reaches methods that come later", []string{"ANY /a/*r", "GET /a/b", "PATCH /c"}, "PATCH /a/x", "ANY /a/*r r=x"},
		{"it reaches methods that were before", []string{"PATCH /c", "ANY /a/*r"}, "PATCH /a/x", "ANY /a/*r r=x"},
		{"it does not replace a route for one method", []string{"PATCH /a/*p", "ANY /a/*r"}, "PATCH /a/x", "PATCH /a/*p p=x"},
		{"it does not hide a wider HEAD route", []string{"ANY /a/*r", "HEAD /*all"}, "HEAD /a/b", "HEAD /*all all=a/b"},
	})
	runRefusals(t, []refusal{
		{"two for all methods at one pattern", []string{"ANY /a/:x", "GET /b", "ANY /a/:y"}, []string{"ANY /a/:y conflicts with ANY /a/:x"}},
		{"a constraint that differs from one for a single method", []string{`GET /:x(a)`, `ANY /:y(b)`}, []string{"ANY /:y(b) conflicts with GET /:x(a)"}},
		{"a constraint for a single method that differs", []string{`ANY /:x(a)`, `GET /:y(b)`}, []string{"GET /:y(b) conflicts with ANY /:x(a)"}},
	})
}
