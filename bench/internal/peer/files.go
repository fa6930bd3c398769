//go:build linux

package peer

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
)

// files makes the folder of the servers of files and returns it. Below its www
// lie /plaintext and /bytes/:n.
func (c *Catalog) files() (dir string, err error) {
	dir = filepath.Join(c.work, "files.d")
	bytes := filepath.Join(dir, "www", "bytes")
	for _, d := range []string{bytes, filepath.Join(dir, "tmp")} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			return "", err
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "www", "plaintext"), []byte("Hello, World!"), 0o644); err != nil {
		return "", err
	}
	for _, n := range []int64{64 << 10, 1 << 20, c.StreamBytes} {
		if err := sparse(filepath.Join(bytes, strconv.FormatInt(n, 10)), n); err != nil {
			return "", err
		}
	}
	return dir, nil
}

// sparse makes a file of n zero bytes that takes no space.
func sparse(name string, n int64) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	if err := f.Truncate(n); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}

// freePort returns a port of 127.0.0.1 that nobody uses.
func freePort() (int, error) {
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return ln.Addr().(*net.TCPAddr).Port, ln.Close()
}
