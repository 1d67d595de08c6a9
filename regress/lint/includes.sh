#!/bin/sh
# A folder includes itself and common/, nothing else; pure files touch no
# library that does I/O.
bad=0
for dir in common cid cid-proxy cid-api cid-builder cid-git cid-deployer \
    cidctl; do
	for inc in $(grep -hs '^#include "' "$dir"/*.[chy] "$dir"/*.cc |
	    sed 's/.*"\(.*\)".*/\1/' | sort -u); do
		case $inc in
		*/*)
			echo "$dir: includes $inc, a path"
			bad=1
			continue
			;;
		parse.h) [ "$dir" = cid ] && continue ;;
		esac
		[ -e "$dir/$inc" ] || [ -e "common/$inc" ] && continue
		echo "$dir: includes $inc, which is not its own"
		bad=1
	done
done
for f in cid-proxy/route.c cid-api/queue.c cid-api/match.c \
    cid-api/github.c cid-deployer/slot.c cid-deployer/reconcile.c \
    cid-builder/template.c common/http1*.c common/name.c \
    common/addr.c common/glob.c; do
	[ -e "$f" ] || { echo "$f: is gone; mend regress/lint/includes.sh"; bad=1; }
	if grep -nE '#include <(event2/|evhtp|curl/|sqlite3|git2|archive)' \
	    "$f"; then
		echo "$f: is pure and must stay so"
		bad=1
	fi
done
exit $bad
