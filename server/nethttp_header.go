package server

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// declare reads what the header says about the body.
func (w *httpWriter) declare() {
	if cl := w.header.Get("Content-Length"); cl != "" {
		n, err := strconv.ParseInt(cl, 10, 64)
		if err != nil || n < 0 {
			w.misused("invalid Content-Length")
		} else {
			w.declared = n
		}
	}
	for _, line := range w.header["Trailer"] {
		for name := range strings.SplitSeq(line, ",") {
			if name = strings.TrimSpace(name); name != "" {
				w.trailers = append(w.trailers, http.CanonicalHeaderKey(name))
			}
		}
	}
}

// fields is the header as fields, sorted by name. What cannot be sent is left
// out, and so is what the server says itself.
func (w *httpWriter) fields() []Field {
	fields := make([]Field, 0, len(w.header)+1)
	for key, values := range w.header {
		if w.barred(key) {
			continue
		}
		name := lowerName(key)
		for _, v := range values {
			fields = append(fields, Field{name, oneLine(v)})
		}
	}
	slices.SortStableFunc(fields, func(a, b Field) int { return strings.Compare(a.Name, b.Name) })
	return fields
}

// barred reports whether the field is not sent as it is: the framing is the
// server's, trailers come later, and a 304 describes no content.
func (w *httpWriter) barred(key string) bool {
	switch key {
	case "Content-Length", "Transfer-Encoding":
		return true
	case "Content-Type":
		return w.status == 304
	}
	return strings.HasPrefix(key, http.TrailerPrefix) || !isToken(key)
}

// oneLine replaces the octets that would end a line by spaces.
func oneLine(v string) string {
	if strings.ContainsAny(v, "\r\n") {
		v = strings.NewReplacer("\r", " ", "\n", " ").Replace(v)
	}
	return strings.TrimSpace(v)
}

// appendTrailers appends the trailer fields: those that were announced, and
// those whose key begins with http.TrailerPrefix.
func (w *httpWriter) appendTrailers(list []Field) []Field {
	add := func(key string, values []string) {
		for _, v := range values {
			if isToken(key) {
				list = append(list, Field{lowerName(key), oneLine(v)})
			}
		}
	}
	for _, key := range w.trailers {
		add(key, w.header[key])
	}
	if w.header == nil {
		return list
	}
	announced := len(list)
	for key, values := range w.header {
		if name, ok := strings.CutPrefix(key, http.TrailerPrefix); ok {
			add(name, values)
		}
	}
	slices.SortStableFunc(list[announced:], func(a, b Field) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// lowerName is strings.ToLower without an allocation for the usual names.
func lowerName(key string) string {
	switch key {
	case "Content-Type":
		return "content-type"
	case "Cache-Control":
		return "cache-control"
	case "Set-Cookie":
		return "set-cookie"
	case "Last-Modified":
		return "last-modified"
	case "Accept-Ranges":
		return "accept-ranges"
	case "Location":
		return "location"
	case "Etag":
		return "etag"
	case "Vary":
		return "vary"
	}
	return strings.ToLower(key)
}

// isToken reports whether name can be the name of a field (RFC 9110, section
// 5.6.2).
func isToken(name string) bool {
	for i := range len(name) {
		c := name[i]
		if c <= ' ' || c >= 0x7f || strings.IndexByte("\"(),/:;<=>?@[\\]{}", c) >= 0 {
			return false
		}
	}
	return name != ""
}
