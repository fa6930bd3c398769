package httpone

// A ReplyHead describes the head of a final response. It is read during the
// call and not kept.
type ReplyHead struct {
	// Status is the status code, 200 to 999, or 101 to switch protocols.
	Status int
	// Reason is the reason phrase; empty means the one that is known for
	// Status.
	Reason string
	// Date is the value of Date, from AppendDate; empty for none. A date
	// among Fields wins.
	Date string
	// Fields are the field lines in the order they are sent. Names may have
	// any case and are sent in canonical case ("content-type" as
	// "Content-Type"). Fields about framing are not taken from here:
	// content-length, transfer-encoding, keep-alive and proxy-connection are
	// ignored, the options of connection are merged with our own, trailer is
	// sent only with a chunked body.
	Fields []Field
	// ContentLength is the length of the content in bytes, -1 when it is not
	// known yet. For HEAD it is what GET would have sent.
	ContentLength int64
	// Close ends the connection with this reply.
	Close bool
}

// replyFraming is how the end of a reply is known.
type replyFraming uint8

const (
	frameLength  replyFraming = iota // Content-Length
	frameChunked                     // Transfer-Encoding: chunked
	frameClose                       // the end of the connection
	frameHead                        // answer to HEAD: content is swallowed
	frameNone                        // 204, 304 and the like: content is an error
	frameEmpty                       // 205: content is an error, and its length 0 is said
)

// AppendHead appends the head of the final response to dst and returns the
// extended slice. It decides how the body is framed from the request: call it
// once for each request, with r as Next filled it, then AppendData and
// AppendEnd, then FinishReply.
//
// Before a head is complete, r may be nil and is not looked at. The
// connection ends with such a reply, and with one after an error. Octets in
// field values and reasons that could end a line are dropped. Errors:
// [ErrReplyOrder], [ErrStatus], [ErrFieldName]; dst is then unchanged. Hot
// path.
func (c *Conn) AppendHead(dst []byte, r *Request, h *ReplyHead) ([]byte, error) {
	if c.reply != replyWaiting || c.state == StateClosed && c.fail == nil {
		return dst, ErrReplyOrder
	}
	early := c.flags&flagRequest == 0
	if early {
		r = &noRequest
	}
	switching := opensTunnel(r, h.Status)
	if !c.canSend(r, h.Status, switching) {
		return dst, ErrStatus
	}
	framing := frame(r, h, switching)
	w := headWriter{start: len(dst), chunked: framing == frameChunked}
	w.close = h.Close || early || c.fail != nil || framing == frameClose || c.flags&(flagLast|flagWaits) != 0

	dst = appendStatusLine(dst, h.Status, h.Reason)
	dst, ok := w.appendFields(dst, h.Fields)
	if !ok {
		return dst[:w.start], ErrFieldName
	}
	if h.Date != "" && !w.sawDate {
		dst = appendLine(dst, "Date: ", h.Date)
	}
	dst = appendFraming(dst, framing, h.ContentLength)
	if switching {
		w.close, w.upgrade = false, h.Status == 101
	}
	dst = w.appendConnection(dst, h.Fields, r.Minor == 0 && r.KeepAlive)
	dst = append(dst, "\r\n"...)

	c.framing, c.owed = framing, max(h.ContentLength, 0)
	c.replyBegins(early, switching, w.close)
	return dst, nil
}

// replyBegins notes what the head of a reply settles.
func (c *Conn) replyBegins(early, switching, last bool) {
	c.moveReply(rvHead)
	switch {
	case early:
		c.flags |= flagLast
		c.move(evLast) // a request that comes now is too late
	case switching:
		c.flags = c.flags&^flagLast | flagSwitch
	case last:
		c.flags |= flagLast
	}
}

// noRequest stands for the request when there is none: as plain as HTTP/1.0.
var noRequest Request

// opensTunnel reports whether a reply with this status ends HTTP on the
// connection (RFC 9110, sections 9.3.6 and 15.2.2).
func opensTunnel(r *Request, status int) bool {
	return status == 101 || r.Form == FormAuthority && status/100 == 2
}

// canSend reports whether status may be sent as the final one. A client is
// only switched to what it offered, and only once its request is complete.
func (c *Conn) canSend(r *Request, status int, switching bool) bool {
	if status == 101 && !r.Upgrade || switching && (c.bodyPending() || c.fail != nil) {
		return false
	}
	return status == 101 || 200 <= status && status <= 999
}

// frame decides how the end of a reply is known (RFC 9112, section 6.3).
func frame(r *Request, h *ReplyHead, switching bool) replyFraming {
	switch {
	case switching, h.Status == 204, h.Status == 304:
		return frameNone
	case h.Status == 205:
		return frameEmpty
	case r.Method == "HEAD":
		return frameHead
	case h.ContentLength >= 0:
		return frameLength
	case r.Minor == 0:
		return frameClose
	}
	return frameChunked
}

// appendFraming appends the field that says how the content is framed.
func appendFraming(dst []byte, framing replyFraming, n int64) []byte {
	switch framing {
	case frameLength, frameHead:
		if n >= 0 {
			dst = append(dst, "Content-Length: "...)
			dst = appendDecimal(dst, n)
			dst = append(dst, "\r\n"...)
		}
	case frameChunked:
		dst = append(dst, "Transfer-Encoding: chunked\r\n"...)
	case frameEmpty:
		dst = append(dst, "Content-Length: 0\r\n"...)
	}
	return dst
}

// WillClose reports whether the connection ends with the current reply, as
// far as it is known: the client asked for it, AppendHead decided it, or the
// connection failed.
func (c *Conn) WillClose() bool {
	return c.state == StateClosed || c.flags&flagLast != 0
}

// FinishReply ends the exchange. With true the connection persists: Next may
// be called again, and first delivers what is left of the request's body (see
// StateDrain), which the caller may throw away or, above a bound, cut by
// closing; or State is StateTunnel and the octets belong to the new protocol.
// With false the connection is to be closed once the output is flushed; also
// when the reply was not ended by AppendEnd.
func (c *Conn) FinishReply() (keep bool) {
	switch {
	case c.state == StateTunnel:
		return true
	case c.state == StateClosed || c.state == StateDrain:
		return c.state == StateDrain
	case c.reply != replyDone || c.flags&flagLast != 0:
		c.move(evLast)
		return false
	}
	if c.state == StateBody && !c.bodyPending() {
		c.move(evBodyEnd)
	}
	switch {
	case c.flags&flagSwitch != 0:
		c.move(evSwitch)
	case c.state == StateBody:
		c.move(evReplyEnd) // the reply stays done until the body is drained
	default:
		c.move(evReplyEnd)
		c.nextExchange()
	}
	return true
}

// nextExchange makes the reply side wait for another request.
func (c *Conn) nextExchange() {
	c.moveReply(rvNext)
	c.flags = 0
}
