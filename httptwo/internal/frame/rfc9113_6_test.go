package frame

import "testing"

// RFC 9113, section 6.1.
func TestData(t *testing.T) {
	t.Parallel()
	check(t, []row{
		{name: "6.1 content", stream: 1, payload: "6869", want: `DATA 1 "hi" end=false`},
		{name: "6.1 empty", stream: 1, want: `DATA 1 "" end=false`},
		{name: "6.1 the last", flags: FlagEndStream, stream: MaxStreamID, payload: "68", want: `DATA 2147483647 "h" end=true`},
		{name: "6.1 flags without a meaning", flags: 0xf6, stream: 1, payload: "68", want: `DATA 1 "h" end=false`},
		{name: "6.1 padding", flags: FlagPadded, stream: 1, payload: "02 6869 0000", want: `DATA 1 "hi" end=false`},
		{name: "6.1 padding of no octets", flags: FlagPadded, stream: 1, payload: "00 6869", want: `DATA 1 "hi" end=false`},
		{name: "6.1 padding alone", flags: FlagPadded | FlagEndStream, stream: 1, payload: "02 0000", want: `DATA 1 "" end=true`},
		{name: "6.1 pad length alone", flags: FlagPadded, stream: 1, payload: "00", want: `DATA 1 "" end=false`},
		{name: "6.1 padding that is not zero", flags: FlagPadded, stream: 1, payload: "01 68 ff", want: `DATA 1 "h" end=false`},
		{name: "6.1 padding as long as the payload", flags: FlagPadded, stream: 1, payload: "03 6869", err: errDataPadding},
		{name: "6.1 padding longer than the payload", flags: FlagPadded, stream: 1, payload: "ff 6869", err: errDataPadding},
		{name: "6.1 padding of one octet that is not there", flags: FlagPadded, stream: 1, payload: "01", err: errDataPadding},
		{name: "4.2 no pad length", flags: FlagPadded, stream: 1, err: errDataShort},
		{name: "6.1 stream 0", payload: "6869", err: errDataStream},
	})
}

// RFC 9113, section 6.2.
func TestHeaders(t *testing.T) {
	t.Parallel()
	rows := []row{
		{name: "6.2 fragment", stream: 1, payload: "82", want: `HEADERS 1 "\x82" end=false whole=false`},
		{name: "6.2 whole", flags: FlagEndHeaders | FlagEndStream, stream: 1, payload: "82", want: `HEADERS 1 "\x82" end=true whole=true`},
		{name: "6.2 empty", flags: FlagEndHeaders, stream: 1, want: `HEADERS 1 "" end=false whole=true`},
		{name: "6.2 padding", flags: FlagPadded, stream: 1, payload: "02 82 0000", want: `HEADERS 1 "\x82" end=false whole=false`},
		{name: "6.2 padding that leaves no fragment", flags: FlagPadded, stream: 1, payload: "02 0000", want: `HEADERS 1 "" end=false whole=false`},
		{name: "6.2 priority", flags: FlagPriority, stream: 1, payload: "80000003 ff 82", want: `HEADERS 1 "\x82" end=false whole=false`},
		{name: "6.2 priority and padding", flags: FlagPriority | FlagPadded, stream: 1, payload: "01 00000003 ff 82 00", want: `HEADERS 1 "\x82" end=false whole=false`},
		{name: "6.2 padding longer than what is left", flags: FlagPadded, stream: 1, payload: "02 82", err: errHeadersPadding},
		{name: "6.2 padding that reaches into the priority", flags: FlagPriority | FlagPadded, stream: 1, payload: "01 00000003 ff", err: errHeadersPadding},
		{name: "4.2 no pad length", flags: FlagPadded, stream: 1, err: errHeadersShort},
		{name: "4.2 half a priority", flags: FlagPriority, stream: 1, payload: "00000003", err: errHeadersShort},
		{name: "4.2 pad length and half a priority", flags: FlagPriority | FlagPadded, stream: 1, payload: "00 00000003", err: errHeadersShort},
		{name: "6.2 stream 0", payload: "82", err: errHeadersStream},
		{name: "7540 5.3.1 depends on itself, and is complete", flags: FlagPriority, stream: 3, payload: "80000003 ff 82", want: `HEADERS 3 "\x82" end=false whole=false`, err: errDependency},
	}
	for i := range rows {
		rows[i].t = TypeHeaders
	}
	check(t, rows)
}

// RFC 9113, sections 6.3 and 6.4.
func TestPriorityAndRSTStream(t *testing.T) {
	t.Parallel()
	check(t, []row{
		{name: "6.3 exclusive", t: TypePriority, stream: 1, payload: "80000003 ff", want: "PRIORITY 1 on 3 weight=255 exclusive=true"},
		{name: "6.3 shared", t: TypePriority, stream: 1, payload: "00000000 00", want: "PRIORITY 1 on 0 weight=0 exclusive=false"},
		{name: "6.3 four octets", t: TypePriority, stream: 1, payload: "00000003", err: errPrioritySize},
		{name: "6.3 six octets", t: TypePriority, stream: 1, payload: "00000003 ffff", err: errPrioritySize},
		{name: "6.3 stream 0", t: TypePriority, payload: "00000003 ff", err: errPriorityStream},
		{name: "7540 5.3.1 depends on itself", t: TypePriority, stream: 3, payload: "80000003 ff", err: errDependency},
		{name: "6.4 known code", t: TypeRSTStream, stream: 1, payload: "00000008", want: "RST_STREAM 1 CANCEL"},
		{name: "7 unknown code", t: TypeRSTStream, stream: 1, payload: "ffffffff", want: "RST_STREAM 1 0xffffffff"},
		{name: "6.4 three octets", t: TypeRSTStream, stream: 1, payload: "000000", err: errRSTStreamSize},
		{name: "6.4 five octets", t: TypeRSTStream, stream: 1, payload: "0000000800", err: errRSTStreamSize},
		{name: "6.4 stream 0", t: TypeRSTStream, payload: "00000008", err: errRSTStreamStream},
	})
}

// RFC 9113, section 6.5, RFC 8441, section 3 and RFC 9218, section 2.1.
func TestSettings(t *testing.T) {
	t.Parallel()
	rows := []row{
		{name: "6.5 empty", want: "SETTINGS ack=false"},
		{name: "6.5 acknowledgement", flags: FlagAck, want: "SETTINGS ack=true"},
		{name: "6.5.3 in order, twice too", payload: "0001 00000000 0003 ffffffff 0001 ffffffff", want: "SETTINGS ack=false SETTINGS_HEADER_TABLE_SIZE=0 SETTINGS_MAX_CONCURRENT_STREAMS=4294967295 SETTINGS_HEADER_TABLE_SIZE=4294967295"},
		{name: "6.5.2 unknown", payload: "00ff 00000001", want: "SETTINGS ack=false 0xff=1"},
		{name: "6.5.2 push off", payload: "0002 00000000", want: "SETTINGS ack=false SETTINGS_ENABLE_PUSH=0"},
		{name: "6.5.2 push on", payload: "0002 00000001", want: "SETTINGS ack=false SETTINGS_ENABLE_PUSH=1"},
		{name: "6.5.2 push 2", payload: "0002 00000002", err: errSettingPush},
		{name: "6.5.2 largest window", payload: "0004 7fffffff", want: "SETTINGS ack=false SETTINGS_INITIAL_WINDOW_SIZE=2147483647"},
		{name: "6.5.2 window too large", payload: "0004 80000000", err: errSettingWindow},
		{name: "6.5.2 smallest maximum", payload: "0005 00004000", want: "SETTINGS ack=false SETTINGS_MAX_FRAME_SIZE=16384"},
		{name: "6.5.2 largest maximum", payload: "0005 00ffffff", want: "SETTINGS ack=false SETTINGS_MAX_FRAME_SIZE=16777215"},
		{name: "6.5.2 maximum too small", payload: "0005 00003fff", err: errSettingFrameSize},
		{name: "6.5.2 maximum too large", payload: "0005 01000000", err: errSettingFrameSize},
		{name: "6.5.2 any header list", payload: "0006 00000000", want: "SETTINGS ack=false SETTINGS_MAX_HEADER_LIST_SIZE=0"},
		{name: "8441 3 on", payload: "0008 00000001", want: "SETTINGS ack=false SETTINGS_ENABLE_CONNECT_PROTOCOL=1"},
		{name: "8441 3 neither", payload: "0008 00000002", err: errSettingConnect},
		{name: "9218 2.1 on", payload: "0009 00000001", want: "SETTINGS ack=false SETTINGS_NO_RFC7540_PRIORITIES=1"},
		{name: "9218 2.1 neither", payload: "0009 00000002", err: errSettingPriority},
		{name: "6.5.2 wrong behind a right one", payload: "0003 00000001 0002 00000002", err: errSettingPush},
		{name: "6.5 no multiple of six", payload: "0003 000000", err: errSettingsSize},
		{name: "6.5 seven octets", payload: "0003 00000001 00", err: errSettingsSize},
		{name: "6.5 acknowledgement with a setting", flags: FlagAck, payload: "0003 00000001", err: errSettingsAck},
		{name: "6.5 acknowledgement with an octet", flags: FlagAck, payload: "00", err: errSettingsAck},
		{name: "6.5 on a stream", stream: 1, err: errSettingsStream},
		{name: "6.5 acknowledgement on a stream", flags: FlagAck, stream: 1, err: errSettingsStream},
	}
	for i := range rows {
		rows[i].t = TypeSettings
	}
	check(t, rows)
}

// RFC 9113, sections 6.6 to 6.8.
func TestPushPromisePingGoAway(t *testing.T) {
	t.Parallel()
	check(t, []row{
		{name: "6.6 promise", t: TypePushPromise, flags: FlagEndHeaders, stream: 1, payload: "80000002 82", want: `PUSH_PROMISE 1 of 2 "\x82" whole=true`},
		{name: "6.6 padding", t: TypePushPromise, flags: FlagPadded, stream: 1, payload: "01 00000002 82 00", want: `PUSH_PROMISE 1 of 2 "\x82" whole=false`},
		{name: "6.6 padding too long", t: TypePushPromise, flags: FlagPadded, stream: 1, payload: "02 00000002 82", err: errPushPadding},
		{name: "6.6 promises stream 0", t: TypePushPromise, stream: 1, payload: "00000000 82", err: errPushPromised},
		{name: "4.2 no promised stream", t: TypePushPromise, stream: 1, payload: "000000", err: errPushShort},
		{name: "4.2 no pad length", t: TypePushPromise, flags: FlagPadded, stream: 1, err: errPushShort},
		{name: "4.2 pad length and half a stream", t: TypePushPromise, flags: FlagPadded, stream: 1, payload: "00 000000", err: errPushShort},
		{name: "6.6 stream 0", t: TypePushPromise, payload: "00000002 82", err: errPushStream},
		{name: "6.7 ping", t: TypePing, payload: "6162636465666768", want: `PING "abcdefgh" ack=false`},
		{name: "6.7 answer", t: TypePing, flags: FlagAck, payload: "6162636465666768", want: `PING "abcdefgh" ack=true`},
		{name: "6.7 seven octets", t: TypePing, payload: "61626364656667", err: errPingSize},
		{name: "6.7 nine octets", t: TypePing, flags: FlagAck, payload: "616263646566676869", err: errPingSize},
		{name: "6.7 on a stream", t: TypePing, stream: 1, payload: "6162636465666768", err: errPingStream},
		{name: "6.8 without text", t: TypeGoAway, payload: "80000005 00000000", want: `GOAWAY 5 NO_ERROR ""`},
		{name: "6.8 with text", t: TypeGoAway, payload: "7fffffff 0000000b 6869", want: `GOAWAY 2147483647 ENHANCE_YOUR_CALM "hi"`},
		{name: "4.2 seven octets", t: TypeGoAway, payload: "00000005 000000", err: errGoAwayShort},
		{name: "6.8 on a stream", t: TypeGoAway, stream: 1, payload: "00000005 00000000", err: errGoAwayStream},
	})
}

// RFC 9113, sections 6.9 and 6.10.
func TestWindowUpdateAndContinuation(t *testing.T) {
	t.Parallel()
	check(t, []row{
		{name: "6.9 connection", t: TypeWindowUpdate, payload: "00000001", want: "WINDOW_UPDATE 0 by 1"},
		{name: "6.9 stream, reserved bit", t: TypeWindowUpdate, stream: 3, payload: "ffffffff", want: "WINDOW_UPDATE 3 by 2147483647"},
		{name: "6.9 zero on the connection", t: TypeWindowUpdate, payload: "00000000", err: errWindowZero},
		{name: "6.9 zero on a stream", t: TypeWindowUpdate, stream: 3, payload: "80000000", err: errWindowStreamZero},
		{name: "6.9 three octets", t: TypeWindowUpdate, stream: 3, payload: "000001", err: errWindowSize},
		{name: "6.9 five octets", t: TypeWindowUpdate, payload: "0000000100", err: errWindowSize},
		{name: "6.10 part", t: TypeContinuation, stream: 1, payload: "82", want: `CONTINUATION 1 "\x82" whole=false`},
		{name: "6.10 end, has no padding", t: TypeContinuation, flags: FlagEndHeaders | FlagPadded, stream: 1, payload: "82", want: `CONTINUATION 1 "\x82" whole=true`},
		{name: "6.10 empty", t: TypeContinuation, stream: 1, want: `CONTINUATION 1 "" whole=false`},
		{name: "6.10 stream 0", t: TypeContinuation, payload: "82", err: errContinuationStream},
	})
}

// Which errors end a stream only, RFC 9113, section 5.4.
func TestErrorScope(t *testing.T) {
	t.Parallel()
	streams := map[*Error]bool{errPrioritySize: true, errDependency: true, errWindowStreamZero: true}
	for _, err := range []*Error{
		errSize, errDataStream, errDataPadding, errDataShort, errHeadersStream, errHeadersPadding, errHeadersShort,
		errPriorityStream, errPrioritySize, errDependency, errRSTStreamStream, errRSTStreamSize,
		errSettingsStream, errSettingsAck, errSettingsSize, errSettingPush, errSettingWindow, errSettingFrameSize,
		errSettingConnect, errSettingPriority, errPushStream, errPushPromised, errPushPadding, errPushShort,
		errPingStream, errPingSize, errGoAwayStream, errGoAwayShort, errWindowSize, errWindowZero,
		errWindowStreamZero, errContinuationStream, errUpdateStream, errUpdatePrioritized, errUpdateShort,
	} {
		if err.Stream != streams[err] {
			t.Errorf("%v: Stream = %v, want %v", err, err.Stream, streams[err])
		}
		if err.Code == NoError || err.Rule == "" || err.Reason == "" {
			t.Errorf("%+v lacks a part", *err)
		}
	}
}

// The codes that RFC 9113 demands of each error.
func TestErrorCodes(t *testing.T) {
	t.Parallel()
	for code, errs := range map[ErrCode][]*Error{
		FrameSizeError: {
			errSize, errDataShort, errHeadersShort, errPrioritySize, errRSTStreamSize, errSettingsAck, errSettingsSize,
			errPushShort, errPingSize, errGoAwayShort, errWindowSize, errUpdateShort,
		},
		FlowControlError: {errSettingWindow},
		ProtocolError: {
			errDataStream, errDataPadding, errHeadersStream, errHeadersPadding, errPriorityStream, errDependency,
			errRSTStreamStream, errSettingsStream, errSettingPush, errSettingFrameSize, errPushPadding, errPingStream,
			errGoAwayStream, errWindowZero, errWindowStreamZero, errContinuationStream, errUpdateStream, errUpdatePrioritized,
		},
	} {
		for _, err := range errs {
			if err.Code != code {
				t.Errorf("%v: code %v, want %v", err, err.Code, code)
			}
		}
	}
}
