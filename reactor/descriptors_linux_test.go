package reactor_test

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"reactor.example/reactor"
)

// childVariable makes the test binary be the program of a test.
const childVariable = "REACTOR_TEST_CHILD"

func TestMain(m *testing.M) {
	programs := map[string]func() error{
		"few descriptors": withFewDescriptors,
		"first timer":     withTheFirstTimerTooLate,
	}
	program := programs[os.Getenv(childVariable)]
	if program == nil {
		os.Exit(m.Run())
	}
	if err := program(); err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
	fmt.Println("passed")
}

func TestOutOfDescriptorsItServesShedsAndRecovers(t *testing.T) {
	t.Parallel()
	runChild(t, "few descriptors")
}

// Go's runtime opens descriptors for the first timer of a program, and ends
// the program if it cannot.
func TestOutOfDescriptorsATimerCanStillBeSet(t *testing.T) {
	t.Parallel()
	runChild(t, "first timer")
}

// runChild runs a program of this test binary in a process of its own.
func runChild(t *testing.T, program string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"="+program)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.HasSuffix(string(out), "passed\n") {
		t.Errorf("%v, output:\n%s", err, out)
	}
}

// withTheFirstTimerTooLate is the program that sets its first timer when it
// has no descriptors left. It uses no package that would have set one before.
func withTheFirstTimerTooLate() error {
	limit := syscall.Rlimit{Cur: 32, Max: 32}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return err
	}
	g, err := reactor.New(reactor.Config{Loops: 1})
	if err != nil {
		return err
	}
	defer g.Close()
	for {
		if _, err := syscall.Open(os.DevNull, syscall.O_RDONLY, 0); err != nil {
			break
		}
	}
	time.AfterFunc(time.Hour, func() {}).Stop()
	return nil
}

// withFewDescriptors is the program: a server and its clients in one process
// that may open 64 files.
func withFewDescriptors() error {
	limit := syscall.Rlimit{Cur: 64, Max: 64}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return err
	}
	g, err := reactor.New(reactor.Config{Loops: 1})
	if err != nil {
		return err
	}
	defer g.Close()
	ln, err := g.Listen(reactor.ListenConfig{Address: "127.0.0.1:0", Open: openEcho, Notice: []byte("full\n")})
	if err != nil {
		return err
	}
	if err := g.Start(); err != nil {
		return err
	}
	l := g.Loops()[0]
	first, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		return err
	}
	if err := pingPong(first); err != nil {
		return err
	}
	clients, err := sockets(12)
	if err != nil {
		return err
	}
	fillers := useUp()
	before := l.Stats()
	for _, fd := range clients { // the server gets no descriptor for these
		if err := connect(fd, ln.Addr().(*net.TCPAddr).Port); err != nil {
			return err
		}
	}
	for rounds := 0; rounds < 20 || l.Stats().Refused == 0; rounds++ {
		if err := pingPong(first); err != nil {
			return fmt.Errorf("out of descriptors: %w", err)
		}
	}
	if text := readAll(clients[0]); text != "full\n" {
		return fmt.Errorf("the first newcomer received %q", text)
	}
	if err := spins(l, before); err != nil {
		return err
	}
	for _, f := range fillers {
		f.Close()
	}
	return recovered(l, clients)
}

// recovered waits until every client was either shed or is served.
func recovered(l *reactor.Loop, clients []int) error {
	for _, fd := range clients[1:] {
		if _, err := syscall.Write(fd, []byte("ping")); err != nil {
			continue // shed
		}
		if text := read(fd); text != "ping" && !strings.HasPrefix("full\n", text) {
			return fmt.Errorf("a client received %q", text)
		}
	}
	if s := l.Stats(); s.Refused == uint64(len(clients)) {
		return fmt.Errorf("all %d were shed: none was served after there were descriptors again", s.Refused)
	}
	return nil
}

// sockets takes descriptors for n clients.
func sockets(n int) ([]int, error) {
	var fds []int
	for range n {
		fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
		if err != nil {
			return nil, err
		}
		fds = append(fds, fd)
	}
	return fds, nil
}

// useUp takes all other descriptors.
func useUp() (fillers []*os.File) {
	for {
		f, err := os.Open(os.DevNull)
		if err != nil {
			return fillers
		}
		fillers = append(fillers, f)
	}
}

func connect(fd, port int) error {
	return syscall.Connect(fd, &syscall.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}})
}

func read(fd int) string {
	b := make([]byte, 5)
	n, _ := syscall.Read(fd, b)
	return string(b[:max(n, 0)])
}

func readAll(fd int) string {
	text := ""
	for {
		more := read(fd)
		if more == "" {
			return text
		}
		text += more
	}
}

// spins compares how often the loop has turned with what it had to do.
func spins(l *reactor.Loop, before reactor.Stats) error {
	after := l.Stats()
	turns, work := after.Iterations-before.Iterations, after.Events-before.Events
	if turns > 3*work+1000 {
		return fmt.Errorf("%d iterations for %d events", turns, work)
	}
	return nil
}

func pingPong(c net.Conn) error {
	if _, err := c.Write([]byte("ping")); err != nil {
		return err
	}
	b := make([]byte, 4)
	if _, err := io.ReadFull(c, b); err != nil {
		return err
	}
	if string(b) != "ping" {
		return fmt.Errorf("received %q", b)
	}
	return nil
}
