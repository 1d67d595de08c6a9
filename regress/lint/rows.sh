#!/bin/sh
# Each row of msg.def is named both by the program that sends it and by the
# one that handles it.
room()
{
	case $1 in
	PARENT) echo cid ;;
	CHILD) echo common ;;
	EDGE | ADMIN) echo cid-proxy ;;
	*) echo "cid-$1" | tr '[:upper:]' '[:lower:]' ;;
	esac
}

sed -n 's/^MSG(\([A-Z_]*\), \([A-Z]*\), \([A-Z]*\),.*/\1 \2 \3/p' \
    common/msg.def | {
	bad=0
	while read -r msg from to; do
		for dir in $(room "$from") $(room "$to"); do
			grep -qsw "MSG_$msg" "$dir"/*.c && continue
			echo "MSG_$msg: not used in $dir"
			bad=1
		done
	done
	exit $bad
}
