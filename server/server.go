package server

import (
	"context"
	"errors"
	"net"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"reactor.example/reactor"
	"reactor.example/router"
)

// A Server serves HTTP on event loops. Its life: New, registration of
// routes, ListenAndServe (which returns after Shutdown). It serves once.
//
// The methods of Group register routes for the server as a
// whole; they are for one goroutine, before ListenAndServe. All other
// methods may be called by any goroutine.
type Server struct {
	top

	cfg       Config // as resolved by New; what Reload may change is in snap
	snap      atomic.Pointer[snapshot]
	reactor   *reactor.Group
	shards    []*shard
	doors     []*door
	windows   windowBudget // of all HTTP/2 connections together
	addresses *addressTable
	logs      *logRing
	netHTTP   func() *http.Server // what http.ServerContextKey gives
	// layer puts something between a connection and its protocol; nil is
	// nothing.
	layer func(*shard, *reactor.Conn) reactor.Handler

	// Registration, and read-only afterwards.
	router           *router.Router[*route]
	sockets          *router.Router[*route] // for WebSockets; nil without any
	routes           []*route
	own              ownRoutes
	registerErr      error
	notFound         Handler
	methodNotAllowed Handler
	onError          func(w *Response, r *Request, err error)

	life        sync.Mutex   // one start or stop at a time
	state       atomic.Int32 // changed with life held
	started     time.Time
	ready       chan struct{}
	stopping    chan struct{} // closed when Shutdown begins
	stopped     chan struct{} // closed when it is over
	stopErr     error
	methods     map[string]bool // that have a route
	open        atomic.Int64    // connections
	shedding    atomic.Int64    // connections on their way out: see shed
	socketDrops atomic.Uint64   // messages lost because a client reads too slowly
	topics      topics
	cutConns    atomic.Int64 // connections cut by the end of the drain time
	cutRequests atomic.Int64 // and requests
}

const (
	stateNew int32 = iota
	stateServing
	stateDraining
	stateStopped
)

// snapshot is what Reload exchanges as a whole. A request reads it once.
type snapshot struct {
	cfg Config // resolved: no zero fields
}

// New makes a server. It opens no socket yet.
func New(cfg Config) (*Server, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	s := &Server{
		cfg:      cfg,
		router:   router.New[*route](),
		ready:    make(chan struct{}),
		stopping: make(chan struct{}),
		stopped:  make(chan struct{}),
		notFound: plainAnswer(404),
		onError:  func(w *Response, _ *Request, _ error) { w.Text(500, "500 Internal Server Error\n") },
	}
	s.methodNotAllowed = plainAnswer(405)
	s.top.srv = s
	s.own = s.newOwnRoutes()
	s.snap.Store(&snapshot{cfg})
	s.windows.limit.Store(cfg.HTTP2.WindowBudget)
	s.addresses = newAddressTable()
	s.netHTTP = sync.OnceValue(s.newNetHTTP)
	return s, nil
}

// NotFound sets what answers a request whose path has no route, instead of a
// plain 404.
func (s *Server) NotFound(h Handler) {
	if s.mayRegister() {
		s.notFound = h
	}
}

// MethodNotAllowed sets what answers a request whose path has routes for
// other methods only, instead of a plain 405. The Allow field is set.
func (s *Server) MethodNotAllowed(h Handler) {
	if s.mayRegister() {
		s.methodNotAllowed = h
	}
}

// OnError sets what answers when a handler has panicked before it wrote
// anything, instead of a plain 500; err is a *HandlerError.
func (s *Server) OnError(h func(w *Response, r *Request, err error)) {
	if s.mayRegister() {
		s.onError = h
	}
}

// Routes lists the registered routes as "METHOD pattern".
func (s *Server) Routes() []string {
	var list []string
	for rt := range s.router.Routes() {
		list = append(list, rt.String())
	}
	if s.sockets != nil {
		for rt := range s.sockets.Routes() {
			list = append(list, "WEBSOCKET "+rt.Pattern)
		}
	}
	return list
}

func (s *Server) mayRegister() bool {
	if s.state.Load() == stateNew {
		return true
	}
	s.cfg.Logger.Error("a route was registered after the start of the server and is ignored")
	return false
}

// ListenAndServe opens the listeners and serves until ctx is done or
// Shutdown is called, then drains within Config.ShutdownDrainTimeout and
// returns. The error is nil after a complete drain, a *DrainError if
// something had to be cut, or what kept the server from starting: all
// faults of registration, or the first of a listener.
func (s *Server) ListenAndServe(ctx context.Context) error {
	if err := s.begin(); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		s.Shutdown(context.Background())
	case <-s.stopping:
	}
	<-s.stopped
	return s.stopErr
}

// begin starts the server, unless it has been started or stopped before.
func (s *Server) begin() error {
	s.life.Lock()
	defer s.life.Unlock()
	if s.state.Load() != stateNew {
		return ErrRunning
	}
	if err := s.start(); err != nil {
		s.never()
		return err
	}
	s.state.Store(stateServing)
	close(s.ready)
	return nil
}

// start does everything up to the first accept.
func (s *Server) start() error {
	s.registerEndpoints()
	if s.registerErr != nil {
		return s.registerErr
	}
	group, err := reactor.New(reactor.Config{
		Loops:     s.cfg.WorkerThreads,
		HighWater: s.cfg.OutputHighWater,
		Buffers:   s.cfg.buffers(),
	})
	if err != nil {
		return err
	}
	s.serveOn(group)
	if err := s.listen(); err != nil {
		group.Close()
		s.logs.close()
		return err
	}
	s.started = time.Now()
	s.warnOfCertificates()
	go s.watchCertificates()
	return group.Start()
}

// serveOn makes the server's part of each loop of group.
func (s *Server) serveOn(group *reactor.Group) {
	s.reactor = group
	s.logs = newLogRing(s.cfg.Logger)
	for _, l := range group.Loops() {
		s.shards = append(s.shards, newShard(s, l))
	}
	s.compileRoutes()
}

func (s *Server) compileRoutes() {
	s.methods = make(map[string]bool)
	for _, rt := range s.routes {
		rt.compile(len(s.shards))
		s.methods[rt.method] = true
	}
	for _, rt := range s.own.all() {
		rt.compile(len(s.shards))
	}
}

// listen opens the first listener and the others.
func (s *Server) listen() error {
	all := append([]Listener{s.cfg.first()}, s.cfg.Listeners...)
	for i := range all {
		d, err := s.newDoor(&all[i])
		if err != nil {
			return err
		}
		network, address := all[i].address()
		ln, err := s.reactor.Listen(reactor.ListenConfig{
			Network:   network,
			Address:   address,
			ReusePort: s.cfg.ReusePort,
			Open:      d.accept,
			Notice:    d.notice(),
		})
		if err != nil {
			return err
		}
		d.listener = ln
		s.doors = append(s.doors, d)
	}
	return nil
}

// Ready is closed when the server accepts connections.
func (s *Server) Ready() <-chan struct{} { return s.ready }

// Addr is the address of the first listener, with the port resolved; nil
// before Ready.
func (s *Server) Addr() net.Addr {
	if addrs := s.Addrs(); len(addrs) > 0 {
		return addrs[0]
	}
	return nil
}

// Addrs are the addresses of all listeners; nil before Ready.
func (s *Server) Addrs() (addrs []net.Addr) {
	select {
	case <-s.ready:
	default:
		return nil
	}
	for _, d := range s.doors {
		addrs = append(addrs, d.listener.Addr())
	}
	return addrs
}

func (s *Server) uptime() time.Duration { return time.Since(s.started) }

// Reload takes over what may change while the server runs: limits, deadlines
// and ServerHeader, for requests that begin afterwards, and reads the files of the
// certificates again. Settings of routes that came from the old Config stay. A
// fault of cfg leaves everything as it was. Fields that need a restart are named by
// the error, a *RestartError, and the others are taken over all the same; so they
// are if a certificate cannot be used, which the error says, too, and the old one
// stays.
func (s *Server) Reload(cfg Config) error {
	if err := cfg.Validate(); err != nil {
		return err
	}
	old := s.snap.Load().cfg
	cfg = cfg.withDefaults()
	restart := restartFields(old, cfg)
	cfg.BindHost, cfg.BindPort, cfg.Listeners = old.BindHost, old.BindPort, old.Listeners
	cfg.WorkerThreads, cfg.OutputHighWater = old.WorkerThreads, old.OutputHighWater
	cfg.ReusePort, cfg.TLS, cfg.HTTP2.Disabled = old.ReusePort, old.TLS, old.HTTP2.Disabled
	cfg.HealthEndpoint, cfg.StatsEndpoint = old.HealthEndpoint, old.StatsEndpoint
	cfg.Logger, cfg.Observer, cfg.Buffers = old.Logger, old.Observer, old.Buffers
	s.snap.Store(&snapshot{cfg})
	s.windows.limit.Store(cfg.HTTP2.WindowBudget)
	certificates := s.reloadCertificates()
	switch {
	case restart == nil:
		return certificates
	case certificates == nil:
		return &RestartError{restart}
	}
	return errors.Join(certificates, &RestartError{restart})
}

// A RestartError names the configuration keys that Reload could not take
// over.
type RestartError struct{ Keys []string }

func (e *RestartError) Error() string {
	return "server: these need a restart: " + strings.Join(e.Keys, ", ")
}

func restartFields(old, cfg Config) (keys []string) {
	differ := func(yes bool, key string) {
		if yes {
			keys = append(keys, key)
		}
	}
	differ(old.BindHost != cfg.BindHost, "bind_host")
	differ(old.BindPort != cfg.BindPort, "bind_port")
	differ(!reflect.DeepEqual(old.Listeners, cfg.Listeners), "listeners")
	differ(old.ReusePort != cfg.ReusePort, "reuse_port")
	differ(old.WorkerThreads != cfg.WorkerThreads, "worker_threads")
	differ(old.OutputHighWater != cfg.OutputHighWater, "output_high_water")
	differ(!reflect.DeepEqual(old.TLS, cfg.TLS), "tls")
	differ(old.HTTP2.Disabled != cfg.HTTP2.Disabled, "http2.enabled")
	return keys
}

// boundPort is the port of the first listener, zero for a unix socket.
func (s *Server) boundPort() int {
	if a, ok := s.Addr().(*net.TCPAddr); ok {
		return a.Port
	}
	return 0
}
