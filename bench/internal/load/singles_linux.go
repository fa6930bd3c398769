package load

import (
	"errors"
	"fmt"
	"io"

	"reactor.example/bench/internal/h2wire"
	"reactor.example/bench/internal/wswire"
)

// doStream is Do for HTTP/2.
func (c *Client) doStream(r Request, peek func([]byte)) error {
	block := r.Again
	if c.h2.First() {
		block = r.Wire
	}
	id, err := c.h2.Open(block, false, 0)
	if err != nil {
		return err
	}
	for {
		if err := c.flushStreams(); err != nil {
			return err
		}
		end, ended, err := c.readStreams(id, peek)
		if err != nil {
			return err
		}
		if ended {
			return errors.Join(judge(answer{status: end.Status, body: end.Body}, r.Body), c.flushStreams())
		}
	}
}

// uploadStream is Upload for HTTP/2. It reads only when a window is full: what
// a server sends until then fits into its socket.
func (c *Client) uploadStream(block []byte, n int64, peek func([]byte)) error {
	id, err := c.h2.Open(block, true, 0)
	if err != nil {
		return err
	}
	data := make([]byte, bufferSize)
	for {
		for n > 0 && len(c.h2.Out) < bufferSize {
			k := c.h2.Send(id, data[:min(n, int64(len(data)))], n <= int64(len(data)))
			if k == 0 {
				break
			}
			n -= int64(k)
		}
		full := n > 0 && len(c.h2.Out) < bufferSize
		if err := c.flushStreams(); err != nil {
			return err
		}
		if n > 0 && !full {
			continue
		}
		end, ended, err := c.readStreams(id, peek)
		switch {
		case err != nil:
			return err
		case ended && n > 0:
			return fmt.Errorf("load: upload cut off, but answered with status %d", end.Status)
		case ended:
			return judge(answer{status: end.Status, body: end.Body}, -1)
		}
	}
}

// flushStreams sends what HTTP/2 has to send.
func (c *Client) flushStreams() error {
	if len(c.h2.Out) == 0 {
		return nil
	}
	err := c.writeAll(c.h2.Out)
	c.h2.Out = c.h2.Out[:0]
	return err
}

// readStreams reads once and reports whether the stream has ended.
func (c *Client) readStreams(id uint32, peek func([]byte)) (end h2wire.Ending, ended bool, err error) {
	b, err := c.read()
	if err != nil {
		return end, false, err
	}
	if len(b) == 0 {
		return end, false, io.ErrUnexpectedEOF
	}
	if peek != nil {
		peek(b)
	}
	for len(b) > 0 {
		n, got, done, err := c.h2.Feed(b)
		if err != nil {
			return end, false, err
		}
		if done && got.ID == id {
			end, ended = got, true
		}
		b = b[n:]
	}
	return end, ended, nil
}

// Upgrade makes the opening handshake of WebSocket.
func (c *Client) Upgrade(request []byte) error {
	if err := c.writeAll(request); err != nil {
		return err
	}
	var head []byte
	for wswire.Head(head) == 0 {
		b, err := c.read()
		if err != nil {
			return err
		}
		if len(b) == 0 || len(head) > maxUpgrade {
			return io.ErrUnexpectedEOF
		}
		head = append(head, b...)
	}
	return wswire.CheckUpgrade(head, false)
}

// doMessage is Do for WebSocket.
func (c *Client) doMessage(r Request) error {
	if err := c.writeAll(r.Wire); err != nil {
		return err
	}
	for {
		b, err := c.read()
		if err != nil {
			return err
		}
		if len(b) == 0 {
			return io.ErrUnexpectedEOF
		}
		_, done, err := c.ws.Feed(b)
		if err != nil {
			return err
		}
		if done {
			return judge(answer{status: 200, body: c.ws.Message().Len}, r.Body)
		}
	}
}
