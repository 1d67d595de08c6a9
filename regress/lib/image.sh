#!/bin/sh
# image.sh busybox|node
#
# Print the path of a tar with the root file system of an image, for `docker
# import`.  Made from this host's own programs when the cache has none of them.
# Images must not change under a test: the same programs give the same bytes.
set -eu

cache=${XDG_CACHE_HOME:-$HOME/.cache}/cid-testbed/image

# The shared objects that a program is linked with, and its loader.
libraries() {
	ldd "$1" | sed -n 's|.*[[:space:]]\(/[^ ]*\) (.*|\1|p'
}

busybox_root() {
	mkdir -p "$1/bin" "$1/etc" "$1/root" "$1/tmp"
	chmod 1777 "$1/tmp"
	cp "$busybox" "$1/bin/busybox"
	"$busybox" --list | while read -r applet; do
		[ "$applet" = busybox ] || ln -s busybox "$1/bin/$applet"
	done
	echo root:x:0:0:root:/root:/bin/sh >"$1/etc/passwd"
	echo root:x:0: >"$1/etc/group"
}

node_root() {
	busybox_root "$1"
	mkdir -p "$1/usr/bin"
	cp -L "$node" "$1/usr/bin/node"
	libraries "$node" | while read -r file; do
		mkdir -p "$1$(dirname "$file")"
		cp -L "$file" "$1$file"
	done
	# Debian's node reads some of its insides from files.
	mkdir -p "$1/usr/share/nodejs"
	for module in acorn acorn-walk cjs-module-lexer undici; do
		[ ! -e "/usr/share/nodejs/$module" ] ||
			cp -rL "/usr/share/nodejs/$module" "$1/usr/share/nodejs/"
	done
}

PATH=$PATH:/usr/sbin:/sbin
busybox=$(command -v busybox) || { echo "image.sh: no busybox" >&2; exit 1; }
case ${1:-} in
busybox)
	made_of=$busybox ;;
node)
	node=$(readlink -f "$(command -v node)") ||
	    { echo "image.sh: no node" >&2; exit 1; }
	made_of="$busybox $node" ;;
*)
	echo "usage: image.sh busybox|node" >&2
	exit 2 ;;
esac
# shellcheck disable=SC2086 # one word each
sum=$(cat "$0" $made_of | sha256sum | cut -c1-16)
tar=$cache/$1-$sum.tar
if [ ! -e "$tar" ]; then
	mkdir -p "$cache"
	find "$cache" -mindepth 1 -maxdepth 1 -mtime +30 -exec rm -rf {} +
	part=$(mktemp -d "$cache/$1.XXXXXX")
	trap 'rm -rf "$part"' EXIT
	trap 'exit 1' INT TERM HUP
	mkdir "$part/root"
	chmod 755 "$part/root"
	"$1_root" "$part/root"
	tar -C "$part/root" -cf "$part/tar" --sort=name --numeric-owner \
	    --mtime=@0 .
	mv "$part/tar" "$tar"
fi
echo "$tar"
