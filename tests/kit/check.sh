#!/bin/sh
# Builds everything and runs every test: see check.mjs, which ends with one plain line: N passed,
# N failed[, N skipped].
#   check.sh [--sanitize] [FOLDER...]    of tests/; without one: all of them
set -u
cd "$(dirname "$0")/../.." || exit 1

sanitize=
[ "${1:-}" = --sanitize ] && sanitize=SANITIZE=1 && shift
log=.build/build.log
mkdir -p .build
echo "Building the programs and the tests"
make -s -j"$(nproc)" $sanitize programs assets modules units rehearsal-store >"$log" 2>&1 || {
    tail -n 40 "$log"
    echo "0 passed, 1 failed"
    exit 1
}
if [ -n "$sanitize" ]; then
    TOLLBOOK_BIN=$PWD/.build/sanitize
    ASAN_OPTIONS=detect_leaks=1:abort_on_error=0
    UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
    export ASAN_OPTIONS UBSAN_OPTIONS
else
    TOLLBOOK_BIN=$PWD/.build
fi
export TOLLBOOK_BIN
exec node tests/kit/check.mjs "$@"
