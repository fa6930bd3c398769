package server

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"

	"reactor.example/reactor"
	"reactor.example/router"
)

// An exchange is one request and its response, whatever protocol carries
// them. It is the reactor.Task that runs the handler. Exchanges are pooled by
// their shard; no user can reach one but through a Request or a Response,
// which know the generation they speak to.
//
//	loop                       wherever the handler runs
//	────                       ─────────────────────────
//	begin: head, route  ─────▶ Run: middleware, handler
//	body in             ─────▶   Request.Body
//	pump: body out      ◀─────   Response.Write, Flush
//	end: encode, recycle ◀──── Run returns, then Done
type exchange struct {
	shard *shard // set when made, never changed

	// Set on the loop by begin, read-only until end.
	carrier carrier
	head    head
	route   *route
	params  router.Params
	snap    *snapshot
	begun   time.Duration // Loop.Now at the first byte of the head

	// Loop only.
	away   bool // the task is scheduled, running or on its way home
	status int  // sent
	out    int64
	moved  bool
	// refusal is the status for a fault of the client that was found while
	// the handler ran; failure is why the handler failed.
	refusal int
	failure *HandlerError
	writeBy time.Duration // when the response must have left, or zero
	readBy  time.Duration // when the body must be here, or zero

	mu   sync.Mutex
	wake sync.Cond // for who waits in Read, Write or Hijack

	// Guarded by mu. In what follows "the handler" is any goroutine that
	// holds a Request or Response of the current generation.
	gen  uint64 // of the handler that may use the exchange
	hold reactor.Hold
	gone error // why the client cannot be reached any more
	// cancelled is why the context ended although the client may be there.
	cancelled error
	// asHTTP: the handler is an http.Handler. clientEnded: the client has
	// sent FIN behind the complete request.
	asHTTP, clientEnded bool
	values              []value
	ownFields           bool // head.fields is a copy
	body                requestBody
	reply               reply
	ctx                 context.Context
	cancel              context.CancelCauseFunc

	// socket is what the response opens, if it does. Guarded by mu.
	socket *WebSocket

	// pump is the method value of carrier.pump for this exchange, made once
	// so that a post allocates nothing. pumping is guarded by mu.
	pump    func()
	pumping bool
}

// A carrier is the protocol side of an exchange. All calls come on the loop.
type carrier interface {
	// finish is called when the task is home.
	finish(ex *exchange, r reactor.Result)
	// pump is called when the handler has written, made room for more of
	// the body, or wants something of the connection.
	pump(ex *exchange)
	// interim sends an interim response, if the client understands it and
	// the final one has not begun.
	interim(ex *exchange, status int, fields []Field) error
	// takeOver gives the connection away.
	takeOver(ex *exchange) (net.Conn, error)
	// rearm is called when readBy or writeBy has changed.
	rearm(ex *exchange)
	localAddr() netip.AddrPort
	// connInfo says which connection it is. Any goroutine that has the
	// exchange may call it.
	connInfo() ConnInfo
	// tlsState is what the handshake of the connection has settled, nil without
	// TLS. Like connInfo, any goroutine.
	tlsState() *tls.ConnectionState
}

// A head is what a protocol found at the start of a request. The strings
// are cut from one immutable copy and may be kept for ever.
type head struct {
	method   string
	target   string // as received
	path     string // of target, still encoded
	rawQuery string
	host     string // authority, from target or Host
	scheme   string
	proto    string
	fields   []Field
	length   int64 // of the body; -1 if it is not known
	expects  bool  // Expect: 100-continue
	noBody   bool  // the method forbids a response body: HEAD
	extended bool  // an extended CONNECT for websocket (RFC 8441)
}

// enter locks the exchange for a method of a Request or Response of
// generation gen. When it returns false the handler has returned and the
// exchange is not locked.
func (ex *exchange) enter(gen uint64) bool {
	ex.mu.Lock()
	if ex.gen != gen {
		ex.mu.Unlock()
		return false
	}
	return true
}

// Run implements reactor.Task. It is the only place that calls user code.
func (ex *exchange) Run(h reactor.Hold) {
	// No lock: no Request or Response of this generation exists yet.
	ex.hold = h
	hd := &handle{
		req: Request{ex: ex, gen: ex.gen},
		res: Response{ex: ex, gen: ex.gen},
	}
	hd.req.Body = (*body)(&hd.req)
	if ex.failure == nil {
		ex.route.handler(&hd.res, &hd.req)
	} else {
		ex.shard.srv.onError(&hd.res, &hd.req, ex.failure)
	}
	ex.leave()
}

// leave ends the handler's claim on the exchange.
func (ex *exchange) leave() {
	ex.mu.Lock()
	ex.gen++
	ex.hold = reactor.Hold{}
	cancel := ex.cancel
	ex.ctx, ex.cancel = nil, nil
	if ex.body.waiting || ex.reply.waiting {
		ex.wake.Broadcast() // other goroutines of the handler
	}
	ex.mu.Unlock()
	if cancel != nil {
		cancel(context.Canceled)
	}
}

// Done implements reactor.Task.
func (ex *exchange) Done(r reactor.Result) {
	if r.Err != nil {
		ex.leave() // Run was unwound
	}
	ex.away, ex.moved = false, r.Moved || r.Away > 0
	ex.route.memories[ex.shard.index].note(r)
	ex.carrier.finish(ex, r)
}

// Drop implements reactor.Task: the loop has ended, and with it the
// connection.
func (ex *exchange) Drop() {}

// fail tells the handler that the client cannot be reached any more.
func (ex *exchange) fail(err error) {
	ex.mu.Lock()
	if ex.gone == nil {
		ex.gone = err
	}
	cancel := ex.cancel
	ex.wake.Broadcast()
	ex.mu.Unlock()
	if cancel != nil {
		cancel(err)
	}
}

// whyGone is why an exchange ended without a complete response; failure is
// how its handler failed, if it did. Loop only, and the handler has returned.
func (ex *exchange) whyGone(failure error) error {
	switch {
	case ex.gone != nil:
		return ex.gone
	case failure != nil:
		return errors.Join(ErrHandlerFailed, failure)
	}
	return ErrClientGone
}

// wait parks the handler until something of the exchange changes. The loop
// goes on without it. ex.mu is held before and after.
func (ex *exchange) wait() {
	ex.hold.Release()
	ex.wake.Wait()
}

// onLoop runs fn on the loop and waits for it. It returns false if the loop
// has ended. ex.mu is not held.
func (ex *exchange) onLoop(hold reactor.Hold, fn func()) bool {
	hold.Release()
	done := make(chan struct{})
	if !ex.shard.loop.Post(func() { fn(); close(done) }) {
		return false
	}
	<-done
	return true
}

// poke has the loop call carrier.pump, once for any number of pokes before
// it does. ex.mu is held.
func (ex *exchange) poke() {
	if !ex.pumping {
		ex.pumping = true
		ex.shard.loop.Post(ex.pump)
	}
}

// pumped is what pump stands for: it runs on the loop.
func (ex *exchange) pumped() {
	ex.mu.Lock()
	ex.pumping = false
	ex.mu.Unlock()
	if ex.carrier != nil { // nil: it has ended meanwhile
		ex.carrier.pump(ex)
	}
}

// handle is what one request allocates for its handler.
type handle struct {
	req Request
	res Response
}

// value is one pair of Request.SetValue.
type value struct{ key, value any }

// newExchange returns an exchange for the next request. Loop only. Hot path.
func (s *shard) newExchange() *exchange {
	if n := len(s.exchanges); n > 0 {
		ex := s.exchanges[n-1]
		s.exchanges = s.exchanges[:n-1]
		return ex
	}
	ex := &exchange{shard: s}
	ex.wake.L = &ex.mu
	ex.pump = ex.pumped
	return ex
}

// recycle gives ex back to the shard. No task, carrier or post may have it
// any more; a stale Request does no harm. Loop only. Hot path.
func (s *shard) recycle(ex *exchange) {
	// No lock: leave has ended the last generation, and the next one has no
	// Request or Response yet.
	ex.gone, ex.cancelled = nil, nil
	if ex.values != nil {
		clear(ex.values)
		ex.values = ex.values[:0]
	}
	ex.body.release(s.loop.Buffers())
	ex.body.reset()
	ex.reply.reset()
	ex.head.fields = nil // the rest of the head is overwritten by the next
	ex.carrier, ex.route, ex.snap = nil, nil, nil
	ex.params.Reset()
	ex.away, ex.moved = false, false
	ex.status, ex.out, ex.writeBy, ex.readBy = 0, 0, 0, 0
	ex.asHTTP, ex.clientEnded, ex.ownFields = false, false, false
	ex.refusal, ex.failure, ex.socket = 0, nil, nil
	if ex.pumping || len(s.exchanges) == keptExchanges {
		return // a post still has it: let the collector take it
	}
	s.exchanges = append(s.exchanges, ex)
}

// keptExchanges bounds the free list of a shard.
const keptExchanges = 256

// cancelContext cancels the handler's context, also one that is made later,
// without ending the exchange.
func (ex *exchange) cancelContext(cause error) {
	ex.mu.Lock()
	ex.cancelled = cause
	cancel := ex.cancel
	ex.mu.Unlock()
	if cancel != nil {
		cancel(cause)
	}
}

// info is what an Observer is told. Loop only.
func (ex *exchange) info() RequestInfo {
	return RequestInfo{
		Conn:    ex.carrier.connInfo(),
		Method:  ex.head.method,
		Target:  ex.head.target,
		Pattern: ex.route.pattern,
		Proto:   ex.head.proto,
	}
}

// summary is the last thing that an Observer is told. Loop only.
func (ex *exchange) summary(now time.Duration, err error) RequestEnd {
	return RequestEnd{
		RequestInfo: ex.info(),
		Status:      ex.status,
		BytesIn:     ex.body.received,
		BytesOut:    ex.out,
		Duration:    now - ex.begun,
		Moved:       ex.moved,
		Err:         err,
	}
}
