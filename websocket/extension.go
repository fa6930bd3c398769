package websocket

import "strings"

// Extensions are what a handshake has agreed on. The zero value is none. They
// are comparable: equal ones send alike.
type Extensions struct{ deflate agreement }

// Deflate reports whether messages may be compressed (RFC 7692).
func (e Extensions) Deflate() bool { return e.deflate.on() }

// An extension is one offer, or one answer, in the order in which it came (RFC
// 6455, section 9.1).
type extension struct {
	name   string
	params []param
}

// A param is a parameter of an extension.
type param struct {
	name, value string
	hasValue    bool
}

// extensionsField is the field of the handshake that negotiates extensions.
const extensionsField = "sec-websocket-extensions"

// extensions returns the extensions in the fields, in their order. ok is false
// if the fields are malformed.
func extensions(fields []Field) (all []extension, ok bool) {
	for _, field := range fields {
		if field.Name != extensionsField {
			continue
		}
		if all, ok = scanExtensions(all, field.Value); !ok {
			return nil, false
		}
	}
	return all, true
}

// scanExtensions appends the extensions of a field to all.
//
//	Sec-WebSocket-Extensions = 1#extension
//	extension = extension-token *( ";" extension-param )
//	extension-token = token
//
// Elements of the list may be empty, as in every list of HTTP (RFC 9110,
// section 5.6.1.2), but not all of them.
func scanExtensions(all []extension, s string) ([]extension, bool) {
	before := len(all)
	for {
		s = skipSpace(s)
		if s != "" && s[0] != ',' {
			var ext extension
			var ok bool
			if ext, s, ok = scanExtension(s); !ok {
				return nil, false
			}
			all = append(all, ext)
		}
		if s == "" {
			return all, len(all) > before
		}
		s = s[1:] // the comma
	}
}

// scanExtension scans one extension, up to the end or a comma.
func scanExtension(s string) (ext extension, rest string, ok bool) {
	if ext.name, s = scanToken(s); ext.name == "" {
		return ext, s, false
	}
	for s = skipSpace(s); s != "" && s[0] != ','; s = skipSpace(s) {
		if s[0] != ';' {
			return ext, s, false
		}
		var p param
		if p, s, ok = scanParam(skipSpace(s[1:])); !ok {
			return ext, s, false
		}
		ext.params = append(ext.params, p)
	}
	return ext, s, true
}

// scanParam scans a parameter. What a quoted string stands for must be a token.
//
//	extension-param = token [ "=" (token | quoted-string) ]
func scanParam(s string) (p param, rest string, ok bool) {
	if p.name, s = scanToken(s); p.name == "" {
		return p, s, false
	}
	after := skipSpace(s)
	if after == "" || after[0] != '=' {
		return p, s, true
	}
	p.hasValue = true
	s = skipSpace(after[1:])
	if s != "" && s[0] == '"' {
		p.value, s, ok = scanQuoted(s)
		return p, s, ok && isToken(p.value)
	}
	p.value, s = scanToken(s)
	return p, s, p.value != ""
}

// scanQuoted scans a quoted string and undoes its escapes (RFC 9110, section
// 5.6.4).
func scanQuoted(s string) (value, rest string, ok bool) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '"':
			return b.String(), s[i+1:], true
		case '\\':
			if i++; i == len(s) {
				return "", "", false
			}
		}
		b.WriteByte(s[i])
	}
	return "", "", false
}

// scanToken splits s behind the token that it begins with, if any.
func scanToken(s string) (token, rest string) {
	n := 0
	for n < len(s) && isToken(s[n:n+1]) {
		n++
	}
	return s[:n], s[n:]
}

func skipSpace(s string) string { return strings.TrimLeft(s, " \t") }
