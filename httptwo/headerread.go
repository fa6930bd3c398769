package httptwo

import (
	"strings"

	"golang.org/x/net/http2/hpack"
)

// headerLimits is what a header block may hold. One is shared by all sessions
// of a configuration.
type headerLimits struct {
	// maxListBytes is what was announced as SETTINGS_MAX_HEADER_LIST_SIZE:
	// octets of names and values, and 32 for each field (RFC 9113, section
	// 6.5.2). Twice as many octets may a block have on the wire.
	maxListBytes int
	// maxFields bounds the number of field lines, crumbs of cookies included:
	// work that is done for each field, here and by those who read them.
	maxFields int
	// tableBytes is what was announced as SETTINGS_HEADER_TABLE_SIZE.
	tableBytes uint32
	// extendedConnect says that SETTINGS_ENABLE_CONNECT_PROTOCOL was sent.
	extendedConnect bool
}

// minBlockBytes is what a block may have on the wire however small the limit
// of its list is, so that the refusal can be said on the stream.
const minBlockBytes = 32 << 10

// maxBlockBytes bounds the octets of one block on the wire, and so the memory
// that a block in parts can take and the work that an oversized one makes.
func (l *headerLimits) maxBlockBytes() int { return max(2*l.maxListBytes, minBlockBytes) }

// Errors of field compression (RFC 9113, section 4.3): the state that both
// sides share is lost, and the connection with it.
var (
	errCompression = &ConnError{CompressionError, "RFC 9113 4.3", "field block does not decompress"}
	errTableUpdate = &ConnError{CompressionError, "RFC 7541 4.2", "table size update behind a field, or a third one"}
	errBlockLong   = &ConnError{EnhanceYourCalm, "RFC 9113 10.5.1", "field block far above SETTINGS_MAX_HEADER_LIST_SIZE"}
)

// A headerReader turns field blocks into requests and trailers. It has the
// decompressor of a connection, so every block has to pass through it in the
// order received, those too that nobody wants.
//
// For each block: open, feed once for each HEADERS or CONTINUATION frame, and
// after the last one result.
type headerReader struct {
	limits  *headerLimits
	dec     *hpack.Decoder // nil before the first block
	pending []byte         // parts of a block that has not ended

	// The block that is being read.
	req       *Request // nil: only the decompressor is interested
	err       *StreamError
	listBytes int
	fields    int
	seen      seenFields
	trailers  bool
	tooLarge  bool
}

func (r *headerReader) init(limits *headerLimits) { *r = headerReader{limits: limits} }

// open begins a block. What it holds goes to req, which is reset unless the
// block holds trailers. With a nil req the block is decoded and forgotten.
func (r *headerReader) open(req *Request, trailers bool) {
	if req != nil && !trailers {
		req.Reset()
	}
	r.req, r.err = req, nil
	r.listBytes, r.fields, r.seen = 0, 0, 0
	r.trailers, r.tooLarge = trailers, false
}

// feed takes the next part of the block; the last one decodes it. A block in
// one part is not copied. The error is of the connection. Hot path.
func (r *headerReader) feed(fragment []byte, last bool) error {
	if len(r.pending)+len(fragment) > r.limits.maxBlockBytes() {
		r.pending = nil
		return errBlockLong
	}
	if last && r.pending == nil {
		return r.decode(fragment)
	}
	r.pending = append(r.pending, fragment...)
	if !last {
		return nil
	}
	block := r.pending
	r.pending = nil
	return r.decode(block)
}

// pendingBytes is the memory that a block takes which has not ended.
func (r *headerReader) pendingBytes() int { return cap(r.pending) }

// result reports, when the block has ended, whether its list was over a limit
// and whether it was malformed; the request is complete when neither is so.
// Otherwise it holds what came before that. A list over the limit may be
// answered with 431 or with ENHANCE_YOUR_CALM; a malformed one ends the stream
// (RFC 9113, sections 8.1.1 and 10.5.1). The error has no stream in it yet.
func (r *headerReader) result() (tooLarge bool, err *StreamError) {
	r.req = nil
	return r.tooLarge, r.err
}

// decode takes a whole block. Over a limit, or with an error in the fields, it
// goes on for the sake of the decompressor only, which then makes no strings
// but those it has to keep.
func (r *headerReader) decode(block []byte) error {
	updates, ok := tableUpdates(block)
	if !ok {
		return errTableUpdate
	}
	if r.dec == nil {
		r.dec = hpack.NewDecoder(r.limits.tableBytes, r.emit)
	}
	r.dec.SetEmitEnabled(r.req != nil)
	if !r.decompress(block[:updates]) || !r.decompress(block[updates:]) {
		return errCompression
	}
	if r.req != nil && !r.trailers && r.err == nil && !r.tooLarge {
		r.err = r.req.settle(r.seen)
	}
	return nil
}

// decompress decodes a block as if it were a whole one.
func (r *headerReader) decompress(block []byte) bool {
	_, err := r.dec.Write(block)
	return err == nil && r.dec.Close() == nil
}

// emit takes one field from the decompressor. Hot path.
func (r *headerReader) emit(f hpack.HeaderField) {
	r.fields++
	r.listBytes += len(f.Name) + len(f.Value) + 32
	if r.listBytes > r.limits.maxListBytes || r.fields > r.limits.maxFields {
		r.tooLarge = true
		r.dec.SetEmitEnabled(false)
		return
	}
	if r.err = r.add(f.Name, f.Value); r.err != nil {
		r.dec.SetEmitEnabled(false)
	}
}

// add checks a field and gives it to the request.
func (r *headerReader) add(name, value string) *StreamError {
	pseudo := name != "" && name[0] == ':'
	switch {
	case pseudo && r.trailers:
		return errTrailerPseudo
	case pseudo:
		return r.req.addPseudo(&r.seen, name, value, r.limits.extendedConnect)
	case !isFieldName(name):
		if isFieldName(strings.ToLower(name)) {
			return errFieldUpper
		}
		return errFieldName
	case !isFieldValue(value):
		return errFieldValue
	case r.trailers:
		return r.req.addTrailer(name, value)
	}
	return r.req.addField(&r.seen, name, value)
}

// tableUpdates reports whether all size updates of the dynamic table in a block
// stand before its first field, and are two at most: the smallest size and the
// last one (RFC 7541, section 4.2). The decoder takes any number of them while
// its table is empty, and only one when it is not: so first is the length of
// the first of two. A block that is cut off is left to the decoder. Hot path.
func tableUpdates(block []byte) (first int, ok bool) {
	whole, updates, fields := len(block), 0, 0
	for len(block) > 0 {
		switch b := block[0]; {
		case b&0x80 != 0: // indexed
			_, block, ok = cutInteger(block, 0x7f)
			fields++
		case b&0xe0 == 0x20: // size update
			if updates++; updates > 2 || fields > 0 {
				return 0, false
			}
			if updates == 2 {
				first = whole - len(block)
			}
			_, block, ok = cutInteger(block, 0x1f)
		case b&0xc0 == 0x40: // literal, to be indexed
			block, ok = cutLiteral(block, 0x3f)
			fields++
		default: // literal, not indexed
			block, ok = cutLiteral(block, 0x0f)
			fields++
		}
		if !ok {
			break
		}
	}
	return first, true
}

// cutLiteral steps over a literal field whose index has the given prefix.
func cutLiteral(b []byte, mask byte) (rest []byte, ok bool) {
	index, b, ok := cutInteger(b, mask)
	if ok && index == 0 {
		b, ok = cutString(b)
	}
	if !ok {
		return nil, false
	}
	return cutString(b)
}

// cutString steps over a string literal (RFC 7541, section 5.2).
func cutString(b []byte) (rest []byte, ok bool) {
	n, b, ok := cutInteger(b, 0x7f)
	if !ok || n > uint64(len(b)) {
		return nil, false
	}
	return b[n:], true
}

// cutInteger reads an integer (RFC 7541, section 5.1). It reports false when
// it is cut off, or longer than any that the decoder takes.
func cutInteger(b []byte, mask byte) (n uint64, rest []byte, ok bool) {
	if len(b) == 0 {
		return 0, nil, false
	}
	if n = uint64(b[0] & mask); n < uint64(mask) {
		return n, b[1:], true
	}
	for i := 1; i < len(b) && i <= 9; i++ {
		n += uint64(b[i]&0x7f) << (7 * (i - 1))
		if b[i]&0x80 == 0 {
			return n, b[i+1:], true
		}
	}
	return 0, nil, false
}
