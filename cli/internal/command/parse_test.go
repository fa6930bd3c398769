package command

import (
	"strings"
	"testing"
)

func TestTheDefaultsAreThoseOfTheManual(t *testing.T) {
	t.Parallel()
	got := run("config")
	for _, part := range []string{`"bind_host": "127.0.0.1"`, `"bind_port": 8080`, `"worker_threads": 0`, `"level": "info"`} {
		got.want(t, part)
	}
}

func TestTheFileIsChosenInBothSpellings(t *testing.T) {
	t.Parallel()
	path := file(t, "a.json", `{"bind_port": 4711}`)
	for _, args := range [][]string{{"-c", path}, {"-c" + path}, {"--config", path}, {"--config=" + path}} {
		run(append([]string{"config"}, args...)...).want(t, `"bind_port": 4711`)
	}
	run("config", "-c", "").wantUsageError(t, "must not be empty")
}

func TestTheShortSetIsUnderstood(t *testing.T) {
	t.Parallel()
	got := run("config", "-p", "1", "-H", "0.0.0.0", "-l", "debug", "-w", "2")
	for _, part := range []string{`"bind_port": 1`, `"bind_host": "0.0.0.0"`, `"level": "debug"`, `"worker_threads": 2`} {
		got.want(t, part)
	}
}

func TestTheLongSetIsUnderstood(t *testing.T) {
	t.Parallel()
	got := run("config", "--port", "1", "--host=::1", "--log-level", "critical", "--workers=0")
	for _, part := range []string{`"bind_port": 1`, `"bind_host": "::1"`, `"level": "critical"`, `"worker_threads": 0`} {
		got.want(t, part)
	}
}

func TestAValueMayStickToItsOptionAndTheLastOneCounts(t *testing.T) {
	t.Parallel()
	run("config", "-p1", "--port=2", "-p3").want(t, `"bind_port": 3`)
	run("config", "-p1", "-p99999").wantUsageError(t, "99999")
}

func TestAPortOf99999IsAUsageError(t *testing.T) {
	t.Parallel()
	for _, command := range []string{"start", "validate", "config"} {
		run(command, "-p", "99999").wantUsageError(t, "use 0 to 65535")
	}
}

func TestAPortOf0IsFineAndMinus1IsNot(t *testing.T) {
	t.Parallel()
	run("validate", "-p", "0").want(t, "Configuration is valid.\n")
	run("validate", "-p", "-1").wantUsageError(t, "-1 is out of range")
	run("validate", "--port=-1").wantUsageError(t, "-1 is out of range")
}

func TestAPortThatIsNoNumberIsAUsageError(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"http", "80x", "80.0", "0x50", "", "4294967376"} {
		run("start", "-p", text).wantUsageError(t, "-p, --port")
	}
}

func TestWorkersAreNotNegative(t *testing.T) {
	t.Parallel()
	run("start", "-w", "-1").wantUsageError(t, "-w, --workers")
	run("start", "--workers", "two").wantUsageError(t, "-w, --workers")
}

func TestALevelIsOneOfSixAndCaseMatters(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"warning", "INFO", "", "verbose"} {
		run("start", "-l", text).wantUsageError(t, "use trace, debug, info, warn, error or critical")
	}
	for _, text := range []string{"trace", "debug", "info", "warn", "error", "critical"} {
		run("validate", "-l", text).want(t, "valid")
	}
}

func TestAnEmptyHostIsAUsageErrorAndABadOneIsAFailure(t *testing.T) {
	t.Parallel()
	run("start", "-H", "").wantUsageError(t, "must not be empty")
	if got := run("start", "-H", "1.2.3"); got.code != ExitFailure || !strings.HasPrefix(got.stderr, `Error: --host: bind_host: "1.2.3" must be`) {
		t.Errorf("-H 1.2.3: %+v", got)
	}
}

func TestAnUnknownCommandIsAUsageError(t *testing.T) {
	t.Parallel()
	run("strat").wantUsageError(t, `there is no command "strat"; did you mean start?`)
	run("frobnicate", "-p", "1").wantUsageError(t, "frobnicate")
	run("completion").wantUsageError(t, "completion")
	run("").wantUsageError(t, "there is no command")
}

func TestAnUnknownOptionIsAUsageError(t *testing.T) {
	t.Parallel()
	for _, args := range []string{
		"start --frobnicate", "start -z", "start -d", "validate -d", "validate -P x", "config -P x", "config -d", "validate --no-stats-endpoint",
		"version -p 1", "help -p 1", "--frobnicate", "-p 1", "start -h", "start -v", "start -V", "validate -h", "version -h", "version -v",
	} {
		run(strings.Fields(args)...).wantUsageError(t, "Try 'server_runner")
	}
}

func TestLongOptionsAreNotAbbreviated(t *testing.T) {
	t.Parallel()
	run("config", "--por", "1").wantUsageError(t, "--por")
	run("--ver").wantUsageError(t, "--ver")
}

func TestAnOptionWithoutItsValueIsAUsageError(t *testing.T) {
	t.Parallel()
	run("start", "-p").wantUsageError(t, "needs an argument")
	run("start", "--config").wantUsageError(t, "needs an argument")
}

func TestWhatIsLeftOverIsAUsageError(t *testing.T) {
	t.Parallel()
	for _, args := range []string{"start now", "validate x -p 1", "config a b", "version 1", "version start", "help start now", "-v start", "-h start", "--port 1 start", "-V version"} {
		run(strings.Fields(args)...).wantUsageError(t, "Try 'server_runner")
	}
	// Options are understood behind what is left over, too.
	run("validate", "x", "-p", "http").wantUsageError(t, "-p, --port")
}

func TestTheVersionHasFourSpellings(t *testing.T) {
	t.Parallel()
	for _, args := range []string{"version", "-v", "--version"} {
		if got := run(args); got.code != ExitOK || got.stdout != "reactor_server version "+currentVersion()+"\n" || got.stderr != "" {
			t.Errorf("%s: %+v", args, got)
		}
	}
	for _, args := range []string{"-V", "--version-verbose", "version -V", "version --version-verbose"} {
		got := run(strings.Fields(args)...)
		lines := strings.Split(got.stdout, "\n")
		if got.code != ExitOK || len(lines) != 7 || lines[0] != "reactor_server version "+currentVersion() {
			t.Fatalf("%s: %+v", args, got)
		}
		for i, part := range []string{"  Go: go1", "  Commit: ", "  Platform: ", "  TLS: crypto/tls", "  Features: HTTP/1.1 (RFC 9110, RFC 9112), HTTP/2 (RFC 9113, RFC 7541, RFC 9218), WebSocket (RFC 6455, RFC 7692, RFC 8441)"} {
			if !strings.HasPrefix(lines[i+1], part) {
				t.Errorf("%s: line %d is %q, want it to begin with %q", args, i+1, lines[i+1], part)
			}
		}
	}
}

func TestOnlyATaggedVersionIsTakenFromTheGoCommand(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]bool{
		"v0.3.0": true, "v1.22.333": true, "": false, "(devel)": false,
		"v0.0.0-20260131130509-0123456789ab": false, "v0.3.1-0.20260131130509-0123456789ab+dirty": false,
	} {
		if got := isRelease(version); got != want {
			t.Errorf("isRelease(%q) = %v, want %v", version, got, want)
		}
	}
}

func TestPrecedenceOnTheCommandLine(t *testing.T) {
	t.Parallel()
	path := file(t, "a.json", `{"bind_port": 1, "worker_threads": 1}`)
	env := map[string]string{"REACTOR_BIND_PORT": "2"}
	t.Run("defaults stand where nothing is said", func(t *testing.T) {
		runIn(env, "config", "-c", path).want(t, `"bind_host": "127.0.0.1"`)
	})
	t.Run("the file is over the defaults", func(t *testing.T) {
		runIn(env, "config", "-c", path).want(t, `"worker_threads": 1`)
	})
	t.Run("the environment is over the file", func(t *testing.T) {
		runIn(env, "config", "-c", path).want(t, `"bind_port": 2`)
	})
	t.Run("an option is over the environment", func(t *testing.T) {
		runIn(env, "config", "-c", path, "-p", "3").want(t, `"bind_port": 3`)
	})
	t.Run("an option that is not given keeps the environment", func(t *testing.T) {
		runIn(env, "config", "-c", path, "-w", "3").want(t, `"bind_port": 2`)
	})
}
