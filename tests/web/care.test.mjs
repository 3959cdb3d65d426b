// Care for the store in the browser: the channel's settings, pausing and canceling loads, quiet
// hours, outages, what reading costs, Sync Data with what it changed; and that the numbers on the
// pages add up.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { startStore } from '../kit/bench.mjs';
import { addChannel, insert, makeSite, programs, table, words } from '../kit/web.mjs';

const sizes = { customers: 30, orders: 60, carts: 20, subscribers: 10, memos: 4 };
const now = Math.floor(Date.now() / 1000);

let store;
let site;
let anna; // administrator
let bert; // staff
let channel;
before(async () => {
  store = await startStore(sizes);
  site = makeSite({ private_stores: store.host, retry_first_ms: '0', retries: '0', time_zone: 'Europe/Berlin' });
  anna = await site.browser().logIn('anna');
  bert = await site.browser().logIn('bert');
});
after(async () => {
  site.remove();
  await store.stop();
});
beforeEach(() => {
  site.sql(`DELETE FROM outages; DELETE FROM cursors; DELETE FROM run_entities; DELETE FROM runs;
    DELETE FROM channel_entities; UPDATE channels SET deleted_at = 1, status = 'inactive'`);
  channel = addChannel(site, 'Lumen Nordic', { anchor_at: now - 9000, last_good_at: now - 200 });
  site.sql(`INSERT INTO channel_entities (channel_id, entity, is_on) VALUES (${channel}, 'customer', 1), (${channel}, 'order', 1)`);
});

const due = () => spawnSync(join(programs, 'tollbook-sync'), ['due', '--config', site.conf], { encoding: 'utf8' });
const read = async (path, browser = anna) => {
  const page = await browser.get(path);
  assert.equal(page.status, 200, `${path}: ${page.log}`);
  return words(page.text);
};
const value = (sql) => site.sql(sql);
const cursor = (state, more = '') => site.sql(`INSERT INTO cursors (channel_id, entity, load_state, top_id, front_id, bottom_id, loaded, back_to, updated_at ${more && ', is_whole'})
  VALUES (${channel}, 'order', '${state}', 1000, 400, 0, 600, 1756900000, ${now - 500} ${more})`);

// ---- the form ----

const settings = (more = {}) => ({
  name: 'Lumen Nordic', url: 'https://nordic.example/', api_user: 'api', api_key: '', start_date: '2007-01-01', guest_sync: '1',
  wsi: '', website: '', owner: '', sync_interval_minutes: '5', page_size: '100', parallel: '4', requests_per_second: '0',
  quiet_from: '', quiet_to: '', priority: 'remote', push_mode: 'send', verify_at: '02:30', verify_days: '30',
  verify_calls: '5000', verify_seconds: '3600', notice_minutes: '60', ...more,
});

test('every setting is saved, shown, and there again in the form', async () => {
  site.sql(`UPDATE channels SET url = 'https://nordic.example/' WHERE id = ${channel}`);
  const answer = await anna.post(`/channels/${channel}/edit`, settings({ api_key: 'some-key', is_adaptive: '1', quiet_from: '08:00', quiet_to: '18:30', two_way: '1',
    priority: 'local', push_mode: 'approve', verify_at: '03:15', verify_days: '14', verify_calls: '0', verify_seconds: '120', notice_minutes: '15' }));
  assert.equal(answer.status, 303, words(answer.text));
  assert.equal(value(`SELECT is_adaptive, quiet_from, quiet_to, two_way, priority, push_mode, verify_at, verify_days, verify_repairs, verify_calls,
    verify_seconds, notice_minutes FROM channels WHERE id = ${channel}`), '1|08:00|18:30|1|local|approve|03:15|14|0|0|120|15');
  const page = await read(`/channels/${channel}`);
  assert.match(page, /Changes made here are sent when somebody approves When both sides changed a field Tollbook wins/);
  assert.match(page, /Pace follows the store's answer time Quiet hours 08:00 to 18:30 \(Europe\/Berlin\) Mail after failing for 15 min/);
  assert.match(page, /Every night at 03:15 \(Europe\/Berlin\) Every record within 14 days What differs is shown only Requests a night no limit Of the store's time a night 2 min/);
  const form = (await anna.get(`/channels/${channel}/edit`)).text;
  for (const [name, text] of [['quiet_from', '08:00'], ['quiet_to', '18:30'], ['verify_at', '03:15'], ['verify_days', '14'], ['notice_minutes', '15']])
    assert.match(form, new RegExp(`name="${name}" type="\\w+"\\s+value="${text}"`), name);
  assert.match(form, /name="priority"\s+value="local" checked/);
  assert.match(form, /name="push_mode"\s+value="approve" checked/);
  assert.match(words(form), /Nobody gets one yet: smtp_url and mail_to are not configured/);
});

test('times and bounds that cannot be are refused at their field', async () => {
  site.sql(`UPDATE channels SET url = 'https://nordic.example/' WHERE id = ${channel}`);
  for (const [field, more, sentence] of [
    ['quiet_from', { quiet_from: '8:00', quiet_to: '18:00' }, /"8:00" is no time of the day: write it like 02:30/],
    ['quiet_to', { quiet_from: '08:00' }, /enter when they end/],
    ['quiet_from', { quiet_to: '08:00' }, /enter when they begin/],
    ['quiet_to', { quiet_from: '08:00', quiet_to: '08:00' }, /they end when they begin/],
    ['verify_at', { verify_at: '24:00' }, /"24:00" is no time of the day/],
    ['verify_days', { verify_days: '0' }, /1/],
    ['push_mode', { push_mode: 'now' }, /./],
    ['priority', { priority: 'both' }, /./],
    ['notice_minutes', { notice_minutes: '-1' }, /./],
  ]) {
    const page = await anna.post(`/channels/${channel}/edit`, settings(more));
    assert.equal(page.status, 422, field);
    const error = page.text.match(new RegExp(`id="e-${field}"[^]*?</p>`));
    assert.ok(error, `${field} has its sentence`);
    assert.match(words(error[0]), sentence);
  }
  assert.equal(value(`SELECT quiet_from IS NULL FROM channels WHERE id = ${channel}`), '1');
});

// ---- loads ----

test('a load is paused and resumed by staff, and says so', async () => {
  cursor('running');
  const page = await read(`/channels/${channel}`, bert);
  assert.match(page, /Pause loading Cancel loading/);
  assert.equal((await bert.post(`/channels/${channel}/pause`)).status, 303);
  assert.equal(value(`SELECT load_paused_by FROM channels WHERE id = ${channel}`), 'bert');
  for (const path of [`/channels/${channel}`, '/sync']) {
    assert.match(await read(path), /Lumen Nordic: loading is paused\. By bert, \d+ \w+ \d{4} \d\d:\d\d\. 60 % of the past is here, back to 3 Sep 2025\. Changes are read on\./);
  }
  assert.equal((await bert.post(`/channels/${channel}/resume`)).headers.location, '/sync');
  assert.equal(value(`SELECT load_paused_at IS NULL FROM channels WHERE id = ${channel}`), '1');
  assert.equal(value('SELECT kind || state || requested_by FROM runs'), 'changeswaitingbert');
});

test('a run that loads is asked to end when its load is paused; one that reads changes is not', async () => {
  cursor('running');
  const [loading, reading] = insert(site, 'runs', ['loading', 'changes'].map((stage) => ({ channel_id: channel, kind: 'changes', requested_by: 'schedule',
    requested_at: now, state: 'running', started_at: now, heartbeat_at: now, stage })));
  site.sql(`INSERT INTO run_entities (run_id, entity, state, share) VALUES (${loading}, 'order', 'running', 6000)`);
  assert.match(await read('/sync'), /Running Pause loading Cancel loading Stop after this page/);
  await anna.post(`/channels/${channel}/pause`);
  assert.equal(value(`SELECT stop_requested_by FROM runs WHERE id = ${loading}`), 'anna');
  assert.equal(value(`SELECT stop_requested_by IS NULL FROM runs WHERE id = ${reading}`), '1');
});

test('canceling names what stays, ends the load for good, and can be taken back', async () => {
  cursor('running');
  const page = await read(`/channels/${channel}/cancel`);
  assert.match(page, /Cancel the loading of Lumen Nordic .*60 % of the past is here, back to 3 Sep 2025\. Nothing more of it is loaded until somebody resumes/);
  assert.match(page, /Goes The rest of the load Stays 600 records that were loaded Reading what changes, as before/);
  assert.equal(value('SELECT load_state FROM cursors'), 'running', 'looking does nothing');
  assert.equal((await anna.post(`/channels/${channel}/cancel`)).status, 303);
  assert.equal(value('SELECT load_state, load_number, front_id FROM cursors'), 'canceled|1|400');
  assert.match(await read(`/channels/${channel}`), /loading was canceled\. 60 % of the past is here, back to 3 Sep 2025\. What is older is not\./);
  assert.equal((await anna.post(`/channels/${channel}/cancel`)).status, 400);
  await anna.post(`/channels/${channel}/resume`);
  assert.equal(value('SELECT load_state, load_number, front_id FROM cursors'), 'running|2|400');
});

test('canceling a second reading of everything leaves the first one whole', async () => {
  cursor('running', ', 1');
  const [full] = insert(site, 'runs', [{ channel_id: channel, kind: 'full', requested_by: 'anna', requested_at: now, state: 'waiting' }]);
  await anna.post(`/channels/${channel}/cancel`);
  assert.equal(value('SELECT load_state FROM cursors'), 'done');
  assert.equal(value(`SELECT state || stop_requested_by FROM runs WHERE id = ${full}`), 'stoppedanna');
  assert.doesNotMatch(await read(`/channels/${channel}`), /was canceled/);
});

test('quiet hours say until when', async () => {
  const hour = (add) => new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Berlin', hour: '2-digit', minute: '2-digit' })
    .format(new Date(Date.now() + add * 3600000));
  cursor('running');
  site.sql(`UPDATE channels SET quiet_from = '${hour(-1)}', quiet_to = '${hour(1)}' WHERE id = ${channel}`);
  assert.match(await read('/sync'), new RegExp(`Lumen Nordic: loading waits until ${hour(1)}\\. Quiet hours from ${hour(-1)} \\(Europe/Berlin\\)\\.`));
  site.sql('DELETE FROM cursors');
  assert.doesNotMatch(await read('/sync'), /Quiet hours/, 'there is nothing to wait for');
});

// ---- outages and costs ----

test('an outage is told with its cause and what is stale; one that is over with its end', async () => {
  insert(site, 'outages', [
    { channel_id: channel, began_at: now - 90000, ended_at: now - 86400, last_at: now - 87000, runs: 9, error: 'Store not reached: 503: wait', stale_since: now - 90300, caught_up_at: now - 86390, noticed_at: now - 86500 },
    { channel_id: channel, began_at: now - 3700, last_at: now - 100, runs: 4, error: 'Store not reached: it is in maintenance: try <later>', stale_since: now - 4000, notice_error: 'Mail not sent: the mail server takes too long' },
  ]);
  cursor('done');
  assert.match(await read('/sync'), /Lumen Nordic cannot be read since .*: Store not reached: it is in maintenance: try <later> What is stale/);
  const page = await anna.get('/sync/outages');
  assert.ok(!page.text.includes('<later>'));
  const text = words(page.text);
  assert.match(text, /Lumen Nordic: as of Customers never read Orders \d+ \w+ \d{4} \d\d:\d\d/);
  const rows = table(page.text);
  assert.deepEqual(rows.map((row) => [row[0], row[3], row.at(-1)]), [['Lumen Nordic', '4', 'Cannot be read'], ['Lumen Nordic', '9', 'Caught up']]);
  assert.match(rows[0][2], /1 h [12] min/);
  assert.equal(rows[1][2], '1 h');
  assert.match(rows[0].join(' '), /the mail server takes too long/);
  assert.match(await read(`/channels/${channel}`), /Outages Since For State .* it is in maintenance: try <later> .* Cannot be read/);
});

test('what reading costs the store stands on its page, day by day', async () => {
  insert(site, 'runs', [
    { channel_id: channel, kind: 'changes', requested_by: 'schedule', requested_at: now, state: 'done', started_at: now - 1, ended_at: now, calls: 40, store_ms: 8000 },
    { channel_id: channel, kind: 'changes', requested_by: 'schedule', requested_at: now, state: 'done', started_at: now - 1, ended_at: now, calls: 1200, store_ms: 4000 },
    { channel_id: channel, kind: 'full', requested_by: 'anna', requested_at: now - 200000, state: 'done', started_at: now - 200000, ended_at: now, calls: 7, store_ms: 864000 },
    { channel_id: channel, kind: 'full', requested_by: 'anna', requested_at: now - 900000, state: 'done', started_at: now - 900000, ended_at: now, calls: 99999, store_ms: 864000 },
  ]);
  const text = await read(`/channels/${channel}`);
  assert.match(text, /Cost to the store Day Runs Requests Store's time Of the day \d+ \w+ \d{4} (2 1,240 12 s|1 1,200 4 s)/);
  assert.match(text, / 1 7 14 min 24 s 1 %/);
  assert.doesNotMatch(text, /99,999/);
});

// ---- with a store ----

async function rehearse() {
  await anna.post('/channels/new', [...Object.entries(settings({ name: 'Rehearsal', url: store.url, allow_http: '1', api_key: 'rehearsal-key', verify_at: '' })),
    ...['cart', 'order', 'credit_memo', 'subscriber'].map((name) => ['entity', name])]);
  const id = Number(value('SELECT max(id) FROM channels'));
  await anna.post(`/channels/${id}/activate`);
  due();
  return id;
}

test('the numbers on the sync page and on a run\'s page add up, with one in quarantine', async () => {
  await store.control('fault', { kind: 'fault', op: 'oroOrderList', id: 25, code: 1, text: 'Broken', times: 0 });
  await rehearse();
  await store.control('clear', {});
  const numbers = (cells) => cells.map((cell) => Number(cell.replace(/,/g, '')));
  const first = table((await anna.get('/sync')).text).find((row) => row[2] === 'First load');
  const [total, ...parts] = numbers(first.slice(5, 10));
  assert.equal(total, parts.reduce((a, b) => a + b));
  assert.equal(parts[3], 1, 'one is in quarantine');
  const page = await anna.get(`/sync/runs/${first[0]}`);
  const entities = table(page.text).filter((row) => row.length >= 7 && /^\d/.test(row[2])).map((row) => numbers(row.slice(2, 7)));
  for (const row of entities) assert.equal(row[0], row.slice(1).reduce((a, b) => a + b));
  const sums = entities.reduce((all, row) => all.map((n, i) => n + row[i]), [0, 0, 0, 0, 0]);
  assert.deepEqual(sums, [total, ...parts]);
  assert.match(words(page.text), /Store's time /);
});

test('Sync Data tells what had changed, that nothing had, and that the store does not have it any more', async () => {
  await store.control('reset', {});
  const id = await rehearse();
  site.sql('UPDATE quarantine SET next_try_at = 0');
  const origin = 12;
  const order = value(`SELECT id FROM orders WHERE channel_id = ${id} AND origin_id = ${origin}`);
  const sync = async () => {
    await anna.post(`/orders/${order}/sync`);
    due();
    return anna.get(`/orders/${order}`);
  };
  assert.match(words((await sync()).text), /Read from the store: nothing had changed\./);
  const was = value(`SELECT coalesce(coupon_code, '') FROM orders WHERE id = ${order}`);
  await store.control('change', { what: 'order.silent', id: origin, field: 'coupon_code', value: 'RING<2>' });
  const page = await sync();
  assert.match(page.text, /<ul class="tb-changes"><li><b>Coupon code<\/b>[^]*RING&lt;2&gt;<\/li><\/ul>/i);
  assert.match(words(page.text), /Read from the store: it had changed:/);
  if (was) assert.match(page.text, new RegExp(`<del>${was.slice(0, 10)}`));
  const run = value('SELECT max(id) FROM runs');
  assert.match(words((await anna.get(`/sync/runs/${run}`)).text), /Coupon code: .* became RING<2>/);
  await store.control('change', { what: 'order.comment', id: origin, text: 'Called back' });
  assert.match(words((await sync()).text), /it had changed:.* added/);
  await store.control('change', { what: 'order.delete', id: origin });
  assert.match(words((await sync()).text), /The store does not have it any more\. What was read before is kept here\./);
});
