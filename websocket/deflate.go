package websocket

import (
	"errors"
	"fmt"
)

// A Deflate says how a server, or a client, compresses (RFC 7692). The zero
// value does not. It must not change while it is used.
//
// By default nothing is remembered from message to message, in neither
// direction: an idle connection then holds no memory for the sake of
// compression. With context takeover a message may repeat what was in those
// before, which makes similar ones much shorter; a connection then keeps the
// last octets of each direction, up to the window, and no more than was sent.
// Compressors and decompressors belong to no connection in either case.
type Deflate struct {
	// Enabled accepts permessage-deflate when it is offered, or offers it.
	Enabled bool

	// ServerContextTakeover lets what the server sends refer to its earlier
	// messages, if the client allows it. It costs up to 1<<ServerMaxWindowBits
	// bytes a connection, and with each message the time to compress as much
	// again.
	ServerContextTakeover bool
	// ClientContextTakeover lets what the client sends refer to its earlier
	// messages. It costs up to 1<<ClientMaxWindowBits bytes a connection.
	ClientContextTakeover bool

	// ServerMaxWindowBits and ClientMaxWindowBits are the logarithms of the
	// largest windows, 8 to 15: how far back the messages of either side may
	// refer. Zero means 15. A client that does not say that it can do with
	// less uses 15 in any case (RFC 7692, section 7.1.2.2).
	ServerMaxWindowBits, ClientMaxWindowBits int

	// Level is how much time is spent to make messages shorter, from 1, the
	// least, to 9. Zero means 1. Larger messages in a smaller window all have
	// the level 5.
	Level int

	// MinBytes is the length in bytes from which messages are compressed.
	// Zero means 128: what is shorter gains little. A message that does not
	// become shorter is sent as it is, too.
	MinBytes int
}

const (
	minWindowBits   = 8
	maxWindowBits   = 15
	defaultMinBytes = 128
)

// Validate reports every fault of the settings at once, nil if there is none.
func (d *Deflate) Validate() error {
	var faults []error
	check := func(name string, v, low, high int) {
		if v != 0 && (v < low || v > high) {
			faults = append(faults, fmt.Errorf("websocket: %s is %d, must be %d to %d", name, v, low, high))
		}
	}
	check("ServerMaxWindowBits", d.ServerMaxWindowBits, minWindowBits, maxWindowBits)
	check("ClientMaxWindowBits", d.ClientMaxWindowBits, minWindowBits, maxWindowBits)
	check("Level", d.Level, 1, 9)
	check("MinBytes", d.MinBytes, 1, maxMinBytes)
	return errors.Join(faults...)
}

const maxMinBytes = 1 << 30

// An agreement is what both sides have agreed on, as one of them sees it: 8
// bytes of each connection. The zero value is no compression.
type agreement struct {
	minBytes       uint32
	level          uint8
	sendBits       uint8 // the window of what we send, 8 to 15
	receiveBits    uint8 // and of what we receive
	sends, recalls bool  // context takeover, in the same order
}

func (a *agreement) on() bool { return a.sendBits != 0 }

// agree makes the agreement of the parameters in q, as the server sees it or
// the client.
func (d *Deflate) agree(q params, client bool) agreement {
	a := agreement{
		minBytes: defaultMinBytes,
		level:    uint8(max(d.Level, 1)),
		sendBits: uint8(q.serverBits), receiveBits: uint8(q.clientBits),
		sends: !q.serverForgets, recalls: !q.clientForgets,
	}
	if d.MinBytes > 0 {
		a.minBytes = uint32(min(d.MinBytes, maxMinBytes))
	}
	if client {
		a.sendBits, a.receiveBits = a.receiveBits, a.sendBits
		a.sends, a.recalls = a.recalls, a.sends
		a.sends = a.sends && d.ClientContextTakeover
	}
	return a
}

// A memory is what a connection remembers of its messages, where context
// takeover was agreed on: the last octets that each side has sent compressed.
type memory struct{ sent, received []byte }

// memory returns that of the connection.
func (c *Conn) memory() *memory {
	if c.mem == nil {
		c.mem = new(memory)
	}
	return c.mem
}

// remember appends data to what is remembered and keeps the last size bytes.
// Hot path.
func remember(known, data []byte, size int) []byte {
	data = data[max(0, len(data)-size):]
	keep := min(len(known), size-len(data))
	if need := keep + len(data); need > cap(known) {
		bigger := make([]byte, keep, min(size, max(need, 2*cap(known))))
		copy(bigger, known[len(known)-keep:])
		return append(bigger, data...)
	}
	n := copy(known, known[len(known)-keep:])
	return append(known[:n], data...)
}
