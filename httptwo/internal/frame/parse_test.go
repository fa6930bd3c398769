package frame

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
)

// describe parses a frame with the function of its type and writes down what
// it says.
func describe(h Header, payload []byte) (string, error) {
	switch h.Type {
	case TypeData:
		d, err := ParseData(h, payload)
		return fmt.Sprintf("DATA %d %q end=%t", d.StreamID, d.Data, d.EndStream), err
	case TypeHeaders:
		d, err := ParseHeaders(h, payload)
		return fmt.Sprintf("HEADERS %d %q end=%t whole=%t", d.StreamID, d.Fragment, d.EndStream, d.EndHeaders), err
	case TypePriority:
		p, err := ParsePriority(h, payload)
		return fmt.Sprintf("PRIORITY %d on %d weight=%d exclusive=%t", p.StreamID, p.Dependency, p.Weight, p.Exclusive), err
	case TypeRSTStream:
		r, err := ParseRSTStream(h, payload)
		return fmt.Sprintf("RST_STREAM %d %v", r.StreamID, r.Code), err
	case TypeSettings:
		s, err := ParseSettings(h, payload)
		var text strings.Builder
		fmt.Fprintf(&text, "SETTINGS ack=%t", s.Ack)
		for i := range s.Len() {
			fmt.Fprintf(&text, " %v=%d", s.At(i).ID, s.At(i).Value)
		}
		return text.String(), err
	case TypePushPromise:
		p, err := ParsePushPromise(h, payload)
		return fmt.Sprintf("PUSH_PROMISE %d of %d %q whole=%t", p.StreamID, p.Promised, p.Fragment, p.EndHeaders), err
	case TypePing:
		p, err := ParsePing(h, payload)
		return fmt.Sprintf("PING %q ack=%t", p.Data, p.Ack), err
	case TypeGoAway:
		g, err := ParseGoAway(h, payload)
		return fmt.Sprintf("GOAWAY %d %v %q", g.LastStreamID, g.Code, g.Debug), err
	case TypeWindowUpdate:
		w, err := ParseWindowUpdate(h, payload)
		return fmt.Sprintf("WINDOW_UPDATE %d by %d", w.StreamID, w.Increment), err
	case TypeContinuation:
		c, err := ParseContinuation(h, payload)
		return fmt.Sprintf("CONTINUATION %d %q whole=%t", c.StreamID, c.Fragment, c.EndHeaders), err
	case TypePriorityUpdate:
		p, err := ParsePriorityUpdate(h, payload)
		return fmt.Sprintf("PRIORITY_UPDATE %d %q", p.Prioritized, p.Value), err
	}
	return h.Type.String(), nil
}

// rewrite parses a frame and appends what it said.
func rewrite(dst []byte, h Header, payload []byte) ([]byte, error) {
	switch h.Type {
	case TypeData:
		d, err := ParseData(h, payload)
		return AppendData(dst, d.StreamID, d.EndStream, d.Data), err
	case TypeHeaders:
		d, err := ParseHeaders(h, payload)
		return AppendHeaders(dst, d.StreamID, d.EndStream, d.EndHeaders, d.Fragment), err
	case TypePriority:
		p, err := ParsePriority(h, payload)
		return AppendPriority(dst, p), err
	case TypeRSTStream:
		r, err := ParseRSTStream(h, payload)
		return AppendRSTStream(dst, r.StreamID, r.Code), err
	case TypeSettings:
		s, err := ParseSettings(h, payload)
		if s.Ack {
			return AppendSettingsAck(dst), err
		}
		var all []Setting
		for i := range s.Len() {
			all = append(all, s.At(i))
		}
		return AppendSettings(dst, all...), err
	case TypePushPromise:
		p, err := ParsePushPromise(h, payload)
		return AppendPushPromise(dst, p), err
	case TypePing:
		p, err := ParsePing(h, payload)
		return AppendPing(dst, p), err
	case TypeGoAway:
		g, err := ParseGoAway(h, payload)
		return AppendGoAway(dst, g.LastStreamID, g.Code, string(g.Debug)), err
	case TypeWindowUpdate:
		w, err := ParseWindowUpdate(h, payload)
		return AppendWindowUpdate(dst, w.StreamID, w.Increment), err
	case TypeContinuation:
		c, err := ParseContinuation(h, payload)
		return AppendContinuation(dst, c.StreamID, c.EndHeaders, c.Fragment), err
	case TypePriorityUpdate:
		p, err := ParsePriorityUpdate(h, payload)
		return AppendPriorityUpdate(dst, p.Prioritized, string(p.Value)), err
	}
	return append(AppendHeader(dst, h), payload...), nil
}

// A row is one frame and what becomes of it. The payload is in hexadecimal,
// blanks do not count.
type row struct {
	name    string // begins with the section that the case is from
	t       Type
	flags   Flags
	stream  uint32
	payload string
	want    string // what describe says; empty for an error of the connection
	err     error
}

func (r row) frame(t testing.TB) (Header, []byte) {
	t.Helper()
	payload, err := hex.DecodeString(strings.ReplaceAll(r.payload, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return Header{Length: uint32(len(payload)), Type: r.t, Flags: r.flags, StreamID: r.stream}, payload
}

// check parses each frame, and writes and parses again what is no error.
func check(t *testing.T, rows []row) {
	t.Helper()
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			h, payload := r.frame(t)
			before := bytes.Clone(payload)
			got, err := describe(h, payload)
			if err != r.err {
				t.Fatalf("error = %v, want %v", err, r.err)
			}
			if !bytes.Equal(payload, before) {
				t.Errorf("the payload was changed to % x", payload)
			}
			if r.err != nil && r.want == "" {
				return
			}
			if got != r.want {
				t.Errorf("got  %s\nwant %s", got, r.want)
			}
			b, _ := rewrite(nil, h, payload)
			again, ok := ParseHeader(b)
			if !ok || int(again.Length) != len(b)-HeaderLen {
				t.Fatalf("the header written is %+v for %d octets", again, len(b))
			}
			if got, err := describe(again, b[HeaderLen:]); err != nil || got != r.want {
				t.Errorf("written and parsed again: %s, %v, want %s", got, err, r.want)
			}
		})
	}
}
