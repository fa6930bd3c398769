// Package httpone speaks HTTP/1.x as a server, without sockets: octets go in,
// events come out; replies go in, octets come out.
package httpone
