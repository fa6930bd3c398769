package config

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// applyEnv reads the environment variables of the keys. A variable that is
// set but empty is a value like any other: an empty string, and a fault for a
// key that is not a string.
func (l *loader) applyEnv(lookupEnv func(string) (string, bool)) {
	for i := range keys {
		k := &keys[i]
		if k.env == "" {
			continue
		}
		if text, ok := lookupEnv(k.env); ok {
			l.applyText(Origin{layer: layerEnv, name: k.env}, k, text)
		}
	}
}

// applyText sets k to a value that comes as text, without a type.
func (l *loader) applyText(at Origin, k *key, text string) {
	l.origins[k.name] = at
	if err := k.parse(&l.config, text); err != nil {
		l.fault(at, k.name, "%s", err)
	}
}

// parse sets the field of k in c from text: a decimal integer, blanks in
// front allowed; 1, true, yes, 0, false or no in any case; or a string as it
// is.
func (k *key) parse(c *Config, text string) error {
	switch p := k.field(c).(type) {
	case *string:
		*p = text
	case *bool:
		value, ok := parseBool(text)
		if !ok {
			return fmt.Errorf("%s is not true or false; use 1, true, yes, 0, false or no", quote(text))
		}
		*p = value
	case *int64:
		value, err := strconv.ParseInt(strings.TrimLeft(text, " \t\n\v\f\r"), 10, 64)
		if errors.Is(err, strconv.ErrRange) {
			return fmt.Errorf("%s is out of range; use %s", quote(text), k.values())
		}
		if err != nil {
			return fmt.Errorf("%s is not an integer; use %s", quote(text), k.values())
		}
		*p = value
	default:
		return errors.New("cannot be given as text; set it in the configuration file")
	}
	return nil
}

func parseBool(text string) (value, ok bool) {
	switch strings.ToLower(text) {
	case "1", "true", "yes":
		return true, true
	case "0", "false", "no":
		return false, true
	}
	return false, false
}

// UnknownVariables says, one line each, which variables in environ, whose
// entries are NAME=value, look as if they were for this program but are not.
func UnknownVariables(environ []string) []string {
	var lines []string
	for _, pair := range environ {
		name, _, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, "REACTOR_") || slices.ContainsFunc(keys, func(k key) bool { return k.env == name }) {
			continue
		}
		lines = append(lines, shownKey(name)+" is no variable of this program"+didYouMeanVariable(name))
	}
	slices.Sort(lines)
	return lines
}

// A Flag is one setting from the command line.
type Flag struct {
	Key  string // as in the file, for example "log.level"
	Name string // as the user wrote it, for example "--log-level"
	Text string
}

// CheckFlag reports what is wrong with the value of a flag by itself, so that
// a mistyped command line is told apart from a bad configuration. A host is
// only checked for not being empty here.
func CheckFlag(keyName, text string) error {
	k := lookup(keyName)
	if k == nil {
		return fmt.Errorf("%s is not a key", keyName)
	}
	var c Config
	if err := k.parse(&c, text); err != nil {
		return err
	}
	if reason := k.fault(k.field(&c)); reason != "" {
		return errors.New(reason)
	}
	if text == "" {
		return errors.New("it must not be empty")
	}
	return nil
}

// A Variable is an environment variable and the key it sets.
type Variable struct{ Name, Key string }

// Variables lists them in the order of the manual.
func Variables() []Variable {
	var all []Variable
	for i := range keys {
		if k := &keys[i]; k.env != "" {
			all = append(all, Variable{k.env, k.name})
		}
	}
	return all
}
