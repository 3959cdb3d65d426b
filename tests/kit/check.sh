#!/bin/sh
# Runs every test and ends with one plain line: N passed, N failed[, N skipped].
# Each suite prints its own summary; what failed is told again at the end.
set -u
cd "$(dirname "$0")/../.."

sanitize=
[ "${1:-}" = --sanitize ] && sanitize=SANITIZE=1
logs=.build/check
rm -rf "$logs"
mkdir -p "$logs"
jobs=$(nproc)
passed=0
failed=0
skipped=0
broken=

make -s -j"$jobs" $sanitize programs assets units rehearsal-store >"$logs/build.log" 2>&1 || {
    tail -n 40 "$logs/build.log"
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

# adds PASSED FAILED SKIPPED of a suite; NAME LOG
add() {
    passed=$((passed + $1))
    failed=$((failed + $2))
    skipped=$((skipped + $3))
    printf '%-28s %4d passed %3d failed %3d skipped\n' "$4" "$1" "$2" "$3"
    if [ "$2" -gt 0 ]; then
        broken="$broken $5"
    fi
}

count() { # of a word in cmocka's TAP or node's summary
    grep -cE "$1" "$2" || true
}

unit() {
    name=$(basename "$1")
    log=$logs/$name.log
    CMOCKA_MESSAGE_OUTPUT=TAP "$1" >"$log" 2>&1
    code=$?
    good=$(count '^ok [0-9]+ - ' "$log")
    skip=$(count '# SKIP' "$log")
    bad=$(count '^not ok [0-9]+ - ' "$log")
    [ "$code" -eq 0 ] || [ "$bad" -gt 0 ] || bad=1
    add $((good - skip)) "$bad" "$skip" "$name" "$log"
}

node_run() { # NAME FILE...
    name=$1
    shift
    node --test --test-reporter=tap "$@" >"$logs/$name.log" 2>&1
    echo $? >"$logs/$name.code"
}

node_tell() { # NAME, of a suite that was run
    log=$logs/$1.log
    code=$(cat "$logs/$1.code")
    good=$(sed -n 's/^# pass //p' "$log" | tail -n 1)
    bad=$(sed -n 's/^# fail //p' "$log" | tail -n 1)
    skip=$(sed -n 's/^# skipped //p' "$log" | tail -n 1)
    gone=$(sed -n 's/^# cancelled //p' "$log" | tail -n 1)
    bad=$((${bad:-0} + ${gone:-0}))
    [ "$code" -eq 0 ] || [ "$bad" -gt 0 ] || bad=1
    add "${good:-0}" "$bad" "${skip:-0}" "$1" "$log"
}

node_suite() {
    node_run "$@"
    node_tell "$1"
}

for program in "$TOLLBOOK_BIN"/unit/test_*; do
    case $program in *.d) continue ;; esac
    unit "$program"
done
node_suite house tests/web/house.test.mjs
# Four long suites run beside others that ask for no speed either.
{
    node_run sync-push.kill tests/sync/push.kill.test.mjs
    node_run sync-push.random tests/sync/push.random.test.mjs
} &
node_suite web $(ls tests/web/*.test.mjs | grep -v house.test.mjs)
wait
node_tell sync-push.kill
node_tell sync-push.random
for file in tests/sync/*.test.mjs; do
    name=sync-$(basename "$file" .test.mjs)
    case $name in
    sync-verify | sync-push.kill | sync-push.random) continue ;;
    sync-equal) node_run sync-verify tests/sync/verify.test.mjs & ;;
    sync-kill)
        wait
        node_run browser tests/browser/*.test.mjs &
        ;;
    esac
    node_suite "$name" "$file"
done
wait
node_tell sync-verify
node_tell browser

for log in $broken; do
    echo "---- $log"
    grep -nE '^( *)not ok|Error|error:|FAILED|Sanitizer|assert' "$log" | head -n 30
done
if [ "$skipped" -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
else
    echo "$passed passed, $failed failed"
fi
[ "$failed" -eq 0 ]
