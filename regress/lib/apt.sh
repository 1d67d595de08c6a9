#!/bin/sh
# apt.sh list ...
#
# Install what is missing of the packages in regress/packages/LIST.txt and say
# what that is.  Services that come with a package are not started.
set -eu

here=$(dirname "$(readlink -f "$0")")
policy=/usr/sbin/policy-rc.d

# Read lists, print packages that are not installed.
missing() {
	sed 's/#.*//' "$@" | while read -r package program; do
		[ -n "$package" ] || continue
		if [ -n "$program" ] && command -v "$program" >/dev/null; then
			continue
		fi
		case $(dpkg-query -W -f '${db:Status-Abbrev}' "$package" \
		    2>/dev/null) in
		ii*|hi*) ;;
		*) echo "$package" ;;
		esac
	done
}

apt() {
	DEBIAN_FRONTEND=noninteractive apt-get -qq -y \
	    -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 "$@" >"$log" 2>&1 || {
		cat "$log" >&2
		echo "apt.sh: apt-get $1 failed" >&2
		exit 1
	}
}

PATH=$PATH:/usr/sbin:/sbin
for list; do
	shift
	set -- "$@" "$here/../packages/$list.txt"
done
packages=$(missing "$@")
[ -n "$packages" ] || exit 0
# shellcheck disable=SC2086 # one word each
set -- $packages
if [ "$(id -u)" != 0 ]; then
	echo "apt.sh: must be root to install: $*" >&2
	exit 1
fi
echo "installing Debian packages: $*"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if [ ! -e "$policy" ]; then
	trap 'rm -f "$log" "$policy"' EXIT
	printf '#!/bin/sh\nexit 101\n' >"$policy"
	chmod 755 "$policy"
fi
trap 'exit 1' INT TERM HUP
apt update
apt install --no-install-recommends "$@"
