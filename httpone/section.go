package httpone

import "unsafe"

// A section is the progress in a head or a trailer section that is not yet
// complete. Offsets count from its first octet. What was looked at once is
// never looked at again: phase and pos say where to go on.
type section struct {
	phase sectionPhase
	minor uint8
	pos   int // next octet to look at
	start int // where the element at pos began

	method          int // end of the method
	target          int // start of the target ...
	targetEnd       int // ... and its end
	nameEnd, nameAt int // the name of the field line at pos
	valueAt         int // start of its value
	spans           []fieldSpan
}

// A fieldSpan is where a field line lies in its section. Sections end below
// maxSectionBytes, so 32 bits do.
type fieldSpan struct{ name, nameEnd, value, valueEnd uint32 }

// A sectionPhase is what the octet at pos belongs to.
type sectionPhase uint8

const (
	inMethod sectionPhase = iota
	inTarget
	inVersion
	atLine    // first octet of a field line, or CR of the empty line
	inName    // field-name and the colon
	inPadding // OWS before a value
	inValue   // field-value with the OWS behind it, and CR
	atLineLF  // LF of a field line
	atLastLF  // LF of the empty line
)

// scanFields goes on with the field lines up to and including the empty line:
//
//	*( field-line CRLF ) CRLF
//	field-line = field-name ":" OWS field-value OWS
//
// It returns whether the empty line was seen; h.pos is then the length of the
// section. Hot path.
func (h *section) scanFields(b []byte, maxFields int) (done bool, err *ProtocolError) {
	i := h.pos
	for i < len(b) {
		switch h.phase {
		case atLine:
			if b[i] == '\r' {
				h.phase = atLastLF
				i++
				continue
			}
			if len(h.spans) >= maxFields {
				return false, errFieldsMany
			}
			h.phase, h.nameAt = inName, i
			fallthrough
		case inName:
			i = span(b, i, classToken)
			if i == len(b) {
				break
			}
			if b[i] != ':' || i == h.nameAt {
				return false, nameError(b[i], i == h.nameAt)
			}
			h.phase, h.nameEnd = inPadding, i
			i++
			fallthrough
		case inPadding:
			for i < len(b) && (b[i] == ' ' || b[i] == '\t') {
				i++
			}
			if i == len(b) {
				break
			}
			h.phase, h.valueAt = inValue, i
			fallthrough
		case inValue:
			i = spanField(b, i)
			if i == len(b) {
				break
			}
			if b[i] != '\r' {
				return false, valueError(b[i])
			}
			h.addSpan(b, i)
			h.phase = atLineLF
			i++
		case atLineLF:
			if b[i] != '\n' {
				return false, errLineEnd
			}
			h.phase = atLine
			i++
		case atLastLF:
			if b[i] != '\n' {
				return false, errLineEnd
			}
			h.pos = i + 1
			return true, nil
		}
	}
	h.pos = i
	return false, nil
}

// addSpan notes the field line whose value, with the OWS behind it, ends at
// end.
func (h *section) addSpan(b []byte, end int) {
	for end > h.valueAt && (b[end-1] == ' ' || b[end-1] == '\t') {
		end--
	}
	h.spans = append(h.spans, fieldSpan{
		uint32(h.nameAt), uint32(h.nameEnd), uint32(h.valueAt), uint32(end),
	})
}

// nameError says what is wrong with ch, which is no part of a field name;
// first tells whether it stands where the name should begin.
func nameError(ch byte, first bool) *ProtocolError {
	switch {
	case (ch == ' ' || ch == '\t') && first:
		return errFieldFold
	case ch == ' ' || ch == '\t':
		return errFieldSpace
	case ch == '\n':
		return errLineEnd
	case ch == '\r':
		return errFieldColon
	}
	return errFieldName
}

// valueError says what is wrong with ch, which is no part of a field value.
func valueError(ch byte) *ProtocolError {
	if ch == '\n' {
		return errLineEnd
	}
	return errFieldValue
}

// cut makes the immutable copy of the section b with field names in lower
// case, and the fields that point into it. This is the one allocation that a
// request costs once dst has grown. Hot path.
func (h *section) cut(b []byte, dst []Field) (text string, fields []Field) {
	own := append([]byte(nil), b...)
	text = unsafe.String(unsafe.SliceData(own), len(own))
	if n := len(h.spans); cap(dst) < n {
		dst = make([]Field, n)
	} else {
		dst = dst[:n]
	}
	for i, s := range h.spans {
		lowerToken(own[s.name:s.nameEnd]) // before anybody reads text
		dst[i] = Field{text[s.name:s.nameEnd], text[s.value:s.valueEnd]}
	}
	return text, dst
}
