package httpone

import "strings"

// plausibleTarget looks at how a target begins, so that a line which is no
// HTTP is refused before its end: each form is bound to methods (RFC 9112,
// section 3.2). Hot path.
func plausibleTarget(method, target []byte) bool {
	connect := string(method) == "CONNECT"
	switch {
	case connect:
		return target[0] != '/' && target[0] != '*'
	case target[0] == '/':
		return true
	case target[0] == '*':
		return len(target) == 1 && string(method) == "OPTIONS"
	}
	return schemeOf(string(target[:min(len(target), len("https://"))])) != ""
}

// schemeOf returns the scheme of an absolute target in lower case, empty when
// it is not one that is served here.
func schemeOf(target string) string {
	switch {
	case len(target) >= 7 && equalFold(target[:7], "http://"):
		return "http"
	case len(target) >= 8 && equalFold(target[:8], "https://"):
		return "https"
	}
	return ""
}

// setTarget takes r.Target apart. Hot path.
func (r *Request) setTarget() *ProtocolError {
	switch {
	case r.Method == "CONNECT":
		return r.setAuthorityForm()
	case r.Target[0] == '/':
		r.Form = FormOrigin
		return r.setPath(r.Target)
	case r.Target[0] == '*':
		r.Form = FormAsterisk
		r.Path = "*"
		return nil
	}
	return r.setAbsoluteForm()
}

// setPath splits a path with an optional query.
func (r *Request) setPath(s string) *ProtocolError {
	r.Path = s
	if before, after, ok := strings.Cut(s, "?"); ok {
		r.Path, r.RawQuery = before, after
	}
	// Some take a backslash for a slash, others do not.
	if strings.IndexByte(r.Path, '\\') >= 0 {
		return errTarget
	}
	return nil
}

// setAuthorityForm takes "host:port" apart (RFC 9112, section 3.2.3). Both
// parts must be there (RFC 9110, section 9.3.6).
func (r *Request) setAuthorityForm() *ProtocolError {
	host, port, ok := splitAuthority(r.Target)
	if !ok || host == "" {
		return errTargetHost
	}
	if port == "" || strings.Trim(port, "0") == "" {
		return errTargetPort
	}
	r.Form = FormAuthority
	r.Authority = r.Target
	return nil
}

// setAbsoluteForm takes "http://host:port/path?query" apart (RFC 9112,
// section 3.2.2).
func (r *Request) setAbsoluteForm() *ProtocolError {
	r.Form = FormAbsolute
	r.Scheme = schemeOf(r.Target)
	rest := r.Target[len(r.Scheme)+len("://"):]
	end := strings.IndexAny(rest, "/?")
	if end < 0 {
		end = len(rest)
	}
	r.Authority = rest[:end]
	if strings.IndexByte(r.Authority, '@') >= 0 {
		return errUserinfo
	}
	if host, _, ok := splitAuthority(r.Authority); !ok || host == "" {
		return errTargetHost
	}
	if err := r.setPath(rest[end:]); err != nil {
		return err
	}
	if r.Path == "" {
		r.Path = "/"
		if r.Method == "OPTIONS" && end == len(rest) {
			r.Path = "*" // RFC 9112, section 3.2.4
		}
	}
	return nil
}
