#!/bin/bash
# netns.sh command [arg ...]
#
# Run a command, as root, in network, pid, mount and cgroup namespaces of its
# own: lo is up and nothing else, /run is empty, /etc may be changed and the
# host does not see it.  CID_TEST_DIR names a fresh directory on disk; TMPDIR
# lies in it.  The exit status is the command's.
#
# The end of the command is the end of all it started, mounted, added to /etc
# or put under a cgroup: the kernel sees to the first three, a guard process to
# the cgroups and the directory.  The guard reads a pipe of which only this
# script holds the other end, so it does its work also after a SIGKILL.
#
# Each stage below ends by starting the next: main, guard (cleans up), enter
# (own cgroup), init (pid 1: mounts, runs the command).
set -eu

# Where cgroup hierarchies are mounted: one line each, version 1 and 2 alike.
cgroup_mounts() {
	awk '$3 == "cgroup" || $3 == "cgroup2" { print $2, $3, $4 }' \
	    /proc/mounts
}

main() {
	local name=cidtest-$$ status=0 ended=
	local guard

	[ "$(id -u)" = 0 ] || { echo "netns.sh: must be root" >&2; exit 1; }
	[ $# -gt 0 ] || { echo "usage: netns.sh command ..." >&2; exit 2; }
	exec 3> >(exec setsid "$0" --guard "$name" "$@")
	guard=$!
	trap 'ended=143; exec 3>&-' INT TERM HUP
	wait "$guard" || status=$?
	[ -z "$ended" ] || wait "$guard" || :
	exit "${ended:-$status}"
}

guard() {
	local name=$1 dir status=0 child watcher

	dir=$(mktemp -d "${TMPDIR:-/var/tmp}/$name.XXXXXX")
	chmod 755 "$dir"	# programs with users of their own look in
	mkdir "$dir/tmp"
	exec 3<&0 </dev/null
	cgroup_make "$name"
	CID_TEST_DIR=$dir TMPDIR=$dir/tmp \
	    setpriv --pdeathsig KILL "$0" --enter "$@" 3<&- &
	child=$!
	# To kill pid 1 of the namespace and then wait for unshare(1) is to
	# wait for all the rest to be gone too.
	(read -r _ <&3 || :; pkill -KILL -P "$child" || kill -KILL "$child") &
	watcher=$!
	exec 3<&-
	wait "$child" || status=$?
	kill "$watcher" 2>/dev/null || :
	cgroup_remove "$name"
	rm -rf --one-file-system "$dir"
	exit "$status"
}

cgroup_make() {
	local dir type options controller

	cgroup_mounts | while read -r dir type options; do
		mkdir "$dir/$1"
		case $type,$options in
		cgroup2,*)
			# A cgroup with processes in it can't limit others.
			mkdir "$dir/$1/init"
			tr ' ' '\n' <"$dir/cgroup.controllers" |
			while read -r controller; do
				echo "+$controller" \
				    >"$dir/cgroup.subtree_control" || :
			done ;;
		*cpuset*)
			cat "$dir/cpuset.cpus" >"$dir/$1/cpuset.cpus"
			cat "$dir/cpuset.mems" >"$dir/$1/cpuset.mems" ;;
		esac
	done
}

cgroup_remove() {
	local dir

	cgroup_mounts | while read -r dir _; do
		find "$dir/$1" -depth -type d -exec rmdir {} \;
	done
}

# In two steps, as the root of a cgroup namespace is where its maker was.
enter() {
	local name=$1 dir

	cgroup_mounts | while read -r dir _; do
		echo $$ >"$dir/$name/cgroup.procs"
	done
	exec unshare --cgroup "$0" --leaf "$@"
}

leaf() {
	local name=$1 dir type

	cgroup_mounts | while read -r dir type _; do
		[ "$type" != cgroup2 ] ||
			echo $$ >"$dir/$name/init/cgroup.procs"
	done
	shift
	exec unshare --net --pid --mount --fork --kill-child --mount-proc \
	    "$0" --init "$@"
}

init() {
	local dir type options status=0

	mount -t tmpfs -o mode=755 tmpfs /run
	mkdir -m 1777 /run/lock
	mkdir -p /run/etc/upper /run/etc/work
	mount -t overlay -o \
	    lowerdir=/etc,upperdir=/run/etc/upper,workdir=/run/etc/work \
	    overlay /etc
	cgroup_mounts | while read -r dir type options; do
		umount -l "$dir"
		mount -t "$type" -o "$options" cgroup "$dir"
	done
	# Nobody answers there, so that a stray lookup fails at once.
	rm -f /etc/resolv.conf
	echo "nameserver 127.0.0.1" >/etc/resolv.conf
	ip link set lo up
	"$@" || status=$?	# no exec: pid 1 has orphans to reap
	exit "$status"
}

case ${1:-} in
--guard|--enter|--leaf|--init)
	stage=${1#--}
	shift
	"$stage" "$@" ;;
*)
	main "$@" ;;
esac
