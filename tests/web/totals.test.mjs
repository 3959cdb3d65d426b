// What grand totals are made of: on every page the rows add up to them, with what the store names
// and one row for the rest. Amounts that only repeat others are said once.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addChannel, insertRecords, makeSite, words } from '../kit/web.mjs';

let site;
let anna;
let channel;

before(async () => {
  site = makeSite();
  anna = await site.browser().logIn('anna');
  channel = addChannel(site, 'Lumen');
  for (const entity of ['customer', 'cart', 'order', 'credit_memo', 'subscriber'])
    site.sql(`INSERT INTO channel_entities (channel_id, entity, is_on) VALUES (${channel}, '${entity}', 1)`);
});

after(() => site.remove());

let number = 0;
const one = (into, row) => insertRecords(site, into, channel, [{ origin_id: ++number, ...row }])[0];
const extra = (entity, id, name, value) =>
  site.sql(`INSERT INTO extra_values (entity, record_id, name, value, channel_id) VALUES ('${entity}', ${id}, '${name}', '${value}', ${channel})`);
const show = async (path) => (await anna.get(path)).text;

// [[label, amount in 1/10000], ...] of the block of totals; "−" is the minus of the pages.
function totals(html) {
  const block = html.match(/<dl class="tb-totals">([\s\S]*?)<\/dl>/)[1];
  return [...block.matchAll(/<dt>([\s\S]*?)<\/dt><dd>([\s\S]*?)<\/dd>/g)].map(([, label, amount]) => {
    const text = words(amount).replace(/,/g, '').replace('−', '-').replace(/ EUR$/, '');
    return [words(label), text === '' || !/\d/.test(text) ? null : Math.round(Number(text) * 10000)];
  });
}

function assertAddsUp(rows) {
  const total = rows[rows.length - 1];
  assert.equal(rows.slice(0, -1).reduce((sum, [, amount]) => sum + (amount ?? 0), 0), total[1], JSON.stringify(rows));
}

const money = (values) => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Math.round(value * 10000)]));
const order = (values, more = {}) => one('orders', { increment_id: `1000${number}`, state: 'complete', status: 'complete',
  order_currency_code: 'EUR', base_currency_code: 'EUR', created_at: 1732000000, ...money(values), ...more });

test('gift cards, store credit and points of an order are rows of their own', async () => {
  const id = order({ subtotal: 80, shipping_amount: 5, tax_amount: 15, discount_amount: 0, grand_total: 40 });
  extra('order', id, 'gift_cards_amount', '30.0000');
  extra('order', id, 'customer_balance_amount', '20.0000');
  extra('order', id, 'reward_currency_amount', '10.0000');
  extra('order', id, 'base_gift_cards_amount', '30.0000');
  const rows = totals(await show(`/orders/${id}`));
  assertAddsUp(rows);
  assert.deepEqual(rows.slice(4), [['Store credit', -200000], ['Gift cards', -300000], ['Reward points', -100000], ['Grand total', 400000]]);
});

test('what nothing explains is one row', async () => {
  const rows = totals(await show(`/orders/${order({ subtotal: 80, shipping_amount: 0, tax_amount: 0, discount_amount: 0, grand_total: 83 })}`));
  assertAddsUp(rows);
  assert.deepEqual(rows.slice(-2), [['Other', 30000], ['Grand total', 830000]]);
});

test('a fee has the name that the store gives it; what is within other rows is not added', async () => {
  const id = order({ subtotal: 80, shipping_amount: 5, tax_amount: 15, discount_amount: 10, grand_total: 91.95 });
  extra('order', id, 'payment_fee_amount', '1.9500');
  extra('order', id, 'base_payment_fee_amount', '1.9500');
  extra('order', id, 'payment_fee_tax_amount', '0.3100');
  const rows = totals(await show(`/orders/${id}`));
  assertAddsUp(rows);
  assert.deepEqual(rows.map(([label]) => label), ['Subtotal', 'Discount', 'Shipping', 'Tax', 'Payment fee', 'Grand total']);
  assert.equal(rows[1][1], -100000, 'a discount is taken off whatever its sign');
  const within = order({ subtotal: 80, shipping_amount: 5, tax_amount: 15, discount_amount: 0, grand_total: 100 });
  extra('order', within, 'handling_fee', '2.0000');
  assert.deepEqual(totals(await show(`/orders/${within}`)).map(([label]) => label), ['Subtotal', 'Discount', 'Shipping', 'Tax', 'Grand total']);
});

test('prices with tax: what the discount takes of it is a row; fractions are shown', async () => {
  // a real order: 570.91 - 19.98 + 10 + 105.28 + 3.19
  const rows = totals(await show(`/orders/${order({ subtotal: 570.91, discount_amount: -19.98, shipping_amount: 10,
    tax_amount: 105.28, hidden_tax_amount: 3.19, grand_total: 669.4 })}`));
  assertAddsUp(rows);
  assert.deepEqual(rows[4], ['Tax within the discount', 31900]);
  const odd = totals(await show(`/orders/${order({ subtotal: 10.005, tax_amount: 1.0025, grand_total: 11.0075 })}`));
  assertAddsUp(odd);
  assert.deepEqual(odd[1], ['Discount', null]);
});

test('a total that is not known has no rest; negative and large ones add up', async () => {
  const rows = totals(await show(`/orders/${order({ subtotal: 80 })}`));
  assert.deepEqual(rows[rows.length - 1], ['Grand total', null]);
  assert.ok(!rows.some(([label]) => label === 'Other'));
  assertAddsUp(totals(await show(`/orders/${order({ subtotal: -80, tax_amount: 3, grand_total: -90 })}`)));
  assertAddsUp(totals(await show(`/orders/${order({ subtotal: 90000000000, tax_amount: 1, grand_total: 90000000003 })}`)));
});

test('credit memos add up with adjustments', async () => {
  const id = one('credit_memos', { increment_id: '2001', state: 2, order_currency_code: 'EUR', ...money({ subtotal: 100,
    discount_amount: -10, shipping_amount: 5, tax_amount: 18, hidden_tax_amount: 1.5, adjustment_positive: 3,
    adjustment_negative: 7, grand_total: 105.5, value: 87.5 }) });
  extra('credit_memo', id, 'gift_cards_amount', '5.0000');
  const page = await show(`/credit-memos/${id}`);
  const rows = totals(page);
  assertAddsUp(rows);
  assert.ok(rows.some(([label, amount]) => label === 'Adjustment fee' && amount === -70000));
  assert.ok(rows.some(([label, amount]) => label === 'Gift cards' && amount === -50000));
  assert.match(words(page), /Refunded goods 87\.50 EUR/);
});

const cart = (values, more = {}) => one('carts', { quote_currency_code: 'EUR', base_currency_code: 'EUR', status: 'open',
  is_active: 1, created_at: 1732000000, ...money(values), ...more });

test('a cart shows tax and shipping of its addresses', async () => {
  const id = cart({ subtotal: 142.24, subtotal_with_discount: 137.24, grand_total: 190.71 });
  one('cart_addresses', { parent_id: id, address_type: 'shipping', shipping_description: 'Flat Rate - Fixed',
    ...money({ shipping_amount: 25, tax_amount: 23.47, discount_amount: -5 }) });
  one('cart_items', { parent_id: id, name: 'Case', ...money({ tax_amount: 1 }) });
  one('cart_addresses', { parent_id: id, address_type: 'billing', ...money({ shipping_amount: 0, tax_amount: 0, discount_amount: 0 }) });
  const rows = totals(await show(`/carts/${id}`));
  assertAddsUp(rows);
  assert.deepEqual(rows.slice(0, 5), [['Subtotal', 1422400], ['Discount', -50000], ['Shipping, Flat Rate - Fixed', 250000],
    ['Tax', 234700], ['Other', 50000]]);
});

test('a cart whose addresses are silent has the tax of its items, and the rest is the shipping', async () => {
  const id = cart({ subtotal: 142.24, subtotal_with_discount: 142.24, grand_total: 190.71 });
  one('cart_addresses', { parent_id: id, address_type: 'shipping', shipping_description: 'Flat Rate - Fixed' });
  one('cart_items', { parent_id: id, origin_id: 900, name: 'Set', ...money({ tax_amount: 20 }) });
  one('cart_items', { parent_id: id, parent_item_id: 900, name: 'Part', ...money({ tax_amount: 20 }) });
  one('cart_items', { parent_id: id, name: 'Gone', removed_at: 1732000000, ...money({ tax_amount: 9 }) });
  one('cart_items', { parent_id: id, name: 'Case', ...money({ tax_amount: 3.47 }) });
  const rows = totals(await show(`/carts/${id}`));
  assertAddsUp(rows);
  assert.deepEqual(rows.slice(1), [['Discount', 0], ['Tax', 234700], ['Shipping and other', 250000], ['Grand total', 1907100]]);
});

test('a price of one piece keeps its decimals', async () => {
  const id = order({ subtotal: 1.23, grand_total: 1.23 });
  one('order_items', { parent_id: id, name: 'Screw', price: 123, original_price: 150, row_total: 12300, qty_ordered: 1000000 });
  const text = words(await show(`/orders/${id}`));
  assert.match(text, /0\.0123/);
  assert.match(text, /0\.015\b/);
  assert.match(text, /1\.23/);
});

test('amounts in base currency are said where they differ', async () => {
  const same = await show(`/orders/${order({ grand_total: 10, base_grand_total: 10, subtotal: 8, base_subtotal: 9 })}`);
  assert.doesNotMatch(same, /Base grand total/);
  assert.match(same, /Base subtotal/, 'another amount is news');
  const other = await show(`/orders/${order({ grand_total: 10, base_grand_total: 10 }, { base_currency_code: 'USD' })}`);
  assert.match(other, /Base grand total/);
});

test('a change that the base currency repeats is told once', async () => {
  const id = order({ grand_total: 12, base_grand_total: 12 });
  site.sql(`INSERT INTO changes (id, channel_id, entity, record_id, root_entity, root_id, action, run_id, at)
      VALUES (5, ${channel}, 'order', ${id}, 'order', ${id}, 'changed', 1, 1732000000);
    INSERT INTO change_fields VALUES (5, 'grand_total', '10.0000', '12.0000'), (5, 'base_grand_total', '10.0000', '12.0000'),
      (5, 'subtotal', '8.0000', '10.0000'), (5, 'base_subtotal', '9.0000', '11.0000');`);
  const text = words(await show(`/orders/${id}`));
  assert.match(text, /Change history 3/);
  assert.equal(text.match(/10\.00 EUR 12\.00 EUR/g).length, 1);
  assert.match(text, /Base subtotal 9\.00 EUR 11\.00 EUR/);
});

test('a value that is not final says so, in page and lists; a guest who registered is one line', async () => {
  const person = one('customers', { firstname: 'Ida', lastname: 'Ott', ...money({ value_gross: 7 }), value_currency: 'EUR',
    value_is_provisional: 1, orders_count: 1 });
  const id = order({ value: 7 }, { value_is_provisional: 1, customer_id: person });
  assert.match(words(await show(`/orders/${id}`)), /Value of goods 7\.00 EUR provisional/);
  assert.match(await show('/orders'), /Its value is provisional/);
  assert.match(await show('/customers'), /Its value is provisional/);
  site.sql(`INSERT INTO changes (id, channel_id, entity, record_id, root_entity, root_id, action, run_id, at)
      VALUES (9, ${channel}, 'customer', ${person}, 'customer', ${person}, 'changed', 1, 1732000000);
    INSERT INTO change_fields VALUES (9, 'is_guest', '1', '0');`);
  assert.match(words(await show(`/customers/${person}`)), /Account Guest Registered customer Store, run 1/);
});
