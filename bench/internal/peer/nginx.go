//go:build linux

package peer

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
)

// nginxConfig serves the routes that nginx can serve without extra modules.
// Its arguments: user line, folder, port.
const nginxConfig = `%[1]s
daemon off;
worker_processes auto;
worker_rlimit_nofile 20000;
pid %[2]s/nginx.pid;
error_log stderr error;
events { worker_connections 16384; }
http {
	access_log off;
	keepalive_timeout 600s;
	keepalive_requests 1000000000;
	sendfile on;
	tcp_nodelay on;
	open_file_cache max=100 inactive=600s;
	client_body_temp_path %[2]s/tmp;
	proxy_temp_path %[2]s/tmp;
	fastcgi_temp_path %[2]s/tmp;
	uwsgi_temp_path %[2]s/tmp;
	scgi_temp_path %[2]s/tmp;
	server {
		listen 127.0.0.1:%[3]d reuseport backlog=4096;
		location = /plaintext { default_type text/plain; return 200 "Hello, World!"; }
		location = /json { default_type application/json; return 200 '{"message":"Hello, World!"}'; }
		location /bytes/ { root %[2]s/www; default_type application/octet-stream; }
	}
}
`

// nginx writes a configuration and the files that it serves, and returns the
// address and the arguments. The port was free a moment ago.
func (c *Catalog) nginx() (addr string, args []string, err error) {
	dir := filepath.Join(c.work, "nginx.d")
	files := filepath.Join(dir, "www", "bytes")
	for _, d := range []string{files, filepath.Join(dir, "tmp")} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			return "", nil, err
		}
	}
	for _, n := range []int64{64 << 10, 1 << 20, c.StreamBytes} {
		if err := sparse(filepath.Join(files, strconv.FormatInt(n, 10)), n); err != nil {
			return "", nil, err
		}
	}
	port, err := freePort()
	if err != nil {
		return "", nil, err
	}
	user := ""
	if os.Geteuid() == 0 {
		user = "user root;" // the folder is ours alone
	}
	conf := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(conf, fmt.Appendf(nil, nginxConfig, user, dir, port), 0o600); err != nil {
		return "", nil, err
	}
	return fmt.Sprintf("127.0.0.1:%d", port), []string{"-p", dir, "-c", conf, "-e", "stderr"}, nil
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
