package load

import (
	"context"
	"fmt"
)

// OpenDeaf makes n WebSockets to addr that read nothing any more once they are
// open: what they are sent fills their sockets, and then waits in the server.
func OpenDeaf(ctx context.Context, addr string, n int, upgrade []byte) (*Idle, error) {
	set, buf := new(Idle), make([]byte, bufferSize)
	for i := range n {
		if err := ctx.Err(); err != nil {
			set.Close()
			return nil, err
		}
		c, err := Dial(addr, Mode{Proto: WebSocket}, buf)
		if err == nil {
			set.clients = append(set.clients, c)
			err = c.Upgrade(upgrade)
		}
		if err != nil {
			set.Close()
			return nil, fmt.Errorf("load: deaf connection %d of %d: %w", i+1, n, err)
		}
	}
	return set, nil
}
