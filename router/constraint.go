package router

import (
	"errors"
	"math"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

// A constraint decides whether a segment may be the value of a parameter.
//
// Most constraints in practice repeat one class of ASCII characters, such as
// \d+ or [a-z0-9-]{1,32}; these are checked without the regexp machine, some
// ten times faster. The machine is the definition, the class its shortcut.
type constraint struct {
	source string         // as written, without the parentheses
	regexp *regexp.Regexp // anchored at both ends
	class  *class         // nil if the expression is not of this simple form
}

// newConstraint compiles the expression between the parentheses.
func newConstraint(source string) (*constraint, error) {
	if source == "" {
		return nil, errors.New("constraint is empty")
	}
	parsed, err := syntax.Parse(source, syntax.Perl)
	if err != nil {
		return nil, explainSyntax(source, err)
	}
	re, err := regexp.Compile(`\A(?:` + source + `)\z`)
	if err != nil {
		return nil, explainSyntax(source, err)
	}
	return &constraint{source: source, regexp: re, class: classOf(parsed)}, nil
}

// matches reports whether the constraint matches the whole segment. Hot path.
func (c *constraint) matches(segment string) bool {
	if c.class != nil {
		return c.class.matches(segment)
	}
	return c.regexp.MatchString(segment)
}

// explainSyntax says what is wrong with an expression, in particular that RE2
// leaves out what cannot be matched in linear time.
func explainSyntax(source string, err error) error {
	reason := err.Error()
	var bad *syntax.Error
	if errors.As(err, &bad) {
		reason = bad.Code.String() + ": " + bad.Expr
		switch {
		case isLookAround(bad.Expr):
			reason = "look-around is not supported (constraints are RE2)"
		case isBackReference(bad.Expr):
			reason = "back references are not supported (constraints are RE2)"
		}
	}
	return errors.New("constraint (" + source + "): " + reason)
}

func isLookAround(expr string) bool {
	for _, prefix := range []string{"(?=", "(?!", "(?<=", "(?<!"} {
		if strings.HasPrefix(expr, prefix) {
			return true
		}
	}
	return false
}

func isBackReference(expr string) bool {
	return len(expr) > 1 && expr[0] == '\\' && ('1' <= expr[1] && expr[1] <= '9' || expr[1] == 'k')
}

// A class is a set of ASCII characters and how many of them make a match.
type class struct {
	set      [2]uint64 // bit c is set if the character c belongs to it
	min, max int
}

// classOf returns the class that is equivalent to the expression, nil if there
// is none.
func classOf(re *syntax.Regexp) *class {
	for re.Op == syntax.OpCapture {
		re = re.Sub[0]
	}
	c := &class{min: 1, max: math.MaxInt}
	switch re.Op {
	case syntax.OpCharClass:
		c.max = 1
		return c.fill(re)
	case syntax.OpPlus:
	case syntax.OpStar:
		c.min = 0
	case syntax.OpRepeat:
		c.min = re.Min
		if re.Max >= 0 {
			c.max = re.Max
		}
	default:
		return nil
	}
	member := re.Sub[0]
	for member.Op == syntax.OpCapture {
		member = member.Sub[0]
	}
	if member.Op != syntax.OpCharClass {
		return nil
	}
	return c.fill(member)
}

// fill takes over the members of a character class; it returns nil if there are
// any beyond ASCII.
func (c *class) fill(re *syntax.Regexp) *class {
	for i := 0; i < len(re.Rune); i += 2 {
		if re.Rune[i+1] >= utf8.RuneSelf {
			return nil
		}
		for char := re.Rune[i]; char <= re.Rune[i+1]; char++ {
			c.set[char/64] |= 1 << (char % 64)
		}
	}
	return c
}

// matches reports whether s consists of the right number of members. Hot path.
func (c *class) matches(s string) bool {
	if len(s) < c.min || len(s) > c.max {
		return false
	}
	for i := range len(s) {
		if char := s[i]; char >= utf8.RuneSelf || c.set[char/64]&(1<<(char%64)) == 0 {
			return false
		}
	}
	return true
}
