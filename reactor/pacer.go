package reactor

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// A threadPacer sleeps between looks in a system call, on a thread of its own: a
// Go timer fires late when every P computes, which is when the watcher is needed.
// Only where nobody but the loops needs a P it uses a timer.
type threadPacer struct {
	roused chan struct{}
	supply *supply
	timer  *time.Timer
	last   time.Time
}

func newThreadPacer(s *supply) *threadPacer {
	return &threadPacer{roused: make(chan struct{}, 1), supply: s, timer: time.NewTimer(time.Hour)}
}

// Pause sleeps without telling the Go scheduler if there is a P to spare: the
// thread keeps it then, and has it when handlers have taken all others. And the
// scheduler's own thread has no system call to look after, see Kernel.Wait. If
// there is none to spare, but nobody else needs one, a timer costs the least.
func (p *threadPacer) Pause() time.Duration {
	if p.last.IsZero() {
		p.last = time.Now()
	}
	switch p.supply.load() {
	case psToSpare:
		p.sleep(rawSleep)
	case psEnough:
		p.timer.Reset(lookEvery)
		select {
		case <-p.timer.C:
		case <-p.roused:
		}
	case psScarce:
		p.sleep(sysSleep)
	}
	now := time.Now()
	elapsed := now.Sub(p.last)
	p.last = now
	return elapsed
}

// sleep sleeps through signals: two looks must not come too close together.
func (p *threadPacer) sleep(call func(time.Duration)) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	wake := time.Now().Add(lookEvery)
	for left := lookEvery; left > 0; left = time.Until(wake) {
		call(left)
	}
}

func (p *threadPacer) Park() {
	<-p.roused
	p.last = time.Now()
}

func (p *threadPacer) Rouse() {
	select {
	case p.roused <- struct{}{}:
	default:
	}
}

func (p *threadPacer) Close() { p.timer.Stop() }

// sysSleep sleeps for d, or until there is a signal, as the scheduler likes it.
func sysSleep(d time.Duration) { unix.Poll(nil, wholeMillis(d)) }
