package load

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"time"

	"reactor.example/bench/internal/httpwire"
)

// A shaker makes one TLS connection after another with one request each, on a
// goroutine: a handshake costs so much more than a switch between goroutines
// that a loop would gain nothing.
type shaker struct {
	index  int // of its group in the plan
	addr   string
	spec   *Group
	flags  *flags
	base   time.Time
	config *tls.Config
	buf    []byte
	parser httpwire.Parser
	res    GroupResult
	errs   Errors
}

// newShakers returns one for each connection of the groups that are fresh and
// secure.
func newShakers(p *Plan, f *flags, base time.Time) (all []*shaker) {
	for i := range p.Groups {
		spec := &p.Groups[i]
		if !spec.Fresh || !spec.TLS {
			continue
		}
		for range spec.Conns {
			all = append(all, &shaker{
				index: i, addr: p.Addr, spec: spec, flags: f, base: base,
				config: tlsConfig(spec.Proto), buf: make([]byte, 16<<10), res: GroupResult{Name: spec.Name},
			})
		}
	}
	return all
}

// run makes connections until it is told to stop.
func (s *shaker) run() {
	for !s.flags.stop.Load() {
		since := time.Since(s.base)
		kind := s.once()
		switch {
		case kind != nil:
			if *kind++; s.errs.Total() >= maxErrors/int64(s.spec.Conns)+1 {
				s.flags.failed.Store(true)
				s.flags.stop.Store(true)
			}
		case s.flags.counting.Load():
			s.res.Requests++
			s.res.Latency.Record(time.Since(s.base) - since)
		}
	}
}

// once makes one connection with one request. It returns the counter of what
// went wrong, or nil.
func (s *shaker) once() *int64 {
	raw, err := net.DialTimeout("tcp4", s.addr, stuckAfter)
	if err != nil {
		return &s.errs.Connect
	}
	defer func() { _ = raw.Close() }()
	_ = raw.SetDeadline(time.Now().Add(stuckAfter))
	conn := tls.Client(raw, s.config)
	if err := conn.Handshake(); err != nil || checkALPN(s.spec.Proto, conn.ConnectionState()) != nil {
		return &s.errs.Connect
	}
	if _, err := conn.Write(s.spec.Main.Wire); err != nil {
		return &s.errs.Broken
	}
	return s.answered(conn)
}

// answered reads up to the end of the connection, which the server makes.
func (s *shaker) answered(conn io.Reader) *int64 {
	s.parser.Reset()
	complete := false
	for {
		n, err := conn.Read(s.buf)
		for b := s.buf[:n]; len(b) > 0; {
			if complete {
				return &s.errs.Parse
			}
			k, done, perr := s.parser.Feed(b)
			if perr != nil {
				return &s.errs.Parse
			}
			b, complete = b[k:], done
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return &s.errs.Broken
		}
	}
	if !complete {
		done, _ := s.parser.End()
		complete = done
	}
	switch got, want := s.parser.Response(), s.spec.Main.Body; {
	case !complete:
		return &s.errs.Broken
	case got.Status != 200:
		return &s.errs.Status
	case want >= 0 && got.Body != want:
		return &s.errs.Length
	}
	return nil
}
