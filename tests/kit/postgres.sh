#!/bin/sh
# Which statements PostgreSQL would refuse, of those that the programs prepare while some suites run:
# see tests/lint/postgres.mjs, which needs Debian's postgresql-15.
#   postgres.sh [FILE.test.mjs...]   without files: those that between them reach most statements
set -u
cd "$(dirname "$0")/../.." || exit 1

[ $# -gt 0 ] || set -- tests/sync/equal.test.mjs tests/sync/people.test.mjs tests/sync/push.test.mjs \
    tests/sync/verify.gone.test.mjs tests/web/*.test.mjs
STATEMENTS=$PWD/.build/statements.bin
export STATEMENTS
rm -f "$STATEMENTS"
for file; do
    echo "$file"
    LD_PRELOAD=$PWD/.build/statements.so node --test "$file" >.build/statements.log 2>&1 ||
        tail -n 30 .build/statements.log
done
exec node tests/lint/postgres.mjs "$STATEMENTS"
