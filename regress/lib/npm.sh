#!/bin/sh
# npm.sh
#
# Make regress/node_modules what package-lock.json says.  npm keeps what it
# downloads under the cache of the tests.
set -eu

here=$(dirname "$(readlink -f "$0")")
cache=${XDG_CACHE_HOME:-$HOME/.cache}/cid-testbed

cd "$here/.."
want=$(cat package.json package-lock.json .npmrc | sha256sum)
[ "$(cat node_modules/.stamp 2>/dev/null)" != "$want" ] || exit 0
echo "installing npm packages: $(sed -n \
    's|.*"\(@[^"]*\)": "[0-9][^"]*".*|\1|p' package.json | tr '\n' ' ')"
mkdir -p "$cache"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
npm ci --ignore-scripts --prefer-offline --cache "$cache/npm" \
    >"$log" 2>&1 || {
	cat "$log" >&2
	echo "npm.sh: npm ci failed" >&2
	exit 1
}
echo "$want" >node_modules/.stamp
