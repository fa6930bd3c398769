package house

import (
	"bytes"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

func TestSuitesReadTheMapOfCases(t *testing.T) {
	const text = "# Testing\n\n## Suite route (2)\n\nWords.\n\n| case | test |\n|---|---|\n" +
		"| exact | `router TestMatch/exact`, `server TestRoutes` |\n| none | |\n\n## Other\n\n| case | test |\n|---|---|\n| a | `b TestC` |\n"
	suites, err := Suites(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	route := suites["route"]
	if len(suites) != 1 || len(route) != 2 {
		t.Fatalf("Suites = %v, want route with 2 cases", suites)
	}
	want := []TestName{{"router", "TestMatch/exact"}, {"server", "TestRoutes"}}
	if route[0].Name != "exact" || len(route[0].Tests) != 2 || route[0].Tests[0] != want[0] || route[0].Tests[1] != want[1] {
		t.Errorf("first case is %v, want exact with %v", route[0], want)
	}
	if route[1].Name != "none" || len(route[1].Tests) != 0 {
		t.Errorf("second case is %v, want none without tests", route[1])
	}
}

func TestSuitesFailWhereACaseIsNotAnswered(t *testing.T) {
	cases := []Case{
		{"yes", []TestName{{"p", "TestA"}}},
		{"half", []TestName{{"p", "TestA"}, {"p", "TestB/sub"}}},
		{"no", nil},
	}
	passed := make(map[TestName]bool)
	for _, name := range passedIn([]byte("=== RUN   TestA\n--- PASS: TestA (0.00s)\n    --- SKIP: TestB/sub (0.00s)\n")) {
		passed[TestName{"p", name}] = true
	}
	var out bytes.Buffer
	if err := report(&out, "x", cases, passed, nil); err == nil {
		t.Error("report found nothing wrong")
	}
	for _, want := range []string{"ok    yes", "FAIL  half", "FAIL  no", "1 of 3 cases"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, out.String())
		}
	}
}

// Every suite of the map that the documentation has names tests that exist.
func TestSuitesNameTestsThatExist(t *testing.T) {
	f, err := os.Open(filepath.Join(treeRoot(t), "docs", "testing.md"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	suites, err := Suites(f)
	if err != nil {
		t.Fatal(err)
	}
	declared := make(map[TestName]bool)
	for _, f := range goFiles(t) {
		for _, fn := range f.funcs() {
			declared[TestName{path.Dir(f.name), fn.Name.Name}] = true
		}
	}
	for suite, cases := range suites {
		for _, c := range cases {
			for _, test := range c.Tests {
				top, _, _ := strings.Cut(test.Name, "/")
				if !declared[TestName{test.Package, top}] {
					t.Errorf("docs/testing.md, suite %s: no test %s", suite, test)
				}
			}
			if len(c.Tests) == 0 {
				t.Errorf("docs/testing.md, suite %s: no test answers %q", suite, c.Name)
			}
		}
	}
}

// The map has at least as many cases as the original had in each suite. Those of
// the suite cli that wait for later versions stand in a table of their own.
func TestSuitesHaveEveryCaseOfTheOriginal(t *testing.T) {
	f, err := os.Open(filepath.Join(treeRoot(t), "docs", "testing.md"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	suites, err := Suites(f)
	if err != nil {
		t.Fatal(err)
	}
	for name, least := range map[string]int{
		"basic": 6, "stress": 1, "race": 14, "timeout": 6, "config": 8, "http": 14, "ws": 10, "tls": 2, "http2": 37,
		"cli": 1, "route": 44, "kqueue": 7, "pool": 10,
	} {
		if got := len(suites[name]); got < least {
			t.Errorf("docs/testing.md, suite %s: %d cases, want at least %d", name, got, least)
		}
	}
}
