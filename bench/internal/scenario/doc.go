// Package scenario lists what bench measures: one scenario for each row of the
// targets, with its load, the figures it yields and what the finished server
// should reach. The measuring itself runs on Linux.
package scenario
