// Package house looks after the tree as a whole: what a module may import, how
// the modules are packed, released and moved to another import path, and
// whether the documentation still tells the truth.
//
// The rules are in the tests, one file an idea. What the Makefile needs to do
// (pack, rehome, release, suite, certs) is in the package proper, and the command
// in cmd calls it. The package belongs to no published module.
//
// The tests read the whole tree, partly through other processes. The cache of
// go test cannot see that, so the Makefile runs them with -count=1. Two groups
// of tests need more than Go and run only when the variable HOUSE names them:
// conform (the built binary) and clients (curl and other programs).
package house
