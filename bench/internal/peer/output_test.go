package peer

import (
	"strings"
	"testing"
)

func TestAddressIsFoundInWhateverServersPrint(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"plain", "listening on 127.0.0.1:8080\n", "127.0.0.1:8080"},
		{"after other lines", "starting\nworkers 2\nlistening on http://127.0.0.1:41234/ ok\n", "127.0.0.1:41234"},
		{"JSON", `{"level":"info","msg":"listening","addr":"127.0.0.1:9"}` + "\n", "127.0.0.1:9"},
		{"colours", "\x1b[32mINFO\x1b[0m listening on \x1b[1m127.0.0.1:65535\x1b[0m\n", "127.0.0.1:65535"},
		{"not the port that was asked for", "config 127.0.0.1:0\nlistening on 127.0.0.1:77\n", "127.0.0.1:77"},
		{"nothing", "bind: address in use\n", ""},
	}
	for _, tt := range tests {
		for _, step := range []int{1, 5, len(tt.in)} {
			o := newOutput()
			for in := tt.in; in != ""; {
				k := min(step, len(in))
				if n, err := o.Write([]byte(in[:k])); n != k || err != nil {
					t.Fatalf("Write = %d, %v, want %d", n, err, k)
				}
				in = in[k:]
			}
			got := ""
			select {
			case got = <-o.addr:
			default:
			}
			if got != tt.want {
				t.Errorf("%s, %d bytes at a time: %q, want %q", tt.name, step, got, tt.want)
			}
		}
	}
}

func TestOutputKeepsItsEnd(t *testing.T) {
	t.Parallel()
	o := newOutput()
	for range 100 {
		_, _ = o.Write([]byte(strings.Repeat("x", 1000)))
	}
	_, _ = o.Write([]byte("the end"))
	if got := o.tail(); len(got) != tailLimit || !strings.HasSuffix(got, "the end") {
		t.Errorf("tail of %d bytes, want %d with the end", len(got), tailLimit)
	}
}

func TestSpecs(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		in   string
		want Spec
	}{
		{"floor", Spec{Name: "floor"}},
		{"nethttp@8", Spec{Name: "nethttp", Procs: 8}},
		{"reactor:../a@b/x", Spec{}},
		{"reactor:../old/server_runner@2", Spec{Name: Own, Binary: "../old/server_runner", Procs: 2}},
	} {
		got, err := ParseSpec(tt.in)
		if got != tt.want || (err != nil) != (tt.want == Spec{}) {
			t.Errorf("ParseSpec(%q) = %+v, %v, want %+v", tt.in, got, err, tt.want)
		}
		if err == nil && got.String() != tt.in {
			t.Errorf("String() = %q, want %q", got.String(), tt.in)
		}
	}
	for _, in := range []string{"", "apache", "nethttp@", "nethttp@0", "nethttp:x", "reactor:"} {
		if got, err := ParseSpec(in); err == nil {
			t.Errorf("ParseSpec(%q) = %+v, want an error", in, got)
		}
	}
	if (Spec{Name: "nginx"}).Serves([]string{"/plaintext", "/echo"}) || !(Spec{Name: "nginx"}).Serves([]string{"/plaintext"}) {
		t.Error("nginx serves /plaintext and lacks /echo: told otherwise")
	}
}
