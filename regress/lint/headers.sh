#!/bin/sh
# Each header compiles alone and has its guard.
if [ $# = 0 ]; then
	exec sh -c 'ls common/*.h cid*/*.h | xargs -P 2 -n 20 "$0"' "$0"
fi
bad=0
for h; do
	guard=CID_$(basename "$h" .h | tr 'a-z.-' 'A-Z__')_H
	if ! grep -q "^#ifndef $guard\$" "$h"; then
		echo "$h: guard is not $guard"
		bad=1
	fi
	cc -std=c11 -D_GNU_SOURCE -DCID_REGRESS -Icommon "-I$(dirname "$h")" \
	    -Wall -Werror -fsyntax-only -x c "$h" 2>/dev/null ||
	    { echo "$h: does not compile alone"; bad=1; }
done
exit $bad
