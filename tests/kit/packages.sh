#!/bin/sh
# Installs the system packages that are missing of the lists named: build, run, test, lint
# (conf/packages.*.txt).
# The only step that needs root (or sudo). No service is started or changed: nginx is wanted as a
# program, not as a service.
#   packages.sh LIST...
set -eu
cd "$(dirname "$0")/../.."

missing=
for list in "$@"; do
    [ -e "conf/packages.$list.txt" ] || {
        echo "Packages not installed: no list is named $list: build, run, test and lint are" >&2
        exit 64
    }
    # shellcheck disable=SC2013 # one word a line
    for package in $(grep -v '^#' "conf/packages.$list.txt"); do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' && continue
        case $package in # another source than Debian's may have brought these
        nodejs | npm)
            command -v "${package%js}" >/dev/null 2>&1 && continue
            # a tarball of `make dist` brings what they build; tests want them still
            [ "$list" = build ] && [ -d static/built ] && continue
            ;;
        esac
        case " $missing " in *" $package "*) continue ;; esac
        missing="$missing $package"
    done
done
[ -n "$missing" ] || exit 0

sudo=
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null 2>&1 || {
        echo "Packages not installed:$missing: root or sudo is needed: run this as root" >&2
        exit 1
    }
    sudo=sudo
fi
log=$(mktemp)
policy=/usr/sbin/policy-rc.d
made=
trap '[ -z "$made" ] || $sudo rm -f "$policy"; rm -f "$log"' EXIT

# One line for each step that takes a while; all of what apt says only when it fails.
apt() { # WHAT apt-get's words...
    what=$1
    shift
    {
        code=0
        $sudo env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 apt-get -q "$@" 2>&1 || code=$?
        echo "apt-get ended with $code"
    } | tee "$log" | sed -un 's/^Need to get .*/    &/p; s/^Get:[0-9]* .* \([^ ]*\) [^ ]* [^ ]* \[.*\]$/    fetched \1/p
        s/^Setting up \([^ ]*\) .*/    set up \1/p'
    grep -q '^apt-get ended with 0$' "$log" || {
        cat "$log" >&2
        echo "Packages not installed: $what failed: see apt-get's words above" >&2
        exit 1
    }
}

echo "Installing system packages:$missing"
# policy-rc.d answers 101: what is installed here is not started as a service
if [ ! -e "$policy" ]; then
    made=yes
    printf '#!/bin/sh\nexit 101\n' | $sudo tee "$policy" >/dev/null
    $sudo chmod 755 "$policy"
fi
echo "Reading the lists of packages"
apt "reading the lists" update >/dev/null
# shellcheck disable=SC2086 # several words
apt "installing" install -y --no-install-recommends $missing
echo "Packages installed"
