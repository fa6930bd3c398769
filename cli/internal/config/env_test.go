package config

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// fromEnv loads one variable and nothing else.
func fromEnv(t *testing.T, variable, text string) (Config, error) {
	t.Helper()
	loaded, err := Load(Sources{File: write(t, "empty.toml", ""), LookupEnv: env{variable: text}.lookup})
	if err != nil {
		return Config{}, err
	}
	return loaded.Config, nil
}

func TestEachOfTheSeventeenVariablesOverridesItsKey(t *testing.T) {
	variables := map[string]struct{ key, text, want string }{
		"REACTOR_BIND_HOST":                    {"bind_host", "::", "::"},
		"REACTOR_BIND_PORT":                    {"bind_port", "81", "81"},
		"REACTOR_TLS_ENABLED":                  {"tls.enabled", "no", "false"},
		"REACTOR_TLS_CERT":                     {"tls.cert_file", "c", "c"},
		"REACTOR_TLS_KEY":                      {"tls.key_file", "k", "k"},
		"REACTOR_LOG_LEVEL":                    {"log.level", "trace", "trace"},
		"REACTOR_LOG_FILE":                     {"log.file", "f", "f"},
		"REACTOR_MAX_CONNECTIONS":              {"max_connections", "0", "0"},
		"REACTOR_IDLE_TIMEOUT":                 {"idle_timeout_sec", " 7", "7"},
		"REACTOR_WORKER_THREADS":               {"worker_threads", "2", "2"},
		"REACTOR_REQUEST_TIMEOUT":              {"request_timeout_sec", "3", "3"},
		"REACTOR_SHUTDOWN_DRAIN_TIMEOUT":       {"shutdown_drain_timeout_sec", "4", "4"},
		"REACTOR_HTTP2_ENABLED":                {"http2.enabled", "FALSE", "false"},
		"REACTOR_HTTP2_MAX_CONCURRENT_STREAMS": {"http2.max_concurrent_streams", "5", "5"},
		"REACTOR_HTTP2_INITIAL_WINDOW_SIZE":    {"http2.initial_window_size", "6", "6"},
		"REACTOR_HTTP2_MAX_FRAME_SIZE":         {"http2.max_frame_size", "16385", "16385"},
		"REACTOR_HTTP2_MAX_HEADER_LIST_SIZE":   {"http2.max_header_list_size", "8", "8"},
	}
	named := 0
	for i := range keys {
		if keys[i].env != "" {
			named++
		}
	}
	if named != 17 || len(variables) != 17 {
		t.Errorf("%d variables in the table, %d in this test, want 17", named, len(variables))
	}
	for variable, test := range variables {
		c, err := fromEnv(t, variable, test.text)
		if err != nil {
			t.Errorf("%s=%s: %v", variable, test.text, err)
			continue
		}
		if got := c.text(test.key); got != test.want {
			t.Errorf("%s=%s: %s = %s, want %s", variable, test.text, test.key, got, test.want)
		}
	}
}

// text is the value of a key as it is printed.
func (c Config) text(name string) string { return fmt.Sprint(lookup(name).printed(&c)) }

func TestWhatIsNotAWholeDecimalIntegerIsRefusedInTheEnvironment(t *testing.T) {
	for _, text := range []string{"", " ", "80x", "8 0", "80 ", "0x50", "80.0", "8_0", "4294967376", "99999999999999999999", "-1", "\u0668"} {
		if _, err := fromEnv(t, "REACTOR_BIND_PORT", text); err == nil || !strings.HasPrefix(err.Error(), "REACTOR_BIND_PORT: bind_port: ") {
			t.Errorf("REACTOR_BIND_PORT=%q: %v, want an error that names it", text, err)
		}
	}
	for _, text := range []string{"80", " 80", "\t80", "+80"} {
		if c, err := fromEnv(t, "REACTOR_BIND_PORT", text); err != nil || c.BindPort != 80 {
			t.Errorf("REACTOR_BIND_PORT=%q: %d, %v, want 80", text, c.BindPort, err)
		}
	}
}

func TestBooleansInTheEnvironmentAreWordsInAnyCase(t *testing.T) {
	for text, want := range map[string]bool{"1": true, "true": true, "YES": true, "Yes": true, "0": false, "False": false, "no": false} {
		if c, err := fromEnv(t, "REACTOR_HTTP2_ENABLED", text); err != nil || c.HTTP2.Enabled != want {
			t.Errorf("%q: %v, %v, want %v", text, c.HTTP2.Enabled, err, want)
		}
	}
	for _, text := range []string{"", "on", "off", "2", "y", " true"} {
		if _, err := fromEnv(t, "REACTOR_HTTP2_ENABLED", text); err == nil {
			t.Errorf("%q was accepted", text)
		}
	}
}

func TestAVariableThatIsSetButEmptyOverridesWithTheEmptyString(t *testing.T) {
	file := write(t, "a.toml", "log.file = '/x.log'")
	loaded, err := Load(Sources{File: file, LookupEnv: env{"REACTOR_LOG_FILE": ""}.lookup})
	if err != nil || loaded.Config.Log.File != "" {
		t.Errorf("log.file = %q, %v, want none", loaded.Config.Log.File, err)
	}
	if _, err := fromEnv(t, "REACTOR_BIND_HOST", ""); err == nil {
		t.Error("an empty bind_host was accepted")
	}
}

func TestAVariableThatIsNoneIsNamedWithTheOneThatWasMeant(t *testing.T) {
	got := UnknownVariables([]string{
		"PATH=/bin", "REACTOR", "REACTOR_BIND_PORT=1", "REACTOR_TLS_CERT_FILE=x", "REACTOR_PORT=1", "REACTOR_BIND_PROT=1",
		"REACTOR_MIN_RATE=1", "REACTOR_TLS_MIN_VERSION=1.3", "REACTOR_FROBNICATION=1", "REACTOR_\n=1", "REACTOR_=",
	})
	want := []string{
		`"REACTOR_\n" is no variable of this program; ` + "`help` lists them",
		"REACTOR_ is no variable of this program; `help` lists them",
		"REACTOR_BIND_PROT is no variable of this program; did you mean REACTOR_BIND_PORT?",
		"REACTOR_FROBNICATION is no variable of this program; `help` lists them",
		"REACTOR_MIN_RATE is no variable of this program; min_rate is set in the file only",
		"REACTOR_PORT is no variable of this program; did you mean REACTOR_BIND_PORT?",
		"REACTOR_TLS_CERT_FILE is no variable of this program; did you mean REACTOR_TLS_CERT?",
		"REACTOR_TLS_MIN_VERSION is no variable of this program; tls.min_version is set in the file only",
	}
	if !slices.Equal(got, want) {
		t.Errorf("UnknownVariables =\n%q, want\n%q", got, want)
	}
	for _, v := range Variables() {
		if got := UnknownVariables([]string{v.Name + "=x"}); got != nil {
			t.Errorf("%s: %q", v.Name, got)
		}
	}
}

func TestAFlagIsCheckedByItself(t *testing.T) {
	for _, test := range []struct {
		key, text string
		ok        bool
	}{
		{"bind_port", "0", true},
		{"bind_port", "65535", true},
		{"bind_port", "65536", false},
		{"bind_port", "-1", false},
		{"bind_port", "abc", false},
		{"bind_port", "80.0", false},
		{"bind_port", "", false},
		{"worker_threads", "0", true},
		{"worker_threads", "-1", false},
		{"log.level", "trace", true},
		{"log.level", "critical", true},
		{"log.level", "warning", false},
		{"log.level", "INFO", false},
		{"log.level", "", false},
		{"bind_host", "not checked here!", true},
		{"bind_host", "", false},
		{"nothing", "", false},
	} {
		if err := CheckFlag(test.key, test.text); (err == nil) != test.ok {
			t.Errorf("CheckFlag(%s, %q) = %v, want ok = %v", test.key, test.text, err, test.ok)
		}
	}
}
