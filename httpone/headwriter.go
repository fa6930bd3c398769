package httpone

// A headWriter appends the field lines of a head and notes on the way what
// they mean for the lines that we add.
type headWriter struct {
	start       int  // where the head begins in dst
	chunked     bool // trailer fields may be announced
	close       bool // the connection ends
	upgrade     bool // Upgrade is among the fields
	sawDate     bool
	sawOptions  bool // Connection is among the fields
	mergedFirst bool // an option was already appended
}

// appendFields appends the caller's fields; false means a bad name.
func (w *headWriter) appendFields(dst []byte, fields []Field) ([]byte, bool) {
	for i := range fields {
		name, value := fields[i].Name, fields[i].Value
		if w.takes(name, value) {
			continue
		}
		var ok bool
		if dst, ok = appendFieldName(dst, name); !ok {
			return dst, false
		}
		dst = append(dst, ": "...)
		dst = appendFieldValue(dst, value)
		dst = append(dst, "\r\n"...)
	}
	return dst, true
}

// takes looks at a field that we write ourselves or watch, and reports
// whether it is not to be appended as it is. Hot path.
func (w *headWriter) takes(name, value string) bool {
	switch len(name) {
	case 4:
		w.sawDate = w.sawDate || equalFold(name, "date")
	case 7:
		if equalFold(name, "trailer") {
			return !w.chunked
		}
		w.upgrade = w.upgrade || equalFold(name, "upgrade")
	case 10:
		if equalFold(name, "connection") {
			w.sawOptions = true
			w.close = w.close || hasMember(value, "close")
			return true
		}
		return equalFold(name, "keep-alive")
	case 14:
		return equalFold(name, "content-length")
	case 16:
		return equalFold(name, "proxy-connection")
	case 17:
		return equalFold(name, "transfer-encoding")
	}
	return false
}

// hasMember reports whether a comma-separated list has the given member, in
// lower case.
func hasMember(list, want string) bool {
	for list != "" {
		var member string
		if member, list = nextMember(list); equalFold(member, want) {
			return true
		}
	}
	return false
}

// appendConnection appends the one Connection field, if there is need for it:
// our own option, "upgrade" when Upgrade is sent (RFC 9110, section 7.8), and
// what the caller named besides. Hot path.
func (w *headWriter) appendConnection(dst []byte, fields []Field, sayKeepAlive bool) []byte {
	if !w.close && !w.upgrade && !w.sawOptions && !sayKeepAlive {
		return dst
	}
	if w.close {
		dst = w.appendOption(dst, "close")
	} else if sayKeepAlive {
		dst = w.appendOption(dst, "keep-alive")
	}
	if w.upgrade {
		dst = w.appendOption(dst, "upgrade")
	}
	if w.sawOptions {
		dst = w.appendOptions(dst, fields)
	}
	if w.mergedFirst {
		dst = append(dst, "\r\n"...)
	}
	return dst
}

// appendOptions appends the connection options of the caller that are tokens
// and not ours to say.
func (w *headWriter) appendOptions(dst []byte, fields []Field) []byte {
	for i := range fields {
		if !equalFold(fields[i].Name, "connection") {
			continue
		}
		for list := fields[i].Value; list != ""; {
			var member string
			member, list = nextMember(list)
			switch {
			case equalFold(member, "close"), equalFold(member, "keep-alive"), equalFold(member, "upgrade"):
			case equalFold(member, "content-length"), equalFold(member, "transfer-encoding"):
			case isToken(member):
				dst = w.appendOption(dst, member)
			}
		}
	}
	return dst
}

func (w *headWriter) appendOption(dst []byte, option string) []byte {
	if w.mergedFirst {
		dst = append(dst, ", "...)
	} else {
		dst = append(dst, "Connection: "...)
	}
	w.mergedFirst = true
	return append(dst, option...)
}
