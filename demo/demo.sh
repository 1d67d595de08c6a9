#!/bin/bash
# demo.sh: from push to release on this machine, with everything it needs
# made for the occasion and removed again.  ONCE=1 ends after the second
# push and fails unless no request failed.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(dirname "$here")
lib=$top/regress/lib
prefix=_ciddemo$$_
group=ciddemo$$
table=ciddemo$$
bin=$top/build/bin
visits_min=500
each_min=100

say()
{
	printf '\n\033[1m%s\033[0m\n' "$*"
}

give_up()
{
	echo "demo: $*" >&2
	[ ! -s "$dir/cid.log" ] || tail -n 20 "$dir/cid.log" >&2
	exit 1
}

cleanup()
{
	trap '' INT TERM
	set +e
	say "removing what the demo made"
	for pid in "${loops[@]}"; do
		kill "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
	done
	if [ -n "$cid" ]; then
		[ ! -s "$dir/project.json" ] ||
			ctl project delete -y hello >/dev/null
		kill "$cid" 2>/dev/null
		wait "$cid"
	fi
	nft delete table inet "$table" 2>/dev/null
	if [ -n "$own_engine" ]; then
		"$lib/engine.sh" down "$dir/engine" >/dev/null 2>&1
		iptables-restore <"$dir/iptables" 2>/dev/null
		ip6tables-restore <"$dir/ip6tables" 2>/dev/null
	elif [ -n "$image" ]; then
		docker image rm -f "$image" >/dev/null 2>&1
	fi
	for name in edge admin api build git deploy; do
		userdel "$prefix$name" 2>/dev/null
		groupdel "$prefix$name" 2>/dev/null
	done
	groupdel "$group" 2>/dev/null
	rm -rf --one-file-system "$dir"
}

ctl()
{
	"$bin/cidctl" -s "$dir/run/ctl.sock" "$@"
}

# A free port of 127.0.0.1, the wanted one if possible.
pick_port()
{
	local port=$1

	while [ -n "$(ss -Hltn "sport = :$port")" ]; do
		port=$((port + 1))
	done
	echo "$port"
}

start_engine()
{
	if curl -s --max-time 5 --unix-socket /var/run/docker.sock \
	    http://docker/_ping >/dev/null 2>&1; then
		socket=/var/run/docker.sock
		echo "using the Docker engine that runs here"
	else
		echo "starting a private Docker engine (data, networks and" \
		    "sockets of its own, below $dir/engine)"
		iptables-save >"$dir/iptables"
		ip6tables-save >"$dir/ip6tables"
		own_engine=1
		"$lib/engine.sh" up "$dir/engine" --bridge=none
		socket=$dir/engine/docker.sock
	fi
	export DOCKER_HOST=unix://$socket
	image=cid-demo/busybox:$$
	docker import -c 'CMD ["/bin/sh"]' - "$image" \
	    <"$("$lib/image.sh" busybox)" >/dev/null
}

# A pool of addresses that no route of this machine overlaps.
pick_pool()
{
	local i

	for i in 213 214 215 216 217; do
		if [ -z "$(ip -4 route show root "10.$i.0.0/16")" ]; then
			echo "10.$i.0.0/16"
			return
		fi
	done
	give_up "10.213.0.0/16 to 10.217.0.0/16 are all in use here"
}

start_cid()
{
	"$top/etc/adduser.sh" "$prefix" "$group"
	cat >"$dir/cid.conf" <<-CONF
		data "$dir/data"
		keys "$dir/keys"
		run "$dir/run"
		users "$prefix"
		group "$group"
		docker socket "$socket"
		listen proxy on 127.0.0.1 port $web
		listen api on 127.0.0.1 port $api
		pool $(pick_pool)
		ports none
		git local "$dir/git"
		firewall table "$table"
	CONF
	# Ctrl-C is for us alone: without cid nothing can be removed.
	exec 4< <(exec setsid "$bin/cid" -d -f "$dir/cid.conf" 2>&1)
	cid=$!
	while read -r line <&4; do
		echo "$line" >>"$dir/cid.log"
		[ "$line" != "cid: ready" ] || break
	done
	[ "$line" = "cid: ready" ] || give_up "cid did not start"
	cat <&4 >>"$dir/cid.log" &
}

# Commit version $1 of a site that a build copies to /output.
commit()
{
	local work=$dir/work

	if [ ! -d "$work" ]; then
		git init -q -b main "$work"
		git -C "$work" config user.name "cid demo"
		git -C "$work" config user.email demo@example.org
		git init -q --bare -b main "$dir/git/hello.git"
	fi
	echo "hello, this is version $1" >"$work/index.html"
	sed "s,@image@,$image,; s,@repo@,$dir/git/hello.git," \
	    "$here/cid.toml" >"$work/cid.toml"
	git -C "$work" add -A
	git -C "$work" commit -q -m "Say hello as version $1"
	git -C "$work" push -q "$dir/git/hello.git" main
	git -C "$work" rev-parse HEAD
}

# Send what GitHub would send for a push of $2 after $1.
push()
{
	local body signature zero=0000000000000000000000000000000000000000

	body=$(jq -nc --arg before "${1:-$zero}" --arg after "$2" \
	    --arg url "$dir/git/hello.git" '{ref: "refs/heads/main",
	    before: $before, after: $after, created: ($before[0:8] ==
	    "00000000"), deleted: false, forced: false,
	    repository: {id: 1, name: "hello", full_name: "demo/hello",
	    clone_url: $url, default_branch: "main"},
	    pusher: {name: "demo"}, sender: {login: "demo"},
	    head_commit: {id: $after, message: "Say hello",
	    added: [], removed: [], modified: ["index.html"]},
	    commits: [{id: $after, message: "Say hello",
	    added: [], removed: [], modified: ["index.html"]}]}')
	signature=$(printf %s "$body" |
	    openssl dgst -sha256 -hmac "$secret" -r | cut -d' ' -f1)
	curl -sS --fail-with-body -o "$dir/answer" -X POST "$hook" \
	    -H 'Content-Type: application/json' \
	    -H 'X-GitHub-Event: push' \
	    -H "X-GitHub-Delivery: $(cat /proc/sys/kernel/random/uuid)" \
	    -H "X-Hub-Signature-256: sha256=$signature" \
	    --data-binary "$body" || give_up "$(cat "$dir/answer")"
}

# One visitor on a kept connection, and one on a new one for each request.
visit()
{
	local url=http://127.0.0.1:$web/hello/

	curl -s --max-time 20 --rate 6000/m \
	    -w '\n%{http_code} %{errormsg}\n' "$url?[1-1000000]" \
	    >"$dir/visits.kept" &
	loops+=($!)
	curl -s --max-time 20 --rate 6000/m -H 'Connection: close' \
	    -w '\n%{http_code} %{errormsg}\n' "$url?[1-1000000]" \
	    >"$dir/visits.new" &
	loops+=($!)
}

count()
{
	cat "$dir"/visits.* | grep -c "$1" || :
}

# Let the visitors go on until both versions answered often enough.
enough_visits()
{
	[ "$(count '^[0-9][0-9][0-9] ')" -ge $visits_min ] &&
	    [ "$(count 'version 1')" -ge $each_min ] &&
	    [ "$(count 'version 2')" -ge $each_min ]
}

# Show the log of the build that runs until it ends, which must be well.
watch_build()
{
	local status

	ctl logs hello -f
	status=$(ctl -j builds hello | jq -r '.builds[0].status')
	[ "$status" = Success ] || give_up "the build ended as $status"
}

first_push()
{
	local began commit seconds

	say "1. a first push"
	commit=$(commit 1)
	began=$(date +%s%N)
	push "" "$commit"
	watch_build
	curl -sSf "http://127.0.0.1:$web/hello/" ||
	    give_up "the release does not answer"
	seconds=$(awk -v a="$began" -v b="$(date +%s%N)" \
	    'BEGIN { printf "%.1f", (b - a) / 1e9 }')
	echo "live: http://127.0.0.1:$web/hello/ after $seconds s"
}

second_push()
{
	local before failed total

	say "2. a second push, while visitors come"
	before=$(git -C "$dir/git/hello.git" rev-parse main)
	visit
	until [ "$(count 'version 1')" -ge $each_min ]; do
		inotifywait -qq -t 1 -e modify "$dir/visits.kept" || :
	done
	push "$before" "$(commit 2)"
	watch_build
	until enough_visits || ! kill -0 "${loops[0]}" 2>/dev/null; do
		inotifywait -qq -t 1 -e modify "$dir/visits.kept" || :
	done
	for pid in "${loops[@]}"; do
		kill "$pid" 2>/dev/null || :
		wait "$pid" 2>/dev/null || :
	done
	loops=()
	total=$(count '^[0-9][0-9][0-9] ')
	failed=$((total - $(count '^200 ')))
	enough_visits ||
	    give_up "too few visits: $total, of them $(count 'version 1')" \
		"to version 1 and $(count 'version 2') to version 2"
	echo "switched: $failed of $total requests failed"
	[ "$failed" = 0 ]
}

[ "$(id -u)" = 0 ] || { echo "demo: must be root" >&2; exit 1; }
dir=
cid=
own_engine=
image=
loops=()
"$lib/apt.sh" build demo
make -s -C "$top" all
dir=$(mktemp -d /var/tmp/cid-demo.XXXXXX)
chmod 755 "$dir"
mkdir "$dir/git"
trap cleanup EXIT
trap 'exit 130' INT TERM HUP
web=$(pick_port 8080)
api=$(pick_port 3000)

say "starting"
start_engine
start_cid
commit 0 >/dev/null
ctl -j project apply "$dir/work/cid.toml" >"$dir/project.json"
hook=$(jq -r .webhook_url "$dir/project.json")
secret=$(jq -r .webhook_secret "$dir/project.json")
first_push
second_push
[ -z "${ONCE:-}" ] || exit 0
say "cid runs until Ctrl-C; try: $bin/cidctl -s $dir/run/ctl.sock status hello"
wait "$cid"
