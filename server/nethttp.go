package server

import "net/http"

// errAbort is the value with which a handler panics to end its request
// without a word in the log.
var errAbort any = http.ErrAbortHandler
