#!/bin/sh
# No cid program runs a shell, sleeps, or waits in circles (S3, R116).
bad=0
if grep -nE '\b(system|popen|usleep|sleep|nanosleep|wordexp)\(' \
    common/*.c cid*/*.c cid*/*.cc 2>/dev/null; then
	bad=1
fi
# The only command lines: nft(8), by the parent, and the programs.
if grep -nE '\bexec[lv][pe]*\(' common/*.c cid*/*.c |
    grep -vE '^cid/(kid|firewall)\.c:|^common/try\.c:'; then
	bad=1
fi
exit $bad
