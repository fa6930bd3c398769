package reactor

import "errors"

// Reasons for the end of a connection, as OnClose gets them. A failed system
// call gives its Errno instead.
var (
	// ErrClosed is the reason when Conn.Close was called with a nil error.
	ErrClosed = errors.New("reactor: connection closed")
	// ErrReset says that the peer has reset the connection or that both
	// directions are gone.
	ErrReset = errors.New("reactor: connection reset by peer")
	// ErrStopped says that the loop of the connection, or the group, has ended.
	ErrStopped = errors.New("reactor: loop stopped")
	// ErrPending is returned by Conn.Detach while output waits to be sent.
	ErrPending = errors.New("reactor: connection has pending output")
	// ErrRunning is returned by what may only be called before Group.Start.
	ErrRunning = errors.New("reactor: group already started")
	// ErrGoexit is the Result.Err of a task whose Run called runtime.Goexit.
	ErrGoexit = errors.New("reactor: task called runtime.Goexit")
)

var errNoOpen = errors.New("reactor: ListenConfig.Open is nil: nobody would handle the connections")

// A PanicError is the Result.Err of a task whose Run panicked.
type PanicError struct {
	Value any    // what recover returned
	Stack []byte // of the goroutine, at the panic
}

func (e *PanicError) Error() string { return "reactor: task panicked" }
