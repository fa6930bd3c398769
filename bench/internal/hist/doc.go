// Package hist counts durations in a fixed table of logarithmic buckets, so
// that recording costs a few nanoseconds and percentiles of millions of
// requests need no list of them.
package hist
