# nghttp against the server at $1: several streams at once, and a body.
set -eu
base=$1

run() { timeout 60 nghttp "$@" >report 2>&1 || { cat report >&2; exit 1; }; }
want() { grep -q "$1" report || { printf 'no "%s" in\n' "$1" >&2; cat report >&2; exit 1; }; }

run -ns "$base/sleep/300" "$base/bytes/1000000" "$base/json" "$base/nowhere"
want ' 200 .* /sleep/300$'
want ' 200 .* /bytes/1000000$'
want ' 404 .* /nowhere$'
# What is quick does not wait for what sleeps: it is complete first.
[ "$(awk '/ \/json$/ { print NR }' report)" -lt "$(awk '/ \/sleep\/300$/ { print NR }' report)" ] ||
	{ cat report >&2; exit 1; }

head -c 300000 /dev/zero >body
run -d body "$base/upload"
want 300000

# An early answer is an answer.
head -c 3000000 /dev/zero >large
run -nsd large "$base/"
want ' 413 '

# Priorities (RFC 9218) and PING are understood.
run -nv -H'priority: u=1, i' "$base/plaintext"
want 'recv SETTINGS'
