package httpone

// KnownMethod reports whether a method is in the IANA registry of HTTP
// methods. Methods are case-sensitive (RFC 9110, section 9.1). The parser
// takes any token; a server answers 501 for one that is neither known nor
// routed.
func KnownMethod(method string) bool {
	switch method {
	case "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", // RFC 9110
		"PATCH", "LINK", "UNLINK", "PRI", "QUERY",
		"COPY", "LOCK", "MKCOL", "MOVE", "PROPFIND", "PROPPATCH", "UNLOCK", // WebDAV, RFC 4918
		"ACL", "BASELINE-CONTROL", "BIND", "CHECKIN", "CHECKOUT", "LABEL", "MERGE",
		"MKACTIVITY", "MKCALENDAR", "MKREDIRECTREF", "MKWORKSPACE", "ORDERPATCH", "REBIND",
		"REPORT", "SEARCH", "UNBIND", "UNCHECKOUT", "UPDATE", "UPDATEREDIRECTREF", "VERSION-CONTROL":
		return true
	}
	return false
}
