package servertest

import (
	"context"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"reactor.example/server"
)

// A Server is a running server of a test. The methods of the server.Server
// in it may be called, too: Stats, Connections, Reload.
//
// Methods fail the test with FailNow when they cannot do what they are asked,
// so they are for the goroutine of the test.
type Server struct {
	*server.Server
	// URL is "http://127.0.0.1:" and the port.
	URL string
	// Client is for this server; it follows no redirect and keeps no
	// connection beyond the test.
	Client *http.Client

	tb       testing.TB
	panics   atomic.Int64 // allowed ones count negative
	starters starters
	memory   memory
	stopped  bool
	served   chan error
}

// patience is how long a test waits for what must come. It only matters when
// it does not come.
const patience = 30 * time.Second

// Start starts a server with the default configuration. routes registers
// what it serves; nil registers nothing.
func Start(tb testing.TB, routes func(*server.Server)) *Server {
	tb.Helper()
	return StartWith(tb, server.Config{}, routes)
}

// StartWith starts a server with cfg, whose address is replaced. Its Logger
// and Buffers are called besides those of the test.
func StartWith(tb testing.TB, cfg server.Config, routes func(*server.Server)) *Server {
	tb.Helper()
	s := &Server{tb: tb, served: make(chan error, 1)}
	cfg.BindHost, cfg.BindPort = "127.0.0.1", server.Ephemeral
	cfg.Logger = s.logger(cfg.Logger)
	cfg.Buffers = s.memory.around(cfg.Buffers)
	srv, err := server.New(cfg)
	if err != nil {
		tb.Fatalf("servertest: %v", err)
	}
	srv.Use(s.starters.note)
	if routes != nil {
		routes(srv)
	}
	s.Server = srv
	go func() { s.served <- srv.ListenAndServe(context.Background()) }()
	select {
	case <-srv.Ready():
	case err := <-s.served:
		tb.Fatalf("servertest: %v", err)
	}
	s.URL = "http://" + srv.Addr().String()
	s.Client = &http.Client{
		Transport:     &http.Transport{DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       patience,
	}
	tb.Cleanup(s.Stop)
	return s
}

// AllowPanics lets n handlers panic, or end their goroutine, without failing
// the test.
func (s *Server) AllowPanics(n int) { s.panics.Add(int64(-n)) }

// Stop drains the server and looks for what it has left behind. It is called
// at the end of the test, and may be called earlier.
func (s *Server) Stop() {
	s.tb.Helper()
	if s.stopped {
		return
	}
	s.stopped = true
	s.Client.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := s.Shutdown(ctx); err != nil {
		s.tb.Errorf("servertest: %v", err)
	}
	if err := <-s.served; err != nil {
		s.tb.Errorf("servertest: %v", err)
	}
	if n := s.panics.Load(); n > 0 {
		s.tb.Errorf("servertest: %d handlers have panicked", n)
	}
	if s.tb.Failed() {
		return // whatever is left then has a reason
	}
	if n := s.memory.out(); n != 0 {
		s.tb.Errorf("servertest: %d buffers have not been given back", n)
	}
	if left := s.starters.left(); left != "" {
		s.tb.Errorf("servertest: goroutines that handlers have started are left:\n%s", left)
	}
}

// Dial connects to the server. The connection is closed at the end of the
// test, and reads and writes fail when the test has to be given up.
func (s *Server) Dial() net.Conn {
	s.tb.Helper()
	c, err := net.DialTimeout("tcp", s.Addr().String(), patience)
	if err != nil {
		s.tb.Fatalf("servertest: %v", err)
	}
	s.tb.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(patience))
	return c
}

// logger logs to the test, and to others if they are not nil.
func (s *Server) logger(others *zap.Logger) *zap.Logger {
	core := zapcore.Core(&logCore{LevelEnabler: zapcore.DebugLevel, s: s})
	if others != nil {
		core = zapcore.NewTee(core, others.Core())
	}
	return zap.New(core)
}

// A logCore is the zapcore.Core that writes to the log of a test.
type logCore struct {
	zapcore.LevelEnabler
	s    *Server
	with []zap.Field
}

// With implements zapcore.Core.
func (c *logCore) With(fields []zap.Field) zapcore.Core {
	return &logCore{c.LevelEnabler, c.s, append(c.with[:len(c.with):len(c.with)], fields...)}
}

// Check implements zapcore.Core.
func (c *logCore) Check(e zapcore.Entry, ce *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	return ce.AddCore(e, c)
}

// Write implements zapcore.Core. The stack of a panic gets lines of its own.
func (c *logCore) Write(e zapcore.Entry, fields []zap.Field) error {
	if e.Message == "handler panicked" {
		c.s.panics.Add(1)
	}
	m := zapcore.NewMapObjectEncoder()
	stack := ""
	for _, f := range append(c.with[:len(c.with):len(c.with)], fields...) {
		if f.Key == "stack" {
			b, _ := f.Interface.([]byte)
			stack = "\n" + string(b)
			continue
		}
		f.AddTo(m)
	}
	c.s.tb.Logf("server: %s: %s %v%s", e.Level, e.Message, m.Fields, stack)
	return nil
}

// Sync implements zapcore.Core.
func (c *logCore) Sync() error { return nil }
