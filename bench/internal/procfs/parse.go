package procfs

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
)

// ErrFormat reports a file below /proc that does not look as expected.
var ErrFormat = errors.New("procfs: unexpected format")

// A Stat is the part of /proc/<pid>/stat that bench uses. Ticks are 10 ms
// (USER_HZ is 100 on every Linux that Go supports).
type Stat struct {
	UserTicks   uint64
	SystemTicks uint64
}

// ParseStat reads the contents of /proc/<pid>/stat. The name of the command,
// in parentheses, may hold spaces and parentheses of its own.
func ParseStat(b []byte) (Stat, error) {
	i := bytes.LastIndexByte(b, ')')
	if i < 0 {
		return Stat{}, fmt.Errorf("%w: stat without a command", ErrFormat)
	}
	// After the command: state is field 3 of proc(5), utime 14, stime 15.
	f := bytes.Fields(b[i+1:])
	if len(f) < 13 {
		return Stat{}, fmt.Errorf("%w: stat with %d fields", ErrFormat, len(f))
	}
	user, err1 := strconv.ParseUint(string(f[11]), 10, 64)
	system, err2 := strconv.ParseUint(string(f[12]), 10, 64)
	if err := errors.Join(err1, err2); err != nil {
		return Stat{}, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return Stat{UserTicks: user, SystemTicks: system}, nil
}

// ParseField returns the number of a "Name: number" line, as in
// /proc/<pid>/status, and whether there is one. A trailing "kB" multiplies by
// 1024.
func ParseField(b []byte, name string) (n int64, ok bool) {
	for line := range bytes.Lines(b) {
		rest, found := bytes.CutPrefix(line, []byte(name+":"))
		if !found {
			continue
		}
		f := bytes.Fields(rest)
		if len(f) == 0 {
			return 0, false
		}
		n, err := strconv.ParseInt(string(f[0]), 10, 64)
		if err != nil {
			return 0, false
		}
		if len(f) > 1 && string(f[1]) == "kB" {
			n *= 1024
		}
		return n, true
	}
	return 0, false
}

// ParseStatm returns the resident pages in the contents of /proc/<pid>/statm.
func ParseStatm(b []byte) (pages int64, err error) {
	f := bytes.Fields(b)
	if len(f) < 2 {
		return 0, fmt.Errorf("%w: statm with %d fields", ErrFormat, len(f))
	}
	if pages, err = strconv.ParseInt(string(f[1]), 10, 64); err != nil {
		return 0, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return pages, nil
}
