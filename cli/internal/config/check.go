package config

import (
	"errors"
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
			l.checkValue(k.name, k, k.field(c))
		}
	}
	l.refuse("bind_host", hostFault(c.BindHost))
	l.refuse("server_header", headerFault(c.ServerHeader))
	l.checkLog(c.Log)
	l.checkListeners(c.Listeners)
	if c.usesTLS() {
		l.checkTLS(c.TLS)
	}
	var refused server.ConfigError
	if errors.As(c.Server().Validate(), &refused) {
		for _, f := range refused {
			key := f.Key
			if strings.HasPrefix(key, "listeners.") {
				key = "listeners" // of which one is to blame, checkListeners said which
			}
			l.refuse(key, f.Reason)
		}
	}
}

// checkValue judges what field points at by itself, and each item of a list.
func (l *loader) checkValue(name string, k *key, field any) {
	switch p := field.(type) {
	case *[]string:
		for i, text := range *p {
			l.refuse(nth(name, i), k.textFault(text))
		}
	case *[]Listener:
		checkItems(l, name, *p, listenerColumns)
	case *[]Certificate:
		checkItems(l, name, *p, certificateColumns)
	default:
		l.refuse(name, k.fault(field))
	}
}

// dormant reports whether k is of no concern, because the table it is in is
// switched off or it rules something that is not in use.
func (l *loader) dormant(k *key) bool {
	switch {
	case strings.HasPrefix(k.name, "http2."):
		return !l.config.HTTP2.Enabled
	case strings.HasPrefix(k.name, "tls."):
		return !l.config.usesTLS()
	case k.name == "log.max_file_size", k.name == "log.max_files":
		return l.config.Log.File == "" // the rest is for checkLog
	}
	return false
}

// refuse records the fault of a key at the place where the key was set.
func (l *loader) refuse(key, reason string) { l.refuseAt(l.origins[key], key, reason) }

// refuseAt records the fault of a key at the place at, unless the key has one.
func (l *loader) refuseAt(at Origin, key, reason string) {
	if reason != "" && !l.faults.has(key) {
		l.fault(at, key, "%s", reason)
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

func (l *loader) checkListeners(all []Listener) {
	for i, listener := range all {
		item := nth("listeners", i)
		if l.faults.has(item) {
			continue // it is no table
		}
		if _, ok := l.origins[item+".host"]; !ok {
			l.refuse(item, "has no host; give it an address, a name or unix: and a path")
		} else {
			l.refuse(item+".host", hostFault(listener.Host))
		}
		if _, ok := l.origins[item+".port"]; !ok && !strings.HasPrefix(listener.Host, "unix:") {
			l.refuse(item, "has no port; use 0 to 65535 (0 = any free port)")
		}
		if listener.TLS && listener.RedirectHTTPS != 0 {
			l.refuse(item+".redirect_https", "is for listeners without tls; remove one of the two")
		}
	}
}
