# h2load in HTTP/1.1 mode against the server at $1.
set -eu
h2load --h1 -n 5000 -c 20 "$1/plaintext" >report 2>&1 || { cat report >&2; exit 1; }
grep -q '5000 done, 5000 succeeded, 0 failed, 0 errored, 0 timeout' report || { cat report >&2; exit 1; }
