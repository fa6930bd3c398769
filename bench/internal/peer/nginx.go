//go:build linux

package peer

import (
	"fmt"
	"os"
	"path/filepath"

	"reactor.example/bench/internal/load"
)

// nginxConfig serves the routes that nginx can serve without extra modules.
// Its arguments: user line, folder, port, words of the listener, lines of TLS.
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
		listen 127.0.0.1:%[3]d reuseport backlog=4096%[4]s;
%[5]s		location = /plaintext { default_type text/plain; return 200 "Hello, World!"; }
		location = /json { default_type application/json; return 200 '{"message":"Hello, World!"}'; }
		location /bytes/ { root %[2]s/www; default_type application/octet-stream; }
	}
}
`

// nginx writes a configuration and the files that it serves, and returns the
// address and the arguments. The port was free a moment ago.
func (c *Catalog) nginx(m load.Mode) (addr string, args []string, err error) {
	dir, err := c.files()
	if err != nil {
		return "", nil, err
	}
	port, err := freePort()
	if err != nil {
		return "", nil, err
	}
	user, listener, secure := "", "", ""
	if os.Geteuid() == 0 {
		user = "user root;" // the folder is ours alone
	}
	if m.Proto == load.HTTP2 {
		listener = " http2"
	}
	if m.TLS {
		listener += " ssl"
		secure = fmt.Sprintf("\t\tssl_certificate %s;\n\t\tssl_certificate_key %s;\n\t\tssl_protocols TLSv1.3;\n", c.cert.cert, c.cert.key)
	}
	conf := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(conf, fmt.Appendf(nil, nginxConfig, user, dir, port, listener, secure), 0o600); err != nil {
		return "", nil, err
	}
	return fmt.Sprintf("127.0.0.1:%d", port), []string{"-p", dir, "-c", conf, "-e", "stderr"}, nil
}
