package server

import (
	"testing"
	"unsafe"
)

// What an idle connection keeps, besides the reactor's Conn and the closure
// of a callback.
func TestWebSocketIsSmall(t *testing.T) {
	t.Parallel()
	if n := unsafe.Sizeof(WebSocket{}); n > 240 {
		t.Errorf("a WebSocket has %d bytes, want at most 240", n)
	}
}
