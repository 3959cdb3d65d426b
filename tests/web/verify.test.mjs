// Statements of completeness: what they show of the rows that a check leaves behind, and starting
// checks and repairs.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { addChannel, insert, insertRecords, makeSite, words } from '../kit/web.mjs';

const AT = Date.UTC(2026, 2, 14, 1, 30) / 1000;

let site;
let anna;
let bert;
let channel;
let run;
before(async () => {
  site = makeSite({ time_zone: 'UTC' });
  anna = await site.browser().logIn('anna');
  bert = await site.browser().logIn('bert');
});
after(() => site.remove());
beforeEach(() => {
  site.sql(`DELETE FROM finding_fields; DELETE FROM findings; DELETE FROM verification_sums; DELETE FROM verifications;
    DELETE FROM runs; DELETE FROM orders; DELETE FROM verify_circles;
    UPDATE channels SET deleted_at = 1`);
  channel = addChannel(site, 'Lumen Nordic', { start_date: '2025-03-12' });
  for (const entity of ['customer', 'cart', 'order', 'credit_memo', 'subscriber']) {
    site.sql(`INSERT INTO channel_entities (channel_id, entity, is_on) VALUES (${channel}, '${entity}', 1)`);
  }
});

const put = (into, row) => site.sql(`INSERT INTO ${into} (${Object.keys(row)}) VALUES (${Object.values(row).map((v) =>
  (v === null ? 'NULL' : typeof v === 'string' ? `'${v}'` : v))})`);
const addRun = (more = {}) => insert(site, 'runs', [{ channel_id: channel, kind: 'verify', requested_by: 'schedule',
  requested_at: AT, state: 'check', started_at: AT, ended_at: AT + 372, calls: 214, store_ms: 41300, ...more }])[0];
const addLine = (entity, more = {}) => put('verifications', { run_id: run, entity, way: 'census', state: 'equal',
  id_from: 1, id_to: 9000, store_count: 100, here_count: 100, started_at: AT, ended_at: AT + 10, ...more });
const addSum = (field, store, here, more = {}) => put('verification_sums', { run_id: run, entity: 'order',
  month: '2025-11', status: 'complete', website_origin_id: 1, currency: 'EUR', field, store_value: store,
  here_value: here, ...more });
const addFinding = (what, origin, more = {}) => insert(site, 'findings', [{ run_id: run, channel_id: channel,
  entity: 'order', origin_id: origin, title: `10000${origin}`, what, ...more }])[0];
const path = (rest = '') => `/channels/${channel}/verify${rest}`;
const read = async (where, browser = anna) => {
  const page = await browser.get(where);
  assert.equal(page.status, 200, `${where}: ${page.log}`);
  return page;
};

// Orders differ: seven are missing, two changed without a word.
function addStatement() {
  const [order] = insertRecords(site, 'orders', channel, [{ origin_id: 802, increment_id: '10000802', status: 'pending' }]);
  run = addRun();
  addLine('customer', { store_count: 24118, here_count: 24118 });
  addLine('order', { state: 'differs', store_count: 28341, here_count: 28334, missing: 7, different: 2, newer: 3 });
  addSum('count', 28341, 28334);
  addSum('base_grand_total', 39041182200, 39029663200);
  addSum('base_tax_amount', 100000, 100000);
  addFinding('missing', 801);
  const id = addFinding('different', 802, { record_id: order });
  put('finding_fields', { finding_id: id, entity: 'order', origin_id: 802, field: 'status', store_value: 'complete', here_value: 'pending' });
  put('finding_fields', { finding_id: id, entity: 'order_item', origin_id: 4711, field: null, store_value: '', here_value: null });
  return order;
}

test('a channel that was never compared says so, and what a check does', async () => {
  const page = await read(path());
  const text = words(page.text);
  assert.match(text, /Completeness check Not checked yet/);
  assert.match(text, /Not compared yet A check walks all ids of the store/);
  assert.match(text, /Carts not yet: the nightly check does it bit by bit/);
  assert.match(page.text, /name="way" value="census"/);
  assert.match(words((await read('/verify')).text), /Lumen Nordic Not checked yet/);
});

test('the statement has records, sums and ids, each with its difference', async () => {
  const order = addStatement();
  const page = await read(path());
  const text = words(page.text);
  assert.match(text, /Statement of 14 Mar 2026 Differs/);
  assert.match(text, /Taken 14 Mar 2026 01:30 took 6 min 12 s Records from 12 Mar 2025 Way census Requests 214/);
  assert.match(text, /Store and Tollbook differ\. Missing here: 7\. Not in the store: 0\. As they were before: 0\. With other values: 2\./);
  assert.match(text, /Customers 24,118 24,118 0 – no value – no value – no value 0 0 0 0 Equal/);
  assert.match(text, /Orders 3 changed while it was compared 28,341 28,334 −7 3,904,118\.22 EUR 3,902,966\.32 −1,151\.90 7 0 0 2 Differs/);
  assert.match(text, /2025-11 Complete 1 Number 28,341 28,334 −7/);
  assert.match(page.text, new RegExp(`<a href="[^"]*/orders/${order}">Order 10000802</a>`));
  assert.match(text, /Order 10000802 Store id 802 Differs Field Store Tollbook Status Complete Pending Order item 4711 there not there read it again/);
  assert.match(text, /Order 10000801 Store id 801 Missing – no value read it/);
  assert.match(text, /Repair 2 differences/);
  const only = words((await read(path(`?run=${run}&kind=missing`))).text);
  assert.match(only, /Order 10000801/);
  assert.doesNotMatch(only, /Order 10000802/);
});

test('an equal statement, one that could not tell, and one that was repaired', async () => {
  run = addRun({ state: 'done' });
  addLine('customer');
  assert.match(words((await read(path())).text), /Statement of 14 Mar 2026 Equal .*Store and Tollbook are equal\. Compared was what the store's lists show/);
  run = addRun();
  addLine('customer', { state: 'unknown', note: 'Store refused customerCustomerList' });
  const unsure = words((await read(path())).text);
  assert.match(unsure, /Could not tell .*It could not be told\./);
  assert.match(unsure, /Customers Store refused customerCustomerList/);
  run = addRun();
  addLine('order', { state: 'differs', missing: 1, repaired: 1 });
  addFinding('missing', 801, { outcome: 'repaired' });
  const mended = words((await read(path())).text);
  assert.match(mended, /Repaired .*differed, and that was repaired/);
  assert.match(mended, /read again/);
  assert.doesNotMatch(mended, /Repair 1 difference/);
  // one of two waits for a second miss: its finding is not open, but nothing was repaired
  run = addRun();
  addLine('subscriber', { state: 'differs', extra: 2, gone: 1 });
  addFinding('extra', 901, { entity: 'subscriber', outcome: 'waiting' });
  addFinding('extra', 902, { entity: 'subscriber', outcome: 'gone' });
  const waiting = words((await read(path())).text);
  assert.match(waiting, /Differs .*Store and Tollbook differ\./);
  assert.doesNotMatch(waiting, /that was repaired/);
  // a run that was killed behind its first entity
  run = addRun({ state: 'stopped' });
  addLine('customer');
  const broken = words((await read(path())).text);
  assert.match(broken, /Could not tell .*It could not be told\./);
  assert.doesNotMatch(broken, /are equal/);
});

test('what differs differs, whatever else could not be told, and is counted once', async () => {
  run = addRun();
  addLine('customer', { state: 'unknown', unknown: 1 });
  addLine('order', { state: 'unknown', unknown: 1, different: 1 });
  addLine('order', { way: 'share', state: 'differs', different: 1 });
  addFinding('unknown', 12, { entity: 'customer' });
  addFinding('unknown', 801);
  addFinding('different', 802);
  const text = words((await read(path())).text);
  assert.match(text, /Statement of 14 Mar 2026 Differs .*Store and Tollbook differ\./);
  assert.match(text, /With other values: 1\. Some records could not be compared/);
  assert.match(text, /Orders 1 could not be compared .* Differs Orders every field/);
  assert.doesNotMatch(text, /It could not be told/);
  assert.match(text, /Differences 3 .*All 3 Customers 1 Orders 2/);
});

test('what was left out or not compared is named, and a deep check has looked at all', async () => {
  run = addRun({ state: 'done' });
  addLine('order', { way: 'deep', left_out: 1200, elsewhere: 7, undated: 3 });
  put('verification_gaps', { run_id: run, entity: 'cart', why: 'not asked for' });
  const text = words((await read(path())).text);
  assert.match(text, /Store and Tollbook are equal\. Every field of every record was compared\. Carts not compared: not asked for\./);
  assert.match(text, /Orders 1,200 left out by the start date; 7 left out as of other websites; 3 without an update date/);
  assert.match(text, /Orders all of them on 14 Mar 2026, by a check field by field/);
  assert.match(text, /Carts not yet: the nightly check does it bit by bit/);
});

test('each number leads to what was found, and the list can be narrowed to it', async () => {
  addStatement();
  site.sql(`UPDATE verifications SET different = 1, state = 'differs' WHERE entity = 'customer' AND run_id = ${run}`);
  addFinding('different', 12, { entity: 'customer', title: 'anna@example.com' });
  const page = await read(path());
  const links = [...page.text.matchAll(/href="([^"]*#differences)"[^>]*>(\d+)</g)].map(([, href, n]) => [href.replaceAll('&amp;', '&'), n]);
  assert.deepEqual(links.filter(([href]) => /&entity=\w+&kind=/.test(href)).map(([href, n]) => [href.replace(/.*run=\d+&/, ''), n]),
    [['entity=customer&kind=different#differences', '1'], ['entity=order&kind=missing#differences', '7'],
      ['entity=order&kind=different#differences', '2']]);
  const customers = words((await read(path(`?run=${run}&entity=customer`))).text);
  assert.match(customers, /All 10 Customers 1 Orders 9 All 1 Differs 1 Record/);
  assert.match(customers, /Customer anna@example\.com/);
  assert.doesNotMatch(customers, /Order 10000801/);
  const orders = words((await read(path(`?run=${run}&entity=order&kind=missing`))).text);
  assert.match(orders, /Order 10000801/);
  assert.doesNotMatch(orders, /Order 10000802|anna@example/);
  assert.match(page.text, /aria-current="page"[^>]*href="[^"]*\/verify"|href="[^"]*\/verify"[^>]*aria-current="page"/);
});

test('what could not be compared is named with its reason, and is nothing to repair', async () => {
  run = addRun();
  addLine('order', { state: 'unknown', unknown: 1 });
  addFinding('unknown', 901, { why: 'Store could not serve it: Broken record' });
  const text = words((await read(path())).text);
  assert.match(text, /Orders 1 could not be compared/);
  assert.match(text, /Order 10000901 Store id 901 Not compared Store could not serve it: Broken record nothing: the next check tries again/);
  assert.doesNotMatch(text, /Repair 1 difference/);
});

test('findings beyond what is kept are said to be more', async () => {
  run = addRun();
  addLine('order', { state: 'differs', missing: 100002, unlisted: 100001 });
  addFinding('missing', 801);
  assert.match(words((await read(path())).text), /100,001 more were found and only counted: a check keeps the first 100,000\./);
});

test('only a check that was braked offers to accept what is gone', async () => {
  for (const [braked, note] of [[0, 'Store cannot be reached'], [1, 'Too many records are missing']]) {
    run = addRun();
    addLine('order', { state: braked ? 'differs' : 'unknown', extra: 30, note, is_braked: braked });
    addFinding('extra', 801);
    assert.equal(/accept that they are gone/.test((await read(path())).text), Boolean(braked), note);
  }
});

test('a check among the runs leads to its statement, and is started again as it was', async () => {
  run = addRun({ options: 'deep repair gone', result: 'Store and Tollbook differ: see the channel' });
  const link = path(`?run=${run}`).replace(/[.?]/g, '\\$&');
  assert.match((await read('/sync')).text, new RegExp(`href="${link}">Store and Tollbook differ`));
  assert.match(words((await read(`/sync/runs/${run}`)).text), /Statement Start again/);
  assert.equal((await anna.post(`/sync/runs/${run}/again`)).status, 303);
  assert.equal(site.sql('SELECT options FROM runs ORDER BY id DESC LIMIT 1'), 'deep repair',
    'that so many are gone is accepted once');
});

test('what the nightly share has looked at is told, and what it has not', async () => {
  run = addRun({ state: 'done' });
  addLine('cart', { way: 'share', id_from: 301, id_to: 400 });
  put('verify_circles', { channel_id: channel, entity: 'cart', next_id: 401, began_at: AT, looked: 398,
    closed_at: AT - 86400, closed_began_at: AT - 30 * 86400 });
  const text = words((await read(path())).text);
  assert.match(text, /Carts every field of ids 301 to 400 100 100 0/);
  assert.match(text, /Carts all of them between 12 Feb 2026 and 13 Mar 2026; 398 since 14 Mar 2026/);
  assert.match(text, /Orders not yet/);
});

test('staff start a check, a deep one and a repair; nonsense is refused', async () => {
  addStatement();
  const sent = async (form) => (await bert.post(path(), form)).status;
  assert.equal(await sent({ way: 'census' }), 303);
  assert.equal(await sent({ way: 'deep', repair: '1' }), 303);
  assert.equal(await sent({ way: 'sideways' }), 400);
  assert.equal(site.sql("SELECT kind || ' ' || coalesce(options, 'none') || ' ' || requested_by FROM runs WHERE state = 'waiting' ORDER BY id"),
    'verify none bert\nverify deep repair bert');
  const page = await read(path());
  assert.match(words(page.text), /Take again : A check is under way/);
  assert.match(words(page.text), /Lumen Nordic, completeness check/);
});

test('a statement of another channel, or of another kind of run, is not found', async () => {
  addStatement();
  const other = addChannel(site, 'Lumen UK', {});
  assert.equal((await anna.get(`/channels/${other}/verify?run=${run}`)).status, 404);
  const changes = addRun({ kind: 'changes' });
  assert.equal((await anna.get(path(`?run=${changes}`))).status, 404);
});

test('findings come a page at a time', async () => {
  run = addRun();
  addLine('order', { state: 'differs', missing: 120 });
  for (let i = 1; i <= 120; i++) addFinding('missing', i);
  let next = path();
  const seen = [];
  for (let pages = 0; next && pages < 5; pages++) {
    const { text } = await read(next.split('#')[0]);
    seen.push(...[...words(text).matchAll(/Store id (\d+)/g)].map((m) => Number(m[1])));
    next = /<a href="([^"]*)" rel="next">/.exec(text)?.[1].replaceAll('&amp;', '&');
  }
  assert.deepEqual(seen, Array.from({ length: 120 }, (_, i) => i + 1));
});
