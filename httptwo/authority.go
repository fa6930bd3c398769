package httptwo

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

// isAuthority reports whether s names a host, with an optional port. The http
// and https schemes have no empty host (RFC 9110, section 4.2.1) and
// userinfo is barred (RFC 9113, section 8.3.1). Hot path.
func isAuthority(s string) bool {
	host, _, ok := splitAuthority(s)
	return ok && host != ""
}

// isTunnelAuthority reports whether s has a host and a port other than 0: what
// CONNECT needs (RFC 9110, section 9.3.6).
func isTunnelAuthority(s string) bool {
	host, port, ok := splitAuthority(s)
	return ok && host != "" && strings.Trim(port, "0") != ""
}

// hostAgrees reports whether a Host field says the same as :authority. A
// recipient that looks at Host alone would otherwise serve another site than
// one that looks at :authority (RFC 9113, section 8.3.1). The host is compared
// without regard to case, the port exactly. In a CONNECT the field may leave
// out the port (RFC 9112, section 3.2.3). Hot path.
func hostAgrees(authority, field string, connect bool) bool {
	if equalFold(authority, field) {
		return true
	}
	if !connect {
		return false
	}
	host, port, ok := splitAuthority(field)
	own, _, _ := splitAuthority(authority)
	return ok && port == "" && equalFold(own, host)
}
