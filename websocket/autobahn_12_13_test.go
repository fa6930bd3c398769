package websocket

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/gobwas/ws"
)

// A pair are the two ends of a connection after a handshake.
type pair struct{ client, server Conn }

// shake makes a pair by a handshake: the server's and the client's settings.
func shake(t *testing.T, server, client Deflate, offers ...string) *pair {
	t.Helper()
	if offers == nil {
		offers = []string{client.Offer()}
	}
	answer, ext := agreed(t, server, offers...)
	var theirs Extensions
	if answer != "" {
		// As a client sees it whose offer it was.
		q, ok := parseParams(mustScan(t, answer).params, true)
		if !ok {
			t.Fatalf("answer %q", answer)
		}
		q.serverBits, q.clientBits = smaller(q.serverBits, 0), smaller(q.clientBits, 0)
		theirs = Extensions{client.agree(q, true)}
	}
	p := new(pair)
	p.server.Init(&Config{Buffers: &oneBuffer{}}, ext)
	p.client.Init(&Config{Client: true, Buffers: &oneBuffer{}}, theirs)
	return p
}

func mustScan(t *testing.T, answer string) extension {
	t.Helper()
	all, ok := scanExtensions(nil, answer)
	if !ok || len(all) != 1 {
		t.Fatalf("answer %q", answer)
	}
	return all[0]
}

// echo sends content to the server, in frames of at most fragment octets, and
// returns what comes back.
func (p *pair) echo(op OpCode, content []byte, fragment int) ([]byte, error) {
	frames := p.client.AppendMessage(nil, op, content)
	if fragment > 0 {
		frames = refragment(&p.client, frames, fragment)
	}
	var m Message
	var back []byte
	for at := 0; ; {
		ev, n, err := p.server.Next(frames[at:], &m)
		if err != nil {
			return nil, err
		}
		at += n
		if ev == EventMessage {
			back = p.server.AppendMessage(back, m.Op, m.Data)
		}
		if ev == EventNeedMore {
			return receive(&p.client, back, len(back))
		}
	}
}

// refragment cuts a message of one frame into several.
func refragment(c *Conn, frame []byte, fragment int) (out []byte) {
	h, n, err := readHeader(frame, ws.StateServerSide|ws.StateExtended)
	if err != nil {
		panic(err)
	}
	payload := bytes.Clone(frame[n:])
	ws.Cipher(payload, h.Mask, 0)
	for op, rsv := OpCode(frame[0]&0xf), h.Rsv; ; op, rsv = OpContinuation, 0 {
		k := min(fragment, len(payload))
		out = c.appendFrame(out, op, k == len(payload), rsv, payload[:k])
		if payload = payload[k:]; len(payload) == 0 {
			return out
		}
	}
}

// The sizes of groups 12 and 13, and how the second half is fragmented: what
// is longer than a fragment comes in several.
var autobahnCases = []struct{ size, fragment int }{
	{16, 0},
	{64, 0},
	{256, 0},
	{1024, 0},
	{4096, 0},
	{8192, 0},
	{16384, 0},
	{32768, 0},
	{65536, 0},
	{131072, 0},
	{8192, 256},
	{16384, 256},
	{32768, 256},
	{65536, 256},
	{131072, 256},
	{8192, 1024},
	{131072, 4096},
	{131072, 32768},
}

// autobahnEcho sends a thousand messages of a size, of larger ones fewer
// lest it take minutes, and wants every one back.
func autobahnEcho(t *testing.T, p *pair, contents [][]byte, op OpCode, fragment int) {
	t.Helper()
	count := min(repeats, max(2, volume/len(contents[0])))
	for i := range count {
		content := contents[i%len(contents)]
		got, err := p.echo(op, content, fragment)
		if err != nil || !bytes.Equal(got, content) {
			t.Fatalf("message %d: %d octets of %d, %v", i, len(got), len(content), err)
		}
	}
}

// Autobahn group 12: kinds of content, sizes and fragments, with the
// extension as every browser offers it.
func TestAutobahn12(t *testing.T) {
	t.Parallel()
	kinds := []struct {
		name string
		op   OpCode
		make func(n int, seed uint64) []byte
	}{
		{"12.1 JSON", OpText, jsonLike},
		{"12.2 an image", OpBinary, noise},
		{"12.3 human readable text", OpText, func(n int, seed uint64) []byte {
			return prose(n, seed, "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich. ")
		}},
		{"12.4 text in another script", OpText, func(n int, seed uint64) []byte {
			return prose(n, seed, "いろはにほへとちりぬるをわかよたれそつねならむ")
		}},
		{"12.5 of few symbols", OpText, func(n int, seed uint64) []byte { return prose(n, seed, "ab") }},
	}
	for _, kind := range kinds {
		for i := 0; i < len(autobahnCases); i += caseStep {
			c := autobahnCases[i]
			t.Run(fmt.Sprintf("%s/%d in %d", kind.name, c.size, c.fragment), func(t *testing.T) {
				t.Parallel()
				p := shake(t, Deflate{Enabled: true}, Deflate{Enabled: true, ServerContextTakeover: true, ClientContextTakeover: true, MinBytes: 1},
					"permessage-deflate; client_max_window_bits")
				autobahnEcho(t, p, several(kind.make, c.size), kind.op, c.fragment)
			})
		}
	}
}

// several are messages of about n octets.
func several(generate func(n int, seed uint64) []byte, n int) (all [][]byte) {
	for seed := range 4 {
		all = append(all, generate(n, uint64(seed)))
	}
	return all
}

// prose is text of n octets at most, not the same for each seed.
func prose(n int, seed uint64, words string) []byte {
	runes := []rune(words)
	cut := int(seed) % len(runes)
	words = string(runes[cut:]) + string(runes[:cut]) + fmt.Sprint(seed)
	b := []byte(strings.Repeat(words, 1+n/len(words)))[:n]
	return b[:n-unfinished(b)]
}

// Autobahn group 13: what the client asks for. 13.1 and 13.2: nothing, and no
// context takeover; 13.3 to 13.6: windows, with and without; 13.7: several
// offers. Each with what the server may be set to.
func TestAutobahn13(t *testing.T) {
	t.Parallel()
	const also = "; client_no_context_takeover; client_max_window_bits"
	groups := []struct{ name, offer, answer string }{
		{"13.1", "permessage-deflate; client_max_window_bits", "permessage-deflate"},
		{"13.2", "permessage-deflate; server_no_context_takeover" + also, forgets},
		{"13.3 window of 9", "permessage-deflate; server_max_window_bits=9" + also, "permessage-deflate; client_no_context_takeover; server_max_window_bits=9"},
		{"13.3 window of 8", "permessage-deflate; server_max_window_bits=8; client_max_window_bits=8", "permessage-deflate; server_max_window_bits=8; client_max_window_bits=8"},
		{"13.4", "permessage-deflate; server_max_window_bits=15; client_max_window_bits", "permessage-deflate; server_max_window_bits=15"},
		{"13.5 window of 9", "permessage-deflate; server_no_context_takeover; server_max_window_bits=9" + also, forgets + "; server_max_window_bits=9"},
		{"13.5 window of 8", "permessage-deflate; server_no_context_takeover; server_max_window_bits=8" + also, forgets + "; server_max_window_bits=8"},
		{"13.6", "permessage-deflate; server_no_context_takeover; server_max_window_bits=15" + also, forgets + "; server_max_window_bits=15"},
		{
			"13.7", "permessage-deflate; server_no_context_takeover; server_max_window_bits=9; client_max_window_bits, permessage-deflate; server_no_context_takeover; client_max_window_bits, permessage-deflate; client_max_window_bits",
			"permessage-deflate; server_no_context_takeover; server_max_window_bits=9",
		},
		{"13.7 the first is impossible", "permessage-deflate; server_max_window_bits=16, permessage-deflate; client_max_window_bits", "permessage-deflate"},
	}
	takeover := Deflate{Enabled: true, ServerContextTakeover: true, ClientContextTakeover: true, MinBytes: 1}
	for _, g := range groups {
		if got, _ := agreed(t, takeover, g.offer); got != g.answer {
			t.Errorf("%s: answer %q, want %q", g.name, got, g.answer)
		}
		for _, server := range []Deflate{{Enabled: true}, takeover} {
			for i := 0; i < len(autobahnCases); i += caseStep {
				c := autobahnCases[i]
				t.Run(fmt.Sprintf("%s/takeover=%v/%d in %d", g.name, server.ServerContextTakeover, c.size, c.fragment), func(t *testing.T) {
					t.Parallel()
					p := shake(t, server, takeover, g.offer)
					autobahnEcho(t, p, several(jsonLike, c.size), OpText, c.fragment)
				})
			}
		}
	}
}
