package tls

import (
	"net/netip"
	"sync"
)

// slots counts the handshakes in progress, in all and by client address. It
// holds an entry only for addresses that have one in progress, so that it is
// no larger than the number of handshakes.
type slots struct {
	// Set when made, never changed; negative is no bound.
	limit, limitPerAddress int
	trusted                []netip.Prefix
	full, fullAddress      *RefusedError

	mu     sync.Mutex
	n      int
	counts map[netip.Addr]int
}

func newSlots(limit, limitPerAddress int, trusted []netip.Prefix) *slots {
	return &slots{
		limit: limit, limitPerAddress: limitPerAddress, trusted: trusted,
		full:        &RefusedError{Limit: limit},
		fullAddress: &RefusedError{Limit: limitPerAddress, PerAddress: true},
		counts:      make(map[netip.Addr]int),
	}
}

// take counts one more handshake of addr, or says which bound forbids it. The
// key is what give wants back.
func (sl *slots) take(addr netip.Addr) (key netip.Addr, refused *RefusedError) {
	key = sl.key(addr)
	sl.mu.Lock()
	defer sl.mu.Unlock()
	if sl.limit >= 0 && sl.n >= sl.limit {
		return key, sl.full
	}
	if key.IsValid() {
		if sl.counts[key] >= sl.limitPerAddress {
			return key, sl.fullAddress
		}
		sl.counts[key]++
	}
	sl.n++
	return key, nil
}

// give counts one handshake less.
func (sl *slots) give(key netip.Addr) {
	sl.mu.Lock()
	defer sl.mu.Unlock()
	sl.n--
	if !key.IsValid() {
		return
	}
	if sl.counts[key]--; sl.counts[key] <= 0 {
		delete(sl.counts, key)
	}
}

func (sl *slots) inProgress() int {
	sl.mu.Lock()
	defer sl.mu.Unlock()
	return sl.n
}

// key returns what counts as one client: an IPv4 address, or an IPv6 /64,
// which is what a single subscriber has. It is the zero Addr for clients that
// are not counted: trusted ones, and those without an address.
func (sl *slots) key(addr netip.Addr) netip.Addr {
	addr = addr.WithZone("").Unmap()
	if sl.limitPerAddress < 0 || !addr.IsValid() {
		return netip.Addr{}
	}
	for _, prefix := range sl.trusted {
		if prefix.Contains(addr) {
			return netip.Addr{}
		}
	}
	if addr.Is4() {
		return addr
	}
	prefix, _ := addr.Prefix(64) // 64 bits fit an IPv6 address
	return prefix.Addr()
}
