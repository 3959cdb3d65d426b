#!/bin/bash
# Does README's Install hold, word by word? On a bare Debian 12 with git and make, as root, in the
# folder of the sources: runs the commands that stand there, in their order, up to the first order
# of a store. The machine is changed for good: take one that can be thrown away.
#   install.sh systemd | cron
# What README leaves to the reader is done here: a password, a certificate, a store.
set -euo pipefail
cd "$(dirname "$0")/../.."
sources=$PWD
with=${1:?say systemd or cron}
store_port=8091
log=$(mktemp)

fail() {
    echo "README does not hold: $1" >&2
    tail -n 20 "$log" >&2
    exit 1
}

# The commands below a heading of README.
commands() { # HEADING
    awk -v heading="$1" '/^#+ / { sub(/^#+ /, ""); inside = $0 == heading; next } inside && /^    [^ ]/ { print substr($0, 5) }' \
        "$sources/README.md"
}

# Typed as a person does: each time the program asks.
with_password() { # COMMAND
    { sleep 3 && echo 'correct horse battery' && sleep 3 && echo 'correct horse battery' && sleep 3; } |
        script -qec "$1" /dev/null
}

try() { # HEADING
    local lines line
    mapfile -t lines < <(commands "$1")
    [ "${#lines[@]}" -gt 0 ] || fail "no command below \"$1\""
    for line in "${lines[@]}"; do
        line=${line//https:\/\/shop.example.com\/ /http://127.0.0.1:$store_port/ --allow-http }
        echo "+ $line"
        case $line in
        cd\ *) eval "$line" ;;
        *"user add"*) with_password "$line" >>"$log" 2>&1 || fail "$line" ;;
        *) bash -c "$line" >>"$log" 2>&1 </dev/null || fail "$line" ;;
        esac
    done
    cd "$sources"
}

wait_for() { # WHAT SECONDS COMMAND...
    local what=$1 left=$2
    shift 2
    until "$@" >>"$log" 2>&1; do
        left=$((left - 1))
        [ "$left" -gt 0 ] || fail "$what"
        sleep 1
    done
}

get() { # PATH, through the web server
    printf 'GET %s HTTP/1.1\r\nHost: crm.example.com\r\nConnection: close\r\n\r\n' "$1" |
        openssl s_client -quiet -connect 127.0.0.1:443 2>>"$log"
}

# A store, built only now: what it needs must not have helped the install.
make_store() {
    apt-get install -y -qq --no-install-recommends libmicrohttpd-dev zlib1g-dev >>"$log" 2>&1
    make rehearsal-store >>"$log" 2>&1 || fail "the rehearsal store was not built"
    setsid .build/rehearsal-store --listen "127.0.0.1:$store_port" --orders 40 >>"$log" 2>&1 </dev/null &
    printf 'private_stores = 127.0.0.1:%s\n' "$store_port" >>/etc/tollbook/tollbook.conf
    printf 'rehearsal-key\n' >shop.key
}

make_certificate() {
    mkdir -p /etc/ssl/private
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=crm.example.com \
        -keyout /etc/ssl/private/crm.example.com.key -out /etc/ssl/crm.example.com.pem >>"$log" 2>&1
    printf 'public_url = https://crm.example.com\n' >>/etc/tollbook/tollbook.conf
}

has_order() {
    [ "$(runuser -u tollbook -- tollbook-sync export order | wc -l)" -gt 1 ]
}

shows_login() {
    get /login | grep -q 'name="password"'
}

try Install
make_store
make_certificate
try nginx
nginx -t >>"$log" 2>&1 || fail "nginx does not take its configuration"
if [ "$with" = systemd ]; then
    try "With systemd"
    systemctl restart nginx || fail "nginx does not start"
else
    try "Without systemd"
    cron || fail "cron does not start" # what the machine's own start would do
    nginx -s reload 2>>"$log" || nginx || fail "nginx does not start"
fi
wait_for "no log-in page" 30 shows_login
style=$(get /login | grep -o '/static/[0-9a-f]*/tollbook.css' | head -n 1)
get "$style" | grep -q 'text/css' || fail "no style sheet at $style"
try "A real store"
wait_for "no order after two minutes" 120 has_order
sed -i 's/^/    /' "$log"
runuser -u tollbook -- tollbook-admin doctor || true
echo "README holds ($with): $(runuser -u tollbook -- tollbook-sync export order | wc -l) lines of orders"
