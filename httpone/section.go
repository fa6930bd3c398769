package httpone

import "unsafe"

// A section is the progress in a head or a trailer section that is not yet
// complete. Offsets count from its first octet. What was looked at once is
// never looked at again: phase and pos say where to go on.
type section struct {
	spans []fieldSpan // the field lines seen

	pos       uint32 // next octet to look at
	method    uint32 // end of the method
	target    uint32 // start of the target ...
	targetEnd uint32 // ... and its end
	name      uint32 // start of the name of the field line at pos ...
	nameEnd   uint32 // ... and its end
	phase     sectionPhase
	minor     uint8
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
	atLine   // first octet of a field line, or CR of the empty line
	inName   // field-name and the colon
	inValue  // OWS, field-value, OWS, and CR
	atLineLF // LF of a field line
	atLastLF // LF of the empty line
)

// scanFields goes on with the field lines up to and including the empty line:
//
//	*( field-line CRLF ) CRLF
//	field-line = field-name ":" OWS field-value OWS
//
// It returns whether the empty line was seen; h.pos is then the length of the
// section. Hot path.
func (h *section) scanFields(b []byte, maxFields int) (done bool, err *ProtocolError) {
	i := int(h.pos)
	for i < len(b) {
		switch h.phase {
		case atLine:
			i = h.scanWholeLines(b, i, maxFields)
			if i == len(b) {
				break
			}
			if b[i] == '\r' {
				h.phase = atLastLF
				i++
				continue
			}
			if len(h.spans) >= maxFields {
				return false, errFieldsMany
			}
			h.phase, h.name = inName, uint32(i)
			fallthrough
		case inName:
			i = spanToken(b, i)
			if i == len(b) {
				break
			}
			if first := i == int(h.name); b[i] != ':' || first {
				return false, nameError(b[i], first)
			}
			h.phase, h.nameEnd = inValue, uint32(i)
			i++
			fallthrough
		case inValue:
			i = spanField(b, i)
			if i == len(b) {
				break
			}
			if b[i] != '\r' {
				return false, valueError(b[i])
			}
			value, end := trim(b, int(h.nameEnd)+1, i)
			h.spans = append(h.spans, fieldSpan{h.name, h.nameEnd, uint32(value), uint32(end)})
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
			h.pos = uint32(i) + 1
			return true, nil
		}
	}
	h.pos = uint32(i)
	return false, nil
}

// scanWholeLines is the short cut through scanFields for lines that are here
// to their ends and valid. It returns where the first line begins that is not
// such a line, for scanFields to judge. Hot path.
func (h *section) scanWholeLines(b []byte, i, maxFields int) int {
	spans := h.spans
	for len(spans) < maxFields {
		name := i
		nameEnd := spanToken(b, i)
		if nameEnd == name || nameEnd+1 >= len(b) || b[nameEnd] != ':' {
			break
		}
		value := nameEnd + 1
		if b[value] == ' ' {
			value++
		}
		end := spanField(b, value)
		if end+1 >= len(b) || b[end] != '\r' || b[end+1] != '\n' {
			break
		}
		i = end + 2
		if isOWS(b[value]) || isOWS(b[end-1]) {
			value, end = trim(b, value, end)
		}
		spans = append(spans, fieldSpan{uint32(name), uint32(nameEnd), uint32(value), uint32(end)})
	}
	h.spans = spans
	return i
}

func isOWS(ch byte) bool { return ch == ' ' || ch == '\t' }

// trim cuts the OWS off both ends of the value that lies from value to end.
func trim(b []byte, value, end int) (int, int) {
	for value < end && isOWS(b[value]) {
		value++
	}
	for end > value && isOWS(b[end-1]) {
		end--
	}
	return value, end
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
	n := len(h.spans)
	if cap(dst) < n {
		dst = make([]Field, n)
	}
	if len(dst) > n {
		clear(dst[n:]) // or they would keep an old head alive
	}
	dst = dst[:n]
	for i, s := range h.spans {
		lowerToken(own[s.name:s.nameEnd], b[s.name:s.nameEnd]) // before anybody reads text
		dst[i] = Field{text[s.name:s.nameEnd], text[s.value:s.valueEnd]}
	}
	return text, dst
}

// restart makes h ready for another section that begins in the given phase.
func (h *section) restart(phase sectionPhase) {
	*h = section{phase: phase, spans: h.spans[:0]}
}
