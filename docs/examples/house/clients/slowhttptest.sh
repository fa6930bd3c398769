# slowhttptest against the server at $1: clients that are slow to send a head or
# a body, or to read the response. Others must be served all the time, and
# those who are slow to send must be let go.
set -eu
url=$1

# attack NAME OPTION... : runs one attack, wants the service up in every report.
attack() {
	name=$1
	shift
	slowhttptest -c 200 -r 200 -p 2 -i 1 "$@" >report 2>&1 || { cat report >&2; exit 1; }
	if ! grep -q 'service available:.*YES' report || grep -q 'service available:.*NO' report; then
		printf '%s: the service was not available\n' "$name" >&2
		cat report >&2
		exit 1
	fi
}

# released NAME: wants the last attack to have ended early, with no connection left.
released() {
	grep -q 'No open connections left' report || { printf '%s: kept to the end\n' "$1" >&2; cat report >&2; exit 1; }
}

attack 'slow head' -H -l 20 -u "$url/"
released 'slow head'
attack 'slow body' -B -s 8192 -l 20 -u "$url/"
released 'slow body'
attack 'slow reader' -X -l 8 -w 512 -y 1024 -n 1 -z 32 -k 1 -u "$url/bytes/2097152"
