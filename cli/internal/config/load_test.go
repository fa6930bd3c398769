package config

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// env is an environment for a test.
type env map[string]string

func (e env) lookup(name string) (string, bool) {
	value, ok := e[name]
	return value, ok
}

// write puts text into a file of that name in a fresh folder.
func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// load loads a file of that name and text and nothing else, and fails the
// test if it is refused.
func load(t *testing.T, name, text string) Config {
	t.Helper()
	loaded, err := Load(Sources{File: write(t, name, text), LookupEnv: env(nil).lookup})
	if err != nil {
		t.Fatalf("Load(%s) of %s: %v", name, text, err)
	}
	return loaded.Config
}

// faultsOf loads a file and returns the lines of its faults, the path cut off.
func faultsOf(t *testing.T, name, text string) []string {
	t.Helper()
	path := write(t, name, text)
	_, err := Load(Sources{File: path, LookupEnv: env(nil).lookup})
	if err == nil {
		return nil
	}
	return strings.Split(strings.ReplaceAll(err.Error(), path, name), "\n")
}

func TestDefaultsHoldWhenNothingIsConfigured(t *testing.T) {
	t.Chdir(t.TempDir())
	loaded, err := Load(Sources{LookupEnv: env(nil).lookup})
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(loaded.Config, Default()) || loaded.File != "" {
		t.Errorf("Load = %+v from %q, want the defaults from no file", loaded.Config, loaded.File)
	}
	c := loaded.Config
	if c.BindHost != "127.0.0.1" || c.BindPort != 8080 || c.MaxConnections != 10000 || c.IdleTimeoutSec != 300 || c.WorkerThreads != 0 ||
		c.MaxHeaderSize != 8192 || c.MaxBodySize != 1048576 || c.MaxWSMessageSize != 16777216 || c.RequestTimeoutSec != 30 || c.ShutdownDrainTimeoutSec != 30 {
		t.Errorf("defaults changed: %+v", c)
	}
	if c.TLS.Enabled || c.TLS.MinVersion != "1.2" || c.Log != (Log{"info", "", 10485760, 3}) || c.HTTP2 != (HTTP2{true, 100, 65535, 16384, 65536, 1 << 20, 256 << 20, false}) ||
		c.WebSocket != (WebSocket{30, 10, 5, 1 << 20, "report", true, 0}) {
		t.Errorf("defaults changed: %+v", c)
	}
}

// Every key is set to a value that is not its default, in both formats.
const everyKeyJSON = `{
	"bind_host": "0.0.0.0", "bind_port": 9000, "reuse_port": true,
	"worker_threads": 5, "max_connections": 11, "max_connections_per_address": 12, "max_requests_in_flight": 13,
	"idle_timeout_sec": 14, "request_timeout_sec": 15, "shutdown_drain_timeout_sec": 16, "min_rate": 17, "min_rate_grace_sec": 18,
	"max_header_size": 1900, "max_target_size": 20, "max_header_fields": 21, "max_body_size": 22, "max_ws_message_size": 23,
	"inline_body": 24, "body_buffer": 5000, "output_high_water": 6000, "linger_bytes": 27, "linger_timeout_sec": 28, "server_header": "mine",
	"listeners": [
		{"host": "::1", "port": 0, "tls": false, "protocols": ["http/1.1", "h2"], "redirect_https": 443},
		{"host": "unix:/run/r.sock"}
	],
	"tls": {
		"enabled": false, "cert_file": "/c.pem", "key_file": "/k.pem", "ocsp_file": "/o.der", "min_version": "1.3",
		"cipher_suites": ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"],
		"client_auth": "request", "client_ca_file": "/ca.pem", "handshake_timeout_sec": 34, "max_handshakes": 35,
		"max_handshakes_per_address": 36, "trusted_addresses": ["10.0.0.0/8", "::1/128"], "reload_interval_sec": 37,
		"certificates": [
			{"names": ["a.example", "*.a.example"], "cert_file": "/ac.pem", "key_file": "/ak.pem", "ocsp_file": "/ao.der"},
			{"cert_file": "/bc.pem", "key_file": "/bk.pem"}
		]
	},
	"log": {"level": "debug", "file": "/var/log/r.log", "max_file_size": 29, "max_files": 30},
	"http2": {"enabled": true, "max_concurrent_streams": 31, "initial_window_size": 32, "max_frame_size": 20000, "max_header_list_size": 33, "max_window_size": 38, "window_budget": 44, "flood_observe": true},
	"websocket": {"ping_interval_sec": 39, "pong_timeout_sec": 40, "close_timeout_sec": 41, "max_backlog": 4200, "slow_reader": "drop", "compression": false, "shutdown_spread_sec": 43}
}`

const everyKeyTOML = `# a comment
bind_host = "0.0.0.0"
bind_port = 9_000
reuse_port = true
worker_threads = 0x5
max_connections = 11
max_connections_per_address = 12
max_requests_in_flight = 13
idle_timeout_sec = 14
request_timeout_sec = 15
shutdown_drain_timeout_sec = 16
min_rate = 17
min_rate_grace_sec = 18
max_header_size = 1900
max_target_size = 20
max_header_fields = 21
max_body_size = 22
max_ws_message_size = 23
inline_body = 24
body_buffer = 5000
output_high_water = 6000
linger_bytes = 27
linger_timeout_sec = 28
server_header = "mine"
log.level = 'debug'
log.file = "/var/log/r.log"
log.max_file_size = 29
log.max_files = 30
websocket = { ping_interval_sec = 39, pong_timeout_sec = 40, close_timeout_sec = 41, max_backlog = 4200, slow_reader = "drop", compression = false, shutdown_spread_sec = 43 }

[tls]
enabled = false
cert_file = "/c.pem"
key_file = "/k.pem"
ocsp_file = "/o.der"
min_version = "1.3"
cipher_suites = [
	"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
	"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", # the last comma is allowed
]
client_auth = "request"
client_ca_file = "/ca.pem"
handshake_timeout_sec = 34
max_handshakes = 35
max_handshakes_per_address = 36
trusted_addresses = ["10.0.0.0/8", "::1/128"]
reload_interval_sec = 37

[[tls.certificates]]
names = ["a.example", "*.a.example"]
cert_file = "/ac.pem"
key_file = "/ak.pem"
ocsp_file = "/ao.der"

[[tls.certificates]]
cert_file = "/bc.pem"
key_file = "/bk.pem"

[http2]
enabled = true
max_concurrent_streams = 31
initial_window_size = 32
max_frame_size = 20000
max_header_list_size = 33
max_window_size = 38
window_budget = 44
flood_observe = true

[[listeners]]
host = "::1"
port = 0
tls = false
protocols = ["http/1.1", "h2"]
redirect_https = 443

[[listeners]]
host = "unix:/run/r.sock"
`

func TestEveryKeyIsReadFromJSONAndFromTOML(t *testing.T) {
	fromJSON, fromTOML := load(t, "a.json", everyKeyJSON), load(t, "a.toml", everyKeyTOML)
	if !reflect.DeepEqual(fromJSON, fromTOML) {
		t.Errorf("JSON and TOML differ:\n%+v\n%+v", fromJSON, fromTOML)
	}
	defaults := Default()
	for i := range keys {
		if k := &keys[i]; k.name != "tls.enabled" && k.name != "http2.enabled" && reflect.DeepEqual(k.printed(&fromJSON), k.printed(&defaults)) {
			t.Errorf("%s was not read", k.name)
		}
	}
}

func TestAFileKeepsTheDefaultsOfWhatItDoesNotSet(t *testing.T) {
	for name, text := range map[string]string{"a.json": `{"bind_port": 1}`, "a.toml": "bind_port = 1", "b.json": `{}`, "b.toml": ""} {
		want := Default()
		if strings.HasPrefix(name, "a") {
			want.BindPort = 1
		}
		if got := load(t, name, text); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, want %+v", text, got, want)
		}
	}
}

func TestBrokenJSONIsRefusedWithItsLine(t *testing.T) {
	got := faultsOf(t, "a.json", "{\n  \"bind_port\": 1,\n}")
	if len(got) != 1 || !strings.HasPrefix(got[0], "a.json:3: is not valid JSON: ") {
		t.Errorf("faults = %q", got)
	}
}

func TestJSONWithACommaOrACommentTooMuchIsRefusedWithTheRemedy(t *testing.T) {
	for text, want := range map[string]string{
		"{\"bind_port\": 1,\n}":            "a.json:2: is not valid JSON: invalid character '}' looking for beginning of object key string; remove the comma in front of it",
		"{\"listeners\": [{},]}":           "a.json:1: is not valid JSON: invalid character ']' looking for beginning of value; remove the comma in front of it",
		"// mine\n{}":                      "a.json:1: is not valid JSON: invalid character '/' looking for beginning of value; JSON has no comments, TOML has",
		"{\"bind_port\": 1, # mine\n}":     "a.json:1: is not valid JSON: invalid character '#' looking for beginning of object key string; JSON has no comments, TOML has",
		"{\"bind_port\": 1 /* mine */}":    "a.json:1: is not valid JSON: invalid character '/' after object key:value pair; JSON has no comments, TOML has",
		"{\"bind_port\": 1 \"reuse_port\"": "a.json:1: is not valid JSON: invalid character '\"' after object key:value pair",
		"{\"listeners\": ]}":               "a.json:1: is not valid JSON: invalid character ']' looking for beginning of value",
	} {
		if got := faultsOf(t, "a.json", text); !slices.Equal(got, []string{want}) {
			t.Errorf("faults of %s\n got %q\nwant %q", text, got, want)
		}
	}
}

func TestBrokenTOMLIsRefusedWithItsLine(t *testing.T) {
	for text, line := range map[string]string{"bind_port = 1\nbind_host = nope\n": "2", "\n\n[tls\n": "3", "tls = {enabled = false}\n[tls]\n": "2"} {
		got := faultsOf(t, "a.toml", text)
		if len(got) != 1 || !strings.HasPrefix(got[0], "a.toml:"+line+": is not valid TOML: ") {
			t.Errorf("faults of %q = %q", text, got)
		}
	}
}

func TestAMissingExplicitFileIsRefused(t *testing.T) {
	_, err := Load(Sources{File: "no/such.json", LookupEnv: env(nil).lookup})
	if err == nil || err.Error() != "no/such.json: there is no such file; check the path given with -c" {
		t.Errorf("err = %v", err)
	}
}

func TestWhatIsNotAConfigurationFileIsRefused(t *testing.T) {
	large := write(t, "large.toml", strings.Repeat("# too long\n", 100_000))
	for path, want := range map[string]string{
		t.TempDir():                              "is a directory",
		large:                                    "is larger than 1 MiB",
		write(t, "a.json", "\uFEFF{}"):           "is not plain UTF-8",
		write(t, "a.toml", "bind_host=\"\xff\""): "is not plain UTF-8",
		write(t, "a.conf", "bind_port = 1"):      "does not end in .toml is read as JSON",
	} {
		if _, err := Load(Sources{File: path, LookupEnv: env(nil).lookup}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Load(%s) = %v, want %q in it", path, err, want)
		}
	}
}

func TestTheDefaultFileIsTOMLElseJSONAndNeverBoth(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("config", 0o700); err != nil {
		t.Fatal(err)
	}
	put := func(path, text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put(DefaultJSON, `{"bind_port": 1}`)
	if loaded, err := Load(Sources{LookupEnv: env(nil).lookup}); err != nil || loaded.File != DefaultJSON || loaded.Config.BindPort != 1 {
		t.Errorf("with %s: %+v, %v", DefaultJSON, loaded, err)
	}
	put(DefaultTOML, `bind_port = 2`)
	if _, err := Load(Sources{LookupEnv: env(nil).lookup}); err == nil || !strings.Contains(err.Error(), "config/server.toml: stands beside config/server.json") {
		t.Errorf("with both: %v", err)
	}
	if loaded, err := Load(Sources{File: DefaultJSON, LookupEnv: env(nil).lookup}); err != nil || loaded.Config.BindPort != 1 {
		t.Errorf("with both and -c: %+v, %v", loaded, err)
	}
	if err := os.Remove(DefaultJSON); err != nil {
		t.Fatal(err)
	}
	if loaded, err := Load(Sources{LookupEnv: env(nil).lookup}); err != nil || loaded.File != DefaultTOML || loaded.Config.BindPort != 2 {
		t.Errorf("with %s: %+v, %v", DefaultTOML, loaded, err)
	}
}

func TestAFileThatHappensToBeNamedConfigIsNoObstacle(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("config", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if loaded, err := Load(Sources{LookupEnv: env(nil).lookup}); err != nil || loaded.File != "" {
		t.Errorf("Load = %+v, %v, want the defaults", loaded, err)
	}
}

func TestPrecedenceIsDefaultsFileEnvironmentFlags(t *testing.T) {
	file := write(t, "a.toml", "bind_port = 1\nworker_threads = 1\nlog.level = 'error'")
	sources := Sources{
		File: file, LookupEnv: env{"REACTOR_WORKER_THREADS": "2", "REACTOR_LOG_LEVEL": "warn"}.lookup,
		Flags: []Flag{{"log.level", "--log-level", "debug"}},
	}
	loaded, err := Load(sources)
	if err != nil {
		t.Fatal(err)
	}
	c := loaded.Config
	t.Run("defaults stay where nothing is said", func(t *testing.T) {
		if c.BindHost != "127.0.0.1" {
			t.Errorf("bind_host = %q", c.BindHost)
		}
	})
	t.Run("the file is over the defaults", func(t *testing.T) {
		if c.BindPort != 1 {
			t.Errorf("bind_port = %d", c.BindPort)
		}
	})
	t.Run("the environment is over the file and kept where no flag is given", func(t *testing.T) {
		if c.WorkerThreads != 2 {
			t.Errorf("worker_threads = %d", c.WorkerThreads)
		}
	})
	t.Run("a flag is over the environment", func(t *testing.T) {
		if c.Log.Level != "debug" {
			t.Errorf("log.level = %q", c.Log.Level)
		}
	})
}

func TestAllFaultsOfAllSourcesAreReportedAtOnceInReadingOrder(t *testing.T) {
	path := write(t, "a.toml", `bind_port = 70000
max_conections = 5
idle_timeout_sec = "5"

[log]
level = "loud"

[http2]
max_frame_size = 1
`)
	_, err := Load(Sources{File: path, LookupEnv: env{"REACTOR_WORKER_THREADS": "many"}.lookup, Flags: []Flag{{"bind_host", "--host", "1"}}})
	want := []string{
		path + `:1: bind_port: 70000 is out of range; use 0 to 65535 (0 = any free port)`,
		path + `:2: max_conections: is not a key; did you mean max_connections?`,
		path + `:3: idle_timeout_sec: "5" is a string; it must be an integer, without quotes`,
		path + `:6: log.level: "loud" is not known; use trace, debug, info, warn, error or critical`,
		path + `:9: http2.max_frame_size: 1 is out of range; use 16384 to 16777215`,
		`REACTOR_WORKER_THREADS: worker_threads: "many" is not an integer; use 0 to 1024 (0 = automatic)`,
		`--host: bind_host: "1" must be an IP address, a host name or unix: and a path`,
	}
	if err == nil || err.Error() != strings.Join(want, "\n") {
		t.Errorf("Load = %v\nwant %s", err, strings.Join(want, "\n"))
	}
	var faults Faults
	if !errors.As(err, &faults) || len(faults) != len(want) {
		t.Errorf("error is %T", err)
	}
}
