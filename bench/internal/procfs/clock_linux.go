package procfs

import (
	"syscall"
	"time"
	"unsafe"
)

// clock returns the processor time of a process, its ended threads included,
// from the kernel's own clock of that process (clock_getcpuclockid(3)): the sum
// of the times in its stat file, in nanoseconds.
func clock(pid int) (time.Duration, error) {
	const schedClock = 2 // CPUCLOCK_SCHED of the whole process
	id := ^pid<<3 | schedClock
	var ts syscall.Timespec
	_, _, errno := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, uintptr(id), uintptr(unsafe.Pointer(&ts)), 0)
	if errno != 0 {
		return 0, errno
	}
	return time.Duration(ts.Nano()), nil
}
