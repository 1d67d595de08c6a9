#!/bin/bash
# e2e.sh file.test.mjs results
#
# Run one end-to-end test file in a network of its own.  results.tap and
# results.log are what it reported; results/ is made only when it fails and
# keeps the logs, the database and whatever else it left.  Exits 0 when every
# test passed.
set -eu

here=$(dirname "$(readlink -f "$0")")
limit=${E2E_TIMEOUT:-300}	# seconds for one file

inside() {
	local status=0

	timeout -k 10 "$limit" node \
	    --test-reporter=tap --test-reporter-destination="$2.tap" \
	    --test-reporter=spec --test-reporter-destination="$2.log" \
	    "$1" >"$2.out" 2>&1 || status=$?
	[ $status != 0 ] || return 0
	case $status in
	124|137) echo "not ended after $limit seconds" >>"$2.out" ;;
	esac
	mkdir -p "$2"
	tar -C "$CID_TEST_DIR" -cf - --warning=none \
	    --exclude='./engine*/containerd*' --exclude='./engine*/data' \
	    --exclude='./engine*/exec' --exclude=./tmp . |
		tar -C "$2" -xf -
	return $status
}

if [ "$1" = --inside ]; then
	shift
	inside "$@"
else
	file=$(readlink -f "$1")
	results=$(readlink -f "$2")
	rm -rf "$results" "$results".tap "$results".log "$results".out
	exec setpriv --pdeathsig TERM "$here/netns.sh" \
	    "$here/e2e.sh" --inside "$file" "$results"
fi
