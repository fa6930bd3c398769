package router

import "strings"

// Clean resolves the dot segments of a path (RFC 3986, section 5.2.4), those
// written with "%2e" too, and leaves everything else as it is: the result is
// still percent-encoded, and two slashes stay two. It reports whether the path
// is acceptable: it is not if it holds a bad escape, a NUL or "%00". A target
// that is no path, such as "*", is returned untouched.
//
// Match does this by itself. Clean is for those who want the same path in a log
// or a redirect. It allocates only if there is a dot segment.
func Clean(path string) (clean string, ok bool) {
	if !isPath(path) || isPlain(path) {
		return path, true
	}
	if !validEscapes(path) {
		return "", false
	}
	if !hasDotSegment(path) {
		return path, true
	}
	return resolveDots(path), true
}

func isPath(target string) bool { return target != "" && target[0] == '/' }

// isPlain reports, fast, whether a path is certainly free of everything that
// cleaning and decoding are there for. Hot path.
func isPlain(path string) bool {
	return strings.IndexByte(path, '%') < 0 && strings.IndexByte(path, 0) < 0 &&
		(strings.IndexByte(path, '.') < 0 || !strings.Contains(path, "/."))
}

// validEscapes reports whether each "%" begins an escape and none, as no octet
// itself, is NUL.
//
//	pct-encoded = "%" HEXDIG HEXDIG
func validEscapes(path string) bool {
	for i := 0; i < len(path); i++ {
		switch path[i] {
		case 0:
			return false
		case '%':
			if i+2 >= len(path) || !isHex(path[i+1]) || !isHex(path[i+2]) || path[i+1] == '0' && path[i+2] == '0' {
				return false
			}
			i += 2
		}
	}
	return true
}

func hasDotSegment(path string) bool {
	for segment := range strings.SplitSeq(path[1:], "/") {
		if dots(segment) > 0 {
			return true
		}
	}
	return false
}

// dots returns 1 or 2 if the segment is "." or "..", otherwise 0. A dot may be
// written "%2e", which means the same (RFC 3986, section 6.2.2.2).
func dots(segment string) int {
	n := 0
	for ; segment != ""; n++ {
		switch {
		case segment[0] == '.':
			segment = segment[1:]
		case len(segment) >= 3 && segment[:2] == "%2" && segment[2]|0x20 == 'e':
			segment = segment[3:]
		default:
			return 0
		}
	}
	if n > 2 {
		return 0
	}
	return n
}

// resolveDots is remove_dot_segments of RFC 3986, section 5.2.4, for a path that
// begins with a slash.
func resolveDots(path string) string {
	out := make([]byte, 0, len(path))
	slash := false // whether what was resolved last leaves a slash at the end
	for segment := range strings.SplitSeq(path[1:], "/") {
		n := dots(segment)
		slash = n > 0
		switch n {
		case 0:
			out = append(append(out, '/'), segment...)
		case 2:
			for len(out) > 0 {
				last := out[len(out)-1]
				out = out[:len(out)-1]
				if last == '/' {
					break
				}
			}
		}
	}
	if slash {
		out = append(out, '/')
	}
	return string(out)
}

// maskedSlash stands for an encoded slash in a decoded path, so that "/" always
// separates segments there. Nothing else can be a NUL: no path and no pattern
// with one is accepted.
const maskedSlash = "\x00"

// decode decodes a path whose escapes are valid. It reports whether it had to
// mask a slash.
func decode(path string) (text string, masked bool) {
	next := strings.IndexByte(path, '%')
	if next < 0 {
		return path, false
	}
	var b strings.Builder
	b.Grow(len(path))
	for ; next >= 0; next = strings.IndexByte(path, '%') {
		b.WriteString(path[:next])
		c := unhex(path[next+1])<<4 | unhex(path[next+2])
		if c == '/' {
			c, masked = maskedSlash[0], true
		}
		b.WriteByte(c)
		path = path[next+3:]
	}
	b.WriteString(path)
	return b.String(), masked
}

// unhex returns the value of a hexadecimal digit.
func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return (c | 0x20) - 'a' + 10
}
