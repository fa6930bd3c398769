package frame

// An Error reports that a frame broke a rule. All errors of this package are
// of type *Error and are package variables: compare them by pointer, and add
// the stream from the frame's header.
type Error struct {
	// Stream says that only the frame's stream ends, with RST_STREAM (RFC
	// 9113, section 5.4.2). Otherwise the connection does, with GOAWAY.
	Stream bool
	Code   ErrCode // error code to answer with
	Rule   string  // where the rule stands, for example "RFC 9113 6.1"
	Reason string  // what was wrong, without any peer data
}

// Error returns the code, the reason and the rule.
func (e *Error) Error() string {
	return "frame: " + e.Code.String() + ": " + e.Reason + " (" + e.Rule + ")"
}
