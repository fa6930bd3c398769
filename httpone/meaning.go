package httpone

// A digest collects the fields that decide how a message is framed, routed
// and answered, while the field lines are walked once.
type digest struct {
	host          string
	contentLength string
	coding        string
	seen          seenFields
	options       options
	badExpect     bool
	expectsOK     bool
	upgrade       bool
	private       bool // credentials are among the fields
}

// seenFields is the set of the fields that were met.
type seenFields uint8

const (
	sawHost seenFields = 1 << iota
	sawContentLength
	sawCoding
	sawAuthorization
	sawContentType
	sawContentRange
	sawDisposition
)

// once notes a field that must stand alone.
func (d *digest) once(f seenFields, err *ProtocolError) *ProtocolError {
	if d.seen&f != 0 {
		return err
	}
	d.seen |= f
	return nil
}

// add looks at one field line. Hot path.
func (d *digest) add(name, value string) *ProtocolError {
	switch name {
	case "host":
		d.host = value
		return d.once(sawHost, errHostTwice)
	case "content-length":
		d.contentLength = value
		return d.once(sawContentLength, errLengthTwice)
	case "transfer-encoding":
		d.coding = value
		return d.once(sawCoding, errCoding)
	case "connection":
		return d.options.add(value)
	case "expect":
		d.expect(value)
	case "upgrade":
		d.upgrade = true
	// Two values of these could be read as the first, the last or a list.
	case "authorization":
		d.private = true
		return d.once(sawAuthorization, errDuplicate)
	case "cookie", "proxy-authorization":
		d.private = true
	case "content-type":
		return d.once(sawContentType, errDuplicate)
	case "content-range":
		return d.once(sawContentRange, errDuplicate)
	case "content-disposition":
		return d.once(sawDisposition, errDuplicate)
	}
	return nil
}

// expect reads an Expect field (RFC 9110, section 10.1.1).
func (d *digest) expect(list string) {
	for list != "" {
		var member string
		member, list = nextMember(list)
		switch {
		case equalFold(member, "100-continue"):
			d.expectsOK = true
		case member != "":
			d.badExpect = true
		}
	}
}

// options is the set of connection options that mean something here.
type options uint8

const (
	optClose options = 1 << iota
	optKeepAlive
	optUpgrade
)

// add reads a Connection field: Connection = #connection-option, each a token
// (RFC 9110, section 7.6.1). An intermediary removes the fields named there,
// so naming one that frames or routes the message makes it read differently
// before and behind it.
func (o *options) add(list string) *ProtocolError {
	for list != "" {
		var member string
		member, list = nextMember(list)
		switch {
		case member == "":
		case equalFold(member, "close"):
			*o |= optClose
		case equalFold(member, "keep-alive"):
			*o |= optKeepAlive
		case equalFold(member, "upgrade"):
			*o |= optUpgrade
		case equalFold(member, "content-length"), equalFold(member, "transfer-encoding"), equalFold(member, "host"):
			return errNominated
		case !isToken(member):
			return errConnection
		}
	}
	return nil
}

// interpret fills r from its request line and fields, which are already cut.
// Hot path.
func (r *Request) interpret() *ProtocolError {
	if err := r.setTarget(); err != nil {
		return err
	}
	var d digest
	for i := range r.Fields {
		if err := d.add(r.Fields[i].Name, r.Fields[i].Value); err != nil {
			return err
		}
	}
	if err := r.setHost(&d); err != nil {
		return err
	}
	if err := r.setFraming(&d); err != nil {
		return err
	}
	if d.badExpect {
		return errExpectation
	}
	old := r.Minor == 0
	r.private = d.private
	r.KeepAlive = d.options&optClose == 0 && (!old || d.options&optKeepAlive != 0)
	r.ExpectContinue = d.expectsOK && !old && r.HasBody()
	r.Upgrade = d.upgrade && d.options&optUpgrade != 0 && !old
	return nil
}

// setHost checks Host and reconciles it with the target (RFC 9112, section
// 3.2). An empty Host is refused: the http and https schemes have no empty
// host (RFC 9110, section 4.2.1).
func (r *Request) setHost(d *digest) *ProtocolError {
	if d.seen&sawHost == 0 {
		if r.Minor > 0 {
			return errHostMissing
		}
		return nil
	}
	host, port, ok := splitAuthority(d.host)
	if !ok || host == "" {
		return errHost
	}
	switch r.Form {
	case FormAbsolute:
		if !sameAuthority(r.Authority, d.host, r.Scheme) {
			return errHostDiffers
		}
	case FormAuthority:
		// RFC 9112, section 3.2.3: Host may leave out the port.
		target := r.Authority
		if port == "" {
			target, _, _ = splitAuthority(target)
		}
		if !sameAuthority(target, d.host, "http") {
			return errHostDiffers
		}
	default:
		r.Authority = d.host
	}
	return nil
}
