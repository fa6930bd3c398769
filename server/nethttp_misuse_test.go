package server_test

import (
	"io"
	"log"
)

// discard is for the other side of a comparison.
var discard = log.New(io.Discard, "", 0)
