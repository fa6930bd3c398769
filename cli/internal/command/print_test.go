package command

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func TestUsageIsPrintedWithoutArgumentsAndOnDemand(t *testing.T) {
	t.Parallel()
	usage := run()
	for _, args := range []string{"help", "-h", "--help"} {
		if got := run(args); got != usage {
			t.Errorf("%s: %+v, want the same as without arguments", args, got)
		}
	}
	for _, part := range []string{
		"server_runner <command> [options]", "  start ", "  validate ", "  config ", "  version ", "  help ",
		"-c, --config FILE", "-p, --port PORT", "-H, --host HOST", "-l, --log-level LEVEL", "-w, --workers N", "-P, --pid-file FILE",
		"--no-health-endpoint", "--no-stats-endpoint", "--examples", "--format FORMAT", "-V, --version-verbose",
		"defaults < configuration file < environment < options", "REACTOR_HTTP2_MAX_HEADER_LIST_SIZE", "Examples:",
	} {
		usage.want(t, part)
	}
	for _, later := range []string{"stop", "status", "reload", "daemonize", "completion"} {
		if strings.Contains(usage.stdout, later) {
			t.Errorf("usage speaks of %s, which does not exist yet", later)
		}
	}
	for line := range strings.Lines(usage.stdout) {
		if len(line) > 101 {
			t.Errorf("line of %d characters: %s", len(line), line)
		}
	}
}

func TestHelpOfACommandIsPrintedInBothWays(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"start", "validate", "config", "version", "help"} {
		topic, option := run("help", name), run(name, "--help")
		topic.want(t, "Usage:\n  server_runner "+name)
		if topic != option {
			t.Errorf("help %s: %+v\n%s --help: %+v", name, topic, name, option)
		}
	}
	run("help", "frobnicate").wantUsageError(t, `there is no command "frobnicate"`)
}

func TestAValidConfigurationIsSaidToBeValid(t *testing.T) {
	t.Parallel()
	path := file(t, "a.toml", "bind_port = 0")
	if got := run("validate", "-c", path); got != (result{ExitOK, "Configuration is valid.\nConfiguration file: " + path + "\n", ""}) {
		t.Errorf("validate: %+v", got)
	}
	run("validate").want(t, "Configuration is valid.\nConfiguration file: none (there is no config/server.toml and no config/server.json)\n")
}

func TestAnInvalidConfigurationIsAFailureWithAllItsFaults(t *testing.T) {
	t.Parallel()
	path := file(t, "a.toml", "bind_port = -1\nidle_timeout_sec = 1.5\n")
	faults := path + ":1: bind_port: -1 is out of range; use 0 to 65535 (0 = any free port)\n" +
		path + ":2: idle_timeout_sec: 1.5 is a fraction; it must be an integer, without point and exponent\n"
	for _, command := range []string{"validate", "config", "start"} {
		if got := run(command, "-c", path); got != (result{ExitFailure, "", "Error: the configuration has 2 faults:\n" + faults}) {
			t.Errorf("%s: %+v", command, got)
		}
	}
	if got := run("validate", "-c", "no/such/file"); got != (result{ExitFailure, "", "Error: no/such/file: there is no such file; check the path given with -c\n"}) {
		t.Errorf("missing file: %+v", got)
	}
	if got := runIn(map[string]string{"REACTOR_BIND_PORT": "x"}, "validate"); got.code != ExitFailure || !strings.HasPrefix(got.stderr, "Error: REACTOR_BIND_PORT: bind_port: ") {
		t.Errorf("environment: %+v", got)
	}
}

func TestValidateTellsWhatHasNoEffectYet(t *testing.T) {
	t.Parallel()
	got := runIn(map[string]string{"REACTOR_LOG_FILE": "/x.log"}, "validate")
	if got.code != ExitOK || !strings.HasPrefix(got.stdout, "Configuration is valid.\n") || got.stderr != "Warning: log.file (REACTOR_LOG_FILE) has no effect: this version logs to the console only\n" {
		t.Errorf("validate: %+v", got)
	}
}

func TestValidateTellsOfVariablesThatAreNotRead(t *testing.T) {
	t.Parallel()
	got := runIn(map[string]string{"REACTOR_PORT": "9000"}, "validate")
	if got.code != ExitOK || got.stderr != "Warning: REACTOR_PORT is no variable of this program; did you mean REACTOR_BIND_PORT?\n" {
		t.Errorf("validate: %+v", got)
	}
}

func TestTheConfigurationIsPrintedAsAFileThatLoads(t *testing.T) {
	t.Parallel()
	printed := run("config", "-p", "4711")
	if !json.Valid([]byte(printed.stdout)) || !strings.Contains(printed.stdout, "\n    \"bind_port\": 4711,\n") {
		t.Errorf("config: %+v", printed)
	}
	if again := run("config", "-c", file(t, "a.json", printed.stdout)); again != printed {
		t.Errorf("what config printed loads as %+v", again)
	}
	toml := run("config", "-p", "4711", "--format", "toml")
	if again := run("config", "-c", file(t, "a.toml", toml.stdout)); again != printed {
		t.Errorf("what config --format toml printed loads as %+v", again)
	}
	run("config", "--format", "yaml").wantUsageError(t, "it must be json or toml")
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestOutputThatCannotBeWrittenIsAFailure(t *testing.T) {
	t.Parallel()
	for _, command := range []string{"config", "validate", "version"} {
		var stderr strings.Builder
		if code := Run([]string{command}, brokenPipe{}, &stderr, nil); code != ExitFailure {
			t.Errorf("%s: exit code %d, %s", command, code, stderr.String())
		}
	}
}
