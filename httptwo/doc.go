// Package httptwo speaks HTTP/2 as a server, without sockets, clocks or
// goroutines: octets go in and events come out, responses go in and octets come
// out. What moves the octets, and what time it is, is the caller's to say.
//
// [Session.Next] is given what was received and not yet consumed, and returns
// an event and how much to drop. A request begins with Head; its body comes in
// Data, which the caller acknowledges with [Session.Consume], so that windows
// open no faster than the application reads; End completes it. Reset ends a
// stream at any time. The pieces in which octets arrive change nothing.
//
// A response is [Session.SendHead], and [Session.SetSource] with where its body
// comes from. [Session.AppendOutput] appends what is to be sent to a slice of
// the caller: first the frames that wait, then DATA, for which it asks the
// sources by priority and as far as windows allow, so that nothing is queued
// that cannot leave. When both sides are done with a stream, [Session.Release]
// it.
//
// [Session.Deadline] says when to call [Session.Tick]. A connection ends by an
// error of Next or Tick, a [*ConnError], with GOAWAY among the output; or in
// order, by [Session.Shutdown].
//
// # Memory
//
// An idle session keeps its own words, under 800 bytes, and what field
// compression has to keep. Streams, buffers and the scheduler are lent by the
// [Config], which the sessions of one loop share. Strings of requests are the
// decompressor's, and may be kept for ever; a request whose fields are in its
// tables costs no allocation.
//
// # What is implemented
//
//   - RFC 9113, HTTP/2: preface and settings (3.4, 6.5), frames (4, 6), stream
//     states, numbers and their limit (5.1), flow control both ways (5.2, 6.9),
//     errors (5.4), extension frames (5.5), shutdown (6.8), requests, trailers
//     and interim responses (8.1), fields (8.2, 8.3), CONNECT (8.5).
//   - RFC 7541, HPACK: decompression by golang.org/x/net/http2/hpack, a
//     compressor for many small connections of our own.
//   - RFC 9218, priorities: the priority field, PRIORITY_UPDATE, and the order
//     of section 10.
//   - RFC 8441, extended CONNECT, when [Config].EnableConnectProtocol is set.
//   - RFC 6585: 431 for field lists above the limit, see Stream.TooLarge.
//
// # What is refused
//
// A malformed request ends its stream, with RST_STREAM: PROTOCOL_ERROR for its
// fields, its length or its trailers, REFUSED_STREAM above the limit of
// streams, STREAM_CLOSED behind its end, FLOW_CONTROL_ERROR beyond its window.
// The connection ends, with GOAWAY, when the two sides cannot agree any more:
//
//	PROTOCOL_ERROR       no preface, no settings first; frames out of place;
//	                     streams with even numbers; frames for idle streams;
//	                     PUSH_PROMISE; settings out of range
//	FRAME_SIZE_ERROR     frames that are too long, or of a size their type
//	                     does not have
//	FLOW_CONTROL_ERROR   DATA beyond the window of the connection, windows
//	                     above 2^31-1
//	COMPRESSION_ERROR    field blocks that do not decompress
//	STREAM_CLOSED        DATA or HEADERS for a stream that the client has ended
//	                     or reset
//	SETTINGS_TIMEOUT     settings that are not acknowledged in time
//	ENHANCE_YOUR_CALM    more work for nothing than the [Ledger] allows; field
//	                     blocks far above the limit; frames and field blocks
//	                     that are not completed in time
//
// Push is not implemented, nor are the priorities of RFC 7540, which are
// skipped.
package httptwo
