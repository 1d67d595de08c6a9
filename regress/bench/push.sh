#!/bin/sh
# push.sh: what cid adds to the time of a push; see push.mjs.
B=${B:-build}
exec "$(dirname "$0")/bench.sh" push.mjs "$(readlink -m "$B")/bin/raw"
