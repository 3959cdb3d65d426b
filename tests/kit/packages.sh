#!/bin/sh
# Installs the system packages of conf/packages.txt that are missing. The only step that needs root
# (or sudo). No service is started or changed: nginx is wanted as a program, not as a service.
set -eu
cd "$(dirname "$0")/../.."

missing=
for package in $(grep -v '^#' conf/packages.txt); do
    if ! dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed'; then
        case $package in # another source than Debian's may have brought these
        nodejs | npm) command -v "${package%js}" >/dev/null 2>&1 && continue ;;
        esac
        missing="$missing $package"
    fi
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
echo "Installing system packages:$missing"
# policy-rc.d answers 101: what is installed here is not started as a service
policy=/usr/sbin/policy-rc.d
made=
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | $sudo tee "$policy" >/dev/null
    $sudo chmod 755 "$policy"
    made=yes
fi
trap '[ -z "$made" ] || $sudo rm -f "$policy"' EXIT
$sudo apt-get update -qq
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
