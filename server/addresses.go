package server

import (
	"net/netip"
	"sync"
)

// An addressTable counts the open connections of client addresses. It holds
// an entry only for addresses that have one open, so that it is bounded by
// the number of connections; and it is empty as long as no limit is set.
//
// Connections of one address meet on different loops, so it has a lock: it
// is taken once when a connection begins and once when it ends.
type addressTable struct {
	mu     sync.Mutex
	counts map[netip.Addr]int32
}

func newAddressTable() *addressTable {
	return &addressTable{counts: make(map[netip.Addr]int32)}
}

// add counts one more connection of addr, unless it has limit already. A
// limit of zero or less is none, and then nothing is counted.
func (t *addressTable) add(addr netip.Addr, limit int) bool {
	if limit <= 0 || !addr.IsValid() {
		return true
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	n := t.counts[client(addr)]
	if int(n) >= limit {
		return false
	}
	t.counts[client(addr)] = n + 1
	return true
}

// remove counts one connection of addr less.
func (t *addressTable) remove(addr netip.Addr) {
	if !addr.IsValid() {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	switch n := t.counts[client(addr)]; {
	case n > 1:
		t.counts[client(addr)] = n - 1
	case n == 1:
		delete(t.counts, client(addr))
	}
}

// client is what counts as one client: an IPv4 address, or an IPv6 /64,
// which is what a single subscriber usually has.
func client(addr netip.Addr) netip.Addr {
	if addr.Is4() {
		return addr
	}
	p, _ := addr.WithZone("").Prefix(64)
	return p.Addr()
}
