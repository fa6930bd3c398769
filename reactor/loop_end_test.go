package reactor

import (
	"errors"
	"net/netip"
	"testing"

	"golang.org/x/sys/unix"
)

// lastWords makes a group whose loop is told to end at once and finds what
// follow has posted behind that, and waits until it has ended.
func lastWords(t *testing.T, follow func(l *Loop)) {
	t.Helper()
	g, err := New(Config{Loops: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	l := g.loops[0]
	l.Post(l.endNow)
	follow(l)
	if err := g.Start(); err != nil {
		t.Fatal(err)
	}
	<-l.ended
}

func TestEveryPostThatWasTakenRunsEvenIfTheLoopEnds(t *testing.T) {
	t.Parallel()
	ran := 0
	const posts = 4 * postsPerTurn
	lastWords(t, func(l *Loop) {
		for range posts {
			if !l.Post(func() { ran++ }) {
				t.Error("Post = false before the loop has ended")
			}
		}
	})
	if ran != posts {
		t.Errorf("%d posts were taken, %d ran", posts, ran)
	}
}

// A lastHandler keeps the reason of OnClose.
type lastHandler struct {
	NopHandler
	reason error
}

func (h *lastHandler) OnClose(_ *Conn, err error) { h.reason = err }

func TestConnectionThatComesInBehindTheEndIsClosed(t *testing.T) {
	t.Parallel()
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(pair[1])
	h := new(lastHandler)
	ln := &Listener{cfg: ListenConfig{Open: func(*Conn) Handler { return h }}}
	lastWords(t, func(l *Loop) {
		l.Post(func() { l.adopt(ln, pair[0], netip.AddrPort{}) }) // dealt out by another loop
	})
	if !errors.Is(h.reason, ErrStopped) {
		t.Errorf("the reason of OnClose is %v, want ErrStopped", h.reason)
	}
	if n, err := unix.Read(pair[1], make([]byte, 1)); n != 0 || err != nil {
		t.Errorf("read = %d, %v, want the end: the descriptor is open", n, err)
	}
}

func TestTaskScheduledBehindTheEndIsDropped(t *testing.T) {
	t.Parallel()
	task := &droppedTask{t: t}
	lastWords(t, func(l *Loop) {
		for range postsPerTurn { // so that it runs when the turns are over
			l.Post(func() {})
		}
		l.Post(func() { l.Schedule(task) })
	})
	if task.drops != 1 {
		t.Errorf("Drop was called %d times, want 1", task.drops)
	}
}

// A droppedTask is one that must not run.
type droppedTask struct {
	t     *testing.T
	drops int
}

func (d *droppedTask) Run(Hold)    { d.t.Error("Run on a loop that has ended") }
func (d *droppedTask) Done(Result) { d.t.Error("Done on a loop that has ended") }
func (d *droppedTask) Drop()       { d.drops++ }
