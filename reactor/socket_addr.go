package reactor

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// resolveTimeout bounds the look-up of a name to listen on.
const resolveTimeout = 10 * time.Second

// resolve turns the address into what bind takes.
func (o *listenOptions) resolve() (unix.Sockaddr, error) {
	switch o.Network {
	case "unix":
		return resolvePath(o.Address)
	case "tcp", "tcp4", "tcp6":
	default:
		return nil, fmt.Errorf("unknown network: use tcp, tcp4, tcp6 or unix")
	}
	host, service, err := net.SplitHostPort(o.Address)
	if err != nil {
		return nil, fmt.Errorf("the address must be host:port, with an IPv6 address in brackets, as in [::1]:8080")
	}
	port, err := net.LookupPort("tcp", service)
	if err != nil {
		return nil, fmt.Errorf("%q is not a port: use a number from 0 to 65535", service)
	}
	addr, err := o.lookup(host)
	if err != nil {
		return nil, err
	}
	return sockaddrOf(addr, port)
}

// lookup finds the one address to listen on.
func (o *listenOptions) lookup(host string) (netip.Addr, error) {
	if host == "" {
		if o.Network == "tcp4" {
			return netip.IPv4Unspecified(), nil
		}
		return netip.IPv6Unspecified(), nil
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		if addr = addr.Unmap(); !o.takes(addr) {
			return addr, fmt.Errorf("the address does not belong to %s: use tcp", o.Network)
		}
		return addr, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), resolveTimeout)
	defer cancel()
	addrs, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return netip.Addr{}, fmt.Errorf("%w: check the name, or give an IP address", err)
	}
	var found netip.Addr
	for _, addr := range addrs {
		addr = addr.Unmap()
		if o.takes(addr) && (!found.IsValid() || addr.Is4() && !found.Is4()) {
			found = addr
		}
	}
	if !found.IsValid() {
		return found, fmt.Errorf("the name has no address for %s: give an IP address, or use tcp", o.Network)
	}
	return found, nil
}

// takes reports whether the network is right for the address.
func (o *listenOptions) takes(addr netip.Addr) bool {
	switch o.Network {
	case "tcp4":
		return addr.Is4()
	case "tcp6":
		return addr.Is6()
	}
	return true
}

func sockaddrOf(addr netip.Addr, port int) (unix.Sockaddr, error) {
	if addr.Is4() {
		return &unix.SockaddrInet4{Port: port, Addr: addr.As4()}, nil
	}
	sa := &unix.SockaddrInet6{Port: port, Addr: addr.As16()}
	zone := addr.Zone()
	if zone == "" {
		if addr.IsLinkLocalUnicast() {
			return nil, fmt.Errorf("a link-local address needs a zone, the interface that it belongs to, as in [fe80::1%%eth0]:8080")
		}
		return sa, nil
	}
	if index, err := strconv.ParseUint(zone, 10, 32); err == nil {
		sa.ZoneId = uint32(index)
		return sa, nil
	}
	ifc, err := net.InterfaceByName(zone)
	if err != nil {
		return nil, fmt.Errorf("there is no network interface %q: give one that this machine has as the zone", zone)
	}
	sa.ZoneId = uint32(ifc.Index)
	return sa, nil
}

// addrOf is the other way round, for those who ask where a socket listens.
func addrOf(sa unix.Sockaddr) net.Addr {
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return &net.TCPAddr{IP: sa.Addr[:], Port: sa.Port}
	case *unix.SockaddrInet6:
		a := &net.TCPAddr{IP: sa.Addr[:], Port: sa.Port}
		if sa.ZoneId != 0 {
			a.Zone = strconv.Itoa(int(sa.ZoneId))
			if ifc, err := net.InterfaceByIndex(int(sa.ZoneId)); err == nil {
				a.Zone = ifc.Name
			}
		}
		return a
	case *unix.SockaddrUnix:
		return &net.UnixAddr{Name: strings.TrimRight(sa.Name, "\x00"), Net: "unix"}
	}
	return nil
}

func familyOf(sa unix.Sockaddr) int {
	switch sa.(type) {
	case *unix.SockaddrInet4:
		return unix.AF_INET
	case *unix.SockaddrInet6:
		return unix.AF_INET6
	}
	return unix.AF_UNIX
}

func portOf(sa unix.Sockaddr) int {
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return sa.Port
	case *unix.SockaddrInet6:
		return sa.Port
	}
	return 0
}
