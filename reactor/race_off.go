//go:build !race

package reactor

// startAway is false: only race builds send tasks away at random.
func startAway() bool { return false }
