#!/bin/sh
# cid-reasons(7) lists exactly the codes of reason.def, with their sentences.
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
sed -n 's/^REASON(\([A-Z_]*\), "\(.*\)")$/\1: \2/p' common/reason.def |
    grep -v '^NONE:' >"$dir/def"
sed -n '/^\.It Sy /{s/^\.It Sy //;N;s/\n/: /;p;}' man/cid-reasons.7 >"$dir/man"
if [ ! -s "$dir/def" ] || ! diff "$dir/def" "$dir/man" >"$dir/diff"; then
	echo "reason.def (<) and man/cid-reasons.7 (>) differ:"
	cat "$dir/diff"
	exit 1
fi
