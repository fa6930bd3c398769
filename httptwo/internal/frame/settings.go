package frame

import (
	"encoding/binary"
	"strconv"
)

// settingLen is the length of one setting, in octets.
const settingLen = 6

// MaxWindowSize is the largest flow-control window, in octets (RFC 9113,
// section 6.9.1).
const MaxWindowSize = 1<<31 - 1

// A SettingID names a setting (RFC 9113, section 6.5.2). One that is not known
// is ignored.
type SettingID uint16

// The settings that have a meaning.
const (
	SettingHeaderTableSize      SettingID = 0x1 // octets of the dynamic table for field compression
	SettingEnablePush           SettingID = 0x2 // 0 or 1
	SettingMaxConcurrentStreams SettingID = 0x3 // streams that the receiver may open
	SettingInitialWindowSize    SettingID = 0x4 // octets that a new stream may receive
	SettingMaxFrameSize         SettingID = 0x5 // octets of a payload
	SettingMaxHeaderListSize    SettingID = 0x6 // octets of fields, 32 added for each
	SettingEnableConnect        SettingID = 0x8 // 0 or 1; RFC 8441, section 3
	SettingNoRFC7540Priorities  SettingID = 0x9 // 0 or 1; RFC 9218, section 2.1
)

var settingNames = [...]string{
	SettingHeaderTableSize:      "SETTINGS_HEADER_TABLE_SIZE",
	SettingEnablePush:           "SETTINGS_ENABLE_PUSH",
	SettingMaxConcurrentStreams: "SETTINGS_MAX_CONCURRENT_STREAMS",
	SettingInitialWindowSize:    "SETTINGS_INITIAL_WINDOW_SIZE",
	SettingMaxFrameSize:         "SETTINGS_MAX_FRAME_SIZE",
	SettingMaxHeaderListSize:    "SETTINGS_MAX_HEADER_LIST_SIZE",
	SettingEnableConnect:        "SETTINGS_ENABLE_CONNECT_PROTOCOL",
	SettingNoRFC7540Priorities:  "SETTINGS_NO_RFC7540_PRIORITIES",
}

// String returns the name that the RFC gives the setting, or its number in
// hexadecimal when it is not known.
func (id SettingID) String() string {
	if int(id) < len(settingNames) && settingNames[id] != "" {
		return settingNames[id]
	}
	return "0x" + strconv.FormatUint(uint64(id), 16)
}

// A Setting is one parameter of a SETTINGS frame.
type Setting struct {
	ID    SettingID
	Value uint32
}

// A Settings is a SETTINGS frame (RFC 9113, section 6.5). It refers to the
// payload that it was read from.
type Settings struct {
	payload []byte
	Ack     bool // the peer has applied our settings; there are none in it
}

// Len returns how many settings the frame has.
func (s Settings) Len() int { return len(s.payload) / settingLen }

// At returns setting i, counted from 0 in the order sent, which is the order
// to apply them in (RFC 9113, section 6.5.3).
func (s Settings) At(i int) Setting {
	b := s.payload[i*settingLen:][:settingLen]
	return Setting{ID: SettingID(binary.BigEndian.Uint16(b)), Value: binary.BigEndian.Uint32(b[2:])}
}

var (
	errSettingsStream   = &Error{Code: ProtocolError, Rule: "RFC 9113 6.5", Reason: "SETTINGS on a stream"}
	errSettingsAck      = &Error{Code: FrameSizeError, Rule: "RFC 9113 6.5", Reason: "acknowledgement of SETTINGS with a payload"}
	errSettingsSize     = &Error{Code: FrameSizeError, Rule: "RFC 9113 6.5", Reason: "length of SETTINGS is no multiple of 6 octets"}
	errSettingPush      = &Error{Code: ProtocolError, Rule: "RFC 9113 6.5.2", Reason: "SETTINGS_ENABLE_PUSH is neither 0 nor 1"}
	errSettingWindow    = &Error{Code: FlowControlError, Rule: "RFC 9113 6.5.2", Reason: "SETTINGS_INITIAL_WINDOW_SIZE above 2^31-1"}
	errSettingFrameSize = &Error{Code: ProtocolError, Rule: "RFC 9113 6.5.2", Reason: "SETTINGS_MAX_FRAME_SIZE out of range"}
	errSettingConnect   = &Error{Code: ProtocolError, Rule: "RFC 8441 3", Reason: "SETTINGS_ENABLE_CONNECT_PROTOCOL is neither 0 nor 1"}
	errSettingPriority  = &Error{Code: ProtocolError, Rule: "RFC 9218 2.1", Reason: "SETTINGS_NO_RFC7540_PRIORITIES is neither 0 nor 1"}
)

// ParseSettings reads the payload of a SETTINGS frame, any number of
//
//	Identifier (16), Value (32)
//
// Every value is within its range when there is no error.
func ParseSettings(h Header, payload []byte) (Settings, error) {
	s := Settings{payload: payload, Ack: h.Flags.Has(FlagAck)}
	switch {
	case h.StreamID != 0:
		return Settings{}, errSettingsStream
	case s.Ack && len(payload) != 0:
		return Settings{}, errSettingsAck
	case len(payload)%settingLen != 0:
		return Settings{}, errSettingsSize
	}
	for i := range s.Len() {
		if err := s.At(i).check(); err != nil {
			return Settings{}, err
		}
	}
	return s, nil
}

// check returns an error when the value is out of the range of its setting.
func (s Setting) check() error {
	switch s.ID {
	case SettingEnablePush:
		if s.Value > 1 {
			return errSettingPush
		}
	case SettingInitialWindowSize:
		if s.Value > MaxWindowSize {
			return errSettingWindow
		}
	case SettingMaxFrameSize:
		if s.Value < MinMaxFrameSize || s.Value > MaxMaxFrameSize {
			return errSettingFrameSize
		}
	case SettingEnableConnect:
		if s.Value > 1 {
			return errSettingConnect
		}
	case SettingNoRFC7540Priorities:
		if s.Value > 1 {
			return errSettingPriority
		}
	}
	return nil
}

// AppendSettings appends a SETTINGS frame.
func AppendSettings(dst []byte, settings ...Setting) []byte {
	dst = AppendHeader(dst, Header{Length: uint32(len(settings) * settingLen), Type: TypeSettings})
	for _, s := range settings {
		dst = binary.BigEndian.AppendUint16(dst, uint16(s.ID))
		dst = binary.BigEndian.AppendUint32(dst, s.Value)
	}
	return dst
}

// AppendSettingsAck appends the acknowledgement of a SETTINGS frame.
func AppendSettingsAck(dst []byte) []byte {
	return AppendHeader(dst, Header{Type: TypeSettings, Flags: FlagAck})
}
