#!/bin/sh
# The demo: a rehearsal store, a channel to it, a first sync, and the web program behind nginx, all
# with the rights of whoever starts it, on loopback. Everything it makes lies in .demo.
#   demo.sh start | stop          DEMO_PORT and DEMO_STORE_PORT choose where it listens
set -eu
cd "$(dirname "$0")/../.."
root=$PWD
demo=$root/.demo
bin=$root/.build
port=${DEMO_PORT:-8080}
# where its store is the demo's channel knows: another port would need another demo
store_port=$(cat "$demo/store-port" 2>/dev/null || echo "${DEMO_STORE_PORT:-8091}")

fail() {
    echo "Demo not started: $1" >&2
    exit 1
}

is_alive() { # NAME
    [ -s "$demo/$1.pid" ] && kill -0 "$(cat "$demo/$1.pid")" 2>/dev/null
}

stop_one() { # NAME
    if is_alive "$1"; then
        kill "$(cat "$demo/$1.pid")"
        for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
            is_alive "$1" || break
            sleep 0.2
        done
    fi
    rm -f "$demo/$1.pid"
}

start_one() { # NAME COMMAND...
    name=$1
    shift
    is_alive "$name" && return 0
    setsid "$@" >>"$demo/$name.log" 2>&1 </dev/null &
    echo $! >"$demo/$name.pid"
}

wait_for() { # NAME URL, until it answers well: nginx is there before what it serves
    for _ in $(seq 1 100); do
        is_alive "$1" || fail "$1 has ended: see .demo/$1.log"
        curl -sf -o /dev/null "$2" && return 0
        sleep 0.1
    done
    fail "$2 does not answer: see the logs in .demo"
}

# Our own program would end, and somebody else's page be taken for ours.
need_port() { # NAME PORT VARIABLE
    is_alive "$1" && return 0
    code=0
    curl -s -o /dev/null --max-time 2 "http://127.0.0.1:$2/" || code=$?
    [ "$code" -eq 7 ] || # curl could not connect: nobody is there
        fail "port $2 is taken by another program: choose another: make demo $3=$(($2 + 10))"
}

see_ports() {
    for number in "$port" "$store_port"; do
        case $number in
        '' | *[!0-9]*) fail "port $number is no number: write make demo DEMO_PORT=8090" ;;
        esac
    done
    running=$(sed -n 's/.*listen 127.0.0.1:\([0-9]*\);/\1/p' "$demo/nginx.conf" 2>/dev/null || true)
    ! is_alive nginx || [ "$running" = "$port" ] ||
        fail "it runs already, on port $running: make demo-stop first"
    need_port nginx "$port" DEMO_PORT
    need_port store "$store_port" DEMO_STORE_PORT
}

write_configuration() {
    cat >"$demo/tollbook.conf" <<EOF
database = $demo/tollbook.db
secret_key_file = $demo/secret.key
listen = unix:$demo/tollbook.sock
public_url = http://127.0.0.1:$port
private_stores = 127.0.0.1:$store_port
templates = $root/templates
static = $bin/static
locale = $root/templates/locale
sync_command = $bin/tollbook-sync
workers = 4
EOF
    cat >"$demo/nginx.conf" <<EOF
$([ "$(id -u)" -eq 0 ] && echo "user root;")
daemon off;
pid $demo/nginx-own.pid;
error_log $demo/nginx.log;
worker_processes 1;
events {}
http {
    include /etc/nginx/mime.types;
    access_log off;
    client_body_temp_path $demo/nginx-tmp/body;
    fastcgi_temp_path $demo/nginx-tmp/fastcgi;
    proxy_temp_path $demo/nginx-tmp/proxy;
    uwsgi_temp_path $demo/nginx-tmp/uwsgi;
    scgi_temp_path $demo/nginx-tmp/scgi;
    server {
        listen 127.0.0.1:$port;
        gzip on;
        gzip_comp_level 5;
        location ~ ^/static/[0-9a-f]+/([a-z.-]+)\$ {
            alias $bin/static/\$1;
            gzip_static on;
            expires 1y;
        }
        location / {
            include /etc/nginx/fastcgi_params;
            fastcgi_pass unix:$demo/tollbook.sock;
        }
    }
}
EOF
}

create() {
    write_configuration
    "$bin/tollbook-admin" init --config "$demo/tollbook.conf"
    head -c 12 /dev/urandom | base64 | tr '+/' 'xy' >"$demo/password"
    "$bin/tollbook-admin" user add admin --role admin --password-file "$demo/password" \
        --config "$demo/tollbook.conf"
    printf 'rehearsal-key\n' >"$demo/api-key"
    "$bin/tollbook-admin" channel add "Rehearsal store" --type magento1 \
        --url "http://127.0.0.1:$store_port/" --user api --key-file "$demo/api-key" --allow-http \
        --two-way remote \
        --config "$demo/tollbook.conf"
    echo "First sync:"
    "$bin/tollbook-sync" run "Rehearsal store" --config "$demo/tollbook.conf"
}

start_store() {
    # a fixed anchor: the same invented shop at each start
    [ -s "$demo/anchor" ] || date +%s >"$demo/anchor"
    start_one store "$bin/rehearsal-store" --listen "127.0.0.1:$store_port" --seed 1 \
        --anchor "$(cat "$demo/anchor")" --state "$demo/store.state"
    wait_for store "http://127.0.0.1:$store_port/control/stats"
}

start() {
    see_ports
    echo "Building the programs"
    make -s -j"$(nproc)" programs assets rehearsal-store
    umask 077
    mkdir -p "$demo/nginx-tmp"
    chmod 755 "$demo"
    start_store
    echo "$store_port" >"$demo/store-port"
    if [ ! -e "$demo/tollbook.db" ]; then
        create || {
            rm -f "$demo"/tollbook.db* "$demo/secret.key"
            exit 1
        }
    else
        write_configuration
        "$bin/tollbook-admin" upgrade --config "$demo/tollbook.conf"
    fi
    start_one web "$bin/tollbook" --config "$demo/tollbook.conf"
    start_one nginx nginx -e "$demo/nginx.log" -c "$demo/nginx.conf"
    # what cron would do
    start_one schedule sh -c "while sleep 60; do '$bin/tollbook-sync' due --config '$demo/tollbook.conf'; done"
    wait_for nginx "http://127.0.0.1:$port/"
    echo
    echo "Tollbook:  http://127.0.0.1:$port/"
    echo "Log-in:    admin / $(cat "$demo/password")   (kept in .demo/password)"
    echo "The end:   make demo-stop"
}

stop() {
    for name in schedule nginx web store; do
        stop_one "$name"
    done
    echo "The demo has ended. Its data stays in .demo until that folder is deleted."
}

case ${1:-} in
start) start ;;
stop) stop ;;
*)
    echo "usage: demo.sh start | stop" >&2
    exit 64
    ;;
esac
