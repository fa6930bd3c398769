package reactor

import (
	"fmt"
	"io/fs"
	"net"
	"os"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"
)

// maxSocketPath is the room for a path and its final NUL in a socket address.
const maxSocketPath = len(unix.RawSockaddrUnix{}.Path) - 1

func resolvePath(path string) (unix.Sockaddr, error) {
	if path == "" {
		return nil, fmt.Errorf("the path of the socket is empty")
	}
	if len(path) > maxSocketPath {
		return nil, fmt.Errorf("the path has %d bytes and a socket's may have %d: choose a shorter one", len(path), maxSocketPath)
	}
	return &unix.SockaddrUnix{Name: path}, nil
}

// isAbstract reports whether a unix socket has a name of Linux's own kind,
// without a file.
func isAbstract(path string) bool {
	return runtime.GOOS == "linux" && strings.HasPrefix(path, "@")
}

// bindPath takes the place of a socket that somebody left behind. The mode is
// right before anybody can connect, since nobody listens yet.
func (o *listenOptions) bindPath(fd int, sa unix.Sockaddr) error {
	if isAbstract(o.Address) {
		return os.NewSyscallError("bind", unix.Bind(fd, sa))
	}
	if err := removeStale(o.Address); err != nil {
		return err
	}
	if err := unix.Bind(fd, sa); err != nil {
		return os.NewSyscallError("bind", err)
	}
	if err := os.Chmod(o.Address, o.UnixMode); err != nil {
		os.Remove(o.Address)
		return err
	}
	return nil
}

// unlinkSocket removes the file of a unix socket whose descriptors are closed.
// It stays if somebody still listens there: a program that has inherited the
// socket, or one that has taken the path over. Other addresses are left alone.
func unlinkSocket(addr net.Addr) error {
	a, ok := addr.(*net.UnixAddr)
	if !ok || isAbstract(a.Name) {
		return nil
	}
	if err := removeStale(a.Name); err != nil && err != unix.EADDRINUSE {
		return err
	}
	return nil
}

// removeStale removes a socket on which nobody answers. It returns EADDRINUSE
// if there is somebody, and an error for any file that is not a socket.
func removeStale(path string) error {
	info, err := os.Lstat(path)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Mode()&fs.ModeSocket == 0 {
		return fmt.Errorf("there is a file that is not a socket: remove it, or choose another path")
	}
	if answers(path) {
		return unix.EADDRINUSE
	}
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return err
	}
	return nil
}

// answers reports whether anybody listens on a unix socket. Only a refusal
// proves that nobody does: a full queue and a missing permission do not.
func answers(path string) bool {
	fd, err := newSocket(unix.AF_UNIX)
	if err != nil {
		return true
	}
	defer unix.Close(fd)
	err = unix.Connect(fd, &unix.SockaddrUnix{Name: path})
	return err != unix.ECONNREFUSED && err != unix.ENOENT
}
