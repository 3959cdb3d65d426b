#!/bin/sh
# What other programs say about the sources: the shape of C, cppcheck, gcc's analyzer, shellcheck, and
# whether node can read the scripts. Nothing is changed. Ends with 1 when one of them has a finding.
#   lint.sh [STEP...]   format, cppcheck, analyzer, shell, scripts; without one: all of them
set -eu
cd "$(dirname "$0")/../.."

log=.build/lint.log
mkdir -p .build
failed=

step() { # WHAT COMMAND...
    what=$1
    shift
    if "$@" >"$log" 2>&1; then
        echo "ok    $what"
    else
        echo "fail  $what"
        cat "$log"
        failed=yes
    fi
}

format() {
    # shellcheck disable=SC2046,SC2086 # names of ours, without blanks
    clang-format --dry-run -Werror $(find $SHAPED -name '*.[ch]')
}

# What it says of a line that is right stands above that line, with the reason: cppcheck-suppress ID.
cppcheck_all() {
    cppcheck -q -j "$(nproc)" --std=c11 --enable=warning,performance,portability --inline-suppr \
        --suppress=missingIncludeSystem --error-exitcode=1 -D_GNU_SOURCE -Ilib -Icgi \
        --template='{file}:{line}: {id}: {message}' lib cgi tests/store tests/kit tests/fuzz
}

# Objects of its own; they are made once and then only of what changed.
analyzer() {
    make -s -k -j "$(nproc)" B=.build/analyzer CC="${CC:-gcc}" HARDEN= \
        CFLAGS='-O1 -g -fanalyzer -fdiagnostics-plain-output' analyzed
}

shell() {
    shellcheck tests/kit/*.sh tests/fresh/*.sh .ci/run
}

scripts() {
    find static/build.mjs static/js tests -name node_modules -prune -o -name '*.mjs' -print -o -name '*.js' -print |
        while read -r file; do node --check "$file" || exit 1; done
}

SHAPED='lib cgi tests'
[ $# -gt 0 ] || set -- format cppcheck analyzer shell scripts
for name in "$@"; do
    case $name in
    format) step "clang-format: $SHAPED have the shape of .clang-format" format ;;
    cppcheck) step 'cppcheck' cppcheck_all ;;
    analyzer) step "gcc -fanalyzer" analyzer ;;
    shell) step 'shellcheck' shell ;;
    scripts) step 'node --check' scripts ;;
    *)
        echo "Nothing checked: no step is named $name: see tests/kit/lint.sh" >&2
        exit 64
        ;;
    esac
done
[ -z "$failed" ]
