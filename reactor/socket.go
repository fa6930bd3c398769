package reactor

import (
	"net"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// defaultBacklog is how many connections may wait to be accepted. The system
// cuts it to its own bound (net.core.somaxconn on Linux).
const defaultBacklog = 4096

// defaultUnixMode lets nobody in but the user that the program runs as.
const defaultUnixMode = 0o600

// listenOptions says where to listen and how.
type listenOptions struct {
	// Network is "tcp", "tcp4", "tcp6" or "unix"; empty means "tcp".
	Network string
	// Address is host:port. The host is an IPv4 or IPv6 address (in brackets,
	// with a zone if need be), a name, or empty for all addresses of the
	// machine, for "tcp" those of both families. A name that has several
	// addresses stands for one of them, an IPv4 one if there is. Port 0 chooses
	// a free one. For "unix" the address is a path, or on Linux @ and a name.
	Address string
	// Backlog bounds the connections that wait to be accepted. Zero means 4096;
	// the system may have a lower bound.
	Backlog int
	// ReusePort shares a TCP port with other programs that do the same. Without
	// it, a port that anybody else holds is an error.
	ReusePort bool
	// UnixMode is given to the file of a unix socket before anybody can
	// connect. Zero means 0600.
	UnixMode os.FileMode
}

// openListeners opens up to n sockets that listen to the same address, ready
// for RegisterListener. More than one comes only for TCP on Linux, where the
// system deals connections out among them. The caller owns the descriptors,
// and calls unlinkSocket when those of a unix socket are closed.
//
// The first socket is bound without SO_REUSEPORT, so that the system refuses a
// port that somebody else holds, shared or not. Then it gets the option, and
// the others may join it.
func openListeners(o listenOptions, n int) (fds []int, addr net.Addr, err error) {
	o.setDefaults()
	sa, err := o.resolve()
	if err != nil {
		return nil, nil, o.fail(err)
	}
	if !canJoin || o.isUnix() {
		n = 1
	}
	fds, sa, err = o.bindAll(sa, n)
	for i := 0; i < len(fds) && err == nil; i++ {
		err = os.NewSyscallError("listen", unix.Listen(fds[i], o.Backlog))
	}
	if err != nil {
		for _, fd := range fds {
			unix.Close(fd)
		}
		return nil, nil, o.fail(err)
	}
	return fds, addrOf(sa), nil
}

func (o *listenOptions) setDefaults() {
	if o.Network == "" {
		o.Network = "tcp"
	}
	if o.Backlog <= 0 {
		o.Backlog = defaultBacklog
	}
	if o.UnixMode == 0 {
		o.UnixMode = defaultUnixMode
	}
}

func (o *listenOptions) isUnix() bool { return o.Network == "unix" }

// bindAll returns the sockets it has bound even if another one failed, and the
// address with its port resolved.
func (o *listenOptions) bindAll(sa unix.Sockaddr, n int) (fds []int, _ unix.Sockaddr, err error) {
	for len(fds) < n {
		joins := len(fds) > 0
		fd, err := o.bind(sa, joins)
		if err == unix.EAFNOSUPPORT && o.hostIsOpen() && familyOf(sa) == unix.AF_INET6 {
			sa = &unix.SockaddrInet4{Port: portOf(sa)}
			continue
		}
		if err != nil {
			return fds, nil, err
		}
		fds = append(fds, fd)
		if n > 1 && !joins && !o.ReusePort {
			if err := sharePort(fd); err != nil {
				return fds, nil, err
			}
		}
		if sa, err = unix.Getsockname(fd); err != nil {
			return fds, nil, os.NewSyscallError("getsockname", err)
		}
	}
	return fds, sa, nil
}

// hostIsOpen reports whether no address was asked for, so that IPv4 alone will
// do on a machine that has nothing else.
func (o *listenOptions) hostIsOpen() bool {
	return o.Network == "tcp" && strings.HasPrefix(o.Address, ":")
}

// bind makes one socket and binds it. It returns a bare EAFNOSUPPORT if the
// system does not speak that family as wanted.
func (o *listenOptions) bind(sa unix.Sockaddr, joins bool) (fd int, err error) {
	fd, err = newSocket(familyOf(sa))
	if err == unix.EAFNOSUPPORT {
		return -1, err
	}
	if err != nil {
		return -1, os.NewSyscallError("socket", err)
	}
	if o.isUnix() {
		err = o.bindPath(fd, sa)
	} else {
		err = o.bindPort(fd, sa, joins)
	}
	if err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

// bindPort also sets what accepted connections inherit: probes for a peer that
// is gone without a word, after hours of silence.
func (o *listenOptions) bindPort(fd int, sa unix.Sockaddr, joins bool) error {
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
		return os.NewSyscallError("setsockopt SO_REUSEADDR", err)
	}
	if o.ReusePort || joins {
		if err := sharePort(fd); err != nil {
			return err
		}
	}
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1)
	if in6, ok := sa.(*unix.SockaddrInet6); ok {
		if err := o.chooseFamilies(fd, in6); err != nil {
			return err
		}
	}
	return os.NewSyscallError("bind", unix.Bind(fd, sa))
}

// chooseFamilies lets an IPv6 socket for all addresses take IPv4 peers too.
// OpenBSD and DragonFly keep the families apart.
func (o *listenOptions) chooseFamilies(fd int, sa *unix.SockaddrInet6) error {
	both := o.Network == "tcp" && sa.Addr == [16]byte{}
	only := 1
	if both {
		only = 0
	}
	err := unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, only)
	if err != nil && both && o.hostIsOpen() {
		return unix.EAFNOSUPPORT
	}
	return nil
}

func sharePort(fd int) error {
	return os.NewSyscallError("setsockopt SO_REUSEPORT", unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1))
}
