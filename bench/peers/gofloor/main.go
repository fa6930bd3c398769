//go:build linux

// Command gofloor is the floor peer in Go: what Go's runtime adds to the
// kernel. A minimal epoll loop per processor with canned answers: it looks for
// the end of a head and at a few octets of the path, and judges nothing. It is
// a yardstick for bench, not an HTTP server. It runs on Linux.
//
//	gofloor -addr 127.0.0.1:0
package main

import (
	"flag"
	"fmt"
	"log"
	"net/netip"
	"runtime"
	"syscall"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:0", "IPv4 address to listen on; port 0 takes a free one")
	flag.Parse()
	ap, err := netip.ParseAddrPort(*addr)
	if err != nil || !ap.Addr().Is4() {
		log.Fatalf("not an IPv4 address and port: %s", *addr)
	}
	at := syscall.SockaddrInet4{Addr: ap.Addr().As4(), Port: int(ap.Port())}
	var loops []*loop
	for range runtime.GOMAXPROCS(0) {
		l, err := newLoop(&at)
		if err != nil {
			log.Fatal(err)
		}
		loops = append(loops, l)
	}
	for _, l := range loops {
		go l.run()
	}
	fmt.Printf("listening on %s\n", netip.AddrPortFrom(ap.Addr(), uint16(at.Port)))
	select {}
}

// listen opens one of several listeners of the same address, and stores the
// port that it got in at.
func listen(at *syscall.SockaddrInet4) (int, error) {
	const reusePort = 15 // SO_REUSEPORT, which package syscall does not have everywhere
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, fmt.Errorf("socket: %w", err)
	}
	_ = syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1)
	_ = syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, reusePort, 1)
	if err := syscall.Bind(fd, at); err != nil {
		return -1, fmt.Errorf("bind: %w", err)
	}
	if err := syscall.Listen(fd, 4096); err != nil {
		return -1, fmt.Errorf("listen: %w", err)
	}
	sa, err := syscall.Getsockname(fd)
	if err != nil {
		return -1, fmt.Errorf("getsockname: %w", err)
	}
	at.Port = sa.(*syscall.SockaddrInet4).Port
	return fd, nil
}
