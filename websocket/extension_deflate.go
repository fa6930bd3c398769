package websocket

import "strconv"

// The extension and its parameters (RFC 7692, section 7.1).
const (
	deflateName        = "permessage-deflate"
	paramServerForgets = "server_no_context_takeover"
	paramClientForgets = "client_no_context_takeover"
	paramServerBits    = "server_max_window_bits"
	paramClientBits    = "client_max_window_bits"
)

// params are the parameters of permessage-deflate, in an offer or an answer.
type params struct {
	serverForgets, clientForgets bool
	serverBits, clientBits       int  // 8 to 15; zero for none, or no value
	limitsServer, limitsClient   bool // the parameters were there
}

// parseParams reads the parameters of an offer or an answer. It reports false
// if it is to be declined: a parameter is unknown, there twice, or has a value
// that it must not have (RFC 7692, section 7.1).
func parseParams(list []param, answer bool) (q params, ok bool) {
	for i, p := range list {
		for _, before := range list[:i] {
			if before.name == p.name {
				return q, false
			}
		}
		switch p.name {
		case paramServerForgets:
			q.serverForgets, ok = true, !p.hasValue
		case paramClientForgets:
			q.clientForgets, ok = true, !p.hasValue
		case paramServerBits:
			q.limitsServer = true
			q.serverBits, ok = windowBits(p.value)
		case paramClientBits:
			q.limitsClient = true
			if ok = !p.hasValue && !answer; !ok {
				q.clientBits, ok = windowBits(p.value)
			}
		default:
			ok = false
		}
		if !ok {
			return q, false
		}
	}
	return q, true
}

// windowBits reads a number from 8 to 15 without leading zeros.
func windowBits(s string) (int, bool) {
	for n := minWindowBits; n <= maxWindowBits; n++ {
		if s == strconv.Itoa(n) {
			return n, true
		}
	}
	return 0, false
}

// negotiate chooses the first of the offers that can be met, and answers it
// (RFC 7692, section 5). Other extensions, and offers that break a rule, are
// declined by silence.
func (d *Deflate) negotiate(fields []Field, h *Handshake) *HandshakeError {
	all, ok := extensions(fields)
	if !ok {
		return errExtensions
	}
	for _, ext := range all {
		if ext.name != deflateName || !d.Enabled {
			continue
		}
		if q, ok := parseParams(ext.params, false); ok {
			d.answer(&q)
			h.extensions = q.String()
			h.Extensions.deflate = d.agree(q, false)
			return nil
		}
	}
	return nil
}

// answer turns an offer into the answer. The client has to forget if it says
// so or if we want it to, and its window is limited only if it allows that
// (RFC 7692, sections 7.1.1 and 7.1.2).
func (d *Deflate) answer(q *params) {
	q.serverForgets = q.serverForgets || !d.ServerContextTakeover
	q.clientForgets = q.clientForgets || !d.ClientContextTakeover
	q.serverBits = smaller(q.serverBits, d.ServerMaxWindowBits)
	if q.limitsClient {
		q.clientBits = smaller(q.clientBits, d.ClientMaxWindowBits)
	} else {
		q.clientBits = maxWindowBits
	}
}

// smaller is the smaller of two windows, of which zero is the largest.
func smaller(a, b int) int {
	if a == 0 {
		a = maxWindowBits
	}
	if b == 0 {
		b = maxWindowBits
	}
	return min(a, b)
}

// String returns the parameters as the field has them. A window of 15 bits is
// what is there without a word, but an offer to limit that of the server is
// only accepted by naming it (RFC 7692, section 7.1.2.1).
func (q params) String() string {
	s := deflateName
	if q.serverForgets {
		s += "; " + paramServerForgets
	}
	if q.clientForgets {
		s += "; " + paramClientForgets
	}
	if q.limitsServer || q.serverBits != maxWindowBits {
		s += "; " + paramServerBits + "=" + strconv.Itoa(q.serverBits)
	}
	if q.limitsClient && q.clientBits != maxWindowBits {
		s += "; " + paramClientBits
		if q.clientBits != 0 {
			s += "=" + strconv.Itoa(q.clientBits)
		}
	}
	return s
}

// Offer is the Sec-WebSocket-Extensions of a client's handshake, empty if d is
// not enabled. The server is told that the window of what we send may be
// limited, and by how much we want it to be.
func (d *Deflate) Offer() string {
	if !d.Enabled {
		return ""
	}
	q := params{
		serverForgets: !d.ServerContextTakeover, clientForgets: !d.ClientContextTakeover,
		serverBits: smaller(d.ServerMaxWindowBits, 0), limitsClient: true,
	}
	if bits := smaller(d.ClientMaxWindowBits, 0); bits != maxWindowBits {
		q.clientBits = bits
	}
	return q.String()
}

// Accept is how a client reads the answer to its Offer, in the fields of the
// response. The error, a [*HandshakeError], says that the server agreed to
// what was not offered: the connection is to be failed (RFC 6455, section 4.1;
// RFC 7692, section 7.1).
func (d *Deflate) Accept(fields []Field) (Extensions, error) {
	all, ok := extensions(fields)
	if ok && len(all) == 0 {
		return Extensions{}, nil
	}
	if !ok || len(all) != 1 || all[0].name != deflateName || !d.Enabled {
		return Extensions{}, errExtensionAnswer
	}
	q, ok := parseParams(all[0].params, true)
	if !ok || !d.fits(q) {
		return Extensions{}, errExtensionAnswer
	}
	q.serverBits, q.clientBits = smaller(q.serverBits, 0), smaller(q.clientBits, d.ClientMaxWindowBits)
	return Extensions{d.agree(q, true)}, nil
}

var errExtensionAnswer = &HandshakeError{
	Rule: "RFC 6455 4.1", Reason: "server agreed to an extension that was not offered",
}

// fits reports whether an answer keeps to what was offered.
func (d *Deflate) fits(q params) bool {
	return (q.serverForgets || d.ServerContextTakeover) &&
		smaller(q.serverBits, 0) <= smaller(d.ServerMaxWindowBits, 0)
}
