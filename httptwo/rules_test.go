package httptwo

import (
	"strings"
	"testing"

	"reactor.example/httptwo/internal/frame"
)

// A rule is one thing that a client must not do, or may do, and what follows.
// answer is what the session sends last; an empty one means nothing.
type rule struct {
	name   string
	send   func(c *client) [][]byte
	answer string
}

// checkRules sends what each rule says on a connection of its own, where stream 1 is
// open, 3 is ended by the client, 5 was complete, 7 was reset by the client and
// 9 by us; the next is 11.
func checkRules(t *testing.T, rules []rule) {
	t.Helper()
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			c := connect(t, Config{})
			c.send(c.post(1), c.get(3), c.get(5), c.get(7), rst(7), c.post(9))
			c.reply(5, "")
			c.s.Reset(c.streams[9], Cancel)
			c.flush(1 << 30)
			c.sent, c.events = nil, nil
			c.send(r.send(c)...)
			got := strings.Join(c.sent, "\n")
			if i := strings.LastIndexByte(got, '\n'); i >= 0 {
				got = got[i+1:]
			}
			if got != r.answer {
				t.Errorf("answer %q, want %q\nevents %q", got, r.answer, c.events)
			}
			if failed := strings.HasPrefix(r.answer, "GOAWAY"); failed != (c.err != nil) {
				t.Errorf("error %v, failed = %v", c.err, failed)
			}
		})
	}
}

// some sends frames that are made without the client's compressor.
func some(frames ...[]byte) func(*client) [][]byte {
	return func(*client) [][]byte { return frames }
}

func TestRFC9113_5_1(t *testing.T) {
	t.Parallel()
	trailers := func(id uint32, end bool) func(*client) [][]byte {
		return func(c *client) [][]byte {
			return [][]byte{frame.AppendHeaders(nil, id, end, true, c.fields("x-sum", "1"))}
		}
	}
	checkRules(t, []rule{
		{"5.1 idle: DATA", some(data(11, true, "x")), "GOAWAY 9 PROTOCOL_ERROR"},
		{"5.1 idle: RST_STREAM", some(rst(11)), "GOAWAY 9 PROTOCOL_ERROR"},
		{"5.1 idle: WINDOW_UPDATE", some(update(11, 1)), "GOAWAY 9 PROTOCOL_ERROR"},
		{"5.1 idle: CONTINUATION", some(raw(frame.TypeContinuation, frame.FlagEndHeaders, 11, "")), "GOAWAY 9 PROTOCOL_ERROR"},
		{"5.1 idle: PRIORITY", some(frame.AppendPriority(nil, frame.Priority{StreamID: 11, Weight: 3})), ""},
		{"5.1 open: DATA", some(data(1, false, "x")), ""},
		{"5.1 half-closed (remote): DATA", some(data(3, true, "x")), "RST_STREAM 3 STREAM_CLOSED"},
		{"5.1 half-closed (remote): HEADERS", trailers(3, true), "RST_STREAM 3 STREAM_CLOSED"},
		{"5.1 half-closed (remote): WINDOW_UPDATE", some(update(3, 1)), ""},
		{"5.1 half-closed (remote): CONTINUATION", some(raw(frame.TypeContinuation, frame.FlagEndHeaders, 3, "")), "GOAWAY 9 PROTOCOL_ERROR"},
		{"5.1 closed by END_STREAM: DATA", some(data(5, true, "x")), "GOAWAY 9 STREAM_CLOSED"},
		{"5.1 closed by END_STREAM: HEADERS", trailers(5, true), "GOAWAY 9 STREAM_CLOSED"},
		{"5.1 closed by END_STREAM: WINDOW_UPDATE", some(update(5, 1)), ""},
		{"5.1 closed by END_STREAM: RST_STREAM", some(rst(5)), ""},
		{"5.1 closed by END_STREAM: PRIORITY", some(frame.AppendPriority(nil, frame.Priority{StreamID: 5})), ""},
		{"5.1 closed by the client's RST_STREAM: DATA", some(data(7, true, "x")), "GOAWAY 9 STREAM_CLOSED"},
		{"5.1 closed by the client's RST_STREAM: HEADERS", trailers(7, true), "GOAWAY 9 STREAM_CLOSED"},
		{"5.1 closed by our RST_STREAM: DATA", some(data(9, false, "x"), data(9, true, "y")), ""},
		{"5.1 closed by our RST_STREAM: HEADERS", trailers(9, true), ""},
		{"5.1 closed by our RST_STREAM: WINDOW_UPDATE", some(update(9, 1)), ""},
		{"5.1 closed by our RST_STREAM: RST_STREAM", some(rst(9)), ""},
		{"5.1.1 even", func(c *client) [][]byte { return [][]byte{c.get(12)} }, "GOAWAY 9 PROTOCOL_ERROR"},
		{"5.1.1 lower than one that was opened", func(c *client) [][]byte {
			return [][]byte{c.get(21), c.get(11)}
		}, "GOAWAY 21 STREAM_CLOSED"},
		{"5.1.1 numbers may be left out", func(c *client) [][]byte { return [][]byte{c.get(101)} }, ""},
		{"5.3.2 HEADERS that depend on themselves", func(c *client) [][]byte {
			block := "\x00\x00\x00\x0b\x05" + string(c.request("GET"))
			return [][]byte{raw(frame.TypeHeaders, frame.FlagEndHeaders|frame.FlagEndStream|frame.FlagPriority, 11, block)}
		}, "RST_STREAM 11 PROTOCOL_ERROR"},
		{"5.3.2 PRIORITY that depends on itself", some(raw(frame.TypePriority, 0, 1, "\x00\x00\x00\x01\x05")), "RST_STREAM 1 PROTOCOL_ERROR"},
		{"5.3.2 PRIORITY of a closed stream that depends on itself", some(raw(frame.TypePriority, 0, 5, "\x00\x00\x00\x05\x05")), "GOAWAY 9 PROTOCOL_ERROR"},
		{"5.3.2 PRIORITY of an idle stream that depends on itself", some(raw(frame.TypePriority, 0, 11, "\x00\x00\x00\x0b\x05")), "GOAWAY 9 PROTOCOL_ERROR"},
		{"5.5 unknown type", some(raw(0xbe, 0xff, 1, "anything")), ""},
		{"5.5 unknown type in a field block", some(raw(frame.TypeHeaders, 0, 11, "\x82"), raw(0xbe, 0, 0, "")), "GOAWAY 11 PROTOCOL_ERROR"},
	})
}

func TestRFC9113_6(t *testing.T) {
	t.Parallel()
	window := func(v uint32) []byte {
		return frame.AppendSettings(nil, setting(frame.SettingInitialWindowSize, v))
	}
	checkRules(t, []rule{
		{"4.2 frame too long", some(raw(frame.TypeData, 0, 1, strings.Repeat("x", 16385))), "GOAWAY 9 FRAME_SIZE_ERROR"},
		{"6.1 stream 0", some(data(0, false, "x")), "GOAWAY 9 PROTOCOL_ERROR"},
		{"6.1 padding", some(raw(frame.TypeData, frame.FlagPadded, 1, "\x02x\x00\x00")), ""},
		{"6.1 padding too long", some(raw(frame.TypeData, frame.FlagPadded, 1, "\x04x\x00\x00")), "GOAWAY 9 PROTOCOL_ERROR"},
		{"6.1 no room for the pad length", some(raw(frame.TypeData, frame.FlagPadded, 1, "")), "GOAWAY 9 FRAME_SIZE_ERROR"},
		{"6.2 stream 0", some(raw(frame.TypeHeaders, frame.FlagEndHeaders, 0, "\x82")), "GOAWAY 9 PROTOCOL_ERROR"},
		{"6.2 padding too long", some(raw(frame.TypeHeaders, frame.FlagEndHeaders|frame.FlagPadded, 11, "\x09\x82")), "GOAWAY 9 PROTOCOL_ERROR"},
		{"6.2 another frame inside a block", some(raw(frame.TypeHeaders, 0, 11, "\x82"), data(1, false, "x")), "GOAWAY 11 PROTOCOL_ERROR"},
		{"6.2 a block of another stream inside a block", some(raw(frame.TypeHeaders, 0, 11, "\x82"), raw(frame.TypeHeaders, 4, 13, "\x82")), "GOAWAY 11 PROTOCOL_ERROR"},
		{"6.3 stream 0", some(raw(frame.TypePriority, 0, 0, "\x00\x00\x00\x01\x05")), "GOAWAY 9 PROTOCOL_ERROR"},
		{"6.3 size", some(raw(frame.TypePriority, 0, 1, "\x00\x00\x00\x03")), "RST_STREAM 1 FRAME_SIZE_ERROR"},
		{"6.3 size, of a closed stream", some(raw(frame.TypePriority, 0, 5, "\x00\x00\x00\x03")), "GOAWAY 9 FRAME_SIZE_ERROR"},
		{"6.4 stream 0", some(rst(0)), "GOAWAY 9 PROTOCOL_ERROR"},
		{"6.4 size", some(raw(frame.TypeRSTStream, 0, 1, "\x00\x00\x08")), "GOAWAY 9 FRAME_SIZE_ERROR"},
		{"6.5 acknowledgement with a payload", some(raw(frame.TypeSettings, frame.FlagAck, 0, "\x00")), "GOAWAY 9 FRAME_SIZE_ERROR"},
		{"6.5 on a stream", some(raw(frame.TypeSettings, 0, 1, "")), "GOAWAY 9 PROTOCOL_ERROR"},
		{"6.5 size", some(raw(frame.TypeSettings, 0, 0, "\x00\x00\x00")), "GOAWAY 9 FRAME_SIZE_ERROR"},
		{"6.5.2 window", some(window(1 << 31)), "GOAWAY 9 FLOW_CONTROL_ERROR"},
		{"6.5.2 frame size", some(frame.AppendSettings(nil, setting(frame.SettingMaxFrameSize, 16383))), "GOAWAY 9 PROTOCOL_ERROR"},
		{"6.5.2 push", some(frame.AppendSettings(nil, setting(frame.SettingEnablePush, 2))), "GOAWAY 9 PROTOCOL_ERROR"},
		{"6.5.2 unknown setting", some(frame.AppendSettings(nil, setting(0xfafa, 2))), "SETTINGS ack=true"},
		{"6.6 PUSH_PROMISE", some(raw(frame.TypePushPromise, frame.FlagEndHeaders, 1, "\x00\x00\x00\x02\x82")), "GOAWAY 9 PROTOCOL_ERROR"},
		{"6.7 PING", some(raw(frame.TypePing, 0, 0, "12345678")), `PING "12345678" ack=true`},
		{"6.7 answer to no PING", some(raw(frame.TypePing, frame.FlagAck, 0, "12345678")), ""},
		{"6.7 on a stream", some(raw(frame.TypePing, 0, 1, "12345678")), "GOAWAY 9 PROTOCOL_ERROR"},
		{"6.7 size", some(raw(frame.TypePing, 0, 0, "1234567")), "GOAWAY 9 FRAME_SIZE_ERROR"},
		{"6.8 on a stream", some(raw(frame.TypeGoAway, 0, 1, "\x00\x00\x00\x00\x00\x00\x00\x00")), "GOAWAY 9 PROTOCOL_ERROR"},
		{"6.8 orderly", some(frame.AppendGoAway(nil, 0, NoError, "bye")), ""},
		{"6.9 zero on the connection", some(update(0, 0)), "GOAWAY 9 PROTOCOL_ERROR"},
		{"6.9 zero on a stream", some(update(1, 0)), "RST_STREAM 1 PROTOCOL_ERROR"},
		{"6.9 size", some(raw(frame.TypeWindowUpdate, 0, 1, "\x00\x00\x01")), "GOAWAY 9 FRAME_SIZE_ERROR"},
		{"6.9.1 overflow of the connection", some(update(0, 1<<31-1)), "GOAWAY 9 FLOW_CONTROL_ERROR"},
		{"6.9.1 overflow of a stream", some(update(1, 1<<31-1)), "RST_STREAM 1 FLOW_CONTROL_ERROR"},
		{"6.9.2 overflow by settings", some(update(1, 1<<31-1-65535), window(65536)), "GOAWAY 9 FLOW_CONTROL_ERROR"},
		{"6.10 CONTINUATION without HEADERS", some(raw(frame.TypeContinuation, frame.FlagEndHeaders, 1, "")), "GOAWAY 9 PROTOCOL_ERROR"},
		{"6.10 CONTINUATION behind a complete block", func(c *client) [][]byte {
			return [][]byte{c.get(11), raw(frame.TypeContinuation, frame.FlagEndHeaders, 11, "")}
		}, "GOAWAY 11 PROTOCOL_ERROR"},
		{"6.10 of another stream", some(raw(frame.TypeHeaders, 0, 11, "\x82"), raw(frame.TypeContinuation, 4, 13, "")), "GOAWAY 11 PROTOCOL_ERROR"},
		{"6.10 stream 0", some(raw(frame.TypeHeaders, 0, 11, "\x82"), raw(frame.TypeContinuation, 4, 0, "")), "GOAWAY 11 PROTOCOL_ERROR"},
		{"4.3 block that does not decompress", some(raw(frame.TypeHeaders, frame.FlagEndHeaders, 11, "\xff\xff\xff\xff\xff\xff")), "GOAWAY 11 COMPRESSION_ERROR"},
		{"RFC 9218 7.1 PRIORITY_UPDATE for a stream of ours", some(frame.AppendPriorityUpdate(nil, 2, "u=1")), "GOAWAY 9 PROTOCOL_ERROR"},
	})
}

func TestRFC9113_8_1(t *testing.T) {
	t.Parallel()
	headers := func(id uint32, end bool, list ...string) func(*client) [][]byte {
		return func(c *client) [][]byte { return [][]byte{frame.AppendHeaders(nil, id, end, true, c.fields(list...))} }
	}
	post := func(length string, body ...[]byte) func(*client) [][]byte {
		return func(c *client) [][]byte { return append([][]byte{c.post(11, "content-length", length)}, body...) }
	}
	checkRules(t, []rule{
		{"8.1 trailers", headers(1, true, "x-sum", "1"), ""},
		{"8.1 trailers without END_STREAM", headers(1, false, "x-sum", "1"), "RST_STREAM 1 PROTOCOL_ERROR"},
		{"8.1 pseudo-field in trailers", headers(1, true, ":method", "GET"), "RST_STREAM 1 PROTOCOL_ERROR"},
		{"8.1.1 malformed", headers(11, true, ":method", "GET", "X-Upper", "1"), "RST_STREAM 11 PROTOCOL_ERROR"},
		{"8.1.1 length", post("5", data(11, false, "hel"), data(11, true, "lo")), ""},
		{"8.1.1 length without DATA", func(c *client) [][]byte { return [][]byte{c.get(11, "content-length", "5")} }, "RST_STREAM 11 PROTOCOL_ERROR"},
		{"8.1.1 length 0 without DATA", func(c *client) [][]byte { return [][]byte{c.get(11, "content-length", "0")} }, ""},
		{"8.1.1 less DATA", post("5", data(11, true, "hell")), "RST_STREAM 11 PROTOCOL_ERROR"},
		{"8.1.1 more DATA", post("5", data(11, false, "hello!")), "RST_STREAM 11 PROTOCOL_ERROR"},
		{"8.1.1 less DATA before trailers", func(c *client) [][]byte {
			return [][]byte{c.post(11, "content-length", "5"), data(11, false, "x"), frame.AppendHeaders(nil, 11, true, true, c.fields("x-sum", "1"))}
		}, "RST_STREAM 11 PROTOCOL_ERROR"},
		{"8.1.1 padding is no content", post("1", raw(frame.TypeData, frame.FlagPadded|frame.FlagEndStream, 11, "\x02x\x00\x00")), ""},
		{"RFC 8441 3 :protocol that was not announced", headers(11, false, ":method", "CONNECT", ":protocol", "websocket", ":scheme", "https", ":path", "/", ":authority", "a"), "RST_STREAM 11 PROTOCOL_ERROR"},
	})
}

// RFC 8441, section 4: a stream that carries another protocol both ways.
func TestRFC8441_4(t *testing.T) {
	t.Parallel()
	c := connect(t, Config{EnableConnectProtocol: true})
	c.send(frame.AppendHeaders(nil, 1, false, true,
		c.fields(":method", "CONNECT", ":protocol", "websocket", ":scheme", "https", ":path", "/chat", ":authority", "a")))
	c.wantEvents("head 1 CONNECT /chat")
	st := c.streams[1]
	if st.Request.Protocol != "websocket" {
		t.Errorf("protocol %q", st.Request.Protocol)
	}
	src := &text{left: "hi"}
	if err := c.s.SendHead(st, &ReplyHead{Status: 200, ContentLength: -1}, false); err != nil {
		t.Fatal(err)
	}
	c.s.SetSource(st, src)
	c.send(data(1, false, "ho"))
	c.wantEvents(`data 1 "ho"`)
	c.wantSent("HEADERS 1 :status=200", `DATA 1 "hi"`)
	src.left = "again"
	c.s.Wake(st)
	c.flush(1 << 20)
	c.send(data(1, true, ""))
	src.end = true
	c.s.Wake(st)
	c.flush(1 << 20)
	c.wantEvents("end 1")
	c.wantSent(`DATA 1 "again"`, `DATA 1 "" end`)
	if st.State() != StateClosed {
		t.Errorf("state %v", st.State())
	}
}

// RFC 9113, section 3.4: how a connection begins.
func TestRFC9113_3_4(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]string{
		"another protocol":          "GET / HTTP/1.1\r\n\r\n",
		"differs at the last":       preface[:23] + "\r",
		"PING first":                preface + string(raw(frame.TypePing, 0, 0, "12345678")),
		"acknowledgement first":     preface + string(frame.AppendSettingsAck(nil)),
		"HEADERS first":             preface + string(raw(frame.TypeHeaders, 5, 1, "\x82")),
		"differs at the very first": "p",
	} {
		c := newClient(t, Config{})
		c.send([]byte(in))
		if c.err == nil || c.err.(*ConnError).Code != ProtocolError || !strings.HasPrefix(c.sent[len(c.sent)-1], "GOAWAY 0 PROTOCOL_ERROR") {
			t.Errorf("%s: error %v, sent %q", name, c.err, c.sent)
		}
	}
	c := newClient(t, Config{})
	for i := range preface {
		c.send([]byte(preface[i : i+1]))
	}
	if c.err != nil {
		t.Errorf("octet by octet: %v", c.err)
	}
}
