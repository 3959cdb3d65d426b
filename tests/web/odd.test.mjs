// What pages say of odd answers: values that could not be read, records that are in quarantine, what
// is gone from the store, and changes by their names.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addChannel, insert, insertRecords, makeSite, words } from '../kit/web.mjs';

let site;
let anna;
let channel;
const id = {};
const start = 1732000000;
const now = Math.floor(Date.now() / 1000);
const text = async (path) => words((await anna.get(path)).text);

before(async () => {
  site = makeSite();
  anna = await site.browser().logIn('anna');
  channel = addChannel(site, 'Lumen Europe');
  for (const entity of ['customer', 'cart', 'order', 'credit_memo', 'subscriber'])
    site.sql(`INSERT INTO channel_entities (channel_id, entity, is_on) VALUES (${channel}, '${entity}', 1)`);
  const one = (into, row) => insertRecords(site, into, channel, [row])[0];
  one('websites', { origin_id: 1, name: 'Main website' });
  one('websites', { origin_id: 2, name: 'Outlet' });
  id.customer = one('customers', { origin_id: 7, firstname: 'Anna', lastname: 'Berg', email: 'anna@example.com',
    email_norm: 'anna@example.com', website_origin_id: 2, created_at: start });
  id.address = one('customer_addresses', { parent_id: id.customer, origin_id: 3, street: 'Hof 1', city: 'Wien', country: 'AT' });
  id.cart = one('carts', { origin_id: 55, firstname: 'Anna', status: 'open', customer_origin_id: 7,
    customer_id: id.customer, created_at: start, updated_at: start });
  id.order = one('orders', { origin_id: 10, increment_id: '100000010', status: 'new', created_at: start });
});

after(() => site.remove());

test('a change tells references by name, and what came or went in one line', async () => {
  site.sql(`INSERT INTO changes (id, channel_id, entity, record_id, origin_id, root_entity, root_id, action, run_id, at)
    VALUES (1, ${channel}, 'customer', ${id.customer}, 7, 'customer', ${id.customer}, 'changed', 5, ${now}),
      (2, ${channel}, 'cart_item', 99, 4, 'cart', ${id.cart}, 'removed', 5, ${now}),
      (3, ${channel}, 'customer_address', 98, 9, 'customer', ${id.customer}, 'removed', 5, ${now}),
      (4, ${channel}, 'cart_item', 97, 5, 'cart', ${id.cart}, 'added', 5, ${now});
    INSERT INTO change_fields VALUES (1, 'website_origin_id', '1', '2'), (1, 'group_origin_id', '77', NULL),
      (2, 'sku', 'RUG-1', NULL), (2, 'name', 'Rug & felt', NULL), (2, 'qty', '2.0000', NULL), (2, 'price', '9.5000', NULL),
      (3, 'street', 'Lager 2', NULL), (3, 'city', 'Graz', NULL), (3, 'country', 'AT', NULL), (3, 'telephone', '1', NULL),
      (4, 'sku', NULL, 'LMP'), (4, 'name', NULL, 'Lamp')`);
  const customer = await text(`/customers/${id.customer}?history=all`);
  assert.match(customer, /Website Main website Outlet/);
  assert.match(customer, /Customer group 77/, 'a number where there is no name');
  assert.match(customer, /Lager 2, Graz, Austria removed/);
  const cart = await text(`/carts/${id.cart}?history=all`);
  assert.match(cart, /Cart item RUG-1, Rug & felt, 2 removed/);
  assert.match(cart, /added: LMP, Lamp/);
  assert.match(cart, /Change history 2 /, 'one line each');
});

test('what could not be read is told on the record\'s page, with the store\'s text', async () => {
  site.sql(`INSERT INTO unread_values (entity, record_id, field, value, channel_id, at) VALUES
    ('customer', ${id.customer}, 'dob', '17/05/1985 <b>', ${channel}, 0),
    ('customer_address', ${id.address}, 'region_origin_id', 'N', ${channel}, 0)`);
  const page = await text(`/customers/${id.customer}`);
  assert.match(page, /Birthday could not be read: the store has "17\/05\/1985 <b>"/);
  assert.match(page, /Address, State id could not be read: the store has "N"/);
});

test('gone from the store is said as long as it is so', async () => {
  const gone = /Gone from the store\./;
  site.sql(`UPDATE orders SET missing_at = ${start} WHERE id = ${id.order};
    INSERT INTO runs (channel_id, kind, one_entity, one_origin_id, state, requested_by, requested_at, started_at, ended_at)
      VALUES (${channel}, 'one', 'order', 10, 'check', 'Anna', ${now - 90}, ${now - 90}, ${now - 80})`);
  assert.match(await text(`/orders/${id.order}`), gone);
  site.sql(`UPDATE runs SET ended_at = ${now - 5}`);
  assert.match(await text(`/orders/${id.order}`), /The store does not have it any more\./);
  // a cart is marked only after a second look on another day, but the first was real
  site.sql(`UPDATE runs SET ended_at = ${now - 80}, one_entity = 'cart', one_origin_id = 55;
    UPDATE carts SET synced_at = ${now - 1000}`);
  assert.match(await text(`/carts/${id.cart}`), gone);
  site.sql(`UPDATE carts SET synced_at = ${now - 10}`);
  assert.doesNotMatch(await text(`/carts/${id.cart}`), gone, 'read well since');
});

test('a record in quarantine is found by number and e-mail, and told of where it is missed', async () => {
  const [bad] = insert(site, 'quarantine', [{ channel_id: channel, entity: 'order', origin_id: 4711, reason: 'It is broken',
    first_seen_at: now, last_seen_at: now, next_try_at: now }]);
  site.sql(`INSERT INTO quarantine_names VALUES (${bad}, 'number', '100004711'), (${bad}, 'email', 'eva@example.com'),
    (${bad}, 'customer', '7'), (${bad}, 'cart', '55')`);
  for (const q of ['100004711', '%23100004711', '4711', 'eva%40example.com', 'EVA%40example']) {
    assert.match(await text(`/search?q=${q}`), /In quarantine: read, but not stored 1 Order 100004711 It is broken/, q);
  }
  assert.doesNotMatch(await text('/search?q=10000471'), /In quarantine: read/);
  assert.match(await text(`/customers/${id.customer}`), /Missing here, in quarantine: Order 100004711: It is broken/);
  assert.match(await text(`/carts/${id.cart}`), /Missing here, in quarantine: Order 100004711/);
  assert.doesNotMatch(await text(`/orders/${id.order}`), /in quarantine/);
  assert.match(await text('/orders'), /1 record is missing here: read, but not stored/);
  assert.doesNotMatch(await text('/carts'), /missing here/);
});
