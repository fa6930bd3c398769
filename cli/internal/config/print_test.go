package config

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestWhatIsPrintedRoundTripsInBothFormats(t *testing.T) {
	for _, c := range []Config{Default(), load(t, "a.json", everyKeyJSON)} {
		if back := load(t, "back.json", string(c.JSON())); !reflect.DeepEqual(back, c) {
			t.Errorf("JSON: %+v, want %+v", back, c)
		}
		if back := load(t, "back.toml", string(c.TOML())); !reflect.DeepEqual(back, c) {
			t.Errorf("TOML: %+v, want %+v", back, c)
		}
	}
}

func TestPrintedJSONHasEveryKeySortedAndFourSpaces(t *testing.T) {
	out := Default().JSON()
	if !bytes.HasPrefix(out, []byte("{\n    \"bind_host\": \"127.0.0.1\",\n    \"bind_port\": 8080,\n")) || !bytes.Contains(out, []byte("\n        \"enabled\": ")) {
		t.Errorf("JSON begins %.80q", out)
	}
	var tree map[string]any
	if err := json.Unmarshal(out, &tree); err != nil {
		t.Fatal(err)
	}
	for i := range keys {
		table, name := tree, keys[i].name
		if outer, inner, ok := strings.Cut(name, "."); ok {
			table, name = tree[outer].(map[string]any), inner
		}
		if _, ok := table[name]; !ok {
			t.Errorf("%s is missing", keys[i].name)
		}
	}
	var names []string
	for line := range strings.Lines(string(out)) {
		if strings.HasPrefix(line, `    "`) {
			names = append(names, strings.SplitN(line, `"`, 3)[1])
		}
	}
	if !slices.IsSorted(names) {
		t.Errorf("keys are not sorted: %q", names)
	}
}

func TestSettingsWithoutEffectAreTold(t *testing.T) {
	file := write(t, "a.toml", "\n[log]\nmax_files = 9\nlevel = 'info'\nmax_file_size = 10485760")
	loaded, err := Load(Sources{File: file, LookupEnv: env{"REACTOR_LOG_FILE": "/x.log"}.lookup})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"log.file (REACTOR_LOG_FILE) has no effect: this version logs to the console only",
		"log.max_files (" + file + ":3) has no effect: this version logs to the console only",
	}
	if got := loaded.Ignored(); !slices.Equal(got, want) {
		t.Errorf("Ignored = %q, want %q", got, want)
	}
}
