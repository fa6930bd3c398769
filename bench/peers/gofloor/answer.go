//go:build linux

package main

import (
	"bytes"
	"strconv"
	"time"
)

// fill is what bodies of /bytes consist of.
var fill = make([]byte, 256<<10)

var (
	plaintext = []byte("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nHello, World!")
	jsonText  = []byte("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 27\r\n\r\n{\"message\":\"Hello, World!\"}")
	endOfHead = []byte("\r\n\r\n")
	length    = []byte("Content-Length: ")
)

// got acts on fresh octets.
func (l *loop) got(c *conn, b []byte) {
	if c.in != nil {
		c.in = append(c.in, b...)
		b = c.in
	}
	rest := b[l.answer(c, b):]
	switch {
	case len(rest) == 0:
		c.in = nil
	case c.in == nil:
		c.in = append(c.in, rest...)
	default:
		c.in = c.in[:copy(c.in, rest)]
	}
}

// answer answers all requests that are complete in b, and returns how many
// octets they were.
func (l *loop) answer(c *conn, b []byte) (used int) {
	for used < len(b) && c.fill == 0 {
		if c.ws {
			return used + l.echo(c, b[used:])
		}
		if c.skip > 0 {
			k := min(c.skip, uint64(len(b)-used))
			used += int(k)
			if c.skip -= k; c.skip == 0 {
				l.uploaded(c)
			}
			continue
		}
		k := l.one(c, b[used:])
		if k == 0 {
			break
		}
		used += k
	}
	return used
}

// one answers the request at the start of b. It returns the octets that it
// used, or 0 if it is not complete.
func (l *loop) one(c *conn, b []byte) int {
	i := bytes.Index(b, endOfHead)
	if i < 0 {
		return 0
	}
	head := i + len(endOfHead)
	if b[0] != 'P' {
		c.closing = string(b[i-5:i]) == "close"
		l.get(c, b[4:head])
		return head
	}
	n := uint64(0)
	if at := bytes.Index(b[:head], length); at >= 0 {
		n = number(b[at+len(length):])
	}
	here := min(uint64(len(b)-head), n)
	if starts(b[5:], "/upload") {
		c.upload, c.skip = n, n-here
		if c.skip == 0 {
			l.uploaded(c)
		}
		return head + int(here)
	}
	if here < n {
		return 0
	}
	l.head(n)
	l.out = append(l.out, b[head:head+int(n)]...)
	return head + int(n)
}

// get answers a GET; path begins with its slash.
func (l *loop) get(c *conn, path []byte) {
	switch {
	case starts(path, "/ws"):
		c.ws = true
		l.out = append(l.out, upgraded...)
		return
	case starts(path, "/json"):
		l.out = append(l.out, jsonText...)
		return
	case starts(path, "/bytes/"):
		c.fill = number(path[7:])
		l.head(c.fill)
		return
	case starts(path, "/sleep/"):
		time.Sleep(time.Duration(number(path[7:])) * time.Millisecond)
	case starts(path, "/spin/"):
		for end := time.Now().Add(time.Duration(number(path[6:])) * time.Millisecond); time.Now().Before(end); {
		}
	case starts(path, "/mixed"):
		if l.mixed++; l.mixed%100 == 0 {
			time.Sleep(50 * time.Millisecond)
		}
	}
	l.out = append(l.out, plaintext...)
}

func (l *loop) uploaded(c *conn) {
	body := strconv.FormatUint(c.upload, 10)
	l.head(uint64(len(body)))
	l.out = append(l.out, body...)
}

// head appends a response head for a body of n octets.
func (l *loop) head(n uint64) {
	l.out = append(l.out, "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: "...)
	l.out = strconv.AppendUint(l.out, n, 10)
	l.out = append(l.out, endOfHead...)
}

func starts(b []byte, s string) bool { return len(b) >= len(s) && string(b[:len(s)]) == s }

// number reads the digits at the start of b.
func number(b []byte) (n uint64) {
	for _, c := range b {
		if c < '0' || c > '9' {
			break
		}
		n = n*10 + uint64(c-'0')
	}
	return n
}
