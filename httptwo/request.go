package httptwo

import (
	"strings"
)

// A Request is what the header block that opened a stream said, and later the
// block of its trailers. The zero value is ready for use; reuse one for request
// after request, so that its slices grow only once.
//
// All strings may be kept for ever. The slices Fields and Trailers are valid
// until Reset is called.
type Request struct {
	// Method is a token, case as sent. It need not be one that is known.
	Method string
	// Scheme is "http", "https" or any other scheme, case as sent. Empty in a
	// CONNECT without Protocol.
	Scheme string
	// Authority is the host with an optional port that the request is for: that
	// of :authority, else that of Host. Never empty, case as sent.
	Authority string
	// Path is the path with the query as sent, still percent-encoded. "*" only
	// with OPTIONS; empty in a CONNECT without Protocol.
	Path string
	// Protocol is the protocol that an extended CONNECT asks for, for example
	// "websocket" (RFC 8441, section 4). Empty in any other request.
	Protocol string

	// Fields are the fields in the order they came, names in lower case. When
	// the request has :authority, "host" stands first and holds the same.
	// Cookie crumbs are joined into one field at the place of the first (RFC
	// 9113, section 8.2.3), repeated equal content-length fields are one.
	Fields []Field
	// Trailers are the trailer fields. Fields that must not come in trailers
	// are not among them (RFC 9110, section 6.5.1).
	Trailers []Field

	// ContentLength is the length that was announced, in octets; -1 when none
	// was. The sum of all DATA has to be the same (RFC 9113, section 8.1.1).
	ContentLength int64

	// Priority is that of the Priority field, or the default.
	Priority Priority

	// ExpectContinue reports that the client waits for a 100 before it sends
	// content (RFC 9110, section 10.1.1).
	ExpectContinue bool
	// ExpectUnknown reports an expectation other than 100-continue, which is
	// to be answered with 417.
	ExpectUnknown bool
}

// Reset makes r ready for another request and drops what it refers to. Its
// arrays are kept.
func (r *Request) Reset() {
	clear(r.Fields)
	clear(r.Trailers)
	*r = Request{Fields: r.Fields[:0], Trailers: r.Trailers[:0], ContentLength: -1, Priority: DefaultPriority}
}

// Value returns the value of the first field with the given name, which must
// be in lower case, and whether there is one. Hot path.
func (r *Request) Value(name string) (string, bool) {
	for i := range r.Fields {
		if r.Fields[i].Name == name {
			return r.Fields[i].Value, true
		}
	}
	return "", false
}

// seenFields is the set of the fields that were met.
type seenFields uint16

const (
	sawMethod seenFields = 1 << iota
	sawScheme
	sawAuthority
	sawPath
	sawProtocol
	sawRegular // any field that is no pseudo-field
	sawHost
	sawContentLength
	sawCookie
	sawCrumbs // more than one cookie
	sawPriority
	sawPriorities // more than one priority
	sawAuthorization
	sawContentType
	sawContentRange
	sawDisposition
)

// bad returns a stream error that is not yet bound to a stream.
func bad(rule, reason string) *StreamError {
	return &StreamError{Code: ProtocolError, Rule: rule, Reason: reason}
}

// Errors in a header block. All end the stream, for the request is malformed
// (RFC 9113, section 8.1.1).
var (
	errPseudoUnknown  = bad("RFC 9113 8.3", "pseudo-field that a request does not have")
	errPseudoLate     = bad("RFC 9113 8.3", "pseudo-field behind another field")
	errPseudoTwice    = bad("RFC 9113 8.3", "pseudo-field twice")
	errPseudoMissing  = bad("RFC 9113 8.3.1", "request without :method, :scheme or :path")
	errMethod         = bad("RFC 9110 9.1", ":method is not a token")
	errScheme         = bad("RFC 3986 3.1", ":scheme is not a scheme")
	errPath           = bad("RFC 9113 8.3.1", ":path does not begin with a slash, or has an octet that no path has")
	errAsterisk       = bad("RFC 9113 8.3.1", ":path is an asterisk, and the method not OPTIONS")
	errAuthority      = bad("RFC 9113 8.3.1", ":authority is not a host with an optional port")
	errAuthorityNone  = bad("RFC 9113 8.3.1", "request without :authority and Host")
	errHost           = bad("RFC 9110 7.2", "Host is not a host with an optional port")
	errHostDiffers    = bad("RFC 9113 8.3.1", "Host and :authority name different hosts")
	errConnect        = bad("RFC 9113 8.5", "CONNECT with :scheme or :path, or without a host and a port")
	errConnectContent = bad("RFC 9110 9.3.6", "CONNECT with content")
	errProtocol       = bad("RFC 8441 4", ":protocol without CONNECT, or not a token")
	errFieldName      = bad("RFC 9113 8.2.1", "field name is not a token")
	errFieldUpper     = bad("RFC 9113 8.2.1", "field name with an upper-case letter")
	errFieldValue     = bad("RFC 9113 8.2.1", "field value with a control octet, or whitespace at its ends")
	errConnection     = bad("RFC 9113 8.2.2", "field that belongs to a connection of HTTP/1")
	errTE             = bad("RFC 9113 8.2.2", "te with another value than trailers")
	errTwice          = bad("RFC 9110 5.3", "field that must stand alone is repeated")
	errLength         = bad("RFC 9113 8.1.1", "content-length is not one decimal number")
	errTrailerPseudo  = bad("RFC 9113 8.1", "pseudo-field in trailers")
	errTrailerField   = bad("RFC 9110 6.5.1", "trailer field that frames, authenticates or describes the message")
)

// addPseudo takes a pseudo-field over (RFC 9113, section 8.3). seen holds what
// came before it. Hot path.
func (r *Request) addPseudo(seen *seenFields, name, value string, extended bool) *StreamError {
	var bit seenFields
	var err *StreamError
	switch name {
	case ":method":
		bit, r.Method = sawMethod, value
		if !isToken(value) {
			err = errMethod
		}
	case ":scheme":
		bit, r.Scheme = sawScheme, value
		if value == "" || !isAlpha(value[0]) || !all(value, classScheme) {
			err = errScheme
		}
	case ":authority":
		bit, r.Authority = sawAuthority, value
		if !isAuthority(value) {
			err = errAuthority
		}
	case ":path":
		bit, r.Path = sawPath, value
		err = checkPath(value)
	case ":protocol":
		if !extended {
			return errPseudoUnknown
		}
		bit, r.Protocol = sawProtocol, value
		if !isToken(value) {
			err = errProtocol
		}
	default:
		return errPseudoUnknown
	}
	switch {
	case *seen&sawRegular != 0:
		return errPseudoLate
	case *seen&bit != 0:
		return errPseudoTwice
	}
	*seen |= bit
	return err
}

// checkPath returns an error unless path may be a :path:
//
//	absolute-path [ "?" query ] / "*"
//
// with the octets that HTTP/1 takes in a target: a fragment is none of them,
// nor is a backslash in the path. Hot path.
func checkPath(path string) *StreamError {
	if path == "*" {
		return nil
	}
	if path == "" || path[0] != '/' {
		return errPath
	}
	i := 0
	for i < len(path) && path[i] != '?' {
		if octets[path[i]]&classPath == 0 {
			return errPath
		}
		i++
	}
	if !all(path[i:], classTarget) {
		return errPath
	}
	return nil
}

// addField takes a field over that is no pseudo-field. Hot path.
func (r *Request) addField(seen *seenFields, name, value string) *StreamError {
	if *seen&sawRegular == 0 {
		r.addHost()
		*seen |= sawRegular
	}
	switch name {
	case "host":
		return r.setHost(seen, value)
	case "content-length":
		return r.setLength(seen, value)
	case "cookie":
		mark(seen, sawCookie, sawCrumbs)
	case "priority":
		mark(seen, sawPriority, sawPriorities)
	case "expect":
		r.expect(value)
	case "te":
		if !equalFold(value, "trailers") {
			return errTE
		}
	case "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade":
		return errConnection
	// Two values of these could be read as the first, the last or a list.
	case "authorization":
		if !mark(seen, sawAuthorization, 0) {
			return errTwice
		}
	case "content-type":
		if !mark(seen, sawContentType, 0) {
			return errTwice
		}
	case "content-range":
		if !mark(seen, sawContentRange, 0) {
			return errTwice
		}
	case "content-disposition":
		if !mark(seen, sawDisposition, 0) {
			return errTwice
		}
	}
	r.Fields = append(r.Fields, Field{name, value})
	return nil
}

// mark notes a field and reports whether it is the first of its kind; again is
// noted when it is not.
func mark(seen *seenFields, bit, again seenFields) (first bool) {
	if *seen&bit != 0 {
		*seen |= again
		return false
	}
	*seen |= bit
	return true
}

// addHost puts what :authority says where handlers look for it.
func (r *Request) addHost() {
	if r.Authority != "" {
		r.Fields = append(r.Fields, Field{"host", r.Authority})
	}
}

// setHost reconciles Host with :authority (RFC 9113, section 8.3.1).
func (r *Request) setHost(seen *seenFields, value string) *StreamError {
	switch {
	case !mark(seen, sawHost, 0):
		return errTwice
	case !isAuthority(value):
		return errHost
	case *seen&sawAuthority == 0:
		r.Authority = value
		r.addHost()
		return nil
	case !hostAgrees(r.Authority, value, r.Method == "CONNECT"):
		return errHostDiffers
	}
	return nil
}

// setLength reads content-length. Several are taken when they say the same
// (RFC 9110, section 8.6).
func (r *Request) setLength(seen *seenFields, value string) *StreamError {
	n, ok := parseLength(value)
	if !ok || *seen&sawContentLength != 0 && n != r.ContentLength {
		return errLength
	}
	if mark(seen, sawContentLength, 0) {
		r.ContentLength = n
		r.Fields = append(r.Fields, Field{"content-length", value})
	}
	return nil
}

// expect reads an expect field (RFC 9110, section 10.1.1).
func (r *Request) expect(list string) {
	for list != "" {
		member, rest, _ := strings.Cut(list, ",")
		list = rest
		switch member = strings.Trim(member, " \t"); {
		case equalFold(member, "100-continue"):
			r.ExpectContinue = true
		case member != "":
			r.ExpectUnknown = true
		}
	}
}

// settle checks what only a complete block shows. Hot path.
func (r *Request) settle(seen seenFields) *StreamError {
	if seen&sawRegular == 0 {
		r.addHost()
	}
	const always = sawMethod | sawScheme | sawPath
	switch {
	case r.Method == "CONNECT":
		if err := r.settleConnect(seen); err != nil {
			return err
		}
	case seen&always != always:
		return errPseudoMissing
	case seen&sawProtocol != 0:
		return errProtocol
	case r.Authority == "":
		return errAuthorityNone
	case r.Path == "*" && r.Method != "OPTIONS":
		return errAsterisk
	}
	if seen&sawCrumbs != 0 {
		r.joinCookies()
	}
	if seen&sawPriority != 0 {
		r.setPriority(seen&sawPriorities != 0)
	}
	return nil
}

// settleConnect checks a CONNECT: an authority alone (RFC 9113, section 8.5),
// or with :protocol all pseudo-fields (RFC 8441, section 4).
func (r *Request) settleConnect(seen seenFields) *StreamError {
	const target = sawScheme | sawPath
	switch {
	case seen&sawProtocol != 0:
		if seen&(target|sawAuthority) != target|sawAuthority {
			return errPseudoMissing
		}
		if r.Path == "*" {
			return errAsterisk
		}
	case seen&target != 0 || seen&sawAuthority == 0 || !isTunnelAuthority(r.Authority):
		return errConnect
	}
	if r.ContentLength > 0 {
		// Some would send these octets down the tunnel.
		return errConnectContent
	}
	return nil
}

// joinCookies joins the cookie crumbs with "; " into the first of them (RFC
// 9113, section 8.2.3).
func (r *Request) joinCookies() {
	size := 0
	for _, f := range r.Fields {
		if f.Name == "cookie" {
			size += len(f.Value) + len("; ")
		}
	}
	var joined strings.Builder
	joined.Grow(size)
	first := -1
	kept := r.Fields[:0]
	for _, f := range r.Fields {
		if f.Name != "cookie" {
			kept = append(kept, f)
			continue
		}
		if first < 0 {
			first = len(kept)
			kept = append(kept, f)
		} else {
			joined.WriteString("; ")
		}
		joined.WriteString(f.Value)
	}
	clear(r.Fields[len(kept):])
	r.Fields = kept
	r.Fields[first].Value = joined.String()
}

// setPriority reads the priority field; several are one list (RFC 9110,
// section 5.3).
func (r *Request) setPriority(several bool) {
	value, _ := r.Value("priority")
	if several {
		var all []string
		for _, f := range r.Fields {
			if f.Name == "priority" {
				all = append(all, f.Value)
			}
		}
		value = strings.Join(all, ",")
	}
	r.Priority, _ = parsePriority(value)
}
