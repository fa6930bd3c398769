// Package examples is what server_runner serves by itself: the welcome page
// at /, and with start --examples a set of routes to play and measure with.
//
// Every route is one entry of the table in routes.go, from which both the
// registration and the list on the welcome page are made. Arguments are
// bounded; nothing here keeps state but one counter.
package examples
