#!/bin/sh
# Changes on both sides in any order (tests/sync/push.random.test.mjs), seed after seed for so many
# seconds. Ends at the first one that fails, with how to run it again.
set -eu
cd "$(dirname "$0")/../.."

seconds=${1:-600}
begin=$(date +%s)
seed=${SEED:-$begin}
rounds=${ROUNDS:-12}
log=.build/soak.log
count=0

while [ $(($(date +%s) - begin)) -lt "$seconds" ]; do
    SEED=$seed ROUNDS=$rounds node --test --test-reporter=tap tests/sync/push.random.test.mjs >"$log" || {
        cat "$log"
        echo "failed; once more: SEED=$seed ROUNDS=$rounds node --test tests/sync/push.random.test.mjs"
        exit 1
    }
    seed=$((seed + 1))
    count=$((count + 1))
done
echo "$count seeds passed, $rounds rounds each, in $seconds s"
