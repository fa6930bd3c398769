package house

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
)

// A Case is one case of the original server's test suites, with the tests of
// this tree that answer it.
type Case struct {
	Name  string
	Tests []TestName
}

// A TestName names a test: the package, as a folder below the root, and the
// function, with a subtest after a slash if need be.
type TestName struct{ Package, Name string }

// String returns the form in which the documentation names a test.
func (t TestName) String() string { return t.Package + " " + t.Name }

// Suites reads the map of cases from a Markdown text. A suite is a heading of
// any level that starts with "Suite" and the name; a case is a row of the
// table below it, with the tests in its second cell, each in backquotes as
// "package TestName".
func Suites(r io.Reader) (map[string][]Case, error) {
	heading := regexp.MustCompile(`^#+ Suite (\w+)`)
	row := regexp.MustCompile(`^\| *([^|]*?) *\| *([^|]*?) *\|`)
	test := regexp.MustCompile("`([\\w/.-]+) (Test[^`]*|Fuzz[^`]*|Example[^`]*)`")
	suites := make(map[string][]Case)
	name := ""
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		line := lines.Text()
		if strings.HasPrefix(line, "#") {
			name = ""
			if m := heading.FindStringSubmatch(line); m != nil {
				name = m[1]
			}
			continue
		}
		m := row.FindStringSubmatch(line)
		if name == "" || m == nil || m[1] == "case" || strings.HasPrefix(m[1], "-") {
			continue
		}
		c := Case{Name: m[1]}
		for _, t := range test.FindAllStringSubmatch(m[2], -1) {
			c.Tests = append(c.Tests, TestName{t[1], t[2]})
		}
		suites[name] = append(suites[name], c)
	}
	return suites, lines.Err()
}

// RunSuite runs the tests of the suite name of the map in docs/testing.md and
// writes one line a case to w. It fails if a test fails, is skipped or does
// not exist, and if a case names none.
func RunSuite(root, name string, w io.Writer) error {
	f, err := os.Open(root + "/docs/testing.md")
	if err != nil {
		return err
	}
	defer f.Close()
	suites, err := Suites(f)
	if err != nil {
		return err
	}
	cases, ok := suites[name]
	if !ok {
		return fmt.Errorf("house: docs/testing.md has no heading \"Suite %s\"", name)
	}
	passed := make(map[TestName]bool)
	var faults bytes.Buffer
	for pkg, tests := range testsByPackage(cases) {
		out := runTests(root, pkg, tests)
		for _, t := range passedIn(out) {
			passed[TestName{pkg, t}] = true
		}
		if bytes.Contains(out, []byte("FAIL")) {
			faults.Write(out)
		}
	}
	return report(w, name, cases, passed, faults.Bytes())
}

// testsByPackage collects the top-level tests that the cases name.
func testsByPackage(cases []Case) map[string][]string {
	tests := make(map[string][]string)
	for _, c := range cases {
		for _, t := range c.Tests {
			top, _, _ := strings.Cut(t.Name, "/")
			if !slices.Contains(tests[t.Package], top) {
				tests[t.Package] = append(tests[t.Package], top)
			}
		}
	}
	return tests
}

func runTests(root, pkg string, tests []string) []byte {
	cmd := exec.Command("go", "test", "-v", "-run", "^("+strings.Join(tests, "|")+")$", "./"+pkg)
	cmd.Dir = root
	// The workspace again, and the conformance tables too.
	cmd.Env = append(os.Environ(), "GOWORK=", "HOUSE=conform")
	out, err := cmd.CombinedOutput()
	if err != nil {
		out = fmt.Appendf(out, "FAIL %s: %v\n", pkg, err)
	}
	return out
}

// passedIn returns the names of the tests that the output of go test -v says
// have passed, subtests included.
func passedIn(out []byte) []string {
	var names []string
	for _, m := range regexp.MustCompile(`--- PASS: (\S+)`).FindAllSubmatch(out, -1) {
		names = append(names, string(m[1]))
	}
	return names
}

func report(w io.Writer, suite string, cases []Case, passed map[TestName]bool, faults []byte) error {
	w.Write(faults)
	failed := 0
	for _, c := range cases {
		verdict := "ok  "
		if len(c.Tests) == 0 || slices.ContainsFunc(c.Tests, func(t TestName) bool { return !passed[t] }) {
			verdict = "FAIL"
			failed++
		}
		fmt.Fprintf(w, "%s  %s", verdict, c.Name)
		for _, t := range c.Tests {
			fmt.Fprintf(w, "  [%s]", t)
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "suite %s: %d of %d cases answered\n", suite, len(cases)-failed, len(cases))
	if failed > 0 || len(faults) > 0 {
		return fmt.Errorf("house: suite %s failed", suite)
	}
	return nil
}
