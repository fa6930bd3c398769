# ab, which speaks HTTP/1.0, with and without keep-alive, against the server at $1.
set -eu
printf 'name=value' >body
for request in '-k /plaintext' '/plaintext' '-k -p body /echo'; do
	options=${request%/*}
	# shellcheck disable=SC2086
	ab -q -s 20 -n 2000 -c 20 $options "$1/${request##*/}" >report 2>&1 ||
		{ cat report >&2; exit 1; }
	if ! grep -q '^Complete requests: *2000$' report || ! grep -q '^Failed requests: *0$' report ||
		grep -q '^Non-2xx' report; then
		cat report >&2
		exit 1
	fi
done
