package router

import "testing"

func TestSimpleConstraintsNeedNoRegexp(t *testing.T) {
	t.Parallel()
	for source, simple := range map[string]bool{
		`\d+`:              true,
		`[0-9]{4}`:         true,
		`[a-z0-9-]{1,32}`:  true,
		`[a-z]{2,}`:        true,
		`[a-z]*`:           true,
		`[a-f]`:            true,
		`([0-9]+)`:         true,
		`(?:[0-9])+`:       true,
		`\w+?`:             true,
		`a|b`:              true, // RE2 reads it as [a-b]
		`(?i)[a-j]+`:       true, // k and s have relatives beyond ASCII
		`(?i)[a-z]+`:       false,
		`[^/]+`:            false,
		`.+`:               false,
		`abc`:              false,
		`v\d+`:             false,
		`json|xml`:         false,
		`[0-9]+-[0-9]+`:    false,
		`([0-9]{2}){2}`:    false,
		`^[0-9]+$`:         false,
		`[[:alpha:]\x80]+`: false,
	} {
		c, err := newConstraint(source)
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		if got := c.class != nil; got != simple {
			t.Errorf("%s has a class: %v, want %v", source, got, simple)
		}
	}
}

// The regexp is the reference for the class.
func FuzzConstraint(f *testing.F) {
	for _, source := range []string{`\d+`, `[a-z]{2,3}`, `[^a]`, `(a|b)*`, `(?i)[k]+`, `\w{0,2}`, `.`, `(?s).{3}`, `[\x00-\x7f]+`} {
		for _, segment := range []string{"", "1", "12", "ab", "abcd", "K", "\u212a", "\xff", "a\n", "_"} {
			f.Add(source, segment)
		}
	}
	f.Fuzz(func(t *testing.T, source, segment string) {
		c, err := newConstraint(source)
		if err != nil {
			return
		}
		if got, want := c.matches(segment), c.regexp.MatchString(segment); got != want {
			t.Errorf("(%s) matches %q = %v, want %v", source, segment, got, want)
		}
	})
}

func TestConstraintDoesNotAllocate(t *testing.T) {
	for _, source := range []string{`\d+`, `v?\d+`} {
		c, err := newConstraint(source)
		if err != nil {
			t.Fatal(err)
		}
		if n := testing.AllocsPerRun(100, func() { c.matches("4711") }); n != 0 {
			t.Errorf("(%s): allocs = %v, want 0", source, n)
		}
	}
}

func BenchmarkConstraint(b *testing.B) {
	for _, c := range []struct{ kind, source string }{
		{"class", `[0-9]+`},
		{"regexp", `[0-9]+|x`},
	} {
		b.Run("kind="+c.kind, func(b *testing.B) {
			constraint, err := newConstraint(c.source)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				constraint.matches("20261123")
			}
		})
	}
}
