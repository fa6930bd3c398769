package command

import (
	"errors"

	"github.com/spf13/pflag"

	"reactor.example/cli/internal/config"
)

// settings are the flags that start, validate and config share: which file to
// load, and what to override in it.
type settings struct {
	file  path
	flags []*setting
}

// newSettings adds the flags to a command's.
func newSettings(flags *pflag.FlagSet) *settings {
	s := &settings{file: path{kind: "FILE"}}
	flags.VarP(&s.file, "config", "c", "configuration file, TOML if its name ends in .toml, else JSON\n(default config/server.toml or config/server.json, if there is one)")
	add := func(key, name, short, kind, usage string) {
		value := &setting{flag: config.Flag{Key: key, Name: "--" + name}, kind: kind}
		flags.VarP(value, name, short, usage)
		s.flags = append(s.flags, value)
	}
	add("bind_port", "port", "p", "PORT", "port to listen on, 0 to 65535; 0 takes any free one")
	add("bind_host", "host", "H", "HOST", "address, name, or unix: and a path to listen on")
	add("log.level", "log-level", "l", "LEVEL", "trace, debug, info, warn, error or critical")
	add("worker_threads", "workers", "w", "N", "number of event loops; 0 is automatic")
	return s
}

// load reads the configuration that the flags, the environment and the file
// make together.
func (s *settings) load(lookupEnv func(string) (string, bool)) (*config.Loaded, error) {
	sources := config.Sources{File: s.file.text, LookupEnv: lookupEnv}
	for _, value := range s.flags {
		if value.set {
			sources.Flags = append(sources.Flags, value.flag)
		}
	}
	return config.Load(sources)
}

// A setting is a flag that overrides one key of the configuration. What is
// wrong by itself is refused while the command line is parsed; of several
// occurrences the last one counts.
type setting struct {
	flag config.Flag
	kind string
	set  bool
}

// Set implements pflag.Value.
func (s *setting) Set(text string) error {
	if err := config.CheckFlag(s.flag.Key, text); err != nil {
		return err
	}
	s.flag.Text, s.set = text, true
	return nil
}

// String implements pflag.Value.
func (s *setting) String() string { return s.flag.Text }

// Type implements pflag.Value; it is what the help shows behind the flag.
func (s *setting) Type() string { return s.kind }

// A path is a flag that takes a file name.
type path struct{ text, kind string }

// Set implements pflag.Value.
func (p *path) Set(text string) error {
	if text == "" {
		return errors.New("it must not be empty")
	}
	p.text = text
	return nil
}

// String implements pflag.Value.
func (p *path) String() string { return p.text }

// Type implements pflag.Value.
func (p *path) Type() string { return p.kind }
