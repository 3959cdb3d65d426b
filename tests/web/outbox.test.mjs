// The outbox: what waits for the stores, field by field; conflicts, rules, and what orders and
// newsletters let people do.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { addChannel, insert, insertRecords, makeSite, table, words } from '../kit/web.mjs';

const start = 1732000000; // 19 Nov 2024 07:06

let site;
let anna; // administrator
let bert; // staff
let channel;
let other;
const id = {};

const value = (sql) => site.sql(sql);

before(async () => {
  site = makeSite();
  anna = await site.browser().logIn('anna');
  bert = await site.browser().logIn('bert');
  channel = addChannel(site, 'Lumen Europe', { two_way: 1, priority: 'remote', has_bridge: 1 });
  other = addChannel(site, 'Lumen Nordic', { two_way: 1, priority: 'local', has_bridge: 1 });
  for (const entity of ['customer', 'order', 'subscriber'])
    site.sql(`INSERT INTO channel_entities (channel_id, entity, is_on) VALUES (${channel}, '${entity}', 1)`);
  insertRecords(site, 'customer_groups', channel, [{ origin_id: 1, name: 'General' }, { origin_id: 2, name: 'Wholesale' }]);
  const one = (into, row) => insertRecords(site, into, channel, [row])[0];
  id.berg = one('customers', { origin_id: 7, firstname: 'Anna', lastname: 'Berg', email: 'anna@example.com', email_norm: 'anna@example.com', group_origin_id: 1, store_origin_id: 1, is_guest: 0 });
  id.home = one('customer_addresses', { parent_id: id.berg, origin_id: 21, firstname: 'Anna', lastname: 'Berg', street: 'Hof 1', city: 'Wien', country: 'AT' });
  id.subscriber = one('subscribers', { origin_id: 4, email: 'anna@example.com', email_norm: 'anna@example.com', status: 1, customer_id: id.berg, customer_origin_id: 7, store_origin_id: 1 });
  const order = (origin_id, state) => one('orders', { origin_id, increment_id: `1000000${origin_id}`, state, status: state, grand_total: 2500000,
    total_invoiced: 500000, total_qty_ordered: 30000, order_currency_code: 'EUR', customer_id: id.berg, customer_origin_id: 7, customer_email: 'anna@example.com' });
  [id.order, id.held, id.complete, id.plain] = [order(10, 'processing'), order(11, 'holded'), order(12, 'complete'), order(13, 'new')];
});
after(() => site.remove());
beforeEach(() => site.sql('DELETE FROM outbox_fields; DELETE FROM outbox; DELETE FROM push_rules; DELETE FROM runs'));

function push(row = {}, fields = {}) {
  const [made] = insert(site, 'outbox', [{ channel_id: channel, entity: 'customer', record_id: id.berg, origin_id: 7, root_id: id.berg, op: 'update', state: 'waiting',
    title: 'Anna Berg', user_id: 1, requested_by: 'Ioana', created_at: start, changed_at: start, ...row }]);
  for (const [field, [base_value, store_value, new_value, more = {}]] of Object.entries(fields)) {
    const columns = { outbox_id: made, field, base_value, store_value, new_value, ...more };
    const text = (v) => (v === null || v === undefined ? 'NULL' : `'${v}'`);
    site.sql(`INSERT INTO outbox_fields (${Object.keys(columns)}) VALUES (${Object.values(columns).map(text)})`);
  }
  return made;
}
const seen = { store_at: start + 60 };
const conflict = (row = {}) => push({ state: 'conflict', ...row }, {
  firstname: ['Anna', 'Anne', 'Anneliese', { ...seen, is_conflict: 1, rule: 'ask' }],
  lastname: ['Berg', 'Berg', 'Bergmann', seen],
});
const ask = () => site.sql(`INSERT INTO push_rules VALUES (${channel}, 'customer', 'firstname', 'ask')`);

test('three tabs, each with its number and its rows', async () => {
  const waiting = push({}, { firstname: ['Anna', 'Anna', 'Änne'] });
  push({ entity: 'order', record_id: id.order, root_id: id.order, op: 'hold', title: '100000010', channel_id: channel });
  push({ channel_id: other, title: 'Nils Nord', record_id: null, state: 'approval' }, { email: ['a@x.se', 'a@x.se', 'b@x.se'] });
  ask();
  conflict();
  push({ state: 'rejected', ended_at: start, error: 'Customer not changed: the store said no: ask the store.' });
  const page = await bert.get('/outbox');
  assert.match(words(page.text), /Outbox Waiting 3 Conflicts 1 Done 1/);
  const rows = table(page.text);
  assert.deepEqual(rows.map((r) => r[0]), ['Nils Nord', 'Order 100000010', 'Anna Berg']);
  assert.deepEqual(rows.map((r) => r[1]), ['Customer changed Email', 'Put on hold', 'Customer changed First name']);
  assert.match(rows[2][2], /Waiting to be pushed it goes with the next push/);
  assert.match(rows[0][2], /Waiting for approval/);
  assert.equal(rows[2][4], 'Ioana');
  assert.match(page.text, new RegExp(`href="/outbox/${waiting}"`));
  assert.match(words((await bert.get('/outbox?show=conflicts')).text), /Anna Berg Customer changed First name, Last name Conflict First name /);
  assert.match(words((await bert.get('/outbox?show=done')).text), /Refused by the store Customer not changed: the store said no/);
  assert.equal(table((await bert.get(`/outbox?channel=${other}`)).text).length, 1);
});

test('an empty tab says what would stand in it', async () => {
  assert.match(words((await bert.get('/outbox')).text), /Nothing waits to be pushed What is changed here/);
  assert.match(words((await bert.get('/outbox?show=conflicts')).text), /No conflicts When the store and somebody here/);
  assert.match(words((await bert.get('/outbox?show=done')).text), /Nothing was pushed so far/);
});

test('more than a page goes on below the last row', async () => {
  for (let i = 0; i < 51; i++) push({ title: `Nr ${i}` }, { firstname: ['a', 'a', 'b'] });
  const page = await bert.get('/outbox');
  assert.equal(table(page.text).length, 50);
  const older = page.text.match(/href="(\/outbox\?show=waiting&amp;before=\d+)"/)[1].replace('&amp;', '&');
  assert.deepEqual(table((await bert.get(older)).text).map((r) => r[0]), ['Nr 0']);
});

test('a change shows each field before, in the store, here, and what comes of it', async () => {
  const made = push({ tries: 1, next_try_at: 4102444800, error: 'Store not reached: no answer: it is tried again', run_id: 12 }, {
    firstname: ['Anna', 'Anne', 'Anneliese', seen],
    group_origin_id: ['1', '1', '2', seen],
    dob: [null, '1980-02-29', '1980-02-28', seen],
  });
  const page = await bert.get(`/outbox/${made}`);
  assert.equal(page.status, 200);
  const rows = table(page.text);
  assert.deepEqual(rows.map((r) => r.slice(0, 5)), [
    ['First name', 'Anna', 'Anne', 'Anneliese', 'Anne Store wins'],
    ['Customer group', 'General', 'General', 'Wholesale', 'Wholesale'],
    ['Birthday', '– no value', '29 Feb 1980', '28 Feb 1980', '29 Feb 1980 Store wins'],
  ]);
  const text = words(page.text);
  assert.match(text, /Waiting to be pushed: Store not reached: no answer: it is tried again; next try 1 Jan 2100 00:00 \(try 2\)\./);
  assert.match(page.text, /href="\/sync\/runs\/12"/);
  assert.match(page.text, new RegExp(`href="/customers/${id.berg}"`));
  assert.match(page.text, new RegExp(`href="/outbox/${made}/edit\\?field=firstname"`));
});

test('the rule in force is named: the field\'s own before the channel\'s', async () => {
  const made = push({}, { firstname: ['Anna', 'Anne', 'Anneliese', seen], lastname: ['Berg', 'Berger', 'Bergmann', seen] });
  site.sql(`INSERT INTO push_rules VALUES (${channel}, 'customer', 'lastname', 'local')`);
  assert.deepEqual(table((await bert.get(`/outbox/${made}`)).text).map((r) => r[4]), ['Anne Store wins', 'Bergmann Tollbook wins']);
});

test('a conflict asks for a choice in each field, and takes nothing less', async () => {
  ask();
  const made = conflict();
  const page = await bert.get(`/outbox/${made}`);
  assert.match(words(page.text), /Conflict: the store and somebody here changed the same/);
  assert.match(page.text, /type="radio" name="firstname" value="store" required>/);
  assert.doesNotMatch(page.text, /type="radio" name="lastname"/);
  assert.match(page.text, /<span>Outbox<\/span><span class="tb-count">1<span class="visually-hidden"> in conflict</);
  assert.match(words(page.text), /Waits for a choice Ask me/);
  const none = await bert.post(`/outbox/${made}/choose`, { firstname: 'before' });
  assert.equal(none.status, 422);
  assert.match(words(none.text), /Nothing kept: no value is chosen for First name: choose/);
  assert.equal(value(`SELECT state FROM outbox WHERE id = ${made}`), 'conflict');
  const kept = await bert.post(`/outbox/${made}/choose`, { firstname: 'store' });
  assert.equal(kept.headers.location, `/outbox/${made}`);
  assert.equal(value(`SELECT state || ' ' || choice FROM outbox, outbox_fields WHERE outbox_id = id AND field = 'firstname' AND id = ${made}`), 'waiting store');
  assert.equal(value('SELECT kind FROM runs'), 'push');
  assert.match(table((await bert.get(`/outbox/${made}`)).text)[0][4], /^Anne chosen$/);
});

test('the record tells of its conflict, and leads to the choice', async () => {
  ask();
  const made = conflict();
  const page = await bert.get(`/customers/${id.berg}`);
  assert.match(words(page.text), /Anna Berg Conflict/);
  assert.match(words(page.text), /Conflict: the store and somebody here changed the same: First name\./);
  assert.match(page.text, new RegExp(`href="/outbox/${made}"[^>]*><span>Choose`));
});

test('Push now and Approve have the change sent; approval is asked where the channel wants it', async () => {
  const made = push({ tries: 2, next_try_at: 4102444800 }, { firstname: ['Anna', 'Anna', 'Änne'] });
  await bert.post(`/outbox/${made}/push`);
  assert.equal(value(`SELECT next_try_at FROM outbox WHERE id = ${made}`), '0');
  assert.match(words((await bert.get(`/outbox/${made}`)).text), /Being pushed\./);
  site.sql(`DELETE FROM runs; UPDATE channels SET push_mode = 'approve' WHERE id = ${channel}; UPDATE outbox SET state = 'approval'`);
  const page = await bert.get(`/customers/${id.berg}`);
  assert.match(words(page.text), /Waiting for approval: First name: changed here by Ioana, .*it is sent when somebody approves it\. Approve/);
  await bert.post(`/outbox/${made}/approve`);
  assert.equal(value(`SELECT state || is_approved FROM outbox WHERE id = ${made}`), 'waiting1');
  site.sql(`UPDATE channels SET push_mode = 'send'`);
});

test('a channel that only shows sends nothing, and says so', async () => {
  const made = push({}, { firstname: ['Anna', 'Anna', 'Änne'] });
  site.sql(`UPDATE channels SET push_mode = 'dry' WHERE id = ${channel}`);
  const page = await bert.get(`/outbox/${made}`);
  assert.match(words(page.text), /the channel only shows what it would push: nothing is sent/);
  assert.match(page.text, /aria-disabled="true"[^>]*title="The channel only shows what it would push"/);
  assert.doesNotMatch((await bert.get(`/customers/${id.berg}`)).text, /Push now/);
  site.sql(`UPDATE channels SET push_mode = 'send'`);
});

test('discarding asks first, then gives the record its former values', async () => {
  site.sql(`UPDATE customers SET firstname = 'Änne' WHERE id = ${id.berg}`);
  const made = push({}, { firstname: ['Anna', 'Anna', 'Änne'] });
  assert.match(words((await bert.get(`/outbox/${made}/discard`)).text), /Discard change .*Goes Anna Berg: First name Stays Everything in the store/);
  assert.equal(value(`SELECT state FROM outbox WHERE id = ${made}`), 'waiting');
  await bert.post(`/outbox/${made}/discard`);
  assert.equal(value(`SELECT state FROM outbox WHERE id = ${made}`), 'dropped');
  assert.equal(value(`SELECT firstname FROM customers WHERE id = ${id.berg}`), 'Anna');
  const again = await bert.post(`/outbox/${made}/discard`);
  assert.equal(again.status, 303);
  assert.match(words((await bert.get(`/outbox/${made}`)).text), /Not dropped: the change has ended already/);
});

test('a field is edited by its kind, and refused with what was typed', async () => {
  const made = push({}, { email: ['anna@example.com', 'anna@example.com', 'a@b.com'], group_origin_id: ['1', '1', '2'] });
  assert.match((await bert.get(`/outbox/${made}/edit?field=email`)).text, /id="value" name="value" type="email"\s+value="a@b\.com"/);
  assert.match((await bert.get(`/outbox/${made}/edit?field=group_origin_id`)).text, /<option value="2" selected>Wholesale/);
  const bad = await bert.post(`/outbox/${made}/edit`, { field: 'email', value: 'nobody' });
  assert.equal(bad.status, 422);
  assert.match(bad.text, /value="nobody"/);
  assert.match(words(bad.text), /Email not saved: this is not an address/);
  const good = await bert.post(`/outbox/${made}/edit`, { field: 'email', value: 'c@example.com' });
  assert.equal(good.status, 303, words(good.text));
  assert.equal(value(`SELECT new_value FROM outbox_fields WHERE outbox_id = ${made} AND field = 'email'`), 'c@example.com');
  assert.equal(value(`SELECT email FROM customers WHERE id = ${id.berg}`), 'c@example.com');
  site.sql(`UPDATE customers SET email = 'anna@example.com' WHERE id = ${id.berg}`);
  assert.equal((await bert.get(`/outbox/${made}/edit?field=lastname`)).status, 404);
  assert.equal((await bert.get(`/outbox/${made}/edit?field=<script>`)).status, 404);
  site.sql(`UPDATE outbox SET state = 'sending'`);
  assert.equal((await bert.get(`/outbox/${made}/edit?field=email`)).status, 400);
});

test('former values of a done change are written back by a new one', async () => {
  site.sql(`UPDATE customers SET firstname = 'Änne' WHERE id = ${id.berg}`);
  const made = push({ state: 'done', ended_at: start, outcome: 'Changed in the store' }, { firstname: ['Anna', 'Anna', 'Änne', { ...seen, result: 'sent', rule: 'remote' }] });
  assert.deepEqual(table((await bert.get(`/outbox/${made}`)).text)[0].slice(0, 5), ['First name', 'Anna', 'Anna', 'Änne', 'Änne sent']);
  const answer = await bert.post(`/outbox/${made}/revert`);
  const back = answer.headers.location.match(/^\/outbox\/(\d+)$/)[1];
  assert.notEqual(back, String(made));
  assert.equal(value(`SELECT reverts_id || new_value FROM outbox JOIN outbox_fields ON outbox_id = id WHERE id = ${back}`), `${made}Anna`);
  const page = await bert.get(`/outbox/${made}`);
  assert.match(page.text, /aria-disabled="true"[^>]*title="That was done already"/);
  assert.match(page.text, new RegExp(`href="/outbox/${back}"`));
  site.sql(`UPDATE customers SET firstname = 'Anna' WHERE id = ${id.berg}`);
});

test('how the last push ended stands on the record: a good end for a minute, a refusal until it is followed', async () => {
  push({ state: 'rejected', ended_at: start, error: 'Customer not changed: the store said no: ask the store.' });
  assert.match(words((await bert.get(`/customers/${id.berg}`)).text), /Not taken by the store: Customer not changed: the store said no/);
  const now = value(`SELECT CAST(strftime('%s', 'now') AS INTEGER)`);
  const made = push({ state: 'done', ended_at: Number(now) });
  assert.match(words((await bert.get(`/customers/${id.berg}`)).text), /Pushed\. The store confirmed it at/);
  site.sql(`UPDATE outbox SET ended_at = ended_at - 3600 WHERE id = ${made}`);
  assert.doesNotMatch(words((await bert.get(`/customers/${id.berg}`)).text), /Pushed\.|Not pushed/);
});

test('lists mark rows: waiting, conflict, out of date', async () => {
  push({ entity: 'customer_address', record_id: id.home, origin_id: 21, root_id: id.berg, title: 'Hof 1' }, { city: ['Wien', 'Wien', 'Graz'] });
  push({ entity: 'order', record_id: id.order, root_id: id.order, op: 'hold', state: 'failed', title: '100000010' });
  push({ entity: 'order', record_id: id.held, root_id: id.held, op: 'unhold', state: 'conflict', title: '100000011' });
  assert.match((await bert.get('/customers')).text, /title="Waiting to be pushed"/);
  const orders = await bert.get('/orders');
  assert.equal(orders.text.match(/title="(Conflict|Waiting to be pushed)"/g).length, 2);
  assert.doesNotMatch(orders.text, /May be out of date/);
  site.sql(`UPDATE channels SET last_good_at = CAST(strftime('%s', 'now') AS INTEGER) - 1740, sync_interval_minutes = 5 WHERE id = ${channel}`);
  assert.doesNotMatch((await bert.get('/orders')).text, /May be out of date/, 'half an hour is no age');
  site.sql(`UPDATE channels SET last_good_at = last_good_at - 120 WHERE id = ${channel}`);
  assert.equal((await bert.get('/orders')).text.match(/title="May be out of date: its channel is late"/g).length, 4);
  site.sql(`UPDATE channels SET sync_interval_minutes = 60 WHERE id = ${channel}`);
  assert.doesNotMatch((await bert.get('/orders')).text, /May be out of date/, 'nor are three of its intervals');
  site.sql(`UPDATE channels SET last_good_at = NULL, sync_interval_minutes = 5`);
});

test('an order offers what its state allows, the rest with the reason', async () => {
  const off = (page, label) => page.text.match(new RegExp(`title="([^"]*)">(?:<svg[\\s\\S]*?</svg>)?<span>${label}`))?.[1];
  const open = await bert.get(`/orders/${id.order}`);
  assert.match(open.text, new RegExp(`action="/orders/${id.order}/hold"`));
  assert.match(open.text, new RegExp(`href="/orders/${id.order}/cancel"`));
  const held = await bert.get(`/orders/${id.held}`);
  assert.match(held.text, new RegExp(`action="/orders/${id.held}/unhold"`));
  assert.equal(off(held, 'Cancel order'), 'The order is on hold: release it first');
  const complete = await bert.get(`/orders/${id.complete}`);
  assert.match(off(complete, 'Put on hold'), /The state of the order does not allow it: complete/i);
  assert.match(complete.text, new RegExp(`href="/orders/${id.complete}/comment"`));
  for (const [order, what] of [[id.order, 'unhold'], [id.held, 'hold'], [id.held, 'cancel'], [id.complete, 'cancel']])
    assert.equal((await bert.post(`/orders/${order}/${what}`)).status, 400, what);
  site.sql(`UPDATE orders SET total_invoiced = grand_total WHERE id = ${id.order}`);
  assert.match(off(await bert.get(`/orders/${id.order}`), 'Cancel order'), /All of it is invoiced/);
  site.sql(`UPDATE orders SET total_invoiced = 500000 WHERE id = ${id.order}`);
  assert.equal(value('SELECT count(*) FROM outbox'), '0');
});

test('holding an order waits for the store, and locks what would contradict it', async () => {
  assert.equal((await bert.post(`/orders/${id.plain}/hold`)).headers.location, `/orders/${id.plain}`);
  assert.equal(value('SELECT op || state || origin_id FROM outbox'), 'holdwaiting13');
  const page = await bert.get(`/orders/${id.plain}`);
  assert.match(words(page.text), /put the order on hold: changed here by bert/);
  assert.match(page.text, /title="Another change of the order waits to be pushed"/);
  assert.match(page.text, new RegExp(`href="/orders/${id.plain}/comment"`));
  assert.equal((await bert.post(`/orders/${id.plain}/cancel`)).status, 400);
});

test('canceling asks first, and names what goes', async () => {
  const page = await bert.get(`/orders/${id.order}/cancel`);
  assert.match(words(page.text), /Cancel order 100000010 .*There is no way back.*Goes Not invoiced yet 200\.00 EUR Stays Invoiced 50\.00 EUR/);
  assert.equal(value('SELECT count(*) FROM outbox'), '0');
  await bert.post(`/orders/${id.order}/cancel`);
  assert.equal(value('SELECT op FROM outbox'), 'cancel');
});

test('a comment says what mailing it does, and is kept as typed', async () => {
  const form = await bert.get(`/orders/${id.order}/comment`);
  assert.match(words(form.text), /anna@example\.com .*Mail it to the customer The store writes to the customer at once/);
  const empty = await bert.post(`/orders/${id.order}/comment`, { comment: '  ', notify: '1' });
  assert.equal(empty.status, 422);
  assert.match(empty.text, /name="notify"\s+value="1" checked/);
  await bert.post(`/orders/${id.order}/comment`, { comment: 'On its way,\n<b>really</b>', notify: '1' });
  assert.equal(value('SELECT op || is_notified FROM outbox'), 'comment1');
  const made = value('SELECT id FROM outbox');
  assert.match(words((await bert.get(`/orders/${id.order}`)).text), /Notes 1 waits to be pushed Add comment/);
  const page = await bert.get(`/outbox/${made}`);
  assert.ok(page.text.includes('On its way,') && page.text.includes('&lt;b&gt;really'));
  assert.match(words(page.text), /The store mails it to the customer/);
});

test('the newsletter is subscribed and unsubscribed from both pages', async () => {
  assert.match((await bert.get(`/customers/${id.berg}`)).text, new RegExp(`action="/customers/${id.berg}/unsubscribe"`));
  await bert.post(`/customers/${id.berg}/unsubscribe`);
  assert.equal(value(`SELECT entity || new_value FROM outbox JOIN outbox_fields ON outbox_id = id WHERE field = 'status'`), 'subscriber3');
  assert.match(words((await bert.get(`/customers/${id.berg}`)).text), /Newsletter Unsubscribed Waiting to be pushed/);
  const page = await bert.get(`/subscribers/${id.subscriber}`);
  assert.match(words(page.text), /anna@example\.com Unsubscribed Waiting to be pushed/);
  assert.match(page.text, new RegExp(`action="/subscribers/${id.subscriber}/subscribe"`));
  await bert.post(`/subscribers/${id.subscriber}/subscribe`);
  assert.equal(value('SELECT status FROM subscribers'), '1');
  site.sql(`UPDATE channels SET has_bridge = 0`);
  assert.match((await bert.get(`/subscribers/${id.subscriber}`)).text, /title="The store has no bridge: install OroBridge in the store"/);
  assert.equal((await bert.post(`/subscribers/${id.subscriber}/unsubscribe`)).status, 400);
  site.sql(`UPDATE channels SET has_bridge = 1; UPDATE subscribers SET status = 1`);
});

test('rules are the administrators\', one per field, and "as the channel" takes them away', async () => {
  assert.equal((await bert.get(`/channels/${channel}/rules`)).status, 403);
  assert.equal((await bert.post(`/channels/${channel}/rules`, { 'customer.email': 'ask' })).status, 403);
  const page = await anna.get(`/channels/${channel}/rules`);
  assert.match(words(page.text), /Customers .*Email As the channel: Store wins Store wins Tollbook wins Ask me/);
  const saved = await anna.post(`/channels/${channel}/rules`, { 'customer.email': 'ask', 'customer_address.city': 'local', 'customer.firstname': '' });
  assert.equal(saved.headers.location, `/channels/${channel}/rules`);
  assert.equal(value(`SELECT group_concat(entity || '.' || field || ' ' || rule, ';') FROM (SELECT * FROM push_rules ORDER BY entity)`), 'customer.email ask;customer_address.city local');
  assert.match(words((await anna.get(`/channels/${channel}/rules`)).text), /1 rule of its own/);
  await anna.post(`/channels/${channel}/rules`, { 'customer.email': '' });
  assert.equal(value('SELECT group_concat(field) FROM push_rules'), 'city');
  assert.equal((await anna.post(`/channels/${channel}/rules`, { 'customer.email': 'everybody' })).status, 400);
  assert.match((await anna.get(`/channels/${channel}`)).text, new RegExp(`href="/channels/${channel}/rules"`));
});

test('what is not there is 404, and nothing is done without the token', async () => {
  assert.equal((await bert.get('/outbox/9999')).status, 404);
  const made = push({}, { firstname: ['Anna', 'Anna', 'Änne'] });
  for (const what of ['push', 'approve', 'discard', 'choose', 'revert'])
    assert.equal((await bert.post(`/outbox/${made}/${what}`, { csrf: 'none' })).status, 403, what);
  assert.equal((await bert.get(`/outbox/${made}/push`)).status, 405);
  site.sql(`UPDATE channels SET deleted_at = 1 WHERE id = ${other}`);
  const hidden = push({ channel_id: other });
  assert.equal((await bert.get(`/outbox/${hidden}`)).status, 404);
});

test('an erased password is told as long as the change may go without it', async () => {
  const notice = /Password erased: it was not sent in time\. Enter it again/g;
  const shown = async (row) => words((await bert.get(`/outbox/${push({ password_lost: 1, ...row }, { firstname: [null, null, 'Änne'] })}`)).text);
  for (const row of [{ state: 'approval' }, { state: 'rejected', op: 'create', origin_id: null, error: 'The store refused it: No' }]) {
    const text = await shown(row);
    assert.equal(text.match(notice)?.length, 1, text);
    assert.match(text, /Password erased, not sent/);
  }
  for (const row of [{ state: 'done', outcome: 'Sent' }, { state: 'rejected', error: 'No' }, { state: 'sending', password_lost: 2 }])
    assert.doesNotMatch(await shown(row), notice);
});

test('what a discard says is true of what may have arrived, and of what is in the store', async () => {
  const fields = { firstname: [null, null, 'Änne'] };
  const doubt = { sent_at: start, error: 'Not known whether it was done: cut' };
  for (const [row, before, after] of [
    [{}, /Nothing is sent, and the record here gets the store's values again/, /Discarded: nothing of it is sent/],
    [{ state: 'failed', tries: 2, ...doubt }, /Nothing more is sent.*may have taken the change already/, /Discarded\. Whether the store has done it already/],
    [{ op: 'create', state: 'sending', ...doubt }, /The store has the record already, and it stays there and here/, /Discarded\. Whether/],
    [{ op: 'create', state: 'sending', ...doubt, origin_id: null }, /What was made here is removed\. The store may have made it already/, null],
  ]) {
    const made = push(row, fields);
    const page = (await bert.get(`/outbox/${made}`)).text;
    assert.equal(/In doubt/.test(page), row.state === 'sending');
    assert.doesNotMatch(page, /Being pushed/);
    assert.match(words((await bert.get(`/outbox/${made}/discard`)).text), before);
    if (after) {
      await bert.post(`/outbox/${made}/discard`);
      assert.match(words((await bert.get(`/outbox/${made}`)).text), after);
    }
  }
});

test('the record of a discarded change that may have arrived is read again, an address with its customer', async () => {
  const asked = () => site.sql("SELECT kind || ' ' || one_entity || ' ' || one_origin_id FROM runs ORDER BY id DESC LIMIT 1");
  const doubt = { state: 'failed', sent_at: start, error: 'Not known whether it was done: cut' };
  const home = { entity: 'customer_address', record_id: id.home, origin_id: 21 };
  for (const [row, run] of [
    [{}, ''],
    [doubt, 'one customer 7'],
    [{ ...doubt, ...home, op: 'delete' }, 'one customer 7'],
    [{ ...doubt, ...home, op: 'create', record_id: null, origin_id: null }, 'one customer 7'],
    [{ ...doubt, entity: 'order', op: 'comment', record_id: id.order, root_id: id.order, origin_id: 10 }, 'one order 10'],
    [{ ...doubt, op: 'create', record_id: null, root_id: null, origin_id: null }, ''],
  ]) {
    site.sql('DELETE FROM runs');
    await bert.post(`/outbox/${push(row)}/discard`);
    assert.equal(asked(), run);
  }
});

test('a choice says what comes next', async () => {
  for (const [mode, text] of [['approve', /Kept\. It is sent when somebody approves it\./], ['dry', /Kept\. The channel only shows/], ['send', /Kept: the chosen values are on their way/]]) {
    site.sql(`UPDATE channels SET push_mode = '${mode}' WHERE id = ${channel}; DELETE FROM push_rules`);
    ask();
    const made = conflict();
    await bert.post(`/outbox/${made}/choose`, { firstname: 'here' });
    assert.match(words((await bert.get(`/outbox/${made}`)).text), text);
  }
});

test('a record whose creation may have arrived is not edited before that is known, and says so', async () => {
  const made = push({ op: 'create', state: 'sending', origin_id: null, sent_at: start, error: 'Not known whether it was done: cut' });
  const reason = /it is not known yet whether it arrived/;
  assert.match((await bert.get(`/customers/${id.berg}`)).text, new RegExp(`title="[^"]*${reason.source}`));
  const refused = await bert.get(`/customers/${id.berg}/edit`);
  assert.equal(refused.status, 400);
  assert.match(words(refused.text), reason);
  push({ entity: 'customer_address', record_id: id.home, op: 'create', state: 'sending', origin_id: null, sent_at: start });
  assert.match(words((await bert.get(`/customers/${id.berg}/addresses/${id.home}/edit`)).text), reason);
  site.sql(`DELETE FROM outbox WHERE id = ${made}`);
});

test('what broke off on its way can be discarded, what is on its way cannot', async () => {
  site.sql(`INSERT INTO runs (id, channel_id, kind, state, requested_by, requested_at, heartbeat_at) VALUES (3, ${channel}, 'push', 'running', 'Ioana', 0, unixepoch())`);
  const fields = { firstname: ['Anna', 'Anna', 'Änne'] };
  const live = push({ state: 'sending', run_id: 3, sent_at: start }, fields);
  assert.match((await bert.get(`/outbox/${live}`)).text, /title="It is being pushed now"/);
  await bert.post(`/outbox/${live}/discard`);
  assert.equal(value(`SELECT state FROM outbox WHERE id = ${live}`), 'sending');
  const broken = push({ state: 'sending', run_id: 3, sent_at: start, error: 'Not known whether it was done: cut' }, fields);
  assert.match((await bert.get(`/outbox/${broken}`)).text, new RegExp(`href="/outbox/${broken}/discard"`));
  await bert.post(`/outbox/${broken}/discard`);
  assert.equal(value(`SELECT state || ': ' || outcome FROM outbox WHERE id = ${broken}`), 'dropped: Dropped by bert; the store may have done it by then');
});
