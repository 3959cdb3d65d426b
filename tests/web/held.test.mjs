// A database that somebody else writes to for long, or that this program may not use: who reads is
// served where that can be, who writes waits a set time, once, and both are told which of it is so.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { addChannel, insertRecords, makeSite, programs, words } from '../kit/web.mjs';

const WAIT_MS = 1500;
const NOBODY = 65534;

let site, anna, order;
before(async () => {
  site = makeSite({ busy_timeout_ms: String(WAIT_MS), request_seconds: '30' });
  const channel = addChannel(site, 'Lumen');
  site.sql(`UPDATE channels SET two_way = 1, status = 'active', has_bridge = 1 WHERE id = ${channel}`);
  [order] = insertRecords(site, 'orders', channel, [{ origin_id: 7, increment_id: '100000007', state: 'processing',
    status: 'processing', order_currency_code: 'EUR', created_at: 1732000000 }]);
  anna = await site.browser().logIn('anna');
});
after(() => site.remove());

test('an edit waits for another writer once, however many statements it has, and says that it was in vain', async () => {
  await anna.get(`/orders/${order}/comment`);
  const holder = spawn('sqlite3', [site.keys.database], { stdio: ['pipe', 'pipe', 'inherit'] });
  holder.stdin.write("BEGIN IMMEDIATE; SELECT 'held';\n");
  await once(holder.stdout, 'data');
  try {
    const begun = Date.now();
    assert.equal((await anna.get('/orders')).status, 200, 'who reads does not wait');
    const read = Date.now() - begun;
    const from = Date.now();
    const answer = await anna.post(`/orders/${order}/comment`, { comment: 'Called back' });
    const waited = Date.now() - from;
    assert.equal(answer.status, 503);
    assert.match(words(answer.text), /Busy: the database did not answer in time .*the database is busy: try again in a moment.*Nothing was changed/);
    assert.ok(waited >= WAIT_MS && waited < 2 * WAIT_MS + read, `${waited} ms, a page takes ${read}`);
  } finally {
    holder.stdin.end();
    await once(holder, 'exit');
  }
  assert.equal(site.sql("SELECT count(*) FROM outbox WHERE op = 'comment'"), '0');
  assert.equal((await anna.post(`/orders/${order}/comment`, { comment: 'Called back' })).status, 303);
});

test('files that this user may not open or write are told as that, without their names',
  { skip: process.getuid() === 0 ? false : 'only root can be another user' }, async () => {
    const ask = () => spawnSync('setpriv', [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', join(programs, 'tollbook')], {
      encoding: 'utf8', env: { TOLLBOOK_CONFIG: site.conf, REQUEST_METHOD: 'GET', REQUEST_URI: '/login', REMOTE_ADDR: '192.0.2.7' } });
    const told = (done) => {
      assert.match(done.stdout, /^Status: 503/, done.stdout + done.stderr);
      assert.match(words(done.stdout), /Tollbook cannot use its files .*check their owner and rights.*tell your administrator/);
      assert.ok(!done.stdout.includes(site.folder), 'no path on a page');
      assert.match(done.stderr, /status=io/, "the log has the cause");
    };
    chmodSync(site.folder, 0o755);
    chmodSync(site.conf, 0o644);
    site.sql('PRAGMA wal_checkpoint(TRUNCATE)');
    assert.ok(!existsSync(`${site.keys.database}-shm`));
    told(ask()); // not to be read
    chmodSync(site.keys.database, 0o644);
    told(ask()); // to be read, but its -shm cannot be made
    renameSync(site.keys.database, `${site.keys.database}.away`);
    const missing = ask();
    renameSync(`${site.keys.database}.away`, site.keys.database);
    chmodSync(site.keys.database, 0o660);
    assert.match(missing.stdout, /^Status: 50[03]/);
    assert.ok(!missing.stdout.includes(site.folder));
  });
