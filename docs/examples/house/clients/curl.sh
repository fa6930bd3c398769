# curl against the server at $1: versions, methods, bodies either way.
set -eu
base=$1

# check NAME WANT GOT
check() {
	[ "$2" = "$3" ] || { printf '%s: got "%s", want "%s"\n' "$1" "$3" "$2" >&2; exit 1; }
}
fetch() { curl -sS --max-time 20 "$@"; }
status() { fetch -o /dev/null -w '%{http_code}' "$@"; }

check 'health' 200 "$(status "$base/health")"
check 'stats' 200 "$(status "$base/stats")"
check 'welcome page' 200 "$(status "$base/")"
check 'plaintext' 'Hello, World!' "$(fetch "$base/plaintext")"
check 'plaintext over 1.0' 'Hello, World!' "$(fetch --http1.0 "$base/plaintext")"
check 'an offer of HTTP/2 over cleartext does no harm' 'Hello, World!' "$(fetch --http2 "$base/plaintext")"
check 'head' '200 13' "$(fetch -I -o /dev/null -w '%{http_code} %header{content-length}' "$base/plaintext")"
check 'unknown path' 404 "$(status "$base/nowhere")"
check 'method not allowed' 405 "$(status -X DELETE "$base/health")"
check 'dot segments' 'Hello, World!' "$(fetch --path-as-is "$base/a/../plaintext")"

check 'echo' 'a=b' "$(fetch -d 'a=b' "$base/echo")"
check 'echo of a chunked body' 'a=b' "$(printf 'a=b' | fetch -T - -X POST "$base/echo")"
check 'one connection for both' '1 0 ' "$(fetch -o /dev/null -o /dev/null -w '%{num_connects} ' "$base/plaintext" "$base/json")"

# Larger than what curl sends without waiting for 100 (Continue).
head -c 3000000 /dev/zero >large
check 'upload' 200 "$(status -H 'Expect: 100-continue' --data-binary @large "$base/upload")"
check 'upload is counted' 1 "$(fetch --data-binary @large "$base/upload" | grep -c 3000000)"
check 'a body above the limit' 413 "$(status --data-binary @large "$base/")"
check 'download' 3000000 "$(fetch "$base/bytes/3000000" | wc -c | tr -d ' ')"
check 'a response in drops' 3 "$(fetch -N "$base/drip/3" | wc -l | tr -d ' ')"
