# A browser shows the welcome page of the server at $1.
set -eu
dom=$(timeout 60 chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage \
	--user-data-dir="$PWD/profile" --dump-dom "$1/" 2>browser.log) ||
	{ cat browser.log >&2; exit 1; }
echo "$dom" | grep -q '/health' ||
	{ printf 'the welcome page does not name /health:\n%s\n' "$dom" >&2; exit 1; }
