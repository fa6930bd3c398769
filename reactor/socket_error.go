package reactor

import (
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"
)

// A ListenError says in one line why an address could not be listened on and
// what to do about it. Its cause can be asked for with errors.Is, for example
// for syscall.EADDRINUSE.
type ListenError struct {
	Network string // as configured
	Address string // as configured
	Err     error  // the cause
	Advice  string // how to mend it; empty if Err says so itself
}

func (e *ListenError) Error() string {
	text := fmt.Sprintf("reactor: cannot listen on %s %s: %v", e.Network, e.Address, e.Err)
	if e.Advice != "" {
		text += ": " + e.Advice
	}
	return text
}

// Unwrap returns the cause.
func (e *ListenError) Unwrap() error { return e.Err }

func (o *listenOptions) fail(err error) error {
	return &ListenError{Network: o.Network, Address: o.Address, Err: err, Advice: o.advice(err)}
}

// advice knows the mistakes that are made again and again.
func (o *listenOptions) advice(err error) string {
	switch {
	case errors.Is(err, unix.EADDRINUSE) && o.isUnix():
		return "another program answers there; stop it, or choose another path"
	case errors.Is(err, unix.EADDRINUSE):
		return "another program holds the port; stop it, or choose another port"
	case errors.Is(err, unix.EADDRNOTAVAIL):
		return "no interface of this machine has that address; use one that it has, or leave the host empty for all of them"
	case errors.Is(err, unix.EAFNOSUPPORT):
		return "this machine does not speak that version of IP; use tcp4 or an IPv4 address"
	case errors.Is(err, fs.ErrPermission) && o.isUnix():
		return "the program may not write to the directory; give it the permission, or choose another path"
	case errors.Is(err, fs.ErrPermission):
		return privilegeAdvice()
	case errors.Is(err, fs.ErrNotExist) && o.isUnix():
		return "create the directory first"
	case errors.Is(err, unix.EMFILE), errors.Is(err, unix.ENFILE):
		return "raise the limit (ulimit -n)"
	}
	return ""
}

func privilegeAdvice() string {
	advice := []string{"ports below 1024 need a privilege; choose a higher port"}
	if runtime.GOOS == "linux" {
		advice = append(advice, "or run: setcap cap_net_bind_service=+ep on the program")
	}
	return strings.Join(advice, ", ")
}
