#!/bin/sh
# bench.sh file.mjs [target ...]
#
# Install what is needed, build cid and the targets, run a bench in a network
# of its own.  Environment: B, the build directory.
set -eu

here=$(dirname "$(readlink -f "$0")")
top=$here/../..
B=$(readlink -m "${B:-$top/build}")
export B
bench=$1
shift
[ "$(id -u)" = 0 ] || { echo "$bench: must be root" >&2; exit 1; }
"$top/regress/lib/apt.sh" build demo test
"$top/regress/lib/npm.sh"
"${MAKE:-make}" -s -C "$top" B="$B" all "$@" >&2
exec setpriv --pdeathsig TERM "$top/regress/lib/netns.sh" node "$here/$bench"
