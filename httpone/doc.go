// Package httpone speaks HTTP/1.0 and HTTP/1.1 as a server, without sockets,
// clocks or goroutines: octets go in and events come out, replies go in and
// octets come out. What moves the octets is the caller's choice.
//
// [Conn.Next] is given what was received and not yet consumed, and returns an
// event and how much to drop. The events of one request are EventHead, any
// number of EventData, EventEnd, and then EventPaused until the reply is
// finished: a pipelined request is not looked at before that. The pieces in
// which octets arrive change nothing, and nothing is scanned twice.
//
// The reply is appended to a slice of the caller: AppendInterim as often as
// wanted, AppendHead, AppendData as often as wanted, AppendEnd, or AppendReply
// for all at once; then FinishReply. How a reply is framed is decided here,
// for it depends on the request: see [Conn.AppendHead].
//
// # Memory
//
// A head costs one allocation: the immutable copy from which all its strings
// are cut. They may be kept for ever. Body data is a part of the caller's own
// buffer and is not copied. A Conn is 64 bytes and holds no buffer; a Request
// is needed only from the first octet of a head until its reply is finished.
//
// # What is implemented
//
//   - RFC 9112, HTTP/1.1: message parsing (2.2), version (2.3), request line
//     and the four forms of a target (3, 3.2), field lines (5), body length
//     (6.3), chunked coding with extensions and trailers (7.1), incomplete
//     messages (8), persistence, pipelining and close (9.3, 9.6).
//   - RFC 9110, HTTP semantics, as far as it frames or routes a message: field
//     names and values (5.1, 5.5), trailers (6.5), dates (5.6.7), Host and
//     authorities (4.2, 7.2), Connection (7.6.1), Upgrade (7.8), CONNECT
//     (9.3.6), Expect (10.1.1), content of responses by status and method (6.4,
//     15), interim responses (15.2).
//   - RFC 3986: authorities (3.2); RFC 6585: status 431 (5).
//
// # What is refused
//
// Whatever two recipients could read in two ways is refused, and the
// connection ends: nothing is guessed or repaired.
//
//	400  a line that ends with anything but CR LF; a bare CR, LF or NUL
//	400  more than MaxLeadingCRLF empty lines before a request
//	400  a method that is no token; more or less than one space between parts
//	400  a target of no form, or of a form that its method does not have;
//	     a fragment, userinfo, an empty or malformed host, a backslash in
//	     the path, quotes, angle brackets, octets above 0x7e
//	400  a version that is not "HTTP/" DIGIT "." DIGIT
//	400  a field name that is no token, space before the colon, folded lines,
//	     control octets in a value
//	400  HTTP/1.1 without Host; Host twice, empty or malformed; Host that
//	     differs from an absolute target
//	400  Content-Length twice, as a list, or not one decimal number
//	400  Transfer-Encoding other than chunked alone, in HTTP/1.0, or with a
//	     Content-Length; CONNECT with content
//	400  authorization, content-type, content-range or content-disposition
//	     twice
//	400  Connection that is no list of tokens, or names Content-Length,
//	     Transfer-Encoding or Host
//	400  malformed chunk sizes, extensions and chunk ends; chunk lines and
//	     extensions above their limits
//	400  Content-Length, Transfer-Encoding or Host in the trailers (others that
//	     do not belong there are dropped)
//	400  a message that ends early, see Conn.EOF
//	413  content above MaxBodyBytes or Conn.LimitBody
//	414  a target above MaxTargetBytes
//	417  an expectation other than 100-continue
//	431  a head above MaxHeadBytes, more than MaxFields fields, trailers above
//	     MaxTrailerBytes
//	501  a method longer than any that is registered
//	505  a well-formed version other than 1.x; no version at all (HTTP/0.9)
//
// HTTP/1.2 to 1.9 are served as 1.1. Three leniencies: empty lines before a
// request; in targets the octets []{}|^ and backquote, and a backslash in the
// query, which browsers send as they are; percent-encoding is left to the
// caller.
package httpone
