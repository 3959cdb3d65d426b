// What a web server that speaks FastCGI gets for a request that comes too slowly, has too large a
// head, or is no request at all: told apart, told shortly, and never at the cost of others.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { get, open } from '../kit/fcgi.mjs';
import { makeSite, programs } from '../kit/web.mjs';

const READ_SECONDS = 4;
const STALL_SECONDS = 2;
const PLAIN = { REQUEST_METHOD: 'GET', REQUEST_URI: '/login', REMOTE_ADDR: '192.0.2.7' };
const FORM = { ...PLAIN, REQUEST_METHOD: 'POST', HTTP_ORIGIN: 'https://crm.example.com',
  CONTENT_TYPE: 'application/x-www-form-urlencoded', CONTENT_LENGTH: '5000' };

let site, socket, child;
before(async () => {
  site = makeSite({ workers: '2', receive_seconds: String(READ_SECONDS), stall_seconds: String(STALL_SECONDS) });
  socket = join(site.folder, 'web.sock');
  child = spawn(join(programs, 'tollbook'), ['--config', site.conf], { stdio: ['ignore', 'inherit', 'inherit'] });
  for (let i = 0; !existsSync(socket) && i < 200; i++) await pause(50);
});
after(async () => {
  child.kill('SIGTERM');
  await once(child, 'exit');
  site.remove();
});

const assertServes = async () => assert.equal((await get(socket, '/login')).status, 200);

// The same words for whoever reads them, without a database or a session, and kept by nobody.
function assertTold(answer, status, text) {
  assert.equal(answer.status, status, answer.text);
  assert.ok(answer.ended, 'an end, so that the web server passes it on');
  assert.match(answer.text, text);
  assert.match(answer.text, /\r\nContent-Type: text\/plain; charset=utf-8\r\nCache-Control: no-store\r\n/);
}

test('a body that stops coming is 408 after the time for silence', async () => {
  const from = Date.now();
  const request = await open(socket, FORM);
  request.body('name=anna');
  const answer = await request.answer(false);
  const seconds = (Date.now() - from) / 1000;
  assertTold(answer, 408, /Request not read: it came too slowly: try again\./);
  assert.ok(seconds >= STALL_SECONDS && seconds < READ_SECONDS, `${seconds} s`);
  await assertServes();
});

test('one that comes byte by byte is 408 after the time for a whole request', async () => {
  const from = Date.now();
  const request = await open(socket, FORM);
  const timer = setInterval(() => request.body('a'), 300);
  const answer = await request.answer(false);
  clearInterval(timer);
  const seconds = (Date.now() - from) / 1000;
  assertTold(answer, 408, /it came too slowly/);
  assert.ok(seconds >= READ_SECONDS && seconds < READ_SECONDS + 2, `${seconds} s`);
  await assertServes();
});

test('a head that does not come to its end is 408, too', async () => {
  const raw = connect(socket);
  const parts = [];
  raw.on('data', (part) => parts.push(part));
  await once(raw, 'connect');
  raw.write(Buffer.from([1, 1, 0, 1, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 4, 0])); // and half a record
  await once(raw, 'close');
  assert.match(Buffer.concat(parts).toString('latin1'), /Status: 408 Request Timeout/);
  await assertServes();
});

const many = (count) => Object.fromEntries(Array.from({ length: count - 3 }, (_, i) => [`HTTP_X_${i}`, 'x']));

test('256 variables are taken, one more is 431', async () => {
  assert.equal((await get(socket, '/login', many(256))).status, 200);
  assertTold(await get(socket, '/login', many(257)), 431, /its head is too large: remove this site's cookies/);
  await assertServes();
});

test('variables of 64 KiB are taken, more are 431', async () => {
  // names and values with their lengths in front: of one byte below 128, else of four
  const size = (all) => Object.entries(all).reduce((sum, [name, value]) =>
    sum + name.length + value.length + (name.length < 128 ? 1 : 4) + (value.length < 128 ? 1 : 4), 0);
  const filled = (bytes) => {
    const rest = bytes - size({ ...PLAIN, HTTP_X: 'x'.repeat(128) }) + 128;
    return { ...PLAIN, HTTP_X: 'x'.repeat(rest) };
  };
  assert.equal(size(filled(65536)), 65536);
  assert.equal((await get(socket, '/login', filled(65536))).status, 200);
  assertTold(await get(socket, '/login', filled(65537)), 431, /its head is too large/);
  assertTold(await get(socket, '/login', filled(300000)), 431, /its head is too large/);
  await assertServes();
});

test('what is no request ends without an answer, and nobody else notices', async () => {
  for (const bytes of [[2, 1, 0, 1, 0, 8, 0, 0], [1, 4, 0, 1, 0, 1, 0, 0, 65], [1, 1, 0, 1, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 4, 0, 2, 0, 0, 0, 0],
    // a variable whose length says more than there is
    [1, 1, 0, 1, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 4, 0, 1, 0, 3, 0, 0, 5, 5, 65, 1, 4, 0, 1, 0, 0, 0, 0]]) {
    const raw = connect(socket);
    let got = 0;
    raw.on('data', (part) => { got += part.length; });
    raw.on('error', () => {});
    await once(raw, 'connect');
    const closed = once(raw, 'close');
    raw.write(Buffer.from(bytes));
    await closed;
    assert.equal(got, 0);
  }
  await assertServes();
});
