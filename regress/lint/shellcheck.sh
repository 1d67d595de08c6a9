#!/bin/sh
# Shell scripts are clean.
git ls-files '*.sh' .ci/run | xargs shellcheck -x -S warning
