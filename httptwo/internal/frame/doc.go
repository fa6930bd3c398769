// Package frame reads and writes the frames of HTTP/2, one file for each type
// (RFC 9113, section 6; PRIORITY_UPDATE is RFC 9218, section 7.1).
//
// A frame is read in two steps: [ParseHeader] takes its first nine octets, and
// when its payload is whole the function of its type takes that: [ParseData],
// [ParseHeaders] and so on. They judge what one frame alone can tell: its size,
// its stream identifier, its padding, its values. What depends on the state
// of a stream or of the connection is for the caller. Frames of a type that
// [Type.Known] does not know are ignored (RFC 9113, section 5.5).
//
// Nothing is allocated and nothing is kept: what is returned refers to the
// payload that was given, and is valid as long as that. The payload must be as
// long as the header says.
//
// Writing appends to a slice of the caller: [AppendData] and so on. The caller
// answers for what it appends: identifiers below 2^31 and payloads within the
// peer's SETTINGS_MAX_FRAME_SIZE.
package frame
