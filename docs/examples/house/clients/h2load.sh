# h2load against the server at $1: HTTP/2 with many streams, then HTTP/1.1.
set -eu

all() {
	timeout 60 h2load "$@" >report 2>&1 || { cat report >&2; exit 1; }
	grep -q '5000 done, 5000 succeeded, 0 failed, 0 errored, 0 timeout' report || { cat report >&2; exit 1; }
}

all -n 5000 -c 10 -m 32 "$1/plaintext"
all -n 5000 -c 20 -m 1 "$1/mixed"
all --h1 -n 5000 -c 20 "$1/plaintext"
