#!/bin/sh
# The unit tests under valgrind: what the address sanitizer does not see, values that were never set
# among it. Ends with 1 at a finding.
#   valgrind.sh [TEST...]   test_list, ...; without one: all of them
set -eu
cd "$(dirname "$0")/../.."

log=.build/valgrind.log
failed=
[ $# -gt 0 ] || set -- tests/unit/test_*.c
for test in "$@"; do
    test=$(basename "$test" .c)
    if valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite \
        --suppressions=tests/kit/valgrind.supp ".build/unit/$test" >"$log" 2>&1; then
        echo "ok    $test"
    else
        echo "fail  $test"
        grep '^==' "$log" | head -n 60
        failed=yes
    fi
done
[ -z "$failed" ]
