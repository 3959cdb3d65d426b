#!/bin/sh
# Builds libFuzzer's harnesses (tests/fuzz) with clang under the address and undefined-behaviour
# sanitizers, and runs each for so many seconds from its corpus. What it finds is left in
# .build/fuzz/NAME.found; its new inputs in .build/fuzz/NAME.corpus, so that the next run goes on there.
#   fuzz.sh SECONDS [NAME...]      0: only what is in the corpus
set -eu
cd "$(dirname "$0")/../.."

seconds=$1
shift
make -s -j "$(nproc)" B=.build/fuzz CC="${FUZZ_CC:-clang}" HARDEN= WARN=-w \
    CFLAGS='-O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined' \
    fuzzers
[ $# -gt 0 ] || set -- conf list request soap wsdl
export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1
runs=
[ "$seconds" -gt 0 ] || runs=-runs=0
for name in "$@"; do
    mkdir -p ".build/fuzz/$name.corpus" ".build/fuzz/$name.found"
    # shellcheck disable=SC2086 # may be absent
    .build/fuzz/fuzz_"$name" -max_total_time="$seconds" $runs -timeout=20 -rss_limit_mb=3000 -max_len=65536 \
        -artifact_prefix=".build/fuzz/$name.found/" -print_final_stats=0 -verbosity=0 \
        ".build/fuzz/$name.corpus" "tests/fuzz/corpus/$name" >".build/fuzz/$name.log" 2>&1 || {
        tail -n 60 ".build/fuzz/$name.log"
        echo "fuzz_$name failed: its input is in .build/fuzz/$name.found"
        exit 1
    }
    echo "fuzz_$name: $seconds s without a finding"
done
