package httpone

// A Field is one field line of a head or trailer section. It is an alias of
// an unnamed struct, so field lists pass between packages without a copy.
// Names of received fields are in lower case.
type Field = struct{ Name, Value string }

// A Form is the shape of a request target (RFC 9112, section 3.2).
type Form uint8

// The four forms of a request target.
const (
	FormOrigin    Form = iota // "/path?query"
	FormAbsolute              // "http://host/path?query"
	FormAuthority             // "host:port", CONNECT only
	FormAsterisk              // "*", OPTIONS only
)

// String returns the name that RFC 9112 gives the form.
func (f Form) String() string {
	switch f {
	case FormOrigin:
		return "origin-form"
	case FormAbsolute:
		return "absolute-form"
	case FormAuthority:
		return "authority-form"
	case FormAsterisk:
		return "asterisk-form"
	}
	return "no form"
}

// A Request is one request as [Conn.Next] understood it, and the scratch
// space of its parsing. The zero value is ready for use; reuse one for request
// after request, so that its slices grow only once.
//
// All strings are cut from one immutable copy of the head (the trailers' from
// a second one) and may be kept for ever. The slices Fields and Trailers are
// valid until the next request begins or Reset is called.
type Request struct {
	// Method is a token, case as sent. It need not be one that is known: see
	// [KnownMethod].
	Method string
	// Target is the request target as sent.
	Target string
	// Scheme is "http" or "https" in absolute-form, else empty: then it
	// follows from how the request arrived.
	Scheme string
	// Authority is the host with an optional port that the request is for:
	// the target's in absolute-form and authority-form, else that of Host.
	// Case as sent. Empty only in an HTTP/1.0 request without Host.
	Authority string
	// Path is the path as sent, still percent-encoded: "/" when an absolute
	// target has none, "*" in asterisk-form, empty in authority-form.
	Path string
	// RawQuery is what follows the first "?" of the target, as sent.
	RawQuery string

	// Fields are the field lines in the order they came, names in lower case,
	// values without the whitespace around them.
	Fields []Field
	// Trailers are the trailer fields of a chunked body, valid from EventEnd.
	// Fields that must not come in trailers are not among them (RFC 9110,
	// section 6.5.1).
	Trailers []Field

	// Data is the body content of the last EventData: a part of what was
	// given to Next, valid until the next call of Next. Nil after any other
	// event.
	Data []byte

	// ContentLength is the length of the body in bytes, 0 when there is none,
	// -1 when it is chunked.
	ContentLength int64

	// Minor is the minor version the request is served as: 0 or 1. A higher
	// one is served as 1.
	Minor int

	Form Form
	// Chunked reports that the body comes in the chunked coding.
	Chunked bool
	// KeepAlive reports that the client lets the connection persist (RFC
	// 9112, section 9.3).
	KeepAlive bool
	// ExpectContinue reports that the client waits for a 100 before it sends
	// the body. Never set by HTTP/1.0, nor without a body.
	ExpectContinue bool
	// Upgrade reports that the client offers other protocols, with the
	// connection option that it takes. Never set by HTTP/1.0. See
	// [Request.Offers].
	Upgrade bool

	// Repeated reports that the head is octet for octet the one that this
	// Request held before: whatever a caller derived from its strings and Fields
	// alone is still true. See Keep.
	Repeated bool

	section section // progress in the head or trailer section
	memo    memo
	private bool // the head carries credentials
}

// Reset makes r ready for another request and drops what it refers to. Its
// arrays are kept. Call it before putting r into a pool, so that the pool does
// not hold on to old heads; Next needs no call.
func (r *Request) Reset() {
	clear(r.Fields)
	clear(r.Trailers)
	*r = Request{
		Fields:   r.Fields[:0],
		Trailers: r.Trailers[:0],
		section:  section{spans: r.section.spans[:0]},
		memo:     memo{octets: r.memo.octets[:0]},
	}
}

// dropFields forgets the fields of the previous request. cut overwrites them
// anyway, so that it is only needed while a head is not complete.
func (r *Request) dropFields() {
	clear(r.Fields)
	r.Fields = r.Fields[:0]
}

// renew makes r ready for a head. It spares the fields: see dropFields.
// Hot path.
func (r *Request) renew() {
	r.Method, r.Target = "", ""
	r.Scheme, r.Authority, r.Path, r.RawQuery = "", "", "", ""
	r.ContentLength, r.Minor, r.Form = 0, 0, FormOrigin
	r.Chunked, r.KeepAlive, r.ExpectContinue, r.Upgrade = false, false, false, false
	r.Repeated, r.private = false, false
	r.memo.octets = r.memo.octets[:0]
	r.renewBody()
	r.section.restart(inMethod)
}

// HasBody reports whether the framing announces content.
func (r *Request) HasBody() bool { return r.ContentLength != 0 }

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

// Offers reports whether the client offers to upgrade to the given protocol,
// in lower case, for example "websocket" or "h2c" (RFC 9110, section 7.8).
func (r *Request) Offers(protocol string) bool {
	if !r.Upgrade {
		return false
	}
	for i := range r.Fields {
		if r.Fields[i].Name != "upgrade" {
			continue
		}
		for rest := r.Fields[i].Value; rest != ""; {
			var member string
			if member, rest = nextMember(rest); equalFold(member, protocol) {
				return true
			}
		}
	}
	return false
}
