package httptwo

// staticEntries is the length of the static table (RFC 7541, appendix A).
const staticEntries = 61

// Entries of the static table that are written by name.
const (
	staticStatus        = 8
	staticContentLength = 28
	staticDate          = 33
)

// staticName returns the place in the static table of the last entry with the
// given name, in lower case, or 0. Pseudo-fields are not among them. Hot path.
func staticName(name string) uint32 {
	switch name {
	case "accept-ranges":
		return 18
	case "access-control-allow-origin":
		return 20
	case "age":
		return 21
	case "allow":
		return 22
	case "cache-control":
		return 24
	case "content-disposition":
		return 25
	case "content-encoding":
		return 26
	case "content-language":
		return 27
	case "content-length":
		return staticContentLength
	case "content-location":
		return 29
	case "content-range":
		return 30
	case "content-type":
		return 31
	case "date":
		return staticDate
	case "etag":
		return 34
	case "expires":
		return 36
	case "last-modified":
		return 44
	case "link":
		return 45
	case "location":
		return 46
	case "proxy-authenticate":
		return 48
	case "retry-after":
		return 53
	case "server":
		return 54
	case "set-cookie":
		return 55
	case "strict-transport-security":
		return 56
	case "vary":
		return 59
	case "via":
		return 60
	case "www-authenticate":
		return 61
	}
	return staticRequestName(name)
}

// staticRequestName is staticName for fields that responses rarely have.
func staticRequestName(name string) uint32 {
	switch name {
	case "accept-charset":
		return 15
	case "accept-encoding":
		return 16
	case "accept-language":
		return 17
	case "accept":
		return 19
	case "authorization":
		return 23
	case "cookie":
		return 32
	case "expect":
		return 35
	case "from":
		return 37
	case "host":
		return 38
	case "if-match":
		return 39
	case "if-modified-since":
		return 40
	case "if-none-match":
		return 41
	case "if-range":
		return 42
	case "if-unmodified-since":
		return 43
	case "max-forwards":
		return 47
	case "proxy-authorization":
		return 49
	case "range":
		return 50
	case "referer":
		return 51
	case "refresh":
		return 52
	case "transfer-encoding":
		return 57
	case "user-agent":
		return 58
	}
	return 0
}
