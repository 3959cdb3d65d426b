// The disk is full: pages go on showing what is there, what would change something says why it does
// not, and nobody has to guess; when there is room again all goes on by itself. Needs a right to mount.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { addChannel, insertRecords, makeSite, password, words } from '../kit/web.mjs';

const folder = mkdtempSync(join(tmpdir(), 'tollbook-full-'));
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=5m,mode=700', 'tmpfs', folder]).status === 0;
const filler = join(folder, 'filler');

// To the last byte.
function fill() {
  const file = openSync(filler, 'a');
  for (const size of [65536, 4096, 1]) {
    try {
      for (;;) writeSync(file, Buffer.alloc(size));
    } catch (err) {
      assert.equal(err.code, 'ENOSPC');
    }
  }
  closeSync(file);
}

describe('a full disk', { skip: mounted ? false : 'a small disk cannot be mounted' }, () => {
  let site, anna, bert, order, holder;
  const comments = () => Number(site.sql("SELECT count(*) FROM outbox WHERE op = 'comment'"));
  const told = (answer) => {
    assert.equal(answer.status, 503, words(answer.text));
    assert.match(words(answer.text), /The disk of the server is full .*the disk is full: free some space/);
    assert.match(words(answer.text), /Nothing was changed\. It does not go away by itself: tell your administrator\./);
    assert.match(words(answer.text), /request [0-9a-f]{16}/);
    assert.match(answer.log, /status=full/);
  };

  before(async () => {
    site = makeSite({ database: join(folder, 'tollbook.db') });
    const channel = addChannel(site, 'Lumen');
    site.sql(`UPDATE channels SET two_way = 1, status = 'active', has_bridge = 1 WHERE id = ${channel}`);
    [order] = insertRecords(site, 'orders', channel, [{ origin_id: 7, increment_id: '100000007', state: 'processing',
      status: 'processing', order_currency_code: 'EUR', created_at: 1732000000 }]);
    anna = await site.browser().logIn('anna');
    bert = await site.browser().logIn('bert');
  });
  after(() => {
    holder?.kill();
    site?.remove();
  });

  test('under a program that runs: what is read is shown, what is written says why it is not', async () => {
    // as the workers do, which keep the database open
    holder = spawn('sqlite3', [site.keys.database], { stdio: ['pipe', 'pipe', 'inherit'] });
    holder.stdin.write('SELECT count(*) FROM orders;\n');
    await once(holder.stdout, 'data');
    fill();
    for (const path of ['/orders', `/orders/${order}`, '/sync', '/search?q=100000007']) {
      assert.equal((await anna.get(path)).status, 200, path);
    }
    await anna.get(`/orders/${order}/comment`);
    told(await anna.post(`/orders/${order}/comment`, { comment: 'x'.repeat(9000) }));
    assert.equal(comments(), 0);
    assert.match(words((await anna.get(`/orders/${order}`)).text), /100000007/, 'still signed in');
  });

  test('the log-in is shown, and a try says why it does not go on', async () => {
    const stranger = site.browser();
    const page = await stranger.get('/login');
    assert.equal(page.status, 200);
    assert.match(words(page.text), /Sign in Name Password/);
    told(await stranger.post('/login', { name: 'anna', password }));
    assert.equal(stranger.jar.size, 0);
    told(await stranger.post('/login', { name: 'anna', password: 'not this one' }));
  });

  test('a log-out is one of this browser, and says what is left', async () => {
    const cookie = [...bert.jar];
    const answer = await bert.post('/logout');
    assert.equal(answer.status, 503);
    assert.match(words(answer.text), /Signed out in this browser only: the session could not be ended .*the disk is full: free some space/);
    assert.doesNotMatch(words(answer.text), /Nothing was changed/);
    assert.match(words(answer.text), /Sign in/);
    assert.equal(bert.jar.size, 0);
    assert.equal((await bert.get('/orders')).status, 303);
    const taken = site.browser();
    cookie.forEach(([name, value]) => taken.jar.set(name, value));
    assert.equal((await taken.get('/orders')).status, 200, 'as it says');
  });

  test('where even the shared memory has no room each page says so', async () => {
    holder.stdin.end();
    await once(holder, 'exit');
    fill();
    for (const path of ['/orders', '/login']) told(await anna.get(path));
    told(await site.browser().post('/login', { name: 'anna', password }));
  });

  test('with room again all goes on', async () => {
    unlinkSync(filler);
    assert.equal((await anna.get('/orders')).status, 200);
    await anna.get(`/orders/${order}/comment`);
    assert.equal((await anna.post(`/orders/${order}/comment`, { comment: 'Called back' })).status, 303);
    assert.equal(comments(), 1);
    await bert.logIn('bert');
    assert.equal((await bert.post('/logout')).status, 303);
    assert.equal(site.sql('PRAGMA integrity_check'), 'ok');
  });
});

after(() => {
  if (mounted) spawnSync('umount', ['-l', folder]);
  rmSync(folder, { recursive: true, force: true });
});
