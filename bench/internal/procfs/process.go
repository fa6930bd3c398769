package procfs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of the times in /proc/<pid>/stat.
const tick = 10 * time.Millisecond

// Tree returns pid and all its descendants that are alive.
func Tree(pid int) []int {
	all := []int{pid}
	for i := 0; i < len(all); i++ {
		files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", all[i]))
		for _, name := range files {
			b, err := os.ReadFile(name)
			if err != nil {
				continue // the thread has ended
			}
			for f := range strings.FieldsSeq(string(b)) {
				if child, err := strconv.Atoi(f); err == nil {
					all = append(all, child)
				}
			}
		}
	}
	return all
}

// CPU returns the user and system time that the process tree has used since it
// started, in nanoseconds where the kernel tells them and else in ticks of
// 10 ms.
func CPU(pid int) (time.Duration, error) {
	var sum time.Duration
	for _, p := range Tree(pid) {
		d, err := clock(p)
		if err != nil {
			d, err = ticks(p)
		}
		if err != nil && p == pid {
			return 0, err
		}
		sum += d
	}
	return sum, nil
}

// ticks returns the processor time of one process from its stat file.
func ticks(pid int) (time.Duration, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	st, err := ParseStat(b)
	return time.Duration(st.UserTicks+st.SystemTicks) * tick, err
}

// Resident returns the resident bytes of the process tree. Pages that
// processes share are counted for each of them.
func Resident(pid int) (int64, error) {
	return sum(pid, resident)
}

// Peak returns the largest number of resident bytes that the process had so
// far, summed over the tree.
func Peak(pid int) (int64, error) {
	return sum(pid, func(pid int) (int64, error) { return status(pid, "VmHWM") })
}

// Threads returns the number of threads of the process tree.
func Threads(pid int) (int64, error) {
	return sum(pid, func(pid int) (int64, error) { return status(pid, "Threads") })
}

// Switches returns how often threads of the tree went to sleep so far: the
// voluntary context switches of all threads that are alive. Each is followed by
// one wake-up.
func Switches(pid int) (int64, error) {
	return sum(pid, switches)
}

// sum adds up f over the tree of pid. Only an error for pid itself counts:
// descendants may end meanwhile.
func sum(pid int, f func(pid int) (int64, error)) (int64, error) {
	var all int64
	for _, p := range Tree(pid) {
		n, err := f(p)
		if err != nil && p == pid {
			return 0, err
		}
		all += n
	}
	return all, nil
}

func resident(pid int) (int64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err == nil {
		if n, ok := ParseField(b, "Rss"); ok {
			return n, nil
		}
	}
	b, err = os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0, err
	}
	pages, err := ParseStatm(b)
	return pages * int64(os.Getpagesize()), err
}

func status(pid int, name string) (int64, error) {
	file := fmt.Sprintf("/proc/%d/status", pid)
	b, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	n, ok := ParseField(b, name)
	if !ok {
		return 0, fmt.Errorf("%w: no %s in %s", ErrFormat, name, file)
	}
	return n, nil
}

func switches(pid int) (int64, error) {
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", pid))
	if err != nil || len(files) == 0 {
		return 0, fmt.Errorf("procfs: no threads of process %d: %w", pid, errors.Join(err, fs.ErrNotExist))
	}
	var all int64
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			continue // the thread has ended
		}
		n, _ := ParseField(b, "voluntary_ctxt_switches")
		all += n
	}
	return all, nil
}
