# wrk, many connections at once, one request after the other and pipelined,
# against the server at $1.
set -eu
cat >pipelined.lua <<'LUA'
init = function()
  local requests = {}
  for i = 1, 16 do requests[i] = wrk.format("GET", "/plaintext") end
  all = table.concat(requests)
end
request = function() return all end
LUA
for options in '' '-s pipelined.lua'; do
	# shellcheck disable=SC2086
	wrk -t 1 -c 64 -d 1s $options "$1/plaintext" >report 2>&1 || { cat report >&2; exit 1; }
	if grep -Eq 'Socket errors|Non-2xx' report || ! grep -Eq '^ +[1-9][0-9]* requests in' report; then
		cat report >&2
		exit 1
	fi
done
