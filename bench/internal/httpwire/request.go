package httpwire

import "strconv"

// A Request describes the request bytes that Append writes.
type Request struct {
	Method string // GET if empty
	Path   string // origin form, with the query
	Host   string // value of the Host field
	// Length is the value of Content-Length; it is written when Body is set or
	// Length is positive. Zero means the length of Body.
	Length int64
	Body   []byte
	// Close asks the server to close the connection after the response. The
	// field is the last one of the head, where the floor programs look for it.
	Close bool
}

// Append appends the head and Body to dst and returns the extended slice.
func (r Request) Append(dst []byte) []byte {
	method := r.Method
	if method == "" {
		method = "GET"
	}
	dst = append(dst, method...)
	dst = append(dst, ' ')
	dst = append(dst, r.Path...)
	dst = append(dst, " HTTP/1.1\r\nHost: "...)
	dst = append(dst, r.Host...)
	dst = append(dst, "\r\n"...)
	if n := max(r.Length, int64(len(r.Body))); n > 0 {
		dst = append(dst, "Content-Length: "...)
		dst = strconv.AppendInt(dst, n, 10)
		dst = append(dst, "\r\n"...)
	}
	if r.Close {
		dst = append(dst, "Connection: close\r\n"...)
	}
	dst = append(dst, "\r\n"...)
	return append(dst, r.Body...)
}
