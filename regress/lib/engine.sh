#!/bin/bash
# engine.sh up|down|containerd|dockerd DIR [dockerd option ...]
#
# A private Docker engine of Debian's dockerd and containerd, all its files
# below DIR, its socket DIR/docker.sock.  containerd is a process of its own,
# as systemd has it on a real host, so that either can be killed and started
# again.  `up` returns when the engine answers; `down` when it is gone, and its
# containers with it.  The other two run one daemon in the foreground.
set -eu

containerd_run() {
	local off=

	# What Debian builds in and nobody here needs.
	off='"io.containerd.grpc.v1.cri"'
	off+=', "io.containerd.internal.v1.opt"'
	off+=', "io.containerd.snapshotter.v1.aufs"'
	off+=', "io.containerd.snapshotter.v1.btrfs"'
	off+=', "io.containerd.snapshotter.v1.devmapper"'
	off+=', "io.containerd.snapshotter.v1.zfs"'
	cat >"$dir/containerd.toml" <<-EOF
		version = 2
		root = "$dir/containerd"
		state = "$dir/containerd-state"
		disabled_plugins = [$off]
		[grpc]
		  address = "$dir/containerd.sock"
	EOF
	exec containerd --config "$dir/containerd.toml"
}

dockerd_run() {
	exec dockerd --containerd "$dir/containerd.sock" \
	    --data-root "$dir/data" --exec-root "$dir/exec" \
	    --pidfile "$dir/dockerd.pid" -H "unix://$dir/docker.sock" "$@"
}

# Start a daemon in the background with its log and pid beside its socket.
start() {
	local what=$1

	shift
	setsid "$0" "$what" "$dir" "$@" >"$dir/$what.log" 2>&1 </dev/null &
	echo $! >"$dir/$what.run"
}

up() {
	local follow status=0

	start containerd
	start dockerd "$@"
	exec 3< <(exec tail -n +1 -f --pid="$(cat "$dir/dockerd.run")" \
	    "$dir/dockerd.log")
	follow=$!
	grep -q 'API listen on' <&3 || status=1
	kill "$follow" 2>/dev/null || :
	[ $status != 0 ] || return 0
	tail -n 5 "$dir/containerd.log" "$dir/dockerd.log" >&2
	stop dockerd
	stop containerd
	return 1
}

# By recorded pid, and only while it still is what it was.
stop() {
	local what=$1 pid

	[ -e "$dir/$what.run" ] || return 0
	pid=$(cat "$dir/$what.run")
	if [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "$what" ]; then
		kill "$pid"
		pidwait -F "$dir/$what.run" || :
	fi
	rm -f "$dir/$what.run"
}

down() {
	local id

	for id in $(DOCKER_HOST=unix://$dir/docker.sock docker ps -q); do
		DOCKER_HOST=unix://$dir/docker.sock docker kill "$id" >/dev/null
	done
	stop dockerd
	stop containerd
}

[ $# -ge 2 ] || { sed -n 's/^# \(engine.sh up.*\)/usage: \1/p' "$0"; exit 2; }
verb=$1
mkdir -p "$2"
dir=$(readlink -f "$2")
shift 2
case $verb in
up) up "$@" ;;
down) down ;;
containerd) containerd_run ;;
dockerd) dockerd_run "$@" ;;
*) echo "engine.sh: $verb?" >&2; exit 2 ;;
esac
