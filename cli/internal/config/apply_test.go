package config

import (
	"slices"
	"strings"
	"testing"
)

func TestEachWrongFileIsToldWhatToMend(t *testing.T) {
	for _, test := range []struct{ name, file, text, want string }{
		{"port -1", "a.json", `{"bind_port": -1}`, `a.json:1: bind_port: -1 is out of range; use 0 to 65535 (0 = any free port)`},
		{"an integer with a point", "a.json", `{"bind_port": 80.0}`, `a.json:1: bind_port: 80.0 is a fraction; it must be an integer, without point and exponent`},
		{"an integer with an exponent", "a.json", `{"max_body_size": 1e6}`, `a.json:1: max_body_size: 1e6 is a fraction; it must be an integer, without point and exponent`},
		{"an integer with a point in TOML", "a.toml", "\nbind_port = 80.0", `a.toml:2: bind_port: 80.0 is a fraction; it must be an integer, without point and exponent`},
		{"a number in quotes", "a.json", `{"bind_port": "80"}`, `a.json:1: bind_port: "80" is a string; it must be an integer, without quotes`},
		{"a number that 32 bits would wrap to 80", "a.json", `{"bind_port": 4294967376}`, `a.json:1: bind_port: 4294967376 is out of range; use 0 to 65535 (0 = any free port)`},
		{"a number that 64 bits would wrap", "a.json", `{"bind_port": 18446744073709551696}`, `a.json:1: bind_port: 18446744073709551696 is out of range; use 0 to 65535 (0 = any free port)`},
		{"a number that 64 bits would wrap in TOML", "a.toml", `bind_port = 18446744073709551696`, `a.toml:1: bind_port: 18446744073709551696 is out of range; use 0 to 65535 (0 = any free port)`},
		{"a stream count that 32 bits would wrap", "a.json", `{"http2": {"max_concurrent_streams": 4294967297}}`, `a.json:1: http2.max_concurrent_streams: 4294967297 is out of range; use 1 to 4294967295`},
		{"a string without quotes", "a.json", `{"bind_host": 127}`, `a.json:1: bind_host: 127 is an integer; it must be a string, in quotes`},
		{"a word for a boolean", "a.json", `{"tls": {"enabled": "yes"}}`, `a.json:1: tls.enabled: "yes" is a string; it must be true or false, without quotes`},
		{"a number for a boolean", "a.json", `{"tls": {"enabled": 1}}`, `a.json:1: tls.enabled: 1 is an integer; it must be true or false`},
		{"null for a value", "a.json", `{"bind_port": null}`, `a.json:1: bind_port: is null; it must be an integer`},
		{"a list for a value", "a.json", `{"bind_port": [1]}`, `a.json:1: bind_port: is a list; it must be an integer`},
		{"a value for a table", "a.json", `{"tls": true}`, `a.json:1: tls: is a boolean; it must be a table`},
		{"a table for a value", "a.toml", "[bind_port]\nx = 1", `a.toml:1: bind_port: is a table; it must be an integer`},
		{"a date", "a.toml", "bind_port = 2024-01-01", `a.toml:1: bind_port: 2024-01-01 is a date; it must be an integer`},
		{"a list at the top", "a.json", `[]`, `a.json:1: holds a list; the top level must be a table of keys`},
		{"a number at the top", "a.json", `5`, `a.json:1: holds an integer; the top level must be a table of keys`},
		{"null at the top", "a.json", "\nnull", `a.json:2: holds null; the top level must be a table of keys`},
		{"an unknown key", "a.json", `{"bind_prot": 1}`, `a.json:1: bind_prot: is not a key; did you mean bind_port?`},
		{"another spelling", "a.json", `{"maxConnections": 1}`, `a.json:1: maxConnections: is not a key; did you mean max_connections?`},
		{"the last word of a key", "a.json", `{"port": 1}`, `a.json:1: port: is not a key; did you mean bind_port?`},
		{"a key of another table", "a.json", `{"level": "info"}`, `a.json:1: level: is not a key; did you mean log.level?`},
		{"a key in the wrong table", "a.toml", "[log]\nbind_port = 1", `a.toml:2: log.bind_port: is not a key; did you mean bind_port?`},
		{"an unknown table", "a.toml", "[http3]\nx = 1", `a.toml:1: http3: is not a key; did you mean http2?`},
		{"nothing near", "a.json", `{"quux_frobnicator": 1}`, "a.json:1: quux_frobnicator: is not a key; `config` lists them all"},
		{"a path in one name", "a.json", `{"tls.enabled": true}`, `a.json:1: tls.enabled: is not a key; write enabled into the table tls`},
		{"a name that would break the line", "a.json", `{"a\nb": 1}`, "a.json:1: \"a\\nb\": is not a key; `config` lists them all"},
		{"a key twice", "a.json", "{\"bind_port\": 1,\n\"bind_port\": 1}", `a.json:2: bind_port: is set twice (first in line 1); remove one of the two`},
		{"a key twice in TOML", "a.toml", "bind_port = 1\nbind_port = 1", `a.toml:2: bind_port: is set twice (first in line 1); remove one of the two`},
		{"a key twice in a table", "a.toml", "[log]\nlevel = 'info'\n\nlevel = 'info'", `a.toml:4: log.level: is set twice (first in line 2); remove one of the two`},
		{"a table twice", "a.toml", "[log]\nlevel = 'info'\n[log]\nfile = 'x'", `a.toml:3: log: is set twice (first in line 1); remove one of the two`},
		{"an empty host", "a.json", `{"bind_host": ""}`, `a.json:1: bind_host: must not be empty; use 127.0.0.1, 0.0.0.0, another address, a name, or unix: and a path`},
		{"an octal host", "a.json", `{"bind_host": "0177.0.0.1"}`, `a.json:1: bind_host: "0177.0.0.1" must be an IP address, a host name or unix: and a path`},
		{"a break in the Server field", "a.json", `{"server_header": "a\r\nb"}`, `a.json:1: server_header: holds a control or non-ASCII character; use visible ASCII text`},
		{"a log file that is a folder", "a.json", `{"log": {"file": "/var/log/"}}`, `a.json:1: log.file: "/var/log/" names a directory; add the name of the file`},
		{"a log file of no size", "a.json", `{"log": {"file": "/x.log", "max_file_size": 0}}`, `a.json:1: log.max_file_size: must be 1 or more when log.file is set`},
		{"no log files at all", "a.json", `{"log": {"file": "/x.log", "max_files": 0}}`, `a.json:1: log.max_files: must be 1 or more when log.file is set (1 = no rotation of our own)`},
		{"a drain that is too long", "a.json", `{"shutdown_drain_timeout_sec": 301}`, `a.json:1: shutdown_drain_timeout_sec: 301 is out of range; use 0 to 300 (0 = end at once)`},
		{"a head that nothing fits into", "a.json", `{"max_header_size": 5}`, `a.json:1: max_header_size: must be at least 128 bytes, or 0 for no limit`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := faultsOf(t, test.file, test.text); len(got) != 1 || got[0] != test.want {
				t.Errorf("%s\n got %q\nwant %q", test.text, got, test.want)
			}
		})
	}
}

func TestListenersHaveTheirOwnLines(t *testing.T) {
	got := faultsOf(t, "a.toml", `[[listeners]]
host = "10.0.0.1"
port = 99999

[[listeners]]
port = 1
prot = 1
port = 2

[[listeners]]
host = ""
[[listeners]]
host = "unix:/run/x"
`)
	want := []string{
		`a.toml:3: listeners[0].port: 99999 is out of range; use 0 to 65535 (0 = any free port)`,
		`a.toml:5: listeners[1]: has no host; give it an address, a name or unix: and a path`,
		`a.toml:7: listeners[1].prot: is not a key; here there are host, port, tls, protocols and redirect_https`,
		`a.toml:8: listeners[1].port: is set twice (first in line 6); remove one of the two`,
		`a.toml:10: listeners[2]: has no port; use 0 to 65535 (0 = any free port)`,
		`a.toml:11: listeners[2].host: must not be empty; use 127.0.0.1, 0.0.0.0, another address, a name, or unix: and a path`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("faults:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if got := faultsOf(t, "a.json", `{"listeners": ["0.0.0.0:80"]}`); len(got) != 1 || got[0] != `a.json:1: listeners[0]: "0.0.0.0:80" is a string; it must be a table with host, port, tls, protocols and redirect_https` {
		t.Errorf("a string for a listener: %q", got)
	}
	if got := faultsOf(t, "a.json", `{"listeners": {"host": "::1", "port": 1}}`); len(got) != 1 || got[0] != `a.json:1: listeners: is a table; it must be a list of tables with host, port, tls, protocols and redirect_https` {
		t.Errorf("a table for the list: %q", got)
	}
}

func TestAllDoublesAreReportedNotOnlyTheFirst(t *testing.T) {
	for file, text := range map[string]string{
		"a.json": "{\"min_rate\": 1,\n\"min_rate\": 2,\n\"min_rate\": 3, \"log\": {},\n\"log\": {}}",
		"a.toml": "min_rate = 1\nmin_rate = 2\nmin_rate = 3\n[log]\n[log]",
	} {
		if got := faultsOf(t, file, text); len(got) != 3 {
			t.Errorf("%s: %q, want three faults", file, got)
		}
	}
}

func FuzzNoFileBreaksTheLoader(f *testing.F) {
	for _, seed := range []string{everyKeyJSON, everyKeyTOML, "{", "[[a]]\n[a.b]\n", "a.b.c=1\n[a]\nb=1", `{"a":{"a":[[{}]]}}`, "listeners=[{host={}}]", "[tls]\ncipher_suites = ['', 1, []]\ncertificates = [{names = [{}]}, 2]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, parse := range []func([]byte) (*node, *syntaxFault){parseJSON, parseTOML} {
			l := &loader{config: Default(), origins: map[string]Origin{}}
			root, syntax := parse([]byte(text))
			if syntax != nil {
				continue
			}
			l.applyTree("fuzz", root)
			l.check()
			if len(l.faults) != 0 {
				continue
			}
			back := &loader{config: Default(), origins: map[string]Origin{}}
			root, _ = parseJSON(l.config.JSON())
			back.applyTree("back", root)
			if len(back.faults) != 0 {
				t.Errorf("what was accepted is refused when printed: %v", back.faults)
			}
		}
	})
}
