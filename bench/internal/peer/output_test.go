package peer

import (
	"strings"
	"testing"

	"reactor.example/bench/internal/load"
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
}

func TestServes(t *testing.T) {
	t.Parallel()
	http1, h2 := load.Mode{}, load.Mode{Proto: load.HTTP2}
	ws, wss := load.Mode{Proto: load.WebSocket}, load.Mode{Proto: load.WebSocket, TLS: true}
	for _, tt := range []struct {
		server, routes string
		m              load.Mode
		want           bool
	}{
		{"nginx", "/plaintext", http1, true},
		{"nginx", "/echo", http1, false},
		{"nginx", "/plaintext", load.Mode{TLS: true}, true},
		{"nghttpd", "/plaintext", http1, false},
		{"nghttpd", "/plaintext", h2, true},
		{"floor", "/plaintext", load.Mode{TLS: true}, false},
		{"floor", "/ws", ws, true},
		{"floor", DeflateRoute, ws, false},
		{"gws", "/plaintext", http1, false},
		{"gws", DeflateRoute, ws, true},
		{"gorilla", "/ws", wss, true},
		{"fasthttp", "/plaintext", h2, false},
		{Own, DeflateRoute, wss, true},
	} {
		if got := (Spec{Name: tt.server}).Serves([]string{tt.routes}, tt.m); got != tt.want {
			t.Errorf("%s serves %s in mode %+v: %t, want %t", tt.server, tt.routes, tt.m, got, tt.want)
		}
	}
	for _, name := range Known()[1:] {
		if can, ok := abilities[name]; !ok || len(can.protos) == 0 || !can.clear {
			t.Errorf("%s is known, and nothing is said about what it can", name)
		}
	}
}
