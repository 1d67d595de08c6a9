#!/bin/sh
# House style: no file over 800 lines, no header over 150, no function over
# 80, DESIGN.md at most 200.
bad=0
for f in $(git ls-files 'common/*.[chy]' 'common/*.cc' 'cid*/*.[chy]' \
    'cid*/*.cc'); do
	n=$(wc -l <"$f")
	case $f in
	*.h) max=150 ;;
	*) max=800 ;;
	esac
	if [ "$n" -gt $max ]; then
		echo "$f: $n lines, at most $max"
		bad=1
	fi
done
n=$(wc -l <DESIGN.md)
if [ "$n" -gt 200 ]; then
	echo "DESIGN.md: $n lines, at most 200"
	bad=1
fi
git ls-files '*.c' | ctags -L - --languages=C --kinds-C=f --fields=+ne -o - |
    awk -F'\t' '{
	s = e = 0
	for (i = 4; i <= NF; i++) {
		if ($i ~ /^line:/) s = substr($i, 6)
		if ($i ~ /^end:/) e = substr($i, 5)
	}
	if (e - s + 1 > 84) {
		print $2 ": " $1 " has " e - s + 1 " lines, at most 80"
		bad = 1
	}
    } END { exit bad }' || bad=1
exit $bad
