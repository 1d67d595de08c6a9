#!/bin/sh
# Every file and function that DESIGN.md names in `code` exists.
bad=0
names=$(grep -o '`[^`]*`' DESIGN.md | tr -d '`' | sort -u)
for n in $names; do
	case $n in
	*/ | *.c | *.h | *.y | *.cc | *.def | *.sql | *.nft)
		[ -e "$n" ] || git ls-files | grep -q "\(^\|/\)$n\$" ||
		    { echo "DESIGN.md: $n is gone"; bad=1; }
		;;
	*\(\))
		grep -qE "^(\*?)${n%()}\(" common/*.c cid*/*.c ||
		    { echo "DESIGN.md: function $n is gone"; bad=1; }
		;;
	[A-Z]*_[A-Z_]*[A-Z])
		grep -qw "$n" common/*.def common/*.h ||
		    { echo "DESIGN.md: $n is gone"; bad=1; }
		;;
	esac
done
exit $bad
