// Package websocket speaks WebSocket (RFC 6455) without sockets, clocks or
// goroutines: octets go in and messages come out, messages go in and octets
// come out. What moves the octets is the caller's choice.
//
// [Policy.Check] judges an opening handshake, over HTTP/1.1 or as an extended
// CONNECT of HTTP/2 (RFC 8441), and says what to answer. Then a [Conn] is
// given what was received: [Conn.Next] returns an event and how much to drop.
// The events are whole messages, or their parts where messages are streamed,
// pings, pongs and the peer's Close. The pieces in which octets arrive change
// nothing, and nothing is scanned twice.
//
// Output is appended to a slice of the caller, by [Conn.AppendMessage],
// AppendPing, AppendPong, AppendClose and AppendFragment. [AppendFrame] makes
// a frame that any number of connections may send.
//
// # Memory
//
// The input is unmasked where it lies. A message of one frame that lies there
// as a whole is handed out as a part of it: no copy, no allocation. One that
// comes in fragments, or that has not arrived as a whole, is collected in a
// buffer of [Config.Buffers], which grows with what has arrived and not with
// what a header claims, and goes back at the next call. An idle Conn holds no
// buffer and has 64 bytes at most. A compressed message is inflated as it
// comes, into such a buffer; compressors and decompressors are shared. Only
// where context takeover was agreed on a connection keeps something: the last
// octets of both directions.
//
// # What is implemented
//
//   - RFC 6455: the server's half of the opening handshake (4.2), versions
//     (4.4), framing and masking (5.2, 5.3), fragmentation (5.4), control
//     frames (5.5), closing (7.1), status codes (7.4), UTF-8 (8.1), limits
//     (10.4). The roles of server and client are both understood.
//   - RFC 7692: permessage-deflate, with all parameters (7.1), see [Deflate].
//   - RFC 8441: the handshake by extended CONNECT (5).
//
// # What is refused
//
// The error of Next is a [*CloseError] with the status code to close with:
//
//	1002  a frame that is not masked, or from a server one that is
//	1002  a reserved bit without an extension that gives it a meaning; RSV1
//	      anywhere but on the first frame of a message
//	1002  a reserved opcode
//	1002  a control frame that is fragmented, or longer than 125 octets
//	1002  a length that is not written in the fewest octets, or has its top
//	      bit set
//	1002  a continuation of nothing; a new message inside a fragmented one
//	1002  a Close of one octet, or with a code that must not be sent
//	1007  a text or a reason that is not UTF-8, at the first octet that shows
//	      it, even in the middle of a frame
//	1007  a compressed message that does not inflate, refers to what it must
//	      not refer to, or does not end as it has to
//	1008  one whose blocks are mostly tables
//	1008  control frames and empty fragments without end, see
//	      Config.MaxControlFrames
//	1009  a frame above MaxFrameBytes, a message above MaxMessageBytes, as
//	      soon as a header says so, or so much was inflated
//
// Header, masking, and the rules for headers and Close frames are those of
// github.com/gobwas/ws. The compressors are those of
// github.com/klauspost/compress; inflating is our own.
package websocket
