package tls

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"reflect"
	"strconv"
)

var (
	// ErrNotOpen reports a call that needs an open session: before the
	// handshake is done, or after Abort, Detach or a fatal error.
	ErrNotOpen = errors.New("tls: session is not open")

	// ErrDetached is the error of a session whose connection was handed on
	// with [Session.Detach].
	ErrDetached = errors.New("tls: session was detached")

	errAborted = errors.New("tls: connection ended during the handshake")
)

// A NotTLSError reports that the first octets of a connection are not the
// begin of a TLS handshake. Nothing was consumed: what was fed is still the
// caller's to read.
type NotTLSError struct {
	// HTTP says that the first octet may begin an HTTP request: an upper-case
	// letter. Such a client understands a plain response with status 400.
	HTTP bool
}

func (e *NotTLSError) Error() string {
	if e.HTTP {
		return "tls: the client speaks plain HTTP"
	}
	return "tls: first octets are not a TLS handshake"
}

// Package variables: refusing a flood allocates nothing.
var (
	errNotTLS    = &NotTLSError{}
	errPlainHTTP = &NotTLSError{HTTP: true}
)

// A RefusedError reports a handshake that was not begun, because a bound of
// [Config] is reached: MaxHandshakes, or MaxHandshakesPerAddress.
type RefusedError struct {
	PerAddress bool // the bound of one client address, not that of all
	Limit      int  // the bound
}

func (e *RefusedError) Error() string {
	if e.PerAddress {
		return "tls: more than " + strconv.Itoa(e.Limit) + " handshakes of one address at once"
	}
	return "tls: more than " + strconv.Itoa(e.Limit) + " handshakes at once"
}

// An AlertError reports that a session ended with a fatal alert (RFC 8446,
// section 6.2).
type AlertError struct {
	Code   uint8 // the description octet, for example 70 for protocol_version
	Remote bool  // the client sent it; otherwise we did
	Err    error // what was wrong, if more than the alert is known; else nil
}

func (e *AlertError) Error() string {
	who := "sent"
	if e.Remote {
		who = "received"
	}
	text := fmt.Sprintf("tls: alert %d %s", e.Code, who)
	if e.Err != nil {
		return text + ": " + e.Err.Error()
	}
	return text + ": " + tls.AlertError(e.Code).Error()
}

// Unwrap returns Err.
func (e *AlertError) Unwrap() error { return e.Err }

// The alerts that this package sends on its own.
const (
	alertUnexpectedMessage = 10
	alertRecordOverflow    = 22
	alertInternalError     = 80
)

// typed turns an error of crypto/tls into one that callers can tell apart.
// sent is the alert that was seen leaving in clear, zero if there was none.
//
// crypto/tls reports an alert as a *net.OpError around a number of a type that
// it does not export; the number is all that is taken from it.
func typed(err error, sent uint8) error {
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Err != nil {
		if v := reflect.ValueOf(op.Err); v.Kind() == reflect.Uint8 {
			return &AlertError{Code: uint8(v.Uint()), Remote: op.Op == "remote error"}
		}
	}
	if sent != 0 {
		return &AlertError{Code: sent, Err: err}
	}
	return err
}
