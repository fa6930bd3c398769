package config

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"unicode/utf8"
)

// The default files, relative to the working directory. At most one of them
// may exist.
const (
	DefaultTOML = "config/server.toml"
	DefaultJSON = "config/server.json"
)

// maxFileBytes is far above any honest configuration and keeps a device or a
// log file given by mistake from filling the memory.
const maxFileBytes = 1 << 20

// Sources is where Load looks.
type Sources struct {
	// File is the path given with -c. It must exist. Empty means the default
	// file, if there is one.
	File string
	// LookupEnv is os.LookupEnv, or a test's own environment.
	LookupEnv func(string) (string, bool)
	// Flags are applied in order.
	Flags []Flag
}

// Loaded is an effective configuration that was found free of faults.
type Loaded struct {
	Config Config
	// File is the path of the file that was read, or empty.
	File string

	origins map[string]Origin
}

// Load reads all sources and checks what comes out. The error is Faults: all
// of them.
func Load(sources Sources) (*Loaded, error) {
	l := &loader{config: Default(), origins: map[string]Origin{}}
	path := l.findFile(sources.File)
	if path != "" {
		l.readFile(path)
	}
	l.applyEnv(sources.LookupEnv)
	for _, f := range sources.Flags {
		if k := lookup(f.Key); k != nil {
			l.applyText(Origin{layer: layerFlag, name: f.Name}, k, f.Text)
		}
	}
	if !l.broken {
		l.check()
	}
	if err := l.faults.sorted(); err != nil {
		return nil, err
	}
	return &Loaded{Config: l.config, File: path, origins: l.origins}, nil
}

// findFile returns the path of the file to read, or nothing.
func (l *loader) findFile(explicit string) string {
	if explicit != "" {
		return explicit
	}
	var found []string
	for _, path := range []string{DefaultTOML, DefaultJSON} {
		_, err := os.Stat(path)
		switch {
		case err == nil:
			found = append(found, path)
		case !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR): // config may be a file
			l.unreadable(path, err)
			return ""
		}
	}
	switch len(found) {
	case 0:
		return ""
	case 2:
		l.unusable(found[0], "stands beside "+found[1]+"; remove one of the two, or choose with -c")
		return ""
	}
	return found[0]
}

// unusable records a file of which nothing can be used.
func (l *loader) unusable(path, reason string) {
	l.broken = true
	l.fault(Origin{layer: layerFile, name: path}, "", "%s", reason)
}

func (l *loader) unreadable(path string, err error) {
	reason := err.Error()
	if inner := (*fs.PathError)(nil); errors.As(err, &inner) {
		reason = inner.Err.Error()
	}
	if errors.Is(err, fs.ErrNotExist) {
		reason = "there is no such file; check the path given with -c"
	} else if errors.Is(err, fs.ErrPermission) {
		reason = "may not be read by this user; check its permissions"
	}
	l.unusable(path, reason)
}

func (l *loader) readFile(path string) {
	data, err := readBounded(path)
	if err != nil {
		l.unreadable(path, err)
		return
	}
	if !utf8.Valid(data) || bytes.HasPrefix(data, []byte("\uFEFF")) {
		l.unusable(path, "is not plain UTF-8 text; save it as UTF-8 without a byte order mark")
		return
	}
	parse := parseJSON
	if isTOML(path) {
		parse = parseTOML
	}
	root, syntax := parse(data)
	if syntax != nil {
		l.broken = true
		hint := ""
		if !isTOML(path) && !strings.EqualFold(filepath.Ext(path), ".json") {
			hint = " (a file whose name does not end in .toml is read as JSON)"
		}
		l.fault(Origin{layer: layerFile, name: path, line: syntax.line}, "", "%s%s", syntax.reason, hint)
		return
	}
	l.applyTree(path, root)
}

// isTOML tells the format by the name: .toml is TOML, all else is JSON.
func isTOML(path string) bool { return strings.EqualFold(filepath.Ext(path), ".toml") }

func readBounded(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.IsDir() {
		return nil, errors.New("is a directory; give the path of a file")
	}
	data, err := io.ReadAll(io.LimitReader(file, maxFileBytes+1))
	if len(data) > maxFileBytes {
		return nil, errors.New("is larger than 1 MiB, which no configuration is; check the path")
	}
	return data, err
}
