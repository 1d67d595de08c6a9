#!/bin/sh
# The parent can't read the network, the database or Docker: it imports no
# function that could.  Programs link what their work needs and no more.
# Looked at as they are installed; nothing of the test builds may be there.
make -s install DESTDIR="$PWD/build-install/root" >/dev/null || exit 1
bad=0
imports()
{
	nm -D --undefined-only "build-install/bin/$1" | awk '{print $2}' | sed 's/@.*//'
}

refuse()
{
	prog=$1
	shift
	for f; do
		if imports "$prog" | grep -qE "^$f"; then
			echo "$prog imports $f"
			bad=1
		fi
	done
}

for prog in build-install/bin/*; do
	if nm "$prog" | grep -qE ' try_answer$'; then
		echo "$prog: knows TRY, which only a test build may"
		bad=1
	fi
done
refuse cid accept accept4 connect recv$ recvfrom sqlite3_ evhtp_ SSL_ git_
refuse cid-proxy sqlite3_ git_ json_ execve fork$ popen
refuse cid-api git_ execve fork$ popen
refuse cid-builder sqlite3_ git_ SSL_ execve fork$ popen listen$ accept
refuse cid-deployer sqlite3_ git_ execve fork$ popen listen$ accept
refuse cid-git sqlite3_ execve fork$ popen listen$ accept
exit $bad
