// Record pages and search.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addChannel, insert, insertRecords, makeSite, words } from '../kit/web.mjs';

let site;
let anna;
let channel;
const id = {};
const start = 1732000000;

before(async () => {
  site = makeSite();
  anna = await site.browser().logIn('anna');
  channel = addChannel(site, 'Lumen Europe');
  for (const entity of ['customer', 'cart', 'order', 'credit_memo', 'subscriber'])
    site.sql(`INSERT INTO channel_entities (channel_id, entity, is_on) VALUES (${channel}, '${entity}', 1)`);
  const one = (into, row) => insertRecords(site, into, channel, [row])[0];
  id.website = one('websites', { origin_id: 1, name: 'Main website' });
  id.store = one('stores', { origin_id: 1, name: 'Deutsch', website_id: id.website });
  const place = { store_origin_id: 1, store_id: id.store, website_id: id.website };
  id.customer = one('customers', { origin_id: 7, firstname: 'Anna', lastname: '<b>Berg</b>',
    email: 'anna@example.com', email_norm: 'anna@example.com', created_at: start, telephone: '+43 1',
    orders_count: 1, value_gross: 2500000, value_currency: 'EUR' });
  one('customer_addresses', { parent_id: id.customer, origin_id: 1, firstname: 'Anna', street: 'Lager 2', city: 'Graz',
    country: 'AT', is_default_shipping: 1 });
  one('customer_addresses', { parent_id: id.customer, origin_id: 2, firstname: 'Anna', street: 'Hof 1', city: 'Wien',
    country: 'AT', is_default_billing: 1 });
  id.guest = one('customers', { origin_id: null, firstname: 'Guest', lastname: 'One', is_guest: 1,
    email: 'g@example.com' });
  id.cart = one('carts', { origin_id: 55, firstname: 'Anna', lastname: 'Berg', status: 'purchased',
    quote_currency_code: 'EUR', grand_total: 2500000, customer_id: id.customer,
    customer_origin_id: 7, reserved_order_id: '100000010', created_at: start, updated_at: start, ...place });
  one('cart_items', { parent_id: id.cart, origin_id: 1, sku: 'KEPT', name: 'Lamp', qty: 10000, created_at: start });
  one('cart_items', { parent_id: id.cart, origin_id: 3, parent_item_id: 1, sku: 'PART', name: 'Bulb', qty: 10000, created_at: start });
  one('cart_items', { parent_id: id.cart, origin_id: 2, sku: 'GONE', name: 'Bulb', removed_at: start });
  id.order = one('orders', { origin_id: 10, increment_id: '100000010', firstname: 'Anna',
    lastname: 'Berg', customer_email: 'anna@example.com', email_norm: 'anna@example.com', status: 'processing',
    state: 'processing', customer_is_guest: 0, gift_message: 'With love', remote_ip: '192.0.2.1',
    payment_method: 'ccsave', payment_cc_type: 'VI', payment_cc_last4: '1111',
    order_currency_code: 'EUR', grand_total: 2500000, coupon_code: 'NOV', cart_id: id.cart,
    cart_origin_id: 55, customer_id: id.customer, customer_origin_id: 7, created_at: start, ...place });
  one('order_items', { parent_id: id.order, origin_id: 1, sku: 'LMP', name: 'Lamp & more',
    product_type: 'bundle', qty_ordered: 20000, price: 100000, original_price: 120000, row_total: 200000 });
  one('order_items', { parent_id: id.order, origin_id: 4, parent_item_id: 1, sku: 'BULB', name: 'Bulb', product_type: 'simple',
    qty_ordered: 10000, price: 10000, row_total: 10000 });
  one('order_items', { parent_id: id.order, origin_id: 2, sku: 'SHIRT-L', name: 'Shirt', product_type: 'configurable',
    qty_ordered: 10000, price: 300000, row_total: 300000 });
  one('order_items', { parent_id: id.order, origin_id: 3, parent_item_id: 2, sku: 'SHIRT-L', name: 'Shirt, large', product_type: 'simple',
    qty_ordered: 10000, price: 0, row_total: 0 });
  id.canceled = one('orders', { origin_id: 11, increment_id: '100000011', state: 'canceled', status: 'canceled',
    customer_id: id.customer, customer_origin_id: 7, created_at: start - 5, ...place });
  one('order_items', { parent_id: id.canceled, origin_id: 9, sku: 'NEVER', name: 'Never sent', price: 10000 });
  one('order_addresses', { parent_id: id.order, origin_id: 1, address_type: 'shipping',
    firstname: 'Anna', lastname: 'Berg', street: 'Hof 1\nHinterhaus', city: 'Wien', postcode: '1010', country: 'AT' });
  one('order_notes', { parent_id: id.order, origin_id: 1, comment: 'On its way', is_customer_notified: 1, created_at: start });
  id.memo = one('credit_memos', { origin_id: 3, increment_id: '200000003', state: 2, grand_total: 100000,
    order_currency_code: 'EUR', order_id: id.order, order_origin_id: 10, created_at: start, ...place });
  one('subscribers', { origin_id: 4, email: 'anna@example.com', email_norm: 'anna@example.com', status: 1, customer_id: id.customer,
    customer_origin_id: 7, change_status_at: start, ...place });
  id.subscriber = site.sql('SELECT max(id) FROM subscribers');
  const change = insert(site, 'changes', [{ channel_id: channel, entity: 'order', record_id: id.order,
    origin_id: 10, root_entity: 'order', root_id: id.order, action: 'changed', run_id: 12, at: start }])[0];
  site.sql(`INSERT INTO change_fields VALUES (${change}, 'grand_total', '10.0000', '250.0000'),
    (${change}, 'status', 'pending', 'processing');
    INSERT INTO extra_values VALUES ('order', ${id.order}, 'gift_wrap', 'red paper', ${channel})`);
});
after(() => site.remove());

const show = async (path) => {
  const page = await anna.get(path);
  assert.equal(page.status, 200, path);
  return page;
};

test('an order shows items, address, note, memo, history and every field', async () => {
  const page = await show(`/orders/${id.order}`);
  const text = words(page.text);
  for (const part of [/Order 100000010/, /Processing/, /Lumen Europe › Main website › Deutsch/, /250\.00 EUR/,
    /LMP Lamp & more bundle 2/, /12\.00 10\.00/, /Anna Berg Hof 1 Hinterhaus 1010 Wien Austria/, /Customer notified/,
    /On its way/, /200000003/, /Grand total 10\.00 EUR 250\.00 EUR Store, run 12/, /Status Pending Processing/,
    /gift_wrap red paper/])
    assert.match(text, part);
  assert.match(page.text, new RegExp(`href="/carts/${id.cart}"`));
  assert.match(page.text, new RegExp(`href="/customers/${id.customer}"`));
  assert.match(page.text, /href="mailto:anna@example\.com"/);
});

test('a cart keeps apart what is in it and what was taken out', async () => {
  const text = words((await show(`/carts/${id.cart}`)).text);
  assert.match(text, /Cart 55 Purchased/);
  assert.match(text, /Items in the cart 2 .*KEPT.*Removed items 1 .*GONE/);
  assert.match(text, /Orders from this cart 1 .*100000010/);
});

test('a customer leads to orders, carts, memos and subscriptions', async () => {
  const page = await show(`/customers/${id.customer}`);
  assert.ok(page.text.includes('Anna &lt;b&gt;Berg&lt;/b&gt;'));
  assert.match(page.text, new RegExp(`href="/orders/${id.order}"`));
  assert.match(words(page.text), /Newsletter Subscribed Deutsch since 19 Nov 2024 07:06/);
  const of = async (show_) => (await show(`/customers/${id.customer}?show=${show_}`)).text;
  assert.match(await of('carts'), new RegExp(`href="/carts/${id.cart}"`));
  assert.match(await of('memos'), new RegExp(`href="/credit-memos/${id.memo}"`));
  for (const [path, count] of [['orders', '2 orders'], ['carts', '1 cart'], ['credit-memos', '1 credit memo'], ['subscribers', '1 subscriber']]) {
    const list = await show(`/${path}?customer_id=${id.customer}`);
    assert.match(words(list.text), new RegExp(`Customer is .*${count}`), path);
  }
  assert.match(page.text, new RegExp(`href="/orders\\?customer_id=${id.customer}"`));
});

test('purchases are the items of orders that were not canceled', async () => {
  const page = await show(`/customers/${id.customer}?show=purchases`);
  const text = words(page.text);
  assert.match(text, /Orders 2 Purchases 4 Shopping carts 1 Credit memos 1 Order notes 1/);
  assert.match(text, /100000010 19 Nov 2024 07:06 LMP Lamp & more 2 12\.00 10\.00 – no value – no value 20\.00 EUR/);
  assert.ok(!text.includes('NEVER'));
});

test('order notes of a customer: those that say something, where the channel wants them', async () => {
  const path = `/customers/${id.customer}?show=notes`;
  assert.match(words((await show(path)).text), /100000010 On its way 19 Nov 2024 07:06/);
  site.sql(`UPDATE channels SET show_order_notes = 0 WHERE id = ${channel}`);
  assert.ok(!words((await show(path)).text).includes('Order notes'));
  assert.match(words((await show(`/orders/${id.order}`)).text), /On its way/, 'the order has them always');
  site.sql(`UPDATE channels SET show_order_notes = 1 WHERE id = ${channel}`);
});

test('what the channel does not load has no part', async () => {
  site.sql(`UPDATE channel_entities SET is_on = 0 WHERE entity IN ('credit_memo', 'cart', 'subscriber')`);
  const text = words((await show(`/customers/${id.customer}`)).text);
  assert.ok(!/Credit memos|Shopping carts|Newsletter Subscribed/.test(text));
  assert.ok(!words((await show(`/orders/${id.order}`)).text).includes('Credit memos'));
  site.sql('UPDATE channel_entities SET is_on = 1');
});

test('parts of a bundle and variants say what they belong to', async () => {
  const order = words((await show(`/orders/${id.order}`)).text);
  assert.match(order, /BULB Bulb part of Lamp /);
  assert.match(order, /SHIRT-L Shirt configurable 1/);
  assert.match(order, /SHIRT-L Shirt, large part of Shirt/);
  assert.match(words((await show(`/carts/${id.cart}`)).text), /PART Bulb part of Lamp /);
});

test('addresses: country by name, equal ones said once, empty ones named', async () => {
  site.sql(`INSERT INTO order_addresses (channel_id, parent_id, origin_id, imported_at, synced_at, address_type, firstname, lastname, street, city, postcode, country)
    SELECT channel_id, parent_id, 2, 1, 1, 'billing', firstname, lastname, street, city, postcode, country FROM order_addresses WHERE parent_id = ${id.order}`);
  assert.match(words((await show(`/orders/${id.order}`)).text), /1010 Wien Austria Billing Same as shipping/);
  site.sql(`UPDATE order_addresses SET country = 'XX', region = 'North' WHERE origin_id = 2`);
  assert.match(words((await show(`/orders/${id.order}`)).text), /Billing Anna Berg Hof 1 Hinterhaus 1010 Wien, North XX/);
  assert.match(words((await show(`/carts/${id.cart}`)).text), /Shipping Not entered Billing Not entered/);
});

test('the address book marks the primary address', async () => {
  const text = words((await show(`/customers/${id.customer}`)).text);
  assert.match(text, /Address book 2 Add address : [^.]* Shipping Anna Lager 2 Graz Austria Primary Billing Anna Hof 1 Wien Austria/);
});

test('an order has its customer, payment and state beside it', async () => {
  const text = words((await show(`/orders/${id.order}`)).text);
  for (const part of [/Phone \+43 1/, /Lifetime value 250\.00 EUR/, /Orders 1/, /Payment Credit Card \(saved\) Card type VI Card ends in 1111/,
    /State in the store processing/, /Guest checkout No/, /Gift message With love/, /Remote IP 192\.0\.2\.1/])
    assert.match(text, part);
  assert.ok(!text.includes('Purchase order number'.concat(' PO')));
});

test('a memo and a subscriber lead to their order and customer', async () => {
  const memo = await show(`/credit-memos/${id.memo}`);
  assert.match(words(memo.text), /Credit memo 200000003 Refunded/);
  assert.match(memo.text, new RegExp(`href="/orders/${id.order}"`));
  assert.match(words(memo.text), /Order 100000010 Ordered 19 Nov 2024 07:06 Status Processing Grand total 250\.00 EUR/);
  assert.match(memo.text, new RegExp(`href="/customers/${id.customer}"`));
  assert.match(words(memo.text), /No items, amounts only .*Refunded 10\.00/);
  const subscriber = await show(`/subscribers/${id.subscriber}`);
  assert.match(words(subscriber.text), /anna@example\.com Subscribed/);
  assert.match(subscriber.text, new RegExp(`href="/customers/${id.customer}"`));
});

test('a record knows the list it was reached from', async () => {
  const page = await show(`/orders/${id.order}?list=status%3Dprocessing%26sort%3Dgrand_total`);
  assert.match(page.text, /href="\/orders\?status=processing&amp;sort=grand_total"/);
  assert.match(words(page.text), /1 of 1/);
  assert.equal((await anna.get(`/orders/${id.order}?list=colour%3Dred`)).status, 400);
});

test('Sync Data files one run, pokes, and tells how it goes', async () => {
  const answer = await anna.post(`/orders/${id.order}/sync`);
  assert.equal(answer.headers.location, `/orders/${id.order}`);
  await anna.post(`/orders/${id.order}/sync`);
  assert.equal(site.sql("SELECT kind, one_entity, one_origin_id, requested_by, state FROM runs"),
    'one|order|10|anna|waiting');
  const waiting = await show(`/orders/${id.order}`);
  assert.match(words(waiting.text), /Being read from the store\. Asked for by anna/);
  assert.match(waiting.text, /http-equiv="refresh"/);
  site.sql(`UPDATE runs SET state = 'failed', error = 'Store not reached: no answer: try later',
    ended_at = CAST(strftime('%s', 'now') AS INTEGER)`);
  assert.match(words((await show(`/orders/${id.order}`)).text), /Store not reached: no answer/);
  site.sql('UPDATE runs SET ended_at = ended_at - 3600');
  assert.ok(!words((await show(`/orders/${id.order}`)).text).includes('Store not reached'));
});

test('what cannot be read again says why', async () => {
  const guest = await show(`/customers/${id.guest}`);
  assert.match(guest.text, /aria-disabled="true"[^>]*title="Made here from guest orders/);
  assert.equal((await anna.post(`/customers/${id.guest}/sync`)).status, 400);
  site.sql(`UPDATE channels SET status = 'inactive' WHERE id = ${channel}`);
  assert.match((await show(`/orders/${id.order}`)).text, /title="The channel is not active"/);
  site.sql(`UPDATE channels SET status = 'active' WHERE id = ${channel}`);
});

test('states of a record: out of date, gone from the store, in quarantine', async () => {
  site.sql(`UPDATE channels SET last_good_at = CAST(strftime('%s', 'now') AS INTEGER) - 7200 WHERE id = ${channel}`);
  assert.match(words((await show(`/orders/${id.order}`)).text), /May be out of date\. Lumen Europe was last read 2 h ago/);
  site.sql(`UPDATE orders SET missing_at = ${start} WHERE id = ${id.order};
    INSERT INTO quarantine (channel_id, entity, origin_id, reason, first_seen_at, last_seen_at, next_try_at)
    VALUES (${channel}, 'order', 10, 'Grand total not read', ${start}, ${start}, ${start})`);
  site.sql(`UPDATE channels SET failures = 1 WHERE id = ${channel}`);
  assert.match(words((await show(`/orders/${id.order}`)).text),
    /May be out of date: read 14 Nov 2023 22:13, and Lumen Europe could not be read since/);
  site.sql(`UPDATE channels SET failures = 0 WHERE id = ${channel}`);
  assert.match(words((await show(`/credit-memos/${id.memo}`)).text), /Order 10 is in quarantine: Grand total not read/);
  const text = words((await show(`/orders/${id.order}`)).text);
  assert.match(text, /Gone from the store\. It was missing there on 19 Nov 2024/);
  assert.match(text, /in quarantine: Grand total not read/);
});

test('either number finds both the order and its cart', async () => {
  for (const q of ['100000010', '55']) {
    const page = await show(`/search?q=${q}`);
    assert.match(page.text, new RegExp(`href="/orders/${id.order}"`), q);
    assert.match(page.text, new RegExp(`href="/carts/${id.cart}"`), q);
  }
});

test('search groups its hits, and says when there are none', async () => {
  const text = words((await show('/search?q=anna@example.com')).text);
  for (const group of [/Orders 1/, /Customers 1/, /Subscribers 1/]) assert.match(text, group);
  assert.match(words((await show('/search?q=zzzzzz')).text), /Nothing found/);
  assert.equal((await anna.get('/search')).status, 200);
  assert.ok(!(await show('/search?q=%3Cscript%3Ealert(1)')).text.includes('<script>alert'));
});

test('a record that is not there, or whose channel is deleted, is 404', async () => {
  assert.equal((await anna.get('/orders/999999')).status, 404);
  assert.equal((await anna.get('/orders/abc')).status, 404);
  const other = addChannel(site, 'Old', { deleted_at: start });
  const [hidden] = insertRecords(site, 'orders', other, [{ origin_id: 1, increment_id: '9' }]);
  assert.equal((await anna.get(`/orders/${hidden}`)).status, 404);
});
