// A web server in front of the web program, as conf/*.sample set it up: nginx and Apache, each on a
// port of its own and with everything it writes in the test's folder.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { programs } from './web.mjs';

const MODULES = '/usr/lib/apache2/modules';

export const servers = {
  nginx: { path: '/usr/sbin/nginx', conf: nginx, args: (file) => ['-c', file, '-g', 'daemon off;'] },
  apache: { path: '/usr/sbin/apache2', conf: apache, args: (file) => ['-f', file, '-D', 'FOREGROUND'] },
};

function nginx({ folder, port, socket }) {
  const temporary = ['client_body', 'fastcgi', 'proxy', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${folder}/${name};`).join(' ');
  const user = process.getuid() === 0 ? 'user root;' : ''; // else its workers cannot reach the socket
  return `${user} pid ${folder}/nginx.pid; error_log ${folder}/front.log; worker_processes 1;
events { worker_connections 1024; }
http { access_log off; ${temporary}
  server { listen 127.0.0.1:${port}; client_max_body_size 2m;
    location / { include /etc/nginx/fastcgi_params; fastcgi_pass unix:${socket};
      fastcgi_read_timeout 60s; fastcgi_max_temp_file_size 0; } } }`;
}

function apache({ folder, port, socket }) {
  const modules = ['mpm_event', 'authz_core', 'proxy', 'proxy_fcgi']
    .filter((name) => existsSync(`${MODULES}/mod_${name}.so`))
    .map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`).join('\n');
  return `ServerRoot ${folder}
ServerName 127.0.0.1
Listen 127.0.0.1:${port}
PidFile ${folder}/apache.pid
DefaultRuntimeDir ${folder}
ErrorLog ${folder}/front.log
${modules}
StartServers 1
ServerLimit 4
ThreadsPerChild 64
MaxRequestWorkers 256
LimitRequestBody 2097152
ProxyPass "/" "unix:${socket}|fcgi://localhost/" flushpackets=on timeout=60`;
}

// Why a server cannot be tried here; undefined: it can.
export const missing = (kind) => (existsSync(servers[kind].path) ? undefined : `${servers[kind].path} is not installed`);

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

function answers(port) {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => { socket.destroy(); done(true); });
    socket.on('error', () => done(false));
  });
}

export async function until(what, truth, ms = 15000) {
  for (const end = Date.now() + ms; Date.now() < end; await pause(50)) {
    if (await truth()) return;
  }
  throw new Error(`did not happen: ${what}`);
}

function launch(path, args) {
  const child = spawn(path, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const one = { child, log: '', gone: once(child, 'exit') };
  child.stderr.on('data', (part) => { one.log += part; });
  one.stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await one.gone;
  };
  return one;
}

// The web program of that site, and a server before it: { port, url, web, stop }.
export async function startFront(site, kind, ...options) {
  const port = await freePort();
  const folder = join(site.folder, kind);
  const socket = join(site.folder, 'web.sock');
  const file = join(folder, 'front.conf');
  mkdirSync(folder, { recursive: true });
  const web = launch(join(programs, 'tollbook'), ['--config', site.conf, '--no-sync', ...options]);
  await until('the web program', () => existsSync(socket));
  writeFileSync(file, servers[kind].conf({ folder, port, socket }));
  const front = launch(servers[kind].path, servers[kind].args(file));
  await until(`${kind} answers`, () => answers(port));
  const stop = async () => {
    await front.stop();
    await web.stop();
  };
  return { port, url: `http://127.0.0.1:${port}`, web, stop };
}

// One request with curl: its exit code and what it says of the answer.
export function curl(url, ...args) {
  const done = spawnSync('curl', ['-sS', '-o', '/dev/null', '-w', '%{http_code} %{size_download} %{time_total}',
    '--max-time', '60', ...args, url], { encoding: 'utf8' });
  const [status, size, seconds] = done.stdout.split(' ').map(Number);
  return { code: done.status, status, size, seconds, err: done.stderr };
}
