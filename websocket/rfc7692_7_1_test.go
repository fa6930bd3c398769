package websocket

import (
	"strings"
	"testing"
)

// agreed shakes hands with the offers, and returns the answer and what was
// agreed on.
func agreed(t *testing.T, d Deflate, offers ...string) (string, Extensions) {
	t.Helper()
	fields := good()
	for _, offer := range offers {
		fields = append(fields, Field{extensionsField, offer})
	}
	h, err := (&Policy{Deflate: d}).Check(&Request{Method: "GET", Minor: 1, Fields: fields})
	if err != nil {
		t.Fatalf("offers %q: %v", offers, err)
	}
	answer, n := single(h.AppendFields(nil), extensionsField)
	if n > 1 {
		t.Errorf("offers %q: %d answers", offers, n)
	}
	return answer, h.Extensions
}

const forgets = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"

func TestDeflateNegotiation(t *testing.T) {
	t.Parallel()
	on := Deflate{Enabled: true}
	both := Deflate{Enabled: true, ServerContextTakeover: true, ClientContextTakeover: true}
	small := Deflate{Enabled: true, ServerMaxWindowBits: 10, ClientMaxWindowBits: 9}
	for _, tt := range []struct {
		name, offer string
		d           Deflate
		want        string
	}{
		{"5: not enabled", "permessage-deflate", Deflate{}, ""},
		{"5: nothing is remembered by default", "permessage-deflate", on, forgets},
		{"5: as the client likes it", "permessage-deflate", both, "permessage-deflate"},
		{"5: what browsers offer", "permessage-deflate; client_max_window_bits", on, forgets},
		{"5: another extension", "x-webkit-deflate-frame", on, ""},
		{"5: another extension is passed over", "foo; bar=1, permessage-deflate", on, forgets},
		{"5: names have a case", "Permessage-Deflate", on, ""},
		{"5: the first that can be met", "permessage-deflate; foo, permessage-deflate; server_no_context_takeover", both, "permessage-deflate; server_no_context_takeover"},
		{"5: once only", "permessage-deflate, permessage-deflate; server_max_window_bits=10", both, "permessage-deflate"},
		{"7.1.1.1: the server forgets", "permessage-deflate; server_no_context_takeover", both, "permessage-deflate; server_no_context_takeover"},
		{"7.1.1.1: with a value", "permessage-deflate; server_no_context_takeover=1", both, ""},
		{"7.1.1.1: twice", "permessage-deflate; server_no_context_takeover; server_no_context_takeover", both, ""},
		{"7.1.1.2: the client forgets", "permessage-deflate; client_no_context_takeover", both, "permessage-deflate; client_no_context_takeover"},
		{"7.1.1.2: with a value", "permessage-deflate; client_no_context_takeover=\"x\"", both, ""},
		{"7.1.1.2: twice", "permessage-deflate; client_no_context_takeover; client_no_context_takeover", both, ""},
		{"7.1.2.1: a window", "permessage-deflate; server_max_window_bits=10", both, "permessage-deflate; server_max_window_bits=10"},
		{"7.1.2.1: the largest", "permessage-deflate; server_max_window_bits=15", both, "permessage-deflate; server_max_window_bits=15"},
		{"7.1.2.1: the smallest", "permessage-deflate; server_max_window_bits=8", both, "permessage-deflate; server_max_window_bits=8"},
		{"7.1.2.1: ours is smaller", "permessage-deflate; server_max_window_bits=12", small, forgets + "; server_max_window_bits=10"},
		{"7.1.2.1: ours is larger", "permessage-deflate; server_max_window_bits=9", small, forgets + "; server_max_window_bits=9"},
		{"7.1.2.1: ours, without being asked", "permessage-deflate", small, forgets + "; server_max_window_bits=10"},
		{"7.1.2.1: quoted", "permessage-deflate; server_max_window_bits=\"1\\0\"", both, "permessage-deflate; server_max_window_bits=10"},
		{"7.1.2.1: no value", "permessage-deflate; server_max_window_bits", both, ""},
		{"7.1.2.1: 7", "permessage-deflate; server_max_window_bits=7", both, ""},
		{"7.1.2.1: 16", "permessage-deflate; server_max_window_bits=16", both, ""},
		{"7.1.2.1: 010", "permessage-deflate; server_max_window_bits=010", both, ""},
		{"7.1.2.1: +10", "permessage-deflate; server_max_window_bits=+10", both, ""},
		{"7.1.2.1: twice", "permessage-deflate; server_max_window_bits=10; server_max_window_bits=10", both, ""},
		{"7.1.2.2: allowed and not wanted", "permessage-deflate; client_max_window_bits", both, "permessage-deflate"},
		{"7.1.2.2: allowed and wanted", "permessage-deflate; client_max_window_bits", small, forgets + "; server_max_window_bits=10; client_max_window_bits=9"},
		{"7.1.2.2: a hint", "permessage-deflate; client_max_window_bits=12", both, "permessage-deflate; client_max_window_bits=12"},
		{"7.1.2.2: a hint below ours", "permessage-deflate; client_max_window_bits=8", small, forgets + "; server_max_window_bits=10; client_max_window_bits=8"},
		{"7.1.2.2: not allowed", "permessage-deflate", Deflate{Enabled: true, ClientMaxWindowBits: 9}, forgets},
		{"7.1.2.2: 0", "permessage-deflate; client_max_window_bits=0", both, ""},
		{"7.1.2.2: 100", "permessage-deflate; client_max_window_bits=100", both, ""},
		{"7.1: unknown parameter", "permessage-deflate; foo=bar", both, ""},
		{"7.1: all", "permessage-deflate; client_max_window_bits=11; server_max_window_bits=12; server_no_context_takeover; client_no_context_takeover", both, forgets + "; server_max_window_bits=12; client_max_window_bits=11"},
		{"7.1: the second offer", "permessage-deflate; server_max_window_bits=99, permessage-deflate; client_max_window_bits", both, "permessage-deflate"},
		{"RFC 6455 9.1: spaces", " ,\tpermessage-deflate ;\tserver_max_window_bits = 10 , ", both, "permessage-deflate; server_max_window_bits=10"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			answer, ext := agreed(t, tt.d, tt.offer)
			if answer != tt.want || ext.Deflate() != (tt.want != "") {
				t.Errorf("answer %q (%v), want %q", answer, ext.Deflate(), tt.want)
			}
			if parts := strings.Split(tt.offer, ","); len(parts) == 2 { // a list in two fields
				if answer, _ := agreed(t, tt.d, parts...); answer != tt.want {
					t.Errorf("in several fields: answer %q, want %q", answer, tt.want)
				}
			}
		})
	}
}

// RFC 6455, section 9.1: what is not by the grammar fails the handshake, even
// where no extension is wanted.
func TestMalformedExtensions(t *testing.T) {
	t.Parallel()
	for _, offer := range []string{
		"", ",", " , ,", ";", "a;", "a;;b", "a;=", "a;b=", "a b", "a;b c", "a;b=c d", "a;b=\"", "a;b=\"c", "a;b=\"c\\", "a;b=\"\"",
		"a;b=\"c d\"", "a;b=\"c\"d", "a;b=c=d", "=a", "a/b", "a;\x00", "\xff", "permessage-deflate;server_max_window_bits=", "a;b='x y'",
	} {
		for _, d := range []Deflate{{}, {Enabled: true}} {
			_, err := (&Policy{Deflate: d}).Check(&Request{Method: "GET", Minor: 1, Fields: with(extensionsField, offer)})
			if err != errExtensions {
				t.Errorf("%q: %v, want %v", offer, err, errExtensions)
			}
		}
	}
}

func TestDeflateOffer(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		d    Deflate
		want string
	}{
		{Deflate{}, ""},
		{Deflate{Enabled: true}, forgets + "; client_max_window_bits"},
		{
			Deflate{Enabled: true, ServerContextTakeover: true, ClientContextTakeover: true, ServerMaxWindowBits: 15, ClientMaxWindowBits: 15},
			"permessage-deflate; client_max_window_bits",
		},
		{Deflate{Enabled: true, ServerMaxWindowBits: 9, ClientMaxWindowBits: 8}, forgets + "; server_max_window_bits=9; client_max_window_bits=8"},
	} {
		if got := tt.d.Offer(); got != tt.want {
			t.Errorf("%+v: %q, want %q", tt.d, got, tt.want)
		}
	}
}

// What both sides believe to have agreed on is the same.
func TestDeflateAnswer(t *testing.T) {
	t.Parallel()
	windows := []int{0, 8, 9, 12, 15}
	for n := range 2 * 2 * 2 * 2 * 5 * 5 {
		flag := func(i int) bool { return n>>i&1 != 0 }
		client := Deflate{
			Enabled: true, ServerContextTakeover: flag(0), ClientContextTakeover: flag(1),
			ServerMaxWindowBits: windows[n>>4%5], ClientMaxWindowBits: windows[n>>4/5],
		}
		server := Deflate{
			Enabled: true, ServerContextTakeover: flag(2), ClientContextTakeover: flag(3),
			ServerMaxWindowBits: windows[n>>4/5], ClientMaxWindowBits: windows[n>>4%5],
		}
		answer, own := agreed(t, server, client.Offer())
		theirs, err := client.Accept([]Field{{extensionsField, answer}})
		if err != nil {
			t.Fatalf("offer %q, answer %q: %v", client.Offer(), answer, err)
		}
		a, b := own.deflate, theirs.deflate
		if a.sendBits != b.receiveBits || a.receiveBits != b.sendBits || a.sends != b.recalls || a.recalls != b.sends {
			t.Errorf("offer %q, answer %q: server has %+v, client %+v", client.Offer(), answer, a, b)
		}
	}
}

// RFC 7692, section 7.1: the client fails the connection when the answer is
// not one to its offer.
func TestDeflateAnswerRefused(t *testing.T) {
	t.Parallel()
	d := Deflate{Enabled: true, ClientContextTakeover: true, ServerMaxWindowBits: 10}
	for answer, ok := range map[string]bool{
		"permessage-deflate; server_no_context_takeover; server_max_window_bits=10":                                                      true,
		"permessage-deflate; server_no_context_takeover; server_max_window_bits=9; client_max_window_bits=8; client_no_context_takeover": true,
		"permessage-deflate; server_no_context_takeover":                                                                                 false,
		"permessage-deflate; server_max_window_bits=10":                                                                                  false,
		"permessage-deflate; server_no_context_takeover; server_max_window_bits=11":                                                      false,
		"permessage-deflate; server_no_context_takeover; server_max_window_bits=10; client_max_window_bits":                              false,
		"permessage-deflate; server_no_context_takeover; server_max_window_bits=10; x":                                                   false,
		"permessage-deflate; server_no_context_takeover; server_max_window_bits=10, permessage-deflate":                                  false,
		"foo": false,
		"":    false,
		"permessage-deflate; server_no_context_takeover; server_max_window_bits=10, foo": false,
	} {
		if e, err := d.Accept([]Field{{extensionsField, answer}}); (err == nil) != ok || e.Deflate() != ok {
			t.Errorf("%q: %v", answer, err)
		}
	}
	if e, err := d.Accept(nil); err != nil || e.Deflate() {
		t.Errorf("no answer: %v, %v", e, err)
	}
	if _, err := (&Deflate{}).Accept([]Field{{extensionsField, "permessage-deflate"}}); err == nil {
		t.Error("an answer without an offer is accepted")
	}
}

func TestDeflateValidate(t *testing.T) {
	t.Parallel()
	for _, d := range []Deflate{{}, {Level: 9, MinBytes: 1, ServerMaxWindowBits: 8, ClientMaxWindowBits: 15}} {
		if err := d.Validate(); err != nil {
			t.Errorf("%+v: %v", d, err)
		}
	}
	d := Deflate{Level: 10, MinBytes: -1, ServerMaxWindowBits: 7, ClientMaxWindowBits: 16}
	if err := d.Validate(); err == nil || strings.Count(err.Error(), "\n") != 3 {
		t.Errorf("four faults: %v", err)
	}
}
