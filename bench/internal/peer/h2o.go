//go:build linux

package peer

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"

	"reactor.example/bench/internal/load"
)

// h2oConfig serves files. Its arguments: threads, port, folder, lines of TLS,
// user line.
const h2oConfig = `%[5]snum-threads: %[1]d
max-connections: 20000
http1-request-timeout: 600
http2-idle-timeout: 600
error-log: /dev/stderr
pid-file: %[3]s/h2o.pid
listen:
  host: 127.0.0.1
  port: %[2]d
%[4]shosts:
  default:
    paths:
      /:
        file.dir: %[3]s/www
`

// h2o writes a configuration and the files that it serves, and returns the
// address and the arguments. The port was free a moment ago.
func (c *Catalog) h2o(m load.Mode) (addr string, args []string, err error) {
	dir, err := c.files()
	if err != nil {
		return "", nil, err
	}
	port, err := freePort()
	if err != nil {
		return "", nil, err
	}
	user, secure := "", ""
	if os.Geteuid() == 0 {
		user = "user: root\n" // the folder is ours alone
	}
	if m.TLS {
		secure = fmt.Sprintf("  ssl:\n    certificate-file: %s\n    key-file: %s\n", c.cert.cert, c.cert.key)
	}
	conf := filepath.Join(dir, "h2o.conf")
	if err := os.WriteFile(conf, fmt.Appendf(nil, h2oConfig, runtime.NumCPU(), port, dir, secure, user), 0o600); err != nil {
		return "", nil, err
	}
	return fmt.Sprintf("127.0.0.1:%d", port), []string{"-c", conf}, nil
}

// nghttpd is the server that comes with nghttp2; it takes arguments alone.
func (c *Catalog) nghttpd(m load.Mode) (addr string, args []string, err error) {
	dir, err := c.files()
	if err != nil {
		return "", nil, err
	}
	port, err := freePort()
	if err != nil {
		return "", nil, err
	}
	args = []string{
		"--address=127.0.0.1", "--htdocs=" + filepath.Join(dir, "www"),
		"--workers=" + strconv.Itoa(runtime.NumCPU()),
	}
	if m.TLS {
		args = append(args, strconv.Itoa(port), c.cert.key, c.cert.cert)
	} else {
		args = append(args, "--no-tls", strconv.Itoa(port))
	}
	return fmt.Sprintf("127.0.0.1:%d", port), args, nil
}
