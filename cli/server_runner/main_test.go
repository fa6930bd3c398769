package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheBinaryPrintsItsVersion(t *testing.T) {
	t.Parallel()
	code, stdout, stderr := finish(t, program(t, "version"))
	if code != 0 || !strings.HasPrefix(stdout, "reactor_server version ") || strings.Count(stdout, "\n") != 1 || stderr != "" {
		t.Errorf("code %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}

func TestTheBinaryPrintsUsageWithoutArguments(t *testing.T) {
	t.Parallel()
	code, stdout, stderr := finish(t, program(t))
	if code != 0 || !strings.Contains(stdout, "Usage:\n  server_runner <command> [options]") || stderr != "" {
		t.Errorf("code %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}

func TestAUsageErrorIsCode2OnStderr(t *testing.T) {
	t.Parallel()
	for _, args := range []string{"strat", "start -p 99999", "start now", "--frobnicate", "help strat"} {
		code, stdout, stderr := finish(t, program(t, strings.Fields(args)...))
		if code != 2 || stdout != "" || !strings.HasPrefix(stderr, "Error: ") {
			t.Errorf("%s: code %d, stdout %q, stderr %q", args, code, stdout, stderr)
		}
	}
}

func TestValidateReadsTheDefaultFileOfItsFolder(t *testing.T) {
	t.Parallel()
	cmd := program(t, "validate")
	if code, stdout, _ := finish(t, cmd); code != 0 || stdout != "Configuration is valid.\nConfiguration file: none (there is no config/server.toml and no config/server.json)\n" {
		t.Errorf("without a file: code %d, stdout %q", code, stdout)
	}
	again := program(t, "validate")
	writeDefault(t, again.Dir, "bind_port = 99999")
	code, stdout, stderr := finish(t, again)
	if code != 1 || stdout != "" || stderr != "Error: config/server.toml:1: bind_port: 99999 is out of range; use 0 to 65535 (0 = any free port)\n" {
		t.Errorf("with a bad file: code %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}

// writeDefault puts text into the default file of a folder.
func writeDefault(t *testing.T, folder, text string) {
	t.Helper()
	if err := os.Mkdir(filepath.Join(folder, "config"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "config", "server.toml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestConfigPrintsWhatFileEnvironmentAndOptionsMake(t *testing.T) {
	t.Parallel()
	cmd := program(t, "config", "-w", "3")
	writeDefault(t, cmd.Dir, "worker_threads = 1\nbind_port = 1\nidle_timeout_sec = 1")
	cmd.Env = append(cmd.Env, "REACTOR_BIND_PORT=2", "REACTOR_WORKER_THREADS=2")
	code, stdout, stderr := finish(t, cmd)
	var got struct {
		Workers int `json:"worker_threads"`
		Port    int `json:"bind_port"`
		Idle    int `json:"idle_timeout_sec"`
	}
	if err := json.Unmarshal([]byte(stdout), &got); err != nil || code != 0 || stderr != "" {
		t.Fatalf("code %d, %v, stderr %q", code, err, stderr)
	}
	if got.Workers != 3 || got.Port != 2 || got.Idle != 1 {
		t.Errorf("config = %+v, want options over environment over file", got)
	}
}
