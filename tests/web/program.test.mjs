// The web program itself: its command line, its workers, stopping, reloading, and the sync program
// that it starts when a page asks for it.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chmodSync, cpSync, existsSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { get, open } from '../kit/fcgi.mjs';
import { makeSite, programs, root } from '../kit/web.mjs';

const program = join(programs, 'tollbook');
const run = (...args) => spawnSync(program, args, { encoding: 'utf8' });

let site;
let socket;
before(() => {
  site = makeSite({ workers: '2', log_level: 'info' });
  socket = join(site.folder, 'web.sock');
});
after(() => site.remove());

async function until(what, truth) {
  for (let i = 0; i < 200; i++) {
    if (await truth()) return;
    await pause(50);
  }
  assert.fail(`did not happen: ${what}`);
}

const children = (pid) =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);

const isRelay = (pid) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'tollbook-relay';
const workers = (pid) => children(pid).filter((child) => !isRelay(child));

async function start(...args) {
  const child = spawn(program, ['--config', site.conf, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const web = { child, pid: child.pid, log: '', gone: once(child, 'exit') };
  child.stderr.on('data', (part) => { web.log += part; });
  web.stop = async () => {
    child.kill('SIGTERM');
    return (await web.gone)[0];
  };
  await until('the socket is served', async () => {
    assert.equal(child.exitCode, null, web.log);
    return existsSync(socket) && (await get(socket, '/login').catch(() => ({}))).status === 200;
  });
  return web;
}

test('the command line explains itself and refuses what it does not know', () => {
  const help = run('--help');
  assert.equal(help.status, 0);
  assert.match(help.stdout, /usage: tollbook/);
  assert.equal(run('--nonsense').status, 64);
  assert.equal(run('--workers', '0').status, 64);
  assert.equal(run('stray').status, 64);
  const check = run('--check', '--config', site.conf);
  assert.equal(check.status, 0);
  assert.match(check.stdout, /public_url = https:\/\/crm\.example\.com/);
  const none = run('--config', join(site.folder, 'none.conf'));
  assert.equal(none.status, 2);
  assert.match(none.stderr, /none\.conf/);
});

test('a broken template stops the start and is named', () => {
  const folder = join(site.folder, 'templates');
  cpSync(join(root, 'templates'), folder, { recursive: true });
  appendFileSync(join(folder, 'grid/list.cs'), '<?cs if:A ?>');
  const conf = join(site.folder, 'broken.conf');
  writeFileSync(conf, readFileSync(site.conf, 'utf8').replace(/^templates = .*$/m, `templates = ${folder}`));
  // ClearSilver itself leaks a few bytes for a template that ends inside an if.
  const env = { ...process.env, ASAN_OPTIONS: 'detect_leaks=0' };
  const done = spawnSync(program, ['--check', '--config', conf], { env, encoding: 'utf8' });
  assert.equal(done.status, 2);
  assert.match(done.stderr, /grid\/list\.cs/);
});

test('words of a CGI request are not options', () => {
  const done = spawnSync(program, ['--check'], {
    env: { REQUEST_METHOD: 'GET', REQUEST_URI: '/login?--check', TOLLBOOK_CONFIG: site.conf }, encoding: 'utf8' });
  assert.match(done.stdout, /^Status: 200/);
});

test('workers answer on a socket that only its group may open, and are replaced when they die', async () => {
  const web = await start();
  try {
    assert.equal(statSync(socket).mode & 0o777, 0o660);
    const [first, second] = workers(web.pid);
    assert.ok(second, 'two workers');
    process.kill(first, 'SIGKILL');
    await until('a new worker', () => {
      const now = workers(web.pid);
      return now.length === 2 && !now.includes(first);
    });
    assert.equal((await get(socket, '/login')).status, 200);
    const second_ = spawnSync(program, ['--config', site.conf], { encoding: 'utf8' });
    assert.equal(second_.status, 2);
    assert.match(second_.stderr, /another program serves it/);
    assert.equal((await get(socket, '/login')).status, 200, 'the first still serves');
  } finally {
    assert.equal(await web.stop(), 0, web.log);
  }
  assert.ok(!existsSync(socket));
});

test('an abandoned socket is taken over', async () => {
  const web = await start();
  const all = children(web.pid);
  web.child.kill('SIGKILL');
  await web.gone;
  await until('all end with their supervisor', () => all.every((pid) => !existsSync(`/proc/${pid}`)));
  assert.ok(existsSync(socket));
  assert.equal(await (await start()).stop(), 0);
});

test('a worker has given up what it does not need', async (t) => {
  const web = await start();
  try {
    const [worker] = workers(web.pid);
    const status = readFileSync(`/proc/${worker}/status`, 'utf8');
    if (!/^Seccomp:/m.test(status)) return t.skip('this kernel has no seccomp');
    assert.match(status, /^NoNewPrivs:\s+1$/m);
    assert.match(status, /^Seccomp:\s+2$/m);
    assert.ok(!/^Seccomp:\s+2$/m.test(readFileSync(`/proc/${web.pid}/status`, 'utf8')), 'the supervisor not');
  } finally {
    await web.stop();
  }
});

test('stopping waits for the request under way', async () => {
  const web = await start();
  const request = await open(socket, { REQUEST_METHOD: 'POST', REQUEST_URI: '/login', REMOTE_ADDR: '192.0.2.7',
    HTTP_ORIGIN: site.origin, CONTENT_TYPE: 'application/x-www-form-urlencoded' });
  request.body('name=nobody&');
  await pause(200);
  web.child.kill('SIGTERM');
  await pause(300);
  assert.equal(web.child.exitCode, null, 'still waiting');
  request.body('password=wrong');
  const answer = await request.answer();
  assert.ok(answer.ended);
  assert.equal(answer.status, 422);
  assert.equal((await web.gone)[0], 0);
});

test('a client that goes away harms nobody', async () => {
  const web = await start();
  try {
    for (let i = 0; i < 10; i++) {
      const request = await open(socket, { REQUEST_METHOD: 'POST', REQUEST_URI: '/login' });
      request.socket.destroy();
    }
    const all = children(web.pid);
    assert.equal((await get(socket, '/login')).status, 200);
    assert.deepEqual(children(web.pid), all);
  } finally {
    await web.stop();
  }
});

test('a reload replaces the workers, and a wrong configuration leaves them', async () => {
  const web = await start();
  const good = readFileSync(site.conf, 'utf8');
  try {
    const old = workers(web.pid);
    writeFileSync(site.conf, `${good}nonsense = 1\n`);
    web.child.kill('SIGHUP');
    await until('the refusal is logged', () => /not reloaded/.test(web.log));
    assert.deepEqual(workers(web.pid), old);
    writeFileSync(site.conf, good.replace('https://crm.example.com', 'https://crm.example.com/sub'));
    web.child.kill('SIGHUP');
    await until('new workers', () => {
      const now = workers(web.pid);
      return now.length === 2 && !now.some((pid) => old.includes(pid));
    });
    assert.equal((await get(socket, '/sub/login')).status, 200);
    assert.equal((await get(socket, '/login')).status, 404);
  } finally {
    writeFileSync(site.conf, good);
    await web.stop();
  }
});

test('a poke starts the sync program once, with nothing of the web in its environment', async () => {
  const said = join(site.folder, 'said');
  const script = join(site.folder, 'sync.sh');
  const poke = `${site.keys.database}.poke`;
  writeFileSync(script, `#!/bin/sh\necho "args $*" >>${said}\nenv >>${said}\nsleep 1\n`);
  chmodSync(script, 0o755);
  appendFileSync(site.conf, `sync_command = ${script}\n`);
  const web = await start();
  try {
    assert.ok(!existsSync(said), 'nothing asked for, nothing started');
    writeFileSync(poke, '');
    await until('the sync program runs', () => existsSync(said));
    utimesSync(poke, new Date(), new Date(Date.now() + 5000)); // while it runs: once more afterwards
    await until('it runs again', () => (readFileSync(said, 'utf8').match(/^args/gm) ?? []).length === 2);
    await pause(1500);
    const text = readFileSync(said, 'utf8');
    assert.equal(text.match(/^args/gm).length, 2);
    assert.match(text, new RegExp(`^args due --config ${site.conf}$`, 'm'));
    assert.match(text, /^PATH=/m);
    assert.ok(!/^HOME=|^HTTP_|^REQUEST_/m.test(text));
  } finally {
    await web.stop();
  }
});
