#!/bin/sh
# idle.sh: how much memory an idle cid takes; see idle.mjs.
exec "$(dirname "$0")/bench.sh" idle.mjs
