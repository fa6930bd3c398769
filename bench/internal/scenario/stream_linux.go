package scenario

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"time"

	"reactor.example/bench/internal/h2wire"
	"reactor.example/bench/internal/httpwire"
	"reactor.example/bench/internal/load"
	"reactor.example/bench/internal/procfs"
)

// large is a row of one large body. Its first figure is the peak of resident
// memory, or, if there is a peer to compare with, the speed.
func large(name, row, route string, m load.Mode, measure func(load.Mode) Measure, targets ...Target) *Scenario {
	const mib = 1 << 20
	s := &Scenario{
		Name: name, Row: row, About: row + ", unless -stream-mib says otherwise", Routes: []string{route}, Mode: m, Stream: true,
		Columns: []Metric{Peak, Speed, CPUSec}, Headline: []Metric{Peak},
		Targets: append(targets, Target{Metric: Peak, Factor: 64 * mib}), Measure: measure(m),
	}
	switch {
	case m.Proto == load.HTTP2:
		s.Base, s.Headline = "nghttpd", []Metric{Speed, Peak}
	case m.TLS:
		s.Base = "nethttp"
	}
	return s
}

// download returns a Measure that reads one large body on one connection.
func download(m load.Mode) Measure {
	return func(ctx context.Context, e Env, h Host) (Sample, error) {
		e = e.Defaults()
		path := "/bytes/" + strconv.FormatInt(e.StreamBytes, 10)
		r := get(h.Addr(), path, e.StreamBytes)
		if m.Proto == load.HTTP2 {
			r = streamed(h.Addr(), m, path, e.StreamBytes)
		}
		return stream(ctx, e, h, m, func(c *load.Client) error { return c.Do(r, nil) })
	}
}

// upload returns a Measure that sends one large body on one connection. The
// answer must tell its length.
func upload(m load.Mode) Measure {
	return func(ctx context.Context, e Env, h Host) (Sample, error) {
		e = e.Defaults()
		head := httpwire.Request{Method: "POST", Path: "/upload", Host: h.Addr(), Length: e.StreamBytes}.Append(nil)
		if m.Proto == load.HTTP2 {
			head, _ = h2wire.Request{Method: "POST", Secure: m.TLS, Path: "/upload", Host: h.Addr(), Length: e.StreamBytes}.Blocks()
		}
		return stream(ctx, e, h, m, func(c *load.Client) error {
			var answer []byte
			if err := c.Upload(head, e.StreamBytes, func(b []byte) { answer = append(answer, b...) }); err != nil {
				return err
			}
			body := answer
			if m.Proto == load.HTTP1 {
				_, body, _ = bytes.Cut(answer, []byte("\r\n\r\n"))
			}
			if !bytes.Contains(body, strconv.AppendInt(nil, e.StreamBytes, 10)) {
				return fmt.Errorf("an upload of %d bytes was answered with %.100q", e.StreamBytes, body)
			}
			return nil
		})
	}
}

// stream measures one exchange.
func stream(ctx context.Context, e Env, h Host, m load.Mode, exchange func(*load.Client) error) (Sample, error) {
	c, err := load.Dial(h.Addr(), m, nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = c.Close() }()
	defer context.AfterFunc(ctx, c.Abort)()
	cpu, err := procfs.CPU(h.Pid())
	if err != nil {
		return nil, err
	}
	from := time.Now()
	if err := exchange(c); err != nil {
		return nil, err
	}
	took := time.Since(from)
	cpu2, err := procfs.CPU(h.Pid())
	if err != nil {
		return nil, err
	}
	peak, err := procfs.Peak(h.Pid())
	if err != nil {
		return nil, err
	}
	return Sample{
		Speed:  float64(e.StreamBytes) / (1 << 20) / took.Seconds(),
		CPUSec: (cpu2 - cpu).Seconds(),
		Peak:   float64(peak),
		Errors: 0,
	}, nil
}
