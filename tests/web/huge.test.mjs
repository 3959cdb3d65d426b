// Texts of hundreds of KiB in every text column: each page and each download is still one.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addChannel, insertRecords, makeSite, words } from '../kit/web.mjs';

const HUGE = 300 * 1024;
const ROWS = 24;
const EVERY = 5; // each column is huge in every fifth row
const MADE = { channel_id: 1, status: 1, state: 1, email_norm: 1, order_currency_code: 1, base_currency_code: 1,
  quote_currency_code: 1, store_currency_code: 1, created_at: 1 };
const LISTS = { orders: 'orders', carts: 'carts', customers: 'customers', credit_memos: 'credit-memos', subscribers: 'subscribers' };

let site;
let anna;
let channel;

const choices = {
  orders: { status: 'complete', state: 'complete', order_currency_code: 'EUR' },
  carts: { status: 'open' },
};

// Every column of the table that holds text gets one, but those that only take certain words.
function fill(table, rows, more = {}) {
  insertRecords(site, table, channel, Array.from({ length: rows }, (_, i) => ({ origin_id: i + 1, ...choices[table], ...more })));
  const sql = site.sql(`SELECT sql FROM sqlite_master WHERE name = '${table}'`);
  const columns = site.sql(`SELECT name FROM pragma_table_info('${table}') WHERE lower(type) = 'text'`).split('\n').filter(Boolean)
    .filter((name) => !MADE[name] && !new RegExp(`\\b${name} text[^,]*CHECK`, 'i').test(sql));
  columns.forEach((name, i) => {
    try {
      site.sql(`UPDATE ${table} SET ${name} = id || ' ${name} =needle ' ||
        CASE WHEN (id + ${i}) % ${EVERY} = 0 THEN replace(hex(zeroblob(${HUGE / 2})), '00', 'x ') ELSE '' END`);
    } catch { /* a date or a code that the table checks */ }
  });
  return columns;
}

before(async () => {
  site = makeSite();
  channel = addChannel(site, 'Lumen');
  anna = await site.browser().logIn('anna');
  for (const table of Object.keys(LISTS)) fill(table, ROWS, table === 'subscribers' ? { email: 'a@example.com' } : {});
  const order = Number(site.sql('SELECT min(id) FROM orders'));
  const customer = Number(site.sql('SELECT min(id) FROM customers'));
  fill('order_items', 20, { parent_id: order });
  fill('order_notes', 10, { parent_id: order });
  fill('order_addresses', 2, { parent_id: order, address_type: 'billing' });
  fill('customer_addresses', 10, { parent_id: customer });
});
after(() => site.remove());

for (const [table, path] of Object.entries(LISTS)) {
  test(`the list of ${table}, in any length and order`, async () => {
    for (const query of ['', '?rows=10', '?rows=100', '?rows=500']) {
      const page = await anna.get(`/${path}${query}`);
      assert.equal(page.status, 200, `${query}: ${words(page.text).slice(0, 300)}`);
      assert.ok(Buffer.byteLength(page.text) < 8 << 20);
    }
  });

  test(`each record of ${table} has its page`, async () => {
    const id = site.sql(`SELECT min(id) FROM ${table}`);
    const page = await anna.get(`/${path}/${id}`);
    assert.equal(page.status, 200, words(page.text).slice(0, 300));
  });

  test(`the download of ${table} is whole`, async () => {
    const got = await anna.get(`/${path}.csv`);
    assert.equal(got.status, 200);
    const ids = new Set([...got.text.matchAll(/(?:^|[\n,"'])(\d+) \w+ =needle/g)].map((m) => m[1]));
    assert.ok(ids.size === ROWS, `${ids.size} rows of ${ROWS}`);
    assert.ok(got.text.includes('x '.repeat(HUGE / 2)), 'texts are whole');
  });
}

test('sorting by a text of that size pages on', async () => {
  const seen = [];
  let path = '/customers?sort=lastname&rows=10';
  for (let i = 0; i < 20 && path; i++) {
    const page = await anna.get(path);
    assert.equal(page.status, 200, path.slice(0, 200));
    seen.push(...[...page.text.matchAll(/href="[^"]*\/customers\/(\d+)["?]/g)].map((m) => m[1]));
    path = page.text.match(/<a[^>]*href="([^"]*)"[^>]*rel="next"|<a[^>]*rel="next"[^>]*href="([^"]*)"/)?.slice(1).find(Boolean)?.replaceAll('&amp;', '&');
  }
  assert.equal(new Set(seen).size, ROWS);
});

test('the search finds and shows', async () => {
  for (const q of ['needle', 'lastname', '1']) {
    const page = await anna.get(`/search?q=${q}`);
    assert.equal(page.status, 200, words(page.text).slice(0, 300));
  }
});

test('history with such values has its page', async () => {
  const id = site.sql('SELECT min(id) FROM orders');
  site.sql(`INSERT INTO changes (channel_id, entity, record_id, origin_id, root_entity, root_id, action, at)
    SELECT ${channel}, 'order', ${id}, 1, 'order', ${id}, 'changed', 1732000000 + origin_id FROM orders;
    INSERT INTO change_fields (change_id, field, old_value, new_value)
    SELECT id, 'customer_note', hex(zeroblob(100000)), hex(zeroblob(120000)) FROM changes`);
  for (const path of [`/orders/${id}`, `/orders/${id}?history=all`]) {
    const page = await anna.get(path);
    assert.equal(page.status, 200, words(page.text).slice(0, 300));
  }
});
