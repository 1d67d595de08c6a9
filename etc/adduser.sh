#!/bin/sh
# Make the users and the group that cid(8) wants, unless they are there.
# usage: adduser.sh [prefix [group]]
set -eu
prefix=${1:-_cid}
group=${2:-cid}

getent group "$group" >/dev/null || groupadd --system "$group"
for name in edge admin api build git deploy; do
	user=$prefix$name
	getent passwd "$user" >/dev/null && continue
	getent group "$user" >/dev/null || groupadd --system "$user"
	useradd --system --gid "$user" --no-create-home \
	    --home-dir /nonexistent --shell /usr/sbin/nologin "$user"
done
