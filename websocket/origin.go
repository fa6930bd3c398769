package websocket

import (
	"net/url"
	"slices"
	"strings"
)

// checkOrigin asks the policy about the Origin of a request, if it has one.
func (p *Policy) checkOrigin(r *Request) *HandshakeError {
	origin, n := single(r.Fields, "origin")
	switch {
	case n == 0:
		return nil
	case n > 1:
		return errOriginTwice
	}
	allowed := p.Origin
	if allowed == nil {
		allowed = SameOrigin
	}
	if !allowed(origin, r.Host) {
		return errOrigin
	}
	return nil
}

// SameOrigin is a Policy.Origin that allows pages of the very host and port
// that the handshake goes to. Which scheme they came by is not looked at: a
// proxy may have taken the encryption off.
func SameOrigin(origin, host string) bool {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" {
		return false
	}
	return strings.EqualFold(withoutDefaultPort(u.Host, u.Scheme), withoutDefaultPort(host, u.Scheme))
}

// withoutDefaultPort removes the port that a scheme has anyway.
func withoutDefaultPort(host, scheme string) string {
	switch scheme {
	case "http":
		return strings.TrimSuffix(host, ":80")
	case "https":
		return strings.TrimSuffix(host, ":443")
	}
	return host
}

// AnyOrigin is a Policy.Origin that allows pages from everywhere. Nothing may
// then depend on cookies: a page of anybody's, in the browser of a user of
// yours, can connect in the name of the user.
func AnyOrigin(string, string) bool { return true }

// Origins is a Policy.Origin that allows pages of the given origins, such as
// "https://example.com", and of the same one.
func Origins(list ...string) func(origin, host string) bool {
	list = slices.Clone(list)
	return func(origin, host string) bool {
		same := func(o string) bool { return strings.EqualFold(o, origin) }
		return slices.ContainsFunc(list, same) || SameOrigin(origin, host)
	}
}
