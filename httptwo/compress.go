package httptwo

import (
	"math/bits"

	"golang.org/x/net/http2/hpack"
)

// maxCompressTable is the most that a compressor keeps, in the octets of RFC
// 7541, section 4.1, whatever the peer offers.
const maxCompressTable = 4096

// Bounds on what is kept of the fields that were sent. Few fields of a response
// repeat; a search through many costs more than it saves, and memory of every
// connection besides.
const (
	maxCompressEntries = 32  // a power of two: the table grows by doubling
	maxCompressField   = 512 // octets of one field, by the count of RFC 7541
)

// A compressor writes field blocks (RFC 7541). It is made for a server with
// many connections, most of which have sent little: a field enters the dynamic
// table when it is sent for the second time within a short while, so values
// that never repeat do not push out those that do, and a connection that has
// answered one request has no table at all. The zero value is not ready: see
// init.
//
// The table holds the newest entries of the peer's. It may hold fewer than the
// peer does, for what is not looked up need not be kept.
type compressor struct {
	table  []tableEntry // oldest first; nil until a field repeats
	size   uint32       // of the table, by the count of RFC 7541
	max    uint32       // bound of size
	wanted uint32       // what max becomes with the next block
	lowest uint32       // the lowest that wanted was since the last block
	at     uint8        // where the next hash goes
	recent [8]uint32    // hashes of the literals that were sent last
}

type tableEntry struct {
	name, value string
	hash        uint32
}

func (e *tableEntry) octets() uint32 { return fieldSize(e.name, e.value) }

// fieldSize is what a field counts in tables and lists (RFC 7541, section 4.1).
func fieldSize(name, value string) uint32 { return uint32(len(name)+len(value)) + 32 }

func (c *compressor) init() {
	*c = compressor{max: maxCompressTable, wanted: maxCompressTable, lowest: maxCompressTable}
}

// setTableSize bounds the table as the peer's SETTINGS_HEADER_TABLE_SIZE says.
func (c *compressor) setTableSize(n uint32) {
	c.wanted = min(n, maxCompressTable)
	c.lowest = min(c.lowest, c.wanted)
}

// begin appends what a block has to begin with: the size of the table when it
// has changed. When it has been lower in between, that is said first (RFC
// 7541, section 4.2), and the last size with the block after this one: two
// updates at once are allowed, but Go's own decoder does not take them. Hot
// path.
func (c *compressor) begin(dst []byte) []byte {
	if c.max == c.wanted && c.lowest == c.max {
		return dst
	}
	c.max, c.lowest = c.lowest, c.wanted
	c.evict(c.max)
	return appendInteger(dst, 0x20, 0x1f, c.max)
}

// appendField appends a field with a name in lower case and a clean value.
// index is the name's place in the static table, or 0. A secret is never
// indexed, here or by those who forward it (RFC 7541, section 7.1.3). Hot
// path.
func (c *compressor) appendField(dst []byte, index uint32, name, value string, secret bool) []byte {
	if secret {
		return appendLiteral(dst, 0x10, 0x0f, index, name, value)
	}
	size := fieldSize(name, value)
	if size > min(maxCompressField, c.max) {
		return appendLiteral(dst, 0, 0x0f, index, name, value)
	}
	hash := hashField(index, name, value)
	for i := len(c.table) - 1; i >= 0; i-- {
		e := &c.table[i]
		if e.hash == hash && e.value == value && e.name == name {
			return appendInteger(dst, 0x80, 0x7f, uint32(staticEntries+len(c.table)-i))
		}
	}
	if !c.repeats(hash) {
		return appendLiteral(dst, 0, 0x0f, index, name, value)
	}
	c.add(tableEntry{name, value, hash}, size)
	return appendLiteral(dst, 0x40, 0x3f, index, name, value)
}

// repeats reports whether a field was among the last literals, and notes it
// when it was not.
func (c *compressor) repeats(hash uint32) bool {
	for _, h := range c.recent {
		if h == hash {
			return true
		}
	}
	c.recent[c.at%uint8(len(c.recent))] = hash
	c.at++
	return false
}

// add puts an entry into the table; there is room for it in an empty one.
func (c *compressor) add(e tableEntry, size uint32) {
	c.evict(c.max - size)
	if len(c.table) == maxCompressEntries {
		c.drop(1)
	}
	c.table = append(c.table, e)
	c.size += size
}

// evict drops the oldest entries until the table has at most n octets.
func (c *compressor) evict(n uint32) {
	dropped, size := 0, c.size
	for size > n {
		size -= c.table[dropped].octets()
		dropped++
	}
	if dropped > 0 {
		c.drop(dropped)
	}
}

// drop drops the n oldest entries.
func (c *compressor) drop(n int) {
	for i := range n {
		c.size -= c.table[i].octets()
	}
	left := copy(c.table, c.table[n:])
	clear(c.table[left:])
	c.table = c.table[:left]
}

// hashField hashes a field by its lengths and the ends of its value: enough to
// tell apart what one server sends. Two fields with one hash only cost a
// comparison.
func hashField(index uint32, name, value string) uint32 {
	h := uint64(index)<<32 | uint64(len(name))<<16 | uint64(len(value))
	if index == 0 {
		h = mix(h, ends(name))
	}
	return uint32(mix(h, ends(value)))
}

// ends packs the first and the last octets of s.
func ends(s string) uint64 {
	n := len(s)
	switch {
	case n >= 8:
		return word(s) ^ bits.RotateLeft64(word(s[n-8:]), 29)
	case n >= 4:
		return half(s) | half(s[n-4:])<<32
	case n > 0:
		return uint64(s[0]) | uint64(s[n/2])<<8 | uint64(s[n-1])<<16
	}
	return 0
}

func half(s string) uint64 {
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24
}

func word(s string) uint64 { return half(s) | half(s[4:])<<32 }

func mix(a, b uint64) uint64 {
	high, low := bits.Mul64(a^0x9e3779b97f4a7c15, b^0xd6e8feb86659fd93)
	return high ^ low
}

// appendLiteral appends a literal field; its first octet has the bits of kind
// and an index below them (RFC 7541, section 6.2).
func appendLiteral(dst []byte, kind, mask byte, index uint32, name, value string) []byte {
	dst = appendInteger(dst, kind, mask, index)
	if index == 0 {
		dst = appendString(dst, name)
	}
	return appendString(dst, value)
}

// appendInteger appends an integer behind the bits of kind (RFC 7541, section
// 5.1). Hot path.
func appendInteger(dst []byte, kind, mask byte, n uint32) []byte {
	if n < uint32(mask) {
		return append(dst, kind|byte(n))
	}
	dst = append(dst, kind|mask)
	for n -= uint32(mask); n >= 0x80; n >>= 7 {
		dst = append(dst, byte(n)|0x80)
	}
	return append(dst, byte(n))
}

// appendString appends a string literal, in Huffman code where that is shorter
// (RFC 7541, section 5.2). Hot path.
func appendString(dst []byte, s string) []byte {
	if n := hpack.HuffmanEncodeLength(s); n < uint64(len(s)) {
		dst = appendInteger(dst, 0x80, 0x7f, uint32(n))
		return hpack.AppendHuffmanString(dst, s)
	}
	dst = appendInteger(dst, 0, 0x7f, uint32(len(s)))
	return append(dst, s...)
}
