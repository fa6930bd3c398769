// Package load makes requests as fast, or as evenly, as a plan says, at a few
// microseconds of processor time each, so that client and server can share a
// machine and the server still is what is measured. It runs on Linux.
//
// A Plan has groups of connections. A group is one of
//
//   - closed: each connection sends its next request, or its next batch of
//     pipelined ones, when the last is answered;
//   - fresh: closed, with a connection for each request;
//   - open: requests are due at a fixed rate, whatever the server does. One
//     that is due while all connections are busy waits, and its latency counts
//     from when it was due: a server that stalls cannot hide it by slowing the
//     generator down;
//   - paced: each connection sends one request a period, and skips those that
//     it is too late for; latency counts from the write.
//
// Each thread runs one loop over its own epoll instance and its share of every
// group. Nothing is shared between threads but two atomic flags.
package load
