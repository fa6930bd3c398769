package httpone

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// A response is what the tests' own reader finds in the octets of a server:
// written apart from the encoder, strict, and without mercy.
type response struct {
	status   int
	reason   string
	fields   []Field // names in lower case
	body     string
	trailers []Field
	closes   bool // the end of the body is the end of the connection
}

// all returns the values of a field.
func (p *response) all(name string) (values []string) {
	for _, f := range p.fields {
		if f.Name == name {
			values = append(values, f.Value)
		}
	}
	return values
}

// parseResponse reads one response to a request with the given method and
// returns what is behind it.
func parseResponse(s, method string) (p response, rest string, err error) {
	line, s, ok := strings.Cut(s, "\r\n")
	if !ok || len(line) < 13 || line[:9] != "HTTP/1.1 " || line[12] != ' ' || strings.ContainsAny(line, "\r\n\x00") {
		return p, "", fmt.Errorf("status line %q", line)
	}
	if p.status, err = strconv.Atoi(line[9:12]); err != nil || p.status < 100 {
		return p, "", fmt.Errorf("status %q", line)
	}
	p.reason = line[13:]
	if p.fields, s, err = parseFields(s); err != nil {
		return p, "", err
	}
	err = p.parseBody(&s, method)
	return p, s, err
}

// parseFields reads field lines up to the empty line.
func parseFields(s string) (fields []Field, rest string, err error) {
	for {
		line, rest, ok := strings.Cut(s, "\r\n")
		if !ok {
			return nil, "", errors.New("fields without end")
		}
		if line == "" {
			return fields, rest, nil
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok || name == "" || strings.Trim(name, "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
			return nil, "", fmt.Errorf("field line %q", line)
		}
		for _, ch := range []byte(value) {
			if ch != '\t' && ch < ' ' || ch == 0x7f {
				return nil, "", fmt.Errorf("field value %q", value)
			}
		}
		fields = append(fields, Field{strings.ToLower(name), strings.Trim(value, " \t")})
		s = rest
	}
}

// parseBody reads the body as RFC 9112, section 6.3 has it.
func (p *response) parseBody(s *string, method string) error {
	lengths, codings := p.all("content-length"), p.all("transfer-encoding")
	if len(lengths)+len(codings) > 1 {
		return fmt.Errorf("lengths %q with codings %q", lengths, codings)
	}
	if p.status/100 == 1 || p.status == 204 {
		if len(lengths)+len(codings) > 0 {
			return fmt.Errorf("status %d with framing", p.status)
		}
		return nil
	}
	switch {
	case method == "HEAD", p.status == 304, method == "CONNECT" && p.status/100 == 2:
		return nil
	case len(codings) == 1:
		if codings[0] != "chunked" {
			return fmt.Errorf("coding %q", codings[0])
		}
		return p.parseChunks(s)
	case len(lengths) == 1:
		n, err := strconv.Atoi(lengths[0])
		if err != nil || n < 0 || n > len(*s) {
			return fmt.Errorf("length %q of %d", lengths[0], len(*s))
		}
		p.body, *s = (*s)[:n], (*s)[n:]
		return nil
	}
	p.closes = true
	p.body, *s = *s, ""
	return nil
}

// parseChunks reads a chunked body.
func (p *response) parseChunks(s *string) (err error) {
	for {
		line, rest, _ := strings.Cut(*s, "\r\n")
		n, err := strconv.ParseUint(line, 16, 31)
		if err != nil {
			return fmt.Errorf("chunk size %q", line)
		}
		if n == 0 {
			p.trailers, *s, err = parseFields(rest)
			return err
		}
		if uint64(len(rest)) < n+2 || rest[n:n+2] != "\r\n" {
			return fmt.Errorf("chunk of %d in %d", n, len(rest))
		}
		p.body += rest[:n]
		*s = rest[n+2:]
	}
}
