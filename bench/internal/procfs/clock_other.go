//go:build !linux

package procfs

import (
	"errors"
	"time"
)

// clock has no counterpart here.
func clock(int) (time.Duration, error) { return 0, errors.ErrUnsupported }
