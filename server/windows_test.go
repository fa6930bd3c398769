package server

import "testing"

func TestWindowBudgetGivesUpToItsLimit(t *testing.T) {
	t.Parallel()
	var b windowBudget
	b.limit.Store(100)
	if !b.Take(60) || b.Take(41) || !b.Take(40) || b.Take(1) {
		t.Errorf("taken %d of 100", b.taken.Load())
	}
	b.Give(10)
	if !b.Take(10) || b.Take(1) {
		t.Errorf("after 10 came back, taken %d of 100", b.taken.Load())
	}
	b.limit.Store(50)
	b.Give(50)
	if b.Take(1) {
		t.Error("a lowered limit was exceeded")
	}
	b.limit.Store(Off)
	if !b.Take(1 << 30) {
		t.Error("refused without a limit")
	}
}

func TestWindowBudgetIsTheConfiguredOne(t *testing.T) {
	t.Parallel()
	srv, err := New(Config{})
	if err != nil || srv.windows.limit.Load() != 256<<20 {
		t.Fatalf("default: %d, %v", srv.windows.limit.Load(), err)
	}
	if err := srv.Reload(Config{HTTP2: HTTP2Config{WindowBudget: 4711}}); err != nil || srv.windows.limit.Load() != 4711 {
		t.Errorf("after a reload: %d, %v", srv.windows.limit.Load(), err)
	}
	if err := (Config{HTTP2: HTTP2Config{MaxWindowSize: 1 << 31}}).Validate(); err == nil {
		t.Error("a window of 2^31 was accepted")
	}
}
