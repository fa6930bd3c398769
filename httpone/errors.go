package httpone

import "errors"

// A ProtocolError reports that the peer broke a rule of the protocol. The
// connection that returned it accepts no further request: answer with Status
// (if no final response has begun) and close. Protocol errors are package
// variables, compared by pointer, and hold nothing that the peer sent.
type ProtocolError struct {
	Status int    // status code of the reply, for example 400
	Rule   string // where the rule stands, for example "RFC 9112 6.3"
	Reason string // what was wrong, without any peer data
}

// Error returns the reason and the rule.
func (e *ProtocolError) Error() string {
	return "httpone: " + e.Reason + " (" + e.Rule + ")"
}

// Errors of the caller: a reply that does not fit the request it answers, or
// a call out of order. Nothing is appended by a call that returns one.
var (
	// ErrReplyOrder reports an append call that has no place at this point of
	// the exchange: a second final head, data before the head, an interim
	// response after the final head, anything after AppendEnd.
	ErrReplyOrder = errors.New("httpone: reply call out of order")

	// ErrStatus reports a status code that cannot be sent with this call.
	ErrStatus = errors.New("httpone: status code not possible here")

	// ErrFieldName reports a field whose name is not a token (RFC 9110,
	// section 5.1).
	ErrFieldName = errors.New("httpone: field name is not a token")

	// ErrBodyNotAllowed reports data for a response that cannot have content:
	// 204, 205, 304 and the answers that open a tunnel.
	ErrBodyNotAllowed = errors.New("httpone: this response has no content")

	// ErrLongBody reports more data than Content-Length announced.
	ErrLongBody = errors.New("httpone: more data than the declared Content-Length")

	// ErrShortBody reports an end before all data that Content-Length
	// announced. The response cannot be mended: close without a clean end.
	ErrShortBody = errors.New("httpone: less data than the declared Content-Length")
)

// Errors in a request line.
var (
	errMethod        = &ProtocolError{400, "RFC 9110 9.1", "method is not a token"}
	errMethodLong    = &ProtocolError{501, "RFC 9112 3", "method longer than any that is implemented"}
	errTarget        = &ProtocolError{400, "RFC 9112 3.2", "request target has an octet that no form allows"}
	errTargetEmpty   = &ProtocolError{400, "RFC 9112 3.2", "request target is empty"}
	errTargetForm    = &ProtocolError{400, "RFC 9112 3.2", "request target has no form that the method allows"}
	errTargetHost    = &ProtocolError{400, "RFC 9110 4.2.1", "request target has no valid host"}
	errTargetPort    = &ProtocolError{400, "RFC 9110 9.3.6", "CONNECT needs a host and a port"}
	errTargetLong    = &ProtocolError{414, "RFC 9110 15.5.15", "request target too long"}
	errUserinfo      = &ProtocolError{400, "RFC 9110 4.2.4", "userinfo in the request target"}
	errVersion       = &ProtocolError{400, "RFC 9112 2.3", "HTTP version is malformed"}
	errVersionMajor  = &ProtocolError{505, "RFC 9110 15.6.6", "HTTP major version is not 1"}
	errVersionNone   = &ProtocolError{505, "RFC 9112 3", "request line without a version (HTTP/0.9)"}
	errLeadingCRLF   = &ProtocolError{400, "RFC 9112 2.2", "too many empty lines before a request"}
	errLineEnd       = &ProtocolError{400, "RFC 9112 2.2", "line does not end with CR LF"}
	errTruncated     = &ProtocolError{400, "RFC 9112 8", "message ended early"}
	errTruncatedHead = &ProtocolError{400, "RFC 9112 8", "head ended early"}
)

// Errors in field lines.
var (
	errFieldName    = &ProtocolError{400, "RFC 9110 5.1", "field name is not a token"}
	errFieldSpace   = &ProtocolError{400, "RFC 9112 5.1", "whitespace before the colon of a field"}
	errFieldFold    = &ProtocolError{400, "RFC 9112 5.2", "obsolete line folding"}
	errFieldColon   = &ProtocolError{400, "RFC 9112 5", "field line without a colon"}
	errFieldValue   = &ProtocolError{400, "RFC 9110 5.5", "control octet in a field value"}
	errHeadLong     = &ProtocolError{431, "RFC 6585 5", "request head too long"}
	errFieldsMany   = &ProtocolError{431, "RFC 6585 5", "too many field lines"}
	errDuplicate    = &ProtocolError{400, "RFC 9110 5.3", "field that must stand alone is repeated"}
	errHostMissing  = &ProtocolError{400, "RFC 9112 3.2", "HTTP/1.1 request without Host"}
	errHost         = &ProtocolError{400, "RFC 9112 3.2", "Host is not a host with an optional port"}
	errHostTwice    = &ProtocolError{400, "RFC 9112 3.2", "more than one Host"}
	errHostDiffers  = &ProtocolError{400, "RFC 9112 3.2.2", "Host and request target name different hosts"}
	errConnection   = &ProtocolError{400, "RFC 9110 7.6.1", "Connection is not a list of tokens"}
	errNominated    = &ProtocolError{400, "RFC 9110 7.6.1", "Connection names a field that frames or routes the message"}
	errExpectation  = &ProtocolError{417, "RFC 9110 10.1.1", "expectation is not 100-continue"}
	errTrailerField = &ProtocolError{400, "RFC 9110 6.5.1", "trailer field that frames or routes a message"}
	errTrailersLong = &ProtocolError{431, "RFC 6585 5", "trailer section too long"}
)

// Errors in the framing of a body.
var (
	errContentLength = &ProtocolError{400, "RFC 9112 6.3", "Content-Length is not one decimal number"}
	errLengthTwice   = &ProtocolError{400, "RFC 9112 6.3", "more than one Content-Length"}
	errBothLengths   = &ProtocolError{400, "RFC 9112 6.1", "Content-Length together with Transfer-Encoding"}
	errCoding        = &ProtocolError{400, "RFC 9112 6.3", "Transfer-Encoding is not chunked alone"}
	errCodingVersion = &ProtocolError{400, "RFC 9112 6.1", "Transfer-Encoding in an HTTP/1.0 request"}
	errConnectBody   = &ProtocolError{400, "RFC 9110 9.3.6", "CONNECT with content"}
	errBodyLong      = &ProtocolError{413, "RFC 9110 15.5.14", "content too large"}
	errChunkSize     = &ProtocolError{400, "RFC 9112 7.1", "chunk size is malformed"}
	errChunkHuge     = &ProtocolError{400, "RFC 9112 7.1", "chunk size overflows"}
	errChunkLine     = &ProtocolError{400, "RFC 9112 7.1", "chunk line too long"}
	errChunkExt      = &ProtocolError{400, "RFC 9112 7.1.1", "chunk extension is malformed"}
	errChunkExtLong  = &ProtocolError{400, "RFC 9112 7.1.1", "too many octets of chunk extensions"}
	errChunkEnd      = &ProtocolError{400, "RFC 9112 7.1", "chunk data does not end with CR LF"}
)
