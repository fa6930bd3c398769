package reactor

import (
	"math/rand/v2"
	"testing"
	"time"
	"unsafe"
)

const tick = time.Duration(1) << tickShift

// armed reports whether e waits to fire.
func (e *timerEntry) armed() bool { return e.slot != 0 }

// collect advances the wheel and returns the owners of what fired.
func collect(w *timerWheel, now time.Duration) []uint32 {
	var fired []uint32
	w.advance(now, func(e *timerEntry) { fired = append(fired, e.owner) })
	return fired
}

func TestTimerFiresAtItsTimeAndNeverEarly(t *testing.T) {
	t.Parallel()
	for _, due := range []time.Duration{
		1, tick - 1, tick, tick + 1, 63 * tick, 64 * tick, 65*tick - 1, 4095 * tick, 4096 * tick,
		3 * time.Second, 10 * time.Second, 300 * time.Second, 5 * time.Hour, 14 * 24 * time.Hour, 400 * 24 * time.Hour,
	} {
		for _, start := range []time.Duration{0, 1, 63 * tick, 1000*tick + 5, 262143 * tick, 16777215 * tick} {
			var w timerWheel
			w.advance(start, nil)
			e := timerEntry{owner: 1}
			w.set(&e, start+due)
			now, wakes := start, 0
			for e.armed() {
				now += w.next(now)
				wakes++
				if fired := collect(&w, now); len(fired) > 0 && now < start+due {
					t.Fatalf("due %v after %v: fired at %v, early", due, start, now-start)
				}
			}
			if late := now - start - due; late > tick {
				t.Errorf("due %v after %v: fired %v late, want at most %v", due, start, late, tick)
			}
			if due < 13*24*time.Hour && wakes > timerLevels+1 {
				t.Errorf("due %v after %v: %d wakes, want at most %d", due, start, wakes, timerLevels+1)
			}
		}
	}
}

func TestTimerMovedLaterStaysFiledAndFiresLater(t *testing.T) {
	t.Parallel()
	var w timerWheel
	e := timerEntry{owner: 7}
	w.set(&e, 2*time.Second)
	slot := e.slot
	w.set(&e, 9*time.Second)
	if e.slot != slot {
		t.Errorf("slot = %d after a later deadline, want %d: it must be a store only", e.slot, slot)
	}
	if fired := collect(&w, 8*time.Second); fired != nil {
		t.Errorf("fired %v after 8 s, want nothing before 9 s", fired)
	}
	if fired := collect(&w, 9*time.Second+tick); len(fired) != 1 {
		t.Errorf("fired %v after 9 s and a tick, want one entry", fired)
	}
}

func TestTimerMovedEarlierIsNotHiddenByItsOldSlot(t *testing.T) {
	t.Parallel()
	var w timerWheel
	e := timerEntry{owner: 7}
	w.set(&e, 300*time.Second) // idle
	w.set(&e, 10*time.Second)  // a request head has begun
	if next := w.next(0); next > 10*time.Second+tick {
		t.Errorf("next = %v, want at most 10 s and a tick", next)
	}
	if fired := collect(&w, 10*time.Second+tick); len(fired) != 1 {
		t.Errorf("fired %v, want one entry", fired)
	}
}

func TestTimerRearms(t *testing.T) {
	t.Parallel()
	var w timerWheel
	e := timerEntry{}
	now, rounds := time.Duration(0), 0
	w.set(&e, time.Second)
	for now < time.Minute {
		now += w.next(now)
		w.advance(now, func(e *timerEntry) {
			rounds++
			w.set(e, now+time.Second)
		})
	}
	if rounds < 56 || rounds > 60 {
		t.Errorf("a timer of one second fired %d times in a minute, want about 56 to 60", rounds)
	}
}

func TestTimerCallbackMayClearAndSetOthers(t *testing.T) {
	t.Parallel()
	var w timerWheel
	entries := make([]timerEntry, 3)
	for i := range entries {
		entries[i].owner = uint32(i)
		w.set(&entries[i], time.Second)
	}
	var fired []uint32
	w.advance(2*time.Second, func(e *timerEntry) {
		fired = append(fired, e.owner)
		for i := range entries {
			w.clear(&entries[i])
		}
		w.set(e, 0) // over already: the next tick, not this one again
	})
	if len(fired) != 1 {
		t.Errorf("fired %v, want one: it cleared the others", fired)
	}
	if next := w.next(2 * time.Second); next < 0 || next > tick {
		t.Errorf("next = %v, want within a tick", next)
	}
}

func TestTimerClear(t *testing.T) {
	t.Parallel()
	var w timerWheel
	var e timerEntry
	w.clear(&e)
	w.set(&e, time.Second)
	w.clear(&e)
	w.clear(&e)
	if next := w.next(0); next >= 0 {
		t.Errorf("next = %v with nothing armed, want negative", next)
	}
	if fired := collect(&w, time.Minute); fired != nil || e.armed() {
		t.Errorf("fired %v, armed %v, want neither", fired, e.armed())
	}
	if e.next != nil || e.prev != nil {
		t.Error("a cleared entry still points at others")
	}
}

func TestTimerIdleConnectionsCostHardlyAnyWakes(t *testing.T) {
	t.Parallel()
	const count = 10_000
	var w timerWheel
	r := rand.New(rand.NewPCG(1, 2))
	entries := make([]timerEntry, count)
	for i := range entries { // they came in the first five seconds
		at := time.Duration(r.Int64N(int64(5 * time.Second)))
		w.set(&entries[i], 10*time.Second) // the first head's deadline
		w.set(&entries[i], at+300*time.Second)
	}
	wakes, fired := map[int]int{}, 0
	for now := time.Duration(0); ; {
		next := w.next(now)
		if next < 0 {
			break
		}
		now += next
		wakes[int(now/time.Minute)]++
		w.advance(now, func(*timerEntry) { fired++ })
	}
	for minute := range 4 {
		if wakes[minute] > 5 {
			t.Errorf("minute %d: %d wakes for idle connections, want at most 5", minute, wakes[minute])
		}
	}
	if fired != count {
		t.Errorf("%d of %d deadlines fired", fired, count)
	}
	t.Logf("wakes by minute: %v", wakes)
}

func TestTimerEntryIsSmall(t *testing.T) {
	t.Parallel()
	if size := unsafe.Sizeof(timerEntry{}); size > 32 {
		t.Errorf("a timerEntry has %d bytes, want at most 32", size)
	}
}

// naiveTimers does slowly what a timerWheel does.
type naiveTimers map[*timerEntry]time.Duration

// check advances both, and compares.
func (m naiveTimers) check(t *testing.T, w *timerWheel, now time.Duration, fire func(*timerEntry)) {
	t.Helper()
	if next := w.next(now); (next < 0) != (len(m) == 0) {
		t.Fatalf("next = %v with %d armed", next, len(m))
	}
	w.advance(now, func(e *timerEntry) {
		due, armed := m[e]
		if !armed {
			t.Fatalf("entry %d fired and was not armed", e.owner)
		}
		if due > now {
			t.Fatalf("entry %d fired at %v, %v early", e.owner, now, due-now)
		}
		delete(m, e)
		fire(e)
	})
	for e, due := range m {
		if due+tick <= now && e.due == due {
			t.Fatalf("entry %d did not fire by %v, %v late", e.owner, now, now-due)
		}
		if next, want := w.next(now), max(due+tick-now, 0); next > want {
			t.Fatalf("next = %v, too late for entry %d in %v", next, e.owner, due-now)
		}
	}
}

// runTimerScript is random work on a wheel, three bytes a step: what, on which
// entry, how far.
func runTimerScript(t *testing.T, script []byte) {
	var w timerWheel
	model := naiveTimers{}
	entries := make([]timerEntry, 32)
	for i := range entries {
		entries[i].owner = uint32(i)
	}
	now := time.Duration(0)
	for ; len(script) >= 3; script = script[3:] {
		e := &entries[script[1]%32]
		// From a nanosecond to some weeks, evenly over the magnitudes.
		far := time.Duration(1+uint64(script[2])) << (script[1] / 32 * 6)
		switch script[0] % 4 {
		case 0, 1:
			w.set(e, now+far)
			model[e] = now + far
		case 2:
			w.clear(e)
			delete(model, e)
		case 3:
			now += far
			rearm := script[0]&4 != 0
			model.check(t, &w, now, func(e *timerEntry) {
				if rearm {
					w.set(e, now+far)
					model[e] = now + far
				}
			})
		}
	}
}

func TestTimerWheelAgreesWithNaiveTimers(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		script := make([]byte, 3*500)
		for i := range script {
			script[i] = byte(r.Uint32())
		}
		runTimerScript(t, script)
	}
}

func FuzzTimerWheel(f *testing.F) {
	f.Add([]byte{0, 0xa1, 200, 3, 0xa1, 255})
	f.Add([]byte{0, 0xe1, 255, 0, 0x61, 3, 3, 0xc0, 255, 2, 0xe1, 0, 7, 0xe0, 255})
	f.Fuzz(runTimerScript)
}

func TestTimerNoAlloc(t *testing.T) {
	var w timerWheel
	var e timerEntry
	now := time.Duration(0)
	fire := func(e *timerEntry) { w.set(e, now+time.Second) }
	if n := testing.AllocsPerRun(1000, func() {
		now += 40 * time.Millisecond
		w.set(&e, now+time.Second)
		w.advance(now, fire)
		w.next(now)
	}); n != 0 {
		t.Errorf("allocs = %v, want 0", n)
	}
}

func BenchmarkTimer(b *testing.B) {
	b.Run("set=later", func(b *testing.B) {
		var w timerWheel
		var e timerEntry
		now := time.Duration(0)
		for b.Loop() {
			now += time.Microsecond
			w.set(&e, now+300*time.Second)
		}
	})
	b.Run("set=alternating", func(b *testing.B) { // head deadline, then idle again
		var w timerWheel
		var e timerEntry
		for b.Loop() {
			w.set(&e, 10*time.Second)
			w.set(&e, 300*time.Second)
		}
	})
	b.Run("advance=idle", func(b *testing.B) {
		var w timerWheel
		entries := make([]timerEntry, 10_000)
		for i := range entries {
			w.set(&entries[i], time.Duration(i)*time.Hour)
		}
		now := time.Duration(0)
		for b.Loop() {
			now += time.Microsecond
			w.advance(now, func(*timerEntry) {})
			w.next(now)
		}
	})
}
