package httpone

import (
	"net/netip"
	"strings"
)

// splitAuthority splits an authority without userinfo and reports whether it
// is well formed:
//
//	uri-host [ ":" port ]
//	uri-host = IP-literal / IPv4address / reg-name
//
// The host may be empty. The port may be empty too, as RFC 3986, section
// 3.2.3 has it; one above 65535 is refused. Hot path.
func splitAuthority(s string) (host, port string, ok bool) {
	if s != "" && s[0] == '[' {
		end := strings.IndexByte(s, ']')
		if end < 0 || !isIPLiteral(s[1:end]) {
			return "", "", false
		}
		host, s = s[:end+1], s[end+1:]
	} else {
		end := regName(s)
		host, s = s[:end], s[end:]
	}
	if s == "" {
		return host, "", true
	}
	return host, s[1:], s[0] == ':' && isPort(s[1:])
}

// regName returns how long the reg-name is that s begins with, of registered
// octets and percent-encoded ones. An IPv4 address looks like one.
func regName(s string) (end int) {
	for end < len(s) {
		switch {
		case octets[s[end]]&classHost != 0:
			end++
		case s[end] == '%' && len(s) >= end+3 && all(s[end+1:end+3], classHex):
			end += 3
		default:
			return end
		}
	}
	return end
}

// isPort reports whether s is empty or a number up to 65535.
func isPort(s string) bool {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
		if n = 10*n + int(s[i]-'0'); n > 65535 {
			return false
		}
	}
	return true
}

// isIPLiteral reports whether s may stand between "[" and "]": an IPv6
// address without a zone, or IPvFuture (RFC 3986, section 3.2.2).
func isIPLiteral(s string) bool {
	if s != "" && (s[0] == 'v' || s[0] == 'V') {
		version, address, ok := strings.Cut(s[1:], ".")
		return ok && version != "" && all(version, classHex) &&
			address != "" && all(strings.ReplaceAll(address, ":", ""), classHost)
	}
	addr, err := netip.ParseAddr(s)
	return err == nil && addr.Is6() && addr.Zone() == ""
}

// sameAuthority reports whether two well-formed authorities name the same
// place, given the scheme of the request. RFC 9112, section 3.2.2 lets the
// target win over Host; but a recipient that looks at Host alone would then
// serve another site than one that looks at the target.
func sameAuthority(a, b, scheme string) bool {
	if a == b {
		return true
	}
	hostA, portA, _ := splitAuthority(a)
	hostB, portB, _ := splitAuthority(b)
	return strings.EqualFold(hostA, hostB) &&
		withDefault(portA, scheme) == withDefault(portB, scheme)
}

// withDefault returns port without leading zeros, the scheme's own when it is
// empty.
func withDefault(port, scheme string) string {
	port = strings.TrimLeft(port, "0")
	switch {
	case port != "":
		return port
	case scheme == "https":
		return "443"
	}
	return "80"
}
