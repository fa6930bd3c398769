package httptwo

import "testing"

// RFC 9218, sections 4 and 5: what a priority says, and what is no priority.
func TestParsePriority(t *testing.T) {
	t.Parallel()
	def := DefaultPriority
	for _, c := range []struct {
		in   string
		want Priority
		ok   bool
	}{
		{"", def, true},
		{"  ", def, true},
		{"u=0", Priority{0, false}, true},
		{"u=7, i", Priority{7, true}, true},
		{"i", Priority{3, true}, true},
		{"i,u=2", Priority{2, true}, true},
		{"u=2 \t,\t i", Priority{2, true}, true},
		{"i=?1", Priority{3, true}, true},
		{"i=?0", def, true},
		{"i, i=?0", def, true},
		{"u=1, u=5", Priority{5, false}, true},
		{"u=1, u=8", def, true}, // the last counts, and is out of range
		{"u=-1", def, true},     // out of range
		{"u=8", def, true},      // out of range
		{"u=3.0", def, true},    // a decimal
		{"u", def, true},        // a boolean
		{"u=a", def, true},      // a token
		{`u="1"`, def, true},    // a string
		{"u=(1)", def, true},    // a list
		{"i=1", def, true},      // an integer
		{"i=(?1)", def, true},   // a list
		{"u=1;a, i;b=2;c=\"d\"", Priority{1, true}, true},
		{"a, u=1", Priority{1, false}, true},
		{"a=?0, *b-c.d_e9=*tok/en:x, u=1", Priority{1, false}, true},
		{"a=(1 2.5 \"x\";y tok;z=:YQ==:), u=1", Priority{1, false}, true},
		{"a=(), b=(  ), u=1", Priority{1, false}, true},
		{`a="\"\\", u=1`, Priority{1, false}, true},
		{"a=:YWI=:, u=1", Priority{1, false}, true},
		{"a=-12.345, u=1", Priority{1, false}, true},
		{"a=@1659578233, b=%\"f%c3%bc\", u=1", Priority{1, false}, true},
		{"a=999999999999999, u=1", Priority{1, false}, true},
		// No dictionaries.
		{"u=1,", def, false},
		{"u=1, ", def, false},
		{",u=1", def, false},
		{"u=1,,i", def, false},
		{"u=1 i", def, false},
		{"u=", def, false},
		{"u=1;", def, false},
		{"u =1", def, false},
		{"u= 1", def, false},
		{"U=1", def, false},
		{"1=1", def, false},
		{"=1", def, false},
		{"u=1, a=\"x", def, false},
		{"u=1, a=\"\\x\"", def, false},
		{"u=1, a=\"\x7f\"", def, false},
		{"u=1, a=(1", def, false},
		{"u=1, a=(1\t2)", def, false},
		{"u=1, a=(1,2)", def, false},
		{"u=1, a=(\"x\"\"y\")", def, false},
		{"u=1, a=:Y", def, false},
		{"u=1, a=?2", def, false},
		{"u=1, a=?", def, false},
		{"u=1, a=-", def, false},
		{"u=1, a=1.", def, false},
		{"u=1, a=1.2345", def, false},
		{"u=1, a=1234567890123.1", def, false},
		{"u=1, a=1234567890123456", def, false},
		{"u=1, a=@1.5", def, false},
		{"u=1, a=%x", def, false},
		{"\tu=1", def, false},
		{"u=1\x00", def, false},
		{"u=1, \xff", def, false},
	} {
		if got, ok := parsePriority(c.in); got != c.want || ok != c.ok {
			t.Errorf("parsePriority(%q) = %+v, %v, want %+v, %v", c.in, got, ok, c.want, c.ok)
		}
		if got, ok := parsePriority([]byte(c.in)); got != c.want || ok != c.ok {
			t.Errorf("parsePriority([]byte(%q)) = %+v, %v, want %+v, %v", c.in, got, ok, c.want, c.ok)
		}
	}
}

// RFC 9218, section 5: the field in a request.
func TestPriorityField(t *testing.T) {
	t.Parallel()
	check(t, testLimits(), []row{
		{name: "5 field", in: getLines + "priority: u=1, i\n", want: "GET https example.com / urgency=1 incremental=true "},
		{name: "5 several lines are one list", in: getLines + "priority: u=1\npriority: i\n", want: "GET https example.com / urgency=1 incremental=true "},
		{name: "5 the last line counts", in: getLines + "priority: u=1\npriority: u=5\n", want: "GET https example.com / urgency=5 incremental=false "},
		{name: "5 malformed", in: getLines + "priority: u=1,,\n", want: "GET https example.com / [host"},
		{name: "5 none", in: getLines, want: "GET https example.com / [host"},
	})
}

func TestParsePriorityAllocs(t *testing.T) {
	in, frame := "u=1, i, a=(1 2);b=\"c\"", []byte("u=1, i")
	if n := testing.AllocsPerRun(100, func() { parsePriority(in); parsePriority(frame) }); n != 0 {
		t.Errorf("allocs = %v, want 0", n)
	}
}
