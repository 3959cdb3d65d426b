// The sync page, runs and quarantine: what they show of rows that a run leaves behind, starting and
// stopping runs, and one real run of a rehearsal store from the button to the record.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { startStore } from '../kit/bench.mjs';
import { addChannel, insert, insertRecords, makeSite, programs, table, words } from '../kit/web.mjs';

const now = Math.floor(Date.now() / 1000);
const choices = ['customer', 'cart', 'order', 'credit_memo', 'subscriber'];

let site;
let anna; // administrator
let bert; // staff
let channel;
before(async () => {
  site = makeSite({ time_zone: 'Europe/Berlin' });
  anna = await site.browser().logIn('anna');
  bert = await site.browser().logIn('bert');
});
after(() => site.remove());
beforeEach(() => {
  site.sql(`DELETE FROM runs; DELETE FROM run_entities; DELETE FROM run_messages; DELETE FROM quarantine; DELETE FROM cursors; DELETE FROM orders;
    UPDATE channels SET deleted_at = 1`);
  channel = addChannel(site, 'Lumen Nordic', { start_date: '2025-03-12' });
  for (const entity of choices) put('channel_entities', { channel_id: channel, entity, is_on: 1 });
});

const addRun = (more) => insert(site, 'runs', [{ channel_id: channel, kind: 'changes', requested_by: 'schedule',
  requested_at: now - 60, state: 'done', started_at: now - 60, ended_at: now - 56, ...more }])[0];
// Into a table without an id.
const put = (into, row) => site.sql(`INSERT INTO ${into} (${Object.keys(row)})
  VALUES (${Object.values(row).map((v) => (typeof v === 'string' ? `'${v}'` : v))})`);
const addPart = (run, entity, more) => put('run_entities', { run_id: run, entity, ...more });
const addCursor = (entity, more) => put('cursors', { channel_id: channel, entity, updated_at: now, ...more });
const addQuarantine = (origin, more = {}) => insert(site, 'quarantine', [{ channel_id: channel, entity: 'order',
  origin_id: origin, reason: 'Grand total not read: "1 299,00" is not a number: correct the value in the store, then retry',
  first_seen_at: now - 300, last_seen_at: now - 100, next_try_at: now + 800, tries: 2, ...more }])[0];
const read = async (path, browser = anna) => {
  const page = await browser.get(path);
  assert.equal(page.status, 200, `${path}: ${page.log}`);
  return page;
};

// A first load that is half done.
function addLoad() {
  const run = addRun({ state: 'running', stage: 'loading', requested_by: 'anna', started_at: now - 100, ended_at: null,
    heartbeat_at: now, read: 600, added: 593, quarantined: 7, calls: 200, store_ms: 64000,
    last_request: 'oroOrderList, ids 4001 to 4500, page size 100', last_request_at: now - 1, last_status: 200, last_ms: 318 });
  const load = { load_state: 'running', top_id: 1000, bottom_id: 0, back_to: 1756900000 };
  addPart(run, 'website', { state: 'done', read: 2, unchanged: 2 });
  addPart(run, 'order', { state: 'running', read: 500, added: 493, quarantined: 7, about: 1000, share: 5000, back_to: 1756900000, started_at: now - 90 });
  addPart(run, 'customer', { state: 'running', read: 100, added: 100, about: 100, share: 10000, back_to: 1742000000 });
  addPart(run, 'subscriber', { state: 'skipped', note: 'The store has no bridge' });
  addCursor('order', { ...load, front_id: 500, loaded: 500 });
  addCursor('customer', { load_state: 'done', top_id: 101, loaded: 100 });
  return run;
}

test('with nothing done the page says so, and there is nothing to start', async () => {
  site.sql('UPDATE channels SET deleted_at = 1');
  const page = await read('/sync');
  assert.match(words(page.text), /No runs here: the first one starts when a channel is activated\./);
  assert.match(words(page.text), /Nothing in quarantine: every record that was read is stored\./);
  assert.match(words(page.text), /Start run : There is no channel yet/);
  assert.doesNotMatch(page.text, /hx-get|http-equiv/);
});

test('a load shows how far it is, how fast, and about how long it takes', async () => {
  const run = addLoad();
  const page = await read('/sync');
  const text = words(page.text);
  assert.match(text, new RegExp(`Run ${run}: Lumen Nordic, first load Running Pause loading Cancel loading Stop after this page`));
  assert.match(text, /Done 54 % 600 of about 1,100 records/);
  assert.match(text, /Rate (6|5\.\d) records\/s (2|1\.\d) requests\/s, answered in 320 ms/);
  assert.match(text, /Estimate about 2 min left ends at about \d\d:\d\d/);
  assert.match(text, /Loaded back to 3 Sep 2025 goes to 12 Mar 2025/);
  assert.match(text, /Quarantined 7 1\.16 % of what was read/);
  assert.match(text, /Websites Done 100 % 2 2 0 0 2 0/);
  assert.match(text, /Customers Done 100 % 100 100 100 0 0 0/);
  assert.match(text, /Orders Running 50 % 500 about 1,000 493 0 0 7 5\.\d\/s 3 Sep 2025/);
  assert.match(text, /Subscribers The store has no bridge Not available/);
  assert.match(text, /Last request \d\d:\d\d:\d\d: oroOrderList, ids 4001 to 4500, page size 100 Answer 200 · 318 ms/);
  assert.match(page.text, new RegExp(`hx-get="/sync/runs/${run}" hx-trigger="every 2s"`));
  assert.match(page.text, /data-say="54 %, about 2 min left"/);
  assert.match(page.text, /<noscript><meta http-equiv="refresh" content="5">/);
});

test('the foot of the menu says how much of a channel is loaded', async () => {
  addLoad();
  assert.match((await read('/account')).text, /<span>Lumen Nordic<\/span><span>54 % loaded<\/span>/);
});

test('polling ends with the run', async () => {
  const run = addLoad();
  const asked = { HTTP_HX_REQUEST: 'true' };
  const part = await anna.get(`/sync/runs/${run}`, asked);
  assert.match(part.text, new RegExp(`^\\s*<section class="tb-card tb-run" id="run-${run}" hx-get=`));
  assert.match(part.headers.vary, /HX-Request/);
  site.sql(`UPDATE runs SET state = 'done', ended_at = ${now} WHERE id = ${run}`);
  const end = await anna.get(`/sync/runs/${run}`, asked);
  assert.doesNotMatch(end.text, /hx-get/);
  assert.match(words(end.text), /first load Done/);
  assert.equal(end.headers['hx-refresh'], undefined);
  assert.equal((await anna.get(`/sync/runs/${run}?own=1`, asked)).headers['hx-refresh'], 'true', 'its own page is stale as a whole');
});

test('a run whose process is gone says that nothing is lost', async () => {
  const run = addLoad();
  site.sql(`UPDATE runs SET heartbeat_at = ${now - 400} WHERE id = ${run}`);
  assert.match(words((await read('/sync')).text), /No sign of life for 6 min 4\d s: its process may have been ended: nothing is lost/);
});

test('a run that waits says for what', async () => {
  const waiting = addRun({ state: 'waiting', kind: 'full', started_at: null, ended_at: null, requested_at: now });
  assert.match(words((await read(`/sync/runs/${waiting}`)).text), /Waits for the sync program, which starts within a minute\./);
  const run = addLoad();
  assert.match(words((await read(`/sync/runs/${waiting}`)).text), new RegExp(`Waits for run ${run}, which holds this channel\\.`));
  site.sql(`DELETE FROM runs WHERE id = ${run}; UPDATE runs SET requested_at = ${now - 300}`);
  assert.match(words((await read('/sync')).text), /Not started for 5 min.*: no sync program takes it: .*crontab/);
});

test('the history is newest first, with each result in its words, and goes on by id', async () => {
  addRun({ read: 64, added: 3, updated: 41, unchanged: 20 });
  addRun({ kind: 'full', state: 'check', read: 9, unchanged: 7, quarantined: 2, error: '2 records in quarantine: see the sync page' });
  addRun({ state: 'failed', requested_by: 'anna', error: 'Carts not read: bridge 1.1.9 refused the call: update the bridge' });
  addRun({ kind: 'one', one_entity: 'order', one_origin_id: 1377, requested_by: 'bert', result: 'updated', read: 1, updated: 1 });
  addRun({ kind: 'retry', one_entity: 'cart', one_origin_id: 9, state: 'stopped', stop_requested_by: 'anna' });
  addRun({ kind: 'check', entities: null });
  const rows = table((await read('/sync')).text);
  assert.deepEqual(rows.map((row) => row[2]), ['Connection check', 'Retry: Cart 9', 'Order 1377', 'Changes', 'Everything again', 'Changes']);
  assert.deepEqual(rows.map((row) => row[10]), ['Done', 'Stopped by anna', 'Done updated',
    'Failed Carts not read: bridge 1.1.9 refused the call: update the bridge',
    'Done, check 2 records in quarantine: see the sync page', 'Done']);
  assert.deepEqual(rows[5].slice(4, 10), ['4 s', '64', '3', '41', '20', '0']);
  for (const row of rows.slice(1))
    assert.equal(Number(row[5]), row.slice(6, 10).map(Number).reduce((a, b) => a + b), 'read is the sum of the rest');
  const first = addRun({});
  for (let i = 0; i < 60; i++) addRun({});
  const page = await read('/sync');
  const older = page.text.match(/href="(\/sync\/runs\?before=\d+)"/)[1];
  const next = await read(older);
  assert.ok(Number(table(next.text)[0][0]) < Number(older.match(/\d+$/)[0]));
  const last = await read(next.text.match(/href="(\/sync\/runs\?before=\d+)"/)[1]);
  assert.ok(table(last.text).some((row) => Number(row[0]) === first));
  assert.doesNotMatch(last.text, /Older runs/);
});

test('times are in the zone of the one who looks', async () => {
  addRun({ started_at: 1763902800, ended_at: 1763902810 }); // 13:00 UTC, 14:00 in Berlin
  assert.equal(table((await read('/sync')).text)[0][3], '23 Nov 2025 14:00');
});

test('a run has a page with its entities and messages', async () => {
  const run = addRun({ state: 'failed', error: 'Carts not read: bridge 1.1.9 refused the call: update the bridge' });
  addPart(run, 'cart', { state: 'failed', note: 'bridge 1.1.9 refused the call' });
  insert(site, 'run_messages', [
    { run_id: run, at: now - 60, level: 'info', message: 'Begun' },
    { run_id: run, at: now - 59, level: 'error', entity: 'cart', origin_id: 12, message: 'Not <b>read</b>' },
  ]);
  const page = await read(`/sync/runs/${run}`);
  const text = words(page.text);
  assert.match(text, new RegExp(`Run ${run} Failed Lumen Nordic Kind Changes By the schedule`));
  assert.match(text, /Carts not read: bridge 1\.1\.9 refused the call: update the bridge/);
  assert.match(text, /Carts bridge 1\.1\.9 refused the call Failed/);
  assert.match(text, /Error Not <b>read<\/b> Cart 12 .* Note Begun/);
  assert.ok(!page.text.includes('<b>read'));
  assert.equal((await anna.get('/sync/runs/999999')).status, 404);
});

test('runs are started and stopped by staff as well', async () => {
  const form = await read(`/sync/start?channel=${channel}`, bert);
  assert.match(form.text, new RegExp(`<option value="${channel}" selected>Lumen Nordic`));
  const answer = await bert.post('/sync/start', { channel, kind: 'changes', entity: 'order' });
  assert.equal(answer.headers.location, '/sync');
  const id = site.sql('SELECT max(id) FROM runs');
  assert.equal(site.sql(`SELECT kind || entities || requested_by || state FROM runs WHERE id = ${id}`), 'changesorderbertwaiting');
  assert.equal((await bert.post(`/sync/runs/${id}/stop`)).status, 303);
  assert.match(words((await read(`/sync/runs/${id}`, bert)).text), /Stopped by bert\./);
  assert.equal((await bert.post(`/sync/runs/${id}/again`)).status, 303);
  assert.equal(site.sql(`SELECT kind || entities FROM runs WHERE id = ${Number(id) + 1}`), 'changesorder');
  const load = addLoad();
  await bert.post(`/sync/runs/${load}/stop`);
  assert.equal(site.sql(`SELECT state FROM runs WHERE id = ${load}`), 'running', 'it ends its page first');
  assert.match(words((await read('/sync', bert)).text), /Stops after this page, as bert asked/);
});

test('reading everything again is confirmed first', async () => {
  insertRecords(site, 'orders', channel, [{ origin_id: 1 }, { origin_id: 2 }]);
  const asked = { channel, kind: 'full', entity: '' };
  const page = await anna.post('/sync/start', asked);
  assert.equal(page.status, 200);
  assert.match(words(page.text), /Read everything of Lumen Nordic again .* Stays Customers 0 Carts 0 Orders 2/);
  assert.match(page.text, /class="btn btn-primary tb-danger"/);
  assert.equal(site.sql('SELECT count(*) FROM runs'), '0');
  assert.equal((await anna.post('/sync/start', { ...asked, confirmed: '1' })).headers.location, '/sync');
  assert.equal(site.sql('SELECT kind FROM runs'), 'full');
});

test('what cannot be started is refused in the form', async () => {
  const refused = async (fields, pattern) => {
    const page = await anna.post('/sync/start', { channel, kind: 'changes', entity: '', ...fields });
    assert.equal(page.status, 422);
    assert.match(words(page.text), pattern);
  };
  await refused({ channel: '' }, /Not started: Channel/);
  await refused({ channel: 'x' }, /choose one of the list/);
  await refused({ kind: 'delete' }, /choose one of the list/);
  await refused({ entity: 'website' }, /choose one of the list/);
  site.sql(`UPDATE channel_entities SET is_on = 0 WHERE entity = 'cart'`);
  await refused({ entity: 'cart' }, /Carts not read: they are off in Lumen Nordic/);
  site.sql(`UPDATE channels SET status = 'inactive' WHERE id = ${channel}`);
  await refused({}, /Lumen Nordic is not active: activate the channel first/);
  await refused({ kind: 'full' }, /not active/);
  assert.equal(site.sql('SELECT count(*) FROM runs'), '0');
  assert.equal((await anna.post('/sync/start', { channel, kind: 'check', entity: '' })).status, 303, 'a check can');
});

test('quarantine: the newest here, all of them by pages, each with reason and retry', async () => {
  for (let i = 1; i <= 60; i++) addQuarantine(i);
  const page = await read('/sync');
  assert.match(words(page.text), /Quarantine 60 Retry all 60 of Lumen Nordic/);
  assert.match(words(page.text), /Order 60 Lumen Nordic Grand total not read: "1 299,00" is not a number/);
  assert.match(page.text, /<span class="tb-count">60/);
  const all = await read('/sync/quarantine');
  assert.equal(table(all.text).length, 50);
  const rest = await read(all.text.match(/href="(\/sync\/quarantine\?[^"]*before=\d+)"/)[1].replaceAll('&amp;', '&'));
  assert.equal(table(rest.text).length, 10);
  assert.equal((await bert.post('/sync/quarantine/retry', { channel })).status, 303);
  assert.equal(site.sql(`SELECT kind || coalesce(one_entity, '-') FROM runs`), 'retry-');
});

test('an answer is shown as it is stored, as text', async () => {
  const answer = '<item>\n  <increment_id>4</increment_id>\n  <note><script>alert(1)</script> &amp; more</note>\n</item>';
  const id = addQuarantine(1377, { answer });
  const page = await read(`/sync/quarantine/${id}`);
  assert.ok(page.text.includes(`&lt;item&gt;
  &lt;increment_id&gt;4&lt;/increment_id&gt;
  &lt;note&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp;amp; more&lt;/note&gt;
&lt;/item&gt;</pre>`));
  assert.match(words(page.text), /Order 1377 Quarantined/);
  assert.match(words(page.text), /Tries 2/);
  assert.equal((await anna.post(`/sync/quarantine/${id}/retry`)).status, 303);
  assert.equal(site.sql('SELECT kind || one_entity || one_origin_id FROM runs'), 'retryorder1377');
  const bare = addQuarantine(1378);
  assert.match(words((await read(`/sync/quarantine/${bare}`)).text), /None was kept/);
});

test('what an inactive channel has in quarantine is shown, but not retried', async () => {
  const id = addQuarantine(1);
  site.sql(`UPDATE channels SET status = 'inactive' WHERE id = ${channel}`);
  const page = await read('/sync');
  assert.doesNotMatch(page.text, /\/retry"/);
  assert.match(words((await read(`/sync/quarantine/${id}`)).text), /Retry : The channel is not active/);
  assert.equal((await anna.post(`/sync/quarantine/${id}/retry`)).status, 400);
});

test('from the button to the record: a poisoned order is put aside, then loads', async (t) => {
  const store = await startStore({ customers: 30, orders: 40, carts: 20, subscribers: 10, memos: 4 });
  const house = makeSite({ private_stores: store.host, retry_first_ms: '0', retries: '0' });
  t.after(async () => {
    house.remove();
    await store.stop();
  });
  const due = () => spawnSync(join(programs, 'tollbook-sync'), ['due', '--config', house.conf]);
  const browser = await house.browser().logIn('anna');
  await browser.post('/channels/new', [...Object.entries({ name: 'Rehearsal', url: store.url, allow_http: '1',
    api_user: 'api', api_key: 'rehearsal-key', start_date: '2007-01-01', guest_sync: '1', sync_interval_minutes: '5',
    page_size: '100', parallel: '4', requests_per_second: '0', priority: 'remote', push_mode: 'send', verify_days: '30',
    verify_calls: '5000', verify_seconds: '3600', notice_minutes: '60' }), ...choices.map((name) => ['entity', name])]);
  await store.control('fault', { kind: 'fault', op: 'oroOrderList', id: 20, code: 1, text: 'Broken', times: 0 });
  await browser.post('/channels/1/activate');
  due();
  const page = await browser.get('/sync');
  assert.match(words(page.text), /Rehearsal First load .* Done, check/);
  assert.match(words(page.text), /Quarantine 1 Retry 1 of Rehearsal .* Order 20 Rehearsal/);
  await store.control('clear', {});
  const answer = await browser.post('/sync/quarantine/1/retry');
  due();
  assert.match(words((await browser.get(answer.headers.location)).text), /Retry: Order 20 Done .* Orders Done 1 1 0 0 0/);
  assert.match(words((await browser.get('/sync')).text), /Nothing in quarantine/);
});
