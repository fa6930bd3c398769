package frame

import "testing"

// samples are frames of every type, right ones and wrong ones.
func samples() []row {
	return []row{
		{name: "DATA", t: TypeData, flags: FlagPadded, stream: 1, payload: "01 68 00"},
		{name: "HEADERS", t: TypeHeaders, flags: FlagPriority, stream: 1, payload: "00000003 ff 82"},
		{name: "PRIORITY", t: TypePriority, stream: 1, payload: "00000003 ff"},
		{name: "RST_STREAM", t: TypeRSTStream, stream: 1, payload: "00000008"},
		{name: "SETTINGS", t: TypeSettings, payload: "0003 00000064 0004 00010000 0005 00004000"},
		{name: "PUSH_PROMISE", t: TypePushPromise, stream: 1, payload: "00000002 82"},
		{name: "PING", t: TypePing, payload: "6162636465666768"},
		{name: "GOAWAY", t: TypeGoAway, payload: "00000005 00000000"},
		{name: "WINDOW_UPDATE", t: TypeWindowUpdate, stream: 1, payload: "00000001"},
		{name: "CONTINUATION", t: TypeContinuation, stream: 1, payload: "82"},
		{name: "PRIORITY_UPDATE", t: TypePriorityUpdate, payload: "00000003 753d31"},
		{name: "error", t: TypeWindowUpdate, stream: 1, payload: "00000000"},
	}
}

// parse is what a dispatcher does with a frame, without writing anything down.
func parse(b []byte) (n int, err error) {
	h, _ := ParseHeader(b)
	payload := b[HeaderLen:]
	switch h.Type {
	case TypeData:
		var d Data
		d, err = ParseData(h, payload)
		n = len(d.Data)
	case TypeHeaders:
		var d Headers
		d, err = ParseHeaders(h, payload)
		n = len(d.Fragment)
	case TypePriority:
		_, err = ParsePriority(h, payload)
	case TypeRSTStream:
		_, err = ParseRSTStream(h, payload)
	case TypeSettings:
		var s Settings
		s, err = ParseSettings(h, payload)
		for i := range s.Len() {
			n += int(s.At(i).Value)
		}
	case TypePushPromise:
		_, err = ParsePushPromise(h, payload)
	case TypePing:
		_, err = ParsePing(h, payload)
	case TypeGoAway:
		_, err = ParseGoAway(h, payload)
	case TypeWindowUpdate:
		var w WindowUpdate
		w, err = ParseWindowUpdate(h, payload)
		n = int(w.Increment)
	case TypeContinuation:
		_, err = ParseContinuation(h, payload)
	case TypePriorityUpdate:
		_, err = ParsePriorityUpdate(h, payload)
	}
	return n, err
}

func TestParseAllocs(t *testing.T) {
	for _, r := range samples() {
		h, payload := r.frame(t)
		b := append(AppendHeader(nil, h), payload...)
		if n := testing.AllocsPerRun(100, func() { _, _ = parse(b) }); n != 0 {
			t.Errorf("%s: allocs = %v, want 0", r.name, n)
		}
	}
}

func TestAppendAllocs(t *testing.T) {
	dst, fragment := make([]byte, 0, 1024), []byte("abc")
	appendAll := func() {
		b := AppendData(dst, 1, true, fragment)
		b = AppendHeaders(b, 1, false, true, fragment)
		b = AppendPriority(b, Priority{StreamID: 1})
		b = AppendRSTStream(b, 1, Cancel)
		b = AppendSettings(b, Setting{SettingMaxFrameSize, 1 << 14}, Setting{SettingEnablePush, 0})
		b = AppendSettingsAck(b)
		b = AppendPushPromise(b, PushPromise{StreamID: 1, Promised: 2, Fragment: fragment})
		b = AppendPing(b, Ping{Ack: true})
		b = AppendGoAway(b, 1, NoError, "bye")
		b = AppendWindowUpdate(b, 1, 1)
		b = AppendContinuation(b, 1, true, fragment)
		b = AppendPriorityUpdate(b, 1, "u=1")
		SetLength(b, 3)
	}
	if n := testing.AllocsPerRun(100, appendAll); n != 0 {
		t.Errorf("allocs = %v, want 0", n)
	}
}
