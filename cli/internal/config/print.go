package config

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// JSON is c as a file that Load reads back to the same Config: keys sorted,
// four spaces of indentation.
func (c Config) JSON() []byte {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "    ")
	must(enc.Encode(c.tree()))
	return out.Bytes()
}

// TOML is c as a file that Load reads back to the same Config, keys sorted.
func (c Config) TOML() []byte {
	var out bytes.Buffer
	must(toml.NewEncoder(&out).Encode(c.tree()))
	return out.Bytes()
}

// must panics if maps of strings, numbers and booleans cannot be encoded.
func must(err error) {
	if err != nil {
		panic("config: " + err.Error())
	}
}

// tree is c as nested maps with the names of the file.
func (c Config) tree() map[string]any {
	root := map[string]any{}
	for i := range keys {
		table, name := root, keys[i].name
		if outer, inner, ok := strings.Cut(name, "."); ok {
			if root[outer] == nil {
				root[outer] = map[string]any{}
			}
			table, name = root[outer].(map[string]any), inner
		}
		table[name] = keys[i].printed(&c)
	}
	return root
}

// printed is the value of k in c, as an encoder takes it.
func (k *key) printed(c *Config) any { return printed(k.field(c)) }

// printed is the value that field points at, as an encoder takes it. A list is
// never nil: a file has no word for that.
func printed(field any) any {
	switch p := field.(type) {
	case *string:
		return *p
	case *bool:
		return *p
	case *int64:
		return *p
	case *[]string:
		return append([]string{}, *p...)
	case *[]Listener:
		return printedItems(*p, listenerColumns)
	case *[]Certificate:
		return printedItems(*p, certificateColumns)
	}
	return nil
}

// Ignored lists, one line each, the settings that were changed from their
// defaults but have no effect in this version yet, and why.
func (l *Loaded) Ignored() []string {
	defaults := Default()
	var lines []string
	for i := range keys {
		k := &keys[i]
		if k.ignored == "" || reflect.DeepEqual(k.printed(&l.Config), k.printed(&defaults)) {
			continue
		}
		lines = append(lines, k.name+" ("+l.origins[k.name].String()+") has no effect: "+k.ignored)
	}
	return lines
}
