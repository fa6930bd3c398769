package peer

import (
	"errors"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestFloorStartsAnswersAndEnds(t *testing.T) {
	t.Parallel()
	c := &Catalog{Sources: filepath.Join("..", "..", "peers")}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	s, err := c.Start(t.Context(), Spec{Name: "gofloor", Procs: 1}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(s.Addr(), "127.0.0.1:") || s.StartUp() <= 0 {
		t.Errorf("address %q after %v, want one on loopback", s.Addr(), s.StartUp())
	}
	s.Stop()
	s.Stop()
	if err := syscall.Kill(s.Pid(), 0); err != syscall.ESRCH {
		t.Errorf("signal to the stopped child: %v, want %v", err, syscall.ESRCH)
	}
}

func TestMissingBinaryIsUnavailable(t *testing.T) {
	t.Parallel()
	c := &Catalog{Reactor: filepath.Join(t.TempDir(), "server_runner")}
	if err := c.Prepare(t.Context(), Spec{Name: Own}); !errors.Is(err, ErrUnavailable) {
		t.Errorf("Prepare without a binary: %v, want ErrUnavailable", err)
	}
}

func TestServerThatEndsAtOnceIsReportedWithItsWords(t *testing.T) {
	t.Parallel()
	c := &Catalog{Reactor: "/bin/ls"} // refuses our arguments
	_, err := c.Start(t.Context(), Spec{Name: Own}, Options{})
	if err == nil || !strings.Contains(err.Error(), "ended before it listened") || !strings.Contains(err.Error(), "--examples") {
		t.Errorf("Start of a program that is no server: %v, want its own words", err)
	}
}
