#!/bin/bash
# run.sh [lint] [unit] [conf] [e2e [name ...]]
#
# Install what the tests need, build, run the named suites, or all.  Of e2e
# the files whose names begin with one of the given, if any.  The last line is
# "N passed, N failed"; the exit status says whether any failed.
# Environment: B, the build directory; ASAN=1, build with sanitizers;
# E2E_JOBS, how many e2e files at a time (2).
set -eu

# A killed make takes the tests with it.
if [ -z "${RUN_SH:-}" ]; then
	RUN_SH=1 exec setpriv --pdeathsig TERM "$0" "$@"
fi

top=$(dirname "$(dirname "$(readlink -f "$0")")")
cd "$top"
B=$(readlink -m "${B:-build${ASAN:+-asan}}")
export B
results=$B/regress
total_passed=0
total_failed=0

# Add a suite's counts to the total and show them.
count() {
	local suite=$1 passed=$2 failed=$3 note=${4:-}

	total_passed=$((total_passed + passed))
	total_failed=$((total_failed + failed))
	printf '%-5s %4d passed, %d failed%s\n' "$suite" "$passed" "$failed" \
	    "$note"
}

# Show why something failed.
complain() {
	printf -- '--- %s\n' "$1"
	shift
	[ $# = 0 ] || cat "$@"
}

# lint: each script is one check.
suite_lint() {
	local script log passed=0 failed=0

	for script in regress/lint/*.sh; do
		[ -e "$script" ] || continue
		log=$results/lint/$(basename "$script" .sh).log
		if "$script" >"$log" 2>&1; then
			passed=$((passed + 1))
		else
			failed=$((failed + 1))
			complain "$script" "$log"
		fi
	done
	count lint $passed $failed
}

# unit: each cmocka program reports in TAP; one that ends early, or says
# nothing, has failed once more than it says.
suite_unit() {
	local program log status ok bad planned passed=0 failed=0

	for program in "$B"/bin/*_test; do
		[ -e "$program" ] || continue
		log=$results/unit/$(basename "$program").log
		status=0
		CMOCKA_MESSAGE_OUTPUT=TAP timeout 120 "$program" \
		    >"$log" 2>&1 || status=$?
		ok=$(grep -c '^ok ' "$log") || :
		bad=$(grep -c '^not ok ' "$log") || :
		planned=$(sed -n 's/^1\.\.\([0-9]*\)$/\1/p' "$log")
		if [ $((ok + bad)) != "${planned:-some}" ] ||
		    { [ "$bad" = 0 ] && [ $status != 0 ]; }; then
			bad=$((bad + 1))
			echo "ended with status $status" >>"$log"
		fi
		[ "$bad" = 0 ] || complain "$program" "$log"
		passed=$((passed + ok))
		failed=$((failed + bad))
	done
	count unit $passed $failed
}

# conf: what cid -nv makes of NAME.conf is NAME.ok, or NAME.err if it must not
# be accepted.  Errors name the file as it is seen from the top.
conf_one() {
	local name=$1 log=$2 status=0 want wanted=0

	want=$name.ok
	if [ -e "$name.err" ]; then
		want=$name.err
		wanted=1
	fi
	"$B/bin/cid" -nv -f "$name.conf" >"$log.got" 2>&1 || status=$?
	if [ $status != $wanted ]; then
		echo "exit status $status, not $wanted"
		cat "$log.got"
		return 1
	fi
	diff -u "$want" "$log.got"
}

suite_conf() {
	local conf name log passed=0 failed=0

	for conf in regress/conf/*.conf; do
		[ -e "$conf" ] || continue
		name=${conf%.conf}
		log=$results/conf/$(basename "$name")
		if conf_one "$name" "$log" >"$log.log" 2>&1; then
			passed=$((passed + 1))
		else
			failed=$((failed + 1))
			complain "$conf" "$log.log"
		fi
	done
	count conf $passed $failed
}

# The number after "# WORD " in the summary of a TAP file, else the default.
tap_number() {
	local n

	n=$(sed -n "s/^# $1 \([0-9]*\)\$/\1/p" "$2" | tail -n 1)
	echo "${n:-$3}"
}

# Count one e2e file; the caller's variables get the sums.
e2e_count() {
	local base=$1 ok bad

	ok=$(tap_number pass "$base.tap" 0)
	bad=$(tap_number fail "$base.tap" 1)
	bad=$((bad + $(tap_number cancelled "$base.tap" 0)))
	skipped=$((skipped + $(tap_number skipped "$base.tap" 0)))
	[ ! -e "$base.failed" ] || [ $bad != 0 ] || bad=1
	passed=$((passed + ok))
	failed=$((failed + bad))
	[ $bad = 0 ] && return
	complain "$(basename "$base")" "$base.log" "$base.out"
	echo "    kept: $base/"
}

suite_e2e() {
	local file name passed=0 failed=0 skipped=0 files=()

	for file in regress/e2e/*.test.mjs; do
		[ -e "$file" ] || continue
		name=$(basename "$file")
		for prefix in "${only[@]}"; do
			[[ $name != "$prefix"* ]] || files+=("$file")
		done
	done
	if [ ${#files[@]} = 0 ]; then
		complain "no e2e file begins with: ${only[*]}"
		count e2e 0 1
		return
	fi
	printf '%s\0' "${files[@]}" | setpriv --pdeathsig TERM \
	    xargs -0 -P "${E2E_JOBS:-2}" -I FILE "$0" --e2e FILE || :
	for file in "${files[@]}"; do
		e2e_count "$results/e2e/$(basename "$file" .test.mjs)"
	done
	if [ $skipped = 0 ]; then
		count e2e $passed $failed
	else
		count e2e $passed $failed ", $skipped skipped"
	fi
}

# Called for each file by xargs above, two at a time.
e2e_file() {
	local base

	base=$results/e2e/$(basename "$1" .test.mjs)
	touch "$base.tap" "$base.log" "$base.out"
	rm -f "$base.failed"
	regress/lib/e2e.sh "$1" "$base" || touch "$base.failed"
}

if [ "${1:-}" = --e2e ]; then
	e2e_file "$2"
	exit 0
fi

suites=
while [ $# -gt 0 ] && [ "$suites" != "${suites%e2e}e2e" ]; do
	case $1 in
	lint|unit|conf|e2e) suites="$suites $1" ;;
	*) sed -n 's/^# \(run.sh .*\)/usage: \1/p' "$0" >&2; exit 2 ;;
	esac
	shift
done
: "${suites:=lint unit conf e2e}"
only=("${@:-}")

[ "$(id -u)" = 0 ] || { echo "run.sh: must be root" >&2; exit 1; }
regress/lib/apt.sh build demo test
regress/lib/npm.sh
for suite in $suites; do
	rm -rf "${results:?}/$suite"
	mkdir -p "$results/$suite"
done
echo "building in $B"
if ! "${MAKE:-make}" -j"$(nproc)" B="$B" all unit-bins \
    >"$results/build.log" 2>&1; then
	complain build "$results/build.log"
	total_failed=1
	suites=
fi
for suite in $suites; do
	"suite_$suite"
done
echo "$total_passed passed, $total_failed failed"
[ $total_failed = 0 ]
