#!/bin/sh
# The layout is clang-format's.
git ls-files 'common/*.[ch]' 'cid*/*.[ch]' 'regress/*.[ch]' |
    xargs clang-format --dry-run -Werror 2>&1 | grep -E 'error|warning' |
    sed 's/:[0-9]*: .*//' | sort | uniq -c | {
	bad=0
	while read -r n f; do
		echo "$f: $n places; make format mends them"
		bad=1
	done
	exit $bad
}
