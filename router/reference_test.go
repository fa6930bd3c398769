package router

import (
	"net/url"
	"regexp"
	"strings"
)

// The reference matcher does what the package comment says in the plainest way:
// it tries every route on the whole path and takes the best. It shares no code
// with the real one.
type reference struct {
	routes []refRoute
}

type refRoute struct {
	line, method, pattern string
	segments              []refSegment
}

type refSegment struct {
	rank  byte // '0' static, '1' constrained, '2' parameter, '3' catch-all
	text  string
	regex *regexp.Regexp
}

// add takes a route that Router.Add has accepted. It reports whether it can be
// judged: a slash within a constraint is beyond the reference.
func (ref *reference) add(method, pattern string) bool {
	rt := refRoute{methodName(method) + " " + pattern, method, pattern, nil}
	for segment := range strings.SplitSeq(strings.TrimPrefix(pattern, "/"), "/") {
		s := refSegment{rank: '0', text: segment}
		switch {
		case pattern[0] != '/':
		case strings.HasPrefix(segment, "*"):
			s.rank, s.text = '3', segment[1:]
			if s.text == "" {
				s.text = "*"
			}
		case strings.HasPrefix(segment, ":"):
			name, expr, constrained := strings.Cut(segment[1:], "(")
			s.rank, s.text = '2', name
			if constrained {
				re, err := regexp.Compile("^(?:" + strings.TrimSuffix(expr, ")") + ")$")
				if err != nil || !strings.HasSuffix(expr, ")") {
					return false
				}
				re.Longest()
				s.rank, s.regex = '1', re
			}
		}
		rt.segments = append(rt.segments, s)
	}
	ref.routes = append(ref.routes, rt)
	return true
}

// outcome tells what the function outcome should.
func (ref *reference) outcome(method, path string) string {
	segments, ok := refSplit(path)
	if !ok {
		return "BadPath"
	}
	own, other := []string{method, AnyMethod}, []string(nil)
	if method == "HEAD" {
		own, other = []string{"HEAD"}, []string{"GET", AnyMethod}
	}
	if rt, text := ref.best(own, path, segments); rt != nil {
		return text
	}
	if rt, text := ref.best(other, path, segments); rt != nil {
		if rt.method == "GET" {
			return "FoundByGet " + text
		}
		return text
	}
	known := path == "*"
	for i := range ref.routes {
		if _, _, ok := ref.routes[i].match(path, segments); ok {
			known = true
		}
	}
	switch {
	case !known:
		return "NotFound"
	case method == "OPTIONS":
		return "Options"
	default:
		return "MethodNotAllowed"
	}
}

// best returns the best route of one of the methods; the first method wins a
// tie.
func (ref *reference) best(methods []string, path string, segments []string) (best *refRoute, text string) {
	bestRank := ""
	for _, method := range methods {
		for i := range ref.routes {
			rt := &ref.routes[i]
			if rt.method != method {
				continue
			}
			rank, params, ok := rt.match(path, segments)
			if ok && (best == nil || rank < bestRank) {
				best, bestRank, text = rt, rank, rt.line+params
			}
		}
	}
	return best, text
}

// match compares the whole path with the route. The rank tells how good the
// match is, segment by segment; smaller is better.
func (rt *refRoute) match(path string, segments []string) (rank, params string, ok bool) {
	if path == "" || path[0] != '/' || rt.pattern[0] != '/' {
		return "", "", path == rt.pattern
	}
	for i, s := range rt.segments {
		if i == len(segments) {
			return "", "", false
		}
		rank += string(s.rank)
		segment := segments[i]
		switch s.rank {
		case '0':
			if segment != s.text {
				return "", "", false
			}
		case '1', '2':
			if segment == "" || s.regex != nil && !s.regex.MatchString(segment) {
				return "", "", false
			}
			params += " " + s.text + "=" + segment
		case '3':
			var rest []string
			for _, segment := range segments[i:] {
				rest = append(rest, strings.ReplaceAll(segment, "/", "%2F"))
			}
			return rank, params + " " + s.text + "=" + strings.Join(rest, "/"), true
		}
	}
	return rank, params, len(segments) == len(rt.segments)
}

// refSplit returns the decoded segments of a path without dot segments.
func refSplit(path string) (segments []string, ok bool) {
	if path == "" || path[0] != '/' {
		return nil, true
	}
	raw := strings.Split(path[1:], "/")
	for i, segment := range raw {
		text, err := url.PathUnescape(segment)
		if err != nil || strings.Contains(text, "\x00") {
			return nil, false
		}
		last := i == len(raw)-1
		switch text {
		case ".":
		case "..":
			segments = segments[:max(0, len(segments)-1)]
		default:
			segments = append(segments, text)
			continue
		}
		if last {
			segments = append(segments, "")
		}
	}
	return segments, true
}
