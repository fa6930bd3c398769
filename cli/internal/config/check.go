package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"reactor.example/server"
)

// check finds what is wrong with the configuration as a whole: ranges, then
// what one key demands of another, then what the server itself refuses. A key
// that has a fault already is not blamed twice.
func (l *loader) check() {
	c := &l.config
	for i := range keys {
		if k := &keys[i]; !l.dormant(k) {
			l.refuse(k.name, k.fault(c))
		}
	}
	l.refuse("bind_host", hostFault(c.BindHost))
	l.refuse("server_header", headerFault(c.ServerHeader))
	l.checkLog(c.Log)
	l.checkTLS(c.TLS)
	var refused server.ConfigError
	if errors.As(c.Server().Validate(), &refused) {
		for _, f := range refused {
			l.refuse(f.Key, f.Reason)
		}
	}
}

// dormant reports whether k is of no concern, because the table it is in is
// switched off or it rules something that is not in use.
func (l *loader) dormant(k *key) bool {
	switch {
	case strings.HasPrefix(k.name, "http2."):
		return !l.config.HTTP2.Enabled
	case k.name == "tls.min_version":
		return !l.config.TLS.Enabled
	case k.name == "log.max_file_size", k.name == "log.max_files":
		return l.config.Log.File == "" // the rest is for checkLog
	}
	return false
}

// refuse records the fault of a key at the place where the key was set.
func (l *loader) refuse(key, reason string) {
	if reason != "" && !l.faults.has(key) {
		l.fault(l.origins[key], key, "%s", reason)
	}
}

// hostFault asks the server, which knows what can name a listener.
func hostFault(host string) string {
	if host == "" {
		return "must not be empty; use 127.0.0.1, 0.0.0.0, another address, a name, or unix: and a path"
	}
	var refused server.ConfigError
	if errors.As(server.Config{BindHost: host}.Validate(), &refused) {
		return quote(host) + " " + refused[0].Reason
	}
	return ""
}

// headerFault keeps server_header to visible ASCII and blanks, the part of a
// field value that every recipient reads alike (RFC 9110, section 5.5).
func headerFault(value string) string {
	for _, b := range []byte(value) {
		if b < ' ' || b > '~' {
			return "holds a control or non-ASCII character; use visible ASCII text"
		}
	}
	if strings.TrimSpace(value) != value {
		return "begins or ends with a blank; remove it"
	}
	return ""
}

func (l *loader) checkLog(log Log) {
	if log.File == "" {
		return
	}
	if base := log.File[strings.LastIndexByte(log.File, filepath.Separator)+1:]; base == "" || base == "." || base == ".." {
		l.refuse("log.file", quote(log.File)+" names a directory; add the name of the file")
	}
	if log.MaxFileSize < 1 {
		l.refuse("log.max_file_size", "must be 1 or more when log.file is set")
	}
	if log.MaxFiles < 1 {
		l.refuse("log.max_files", "must be 1 or more when log.file is set (1 = no rotation of our own)")
	}
}

func (l *loader) checkTLS(tls TLS) {
	if !tls.Enabled {
		return
	}
	l.refuse("tls.cert_file", pemFault(tls.CertFile))
	l.refuse("tls.key_file", pemFault(tls.KeyFile))
}

// pemFault looks at a certificate or key file from outside; what is in it is
// for start. A path that may not be walked by this user is not judged: the
// server may run as another one.
func pemFault(path string) string {
	if path == "" {
		return "must be set when tls.enabled is true"
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrPermission):
		return ""
	case err != nil:
		return quote(path) + " does not exist; check the path"
	case !info.Mode().IsRegular():
		return quote(path) + " is not a regular file; give the path of a PEM file"
	}
	return ""
}
