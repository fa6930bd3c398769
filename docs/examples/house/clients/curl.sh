# curl against the server at $1: versions, methods, bodies either way.
set -eu
base=$1

# check NAME WANT GOT
check() {
	[ "$2" = "$3" ] || { printf '%s %s: got "%s", want "%s"\n' "$version" "$1" "$3" "$2" >&2; exit 1; }
}
fetch() { curl -sS --max-time 20 $version "$@"; }
status() { fetch -o /dev/null -w '%{http_code}' "$@"; }

# Larger than what curl sends without waiting for 100 (Continue).
head -c 3000000 /dev/zero >large

# everything VERSION NUMBER, as an option of curl and as curl reports it
everything() {
	version=$1
	check 'version' "$2" "$(fetch -o /dev/null -w '%{http_version}' "$base/plaintext")"
	check 'health' 200 "$(status "$base/health")"
	check 'stats' 200 "$(status "$base/stats")"
	check 'welcome page' 200 "$(status "$base/")"
	check 'its commands reach this server' 1 "$(fetch "$base/" | grep -c "curl $base/ -d hello")"
	check 'plaintext' 'Hello, World!' "$(fetch "$base/plaintext")"
	check 'head' '200 13' "$(fetch -I -o /dev/null -w '%{http_code} %header{content-length}' "$base/plaintext")"
	check 'unknown path' 404 "$(status "$base/nowhere")"
	check 'method not allowed' 405 "$(status -X DELETE "$base/health")"
	check 'dot segments' 'Hello, World!' "$(fetch --path-as-is "$base/a/../plaintext")"

	check 'echo' 'a=b' "$(fetch -d 'a=b' "$base/echo")"
	check 'echo of a body without a length' 'a=b' "$(printf 'a=b' | fetch -T - -X POST "$base/echo")"

	check 'upload' 200 "$(status -H 'Expect: 100-continue' --data-binary @large "$base/upload")"
	check 'upload is counted' 1 "$(fetch --data-binary @large "$base/upload" | grep -c 3000000)"
	check 'download' 3000000 "$(fetch "$base/bytes/3000000" | wc -c | tr -d ' ')"
	check 'a response in drops' 3 "$(fetch -N "$base/drip/3" | wc -l | tr -d ' ')"
}

both_on_one() {
	check 'one connection for both' '1 0 ' "$(fetch -o /dev/null -o /dev/null -w '%{num_connects} ' "$base/plaintext" "$base/json")"
}

everything --http1.1 1.1
both_on_one
# Over HTTP/2, curl 7.88 does not look at an answer that comes while it sends.
check 'a body above the limit' 413 "$(status --data-binary @large "$base/")"

version=--http1.0
check 'plaintext' 'Hello, World!' "$(fetch "$base/plaintext")"

case $base in
https:*)
	everything --http2 2
	both_on_one
	;;
*) # the same curl cannot use a connection of prior knowledge again
	everything --http2-prior-knowledge 2
	version=--http2
	check 'an offer of HTTP/2 in clear does no harm' 'Hello, World! 1.1' "$(fetch -w ' %{http_version}' "$base/plaintext")"
	;;
esac
