//go:build !race

package reactor

// raceBuild reports that the race detector is on.
const raceBuild = false
