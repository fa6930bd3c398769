package house

import (
	"bytes"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// patience is how long a test waits for what ought to happen at once. It only
// bounds failures.
const patience = time.Minute

// builtServer returns the path of a server_runner built from the tree, once
// for all tests, by the recipe that users have.
var builtServer = sync.OnceValues(func() (string, error) {
	root, err := Root()
	if err != nil {
		return "", err
	}
	cmd := exec.Command("make", "server_runner")
	cmd.Dir, cmd.Env = root, environ()
	if out, err := cmd.CombinedOutput(); err != nil {
		os.Stderr.Write(out)
		return "", err
	}
	return filepath.Join(root, "server_runner"), nil
})

// A process is a server that runs for a test.
type process struct {
	addr   string // host and port on which it listens
	cmd    *exec.Cmd
	output *transcript
	ended  chan struct{} // closed when the process is gone
	err    error         // how it ended; read it after ended is closed
}

// serve starts "server_runner start" on a free port with more arguments and
// environment, waits until it accepts connections, and stops it when the test
// ends.
func serve(t *testing.T, env []string, args ...string) *process {
	t.Helper()
	binary, err := builtServer()
	if err != nil {
		t.Fatal("building the server: ", err)
	}
	port := freePort(t)
	args = append([]string{"start", "-p", port, "-P", filepath.Join(t.TempDir(), "pid")}, args...)
	p := spawn(t, t.TempDir(), env, binary, args...)
	p.addr = net.JoinHostPort("127.0.0.1", port)
	p.awaitListening(t)
	return p
}

// spawn starts a program that ends with the test.
func spawn(t *testing.T, dir string, env []string, name string, args ...string) *process {
	t.Helper()
	p := &process{cmd: exec.Command(name, args...), output: new(transcript), ended: make(chan struct{})}
	p.cmd.Dir, p.cmd.Env = dir, environ(env...)
	p.cmd.Stdout, p.cmd.Stderr = p.output, p.output
	ownGroup(p.cmd)
	// A grandchild that holds the pipes open must not hold up the test.
	p.cmd.WaitDelay = patience
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.ended)
	}()
	t.Cleanup(func() { p.stop(t) })
	return p
}

// stop ends the process as Ctrl-C does, and with force if that has no effect.
func (p *process) stop(t testing.TB) {
	t.Helper()
	interrupt(p.cmd)
	select {
	case <-p.ended:
	case <-time.After(patience):
		kill(p.cmd)
		<-p.ended
		t.Errorf("%s did not end when interrupted; it printed\n%s", p.cmd, p.output)
	}
}

// awaitListening returns when p.addr accepts a connection.
func (p *process) awaitListening(t testing.TB) {
	t.Helper()
	p.await(t, "it listens on "+p.addr, func() bool {
		conn, err := net.DialTimeout("tcp", p.addr, time.Second)
		if err != nil {
			return false
		}
		conn.Close()
		return true
	})
}

// await asks again and again whether what holds, which another process brings
// about and tells nobody.
func (p *process) await(t testing.TB, what string, holds func() bool) {
	t.Helper()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	late := time.After(patience)
	for !holds() {
		select {
		case <-again.C:
		case <-p.ended:
			t.Fatalf("%s ended (%v) before %s; it printed\n%s", p.cmd, p.err, what, p.output)
		case <-late:
			t.Fatalf("%s: waited in vain until %s; it printed\n%s", p.cmd, what, p.output)
		}
	}
}

// nextPort is where freePort looks next. It begins somewhere else in each
// process.
var nextPort = sync.OnceValue(func() *atomic.Uint32 {
	next := new(atomic.Uint32)
	next.Store(rand.Uint32())
	return next
})

// freePort returns a TCP port that nobody listens on at the moment, and that no
// other call returns soon. It is below those that Linux gives to connections
// on their way out: between here and the start of a server a load generator
// that runs beside it may take any of those.
func freePort(t testing.TB) string {
	t.Helper()
	const low, high = 15_000, 32_000
	for range high - low {
		port := strconv.Itoa(int(low + nextPort().Add(1)%(high-low)))
		if l, err := net.Listen("tcp", "127.0.0.1:"+port); err == nil {
			l.Close()
			return port
		}
	}
	t.Fatal("no port is free")
	return ""
}

// A transcript collects what a process prints. Any goroutine may use it.
type transcript struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (tr *transcript) Write(p []byte) (int, error) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return tr.b.Write(p)
}

func (tr *transcript) String() string {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return tr.b.String()
}
