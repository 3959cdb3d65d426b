// Lists: what their addresses mean, what they show, how they page, and what they export.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addChannel, insertRecords, makeSite, table, words } from '../kit/web.mjs';

let site;
let anna;
let europe;
let asia;

const day = 86400;
const start = 1732000000; // 19 Nov 2024 07:06:40 UTC

before(async () => {
  site = makeSite();
  anna = await site.browser().logIn('anna');
  europe = addChannel(site, 'Lumen Europe');
  asia = addChannel(site, 'Lumen Asia');
  const order = (i, more) => ({ origin_id: i, increment_id: String(1000 + i), firstname: 'Ann',
    lastname: `Name ${i}`, customer_email: `p${i}@example.com`,
    email_norm: `p${i}@example.com`, name_norm: `ann name ${i}`, status: 'processing',
    order_currency_code: 'EUR', grand_total: i * 10000, total_paid: null,
    created_at: start + i * day, updated_at: start, ...more });
  const rows = Array.from({ length: 30 }, (_, i) => order(i + 1));
  rows[0] = order(1, { firstname: '=HYPERLINK("x")', lastname: '<script>', status: 'pending' });
  rows[1] = order(2, { status: 'my_own_status', order_currency_code: 'JPY', grand_total: 1234560000 });
  rows[2] = order(3, { grand_total: null, created_at: null });
  rows[3] = order(4, { missing_at: start, customer_is_guest: 1, firstname: null, lastname: null });
  insertRecords(site, 'orders', europe, rows);
  insertRecords(site, 'orders', asia, [order(1, { increment_id: '5001', status: 'complete' })]);
});
after(() => site.remove());

const numbers = (page) => table(page.text).map((row) => row.find((cell) => /^\d{4}\b/.test(cell)).slice(0, 4));
const href = (page, label) => {
  const link = [...page.text.matchAll(/<a[^>]*href="([^"]*)"[^>]*>([\s\S]*?)<\/a>/g)]
    .find(([, , text]) => words(text) === label);
  assert.ok(link, `a link named ${label}`);
  return link[1].replaceAll('&amp;', '&');
};

test('a list shows its newest rows, the count and the sums by currency', async () => {
  const page = await anna.get('/orders');
  assert.equal(page.status, 200);
  assert.equal(table(page.text).length, 25);
  assert.equal(numbers(page)[0], '1030');
  assert.match(words(page.text), /31 orders/);
  assert.match(words(page.text), /Sum: 461\.00 EUR · 123,456 JPY/);
});

test('the sum says how much of it was canceled', async () => {
  assert.doesNotMatch(words((await anna.get('/orders')).text), /canceled\)/);
  site.sql("UPDATE orders SET state = 'canceled' WHERE increment_id IN ('1030', '1007')");
  try {
    assert.match(words((await anna.get('/orders')).text), /Sum: 461\.00 EUR \(37\.00 of it canceled\) · 123,456 JPY/);
    assert.match(words((await anna.get('/orders?increment_id=1030')).text), /Sum: 30\.00 EUR \(30\.00 of it canceled\)/);
  } finally {
    site.sql('UPDATE orders SET state = NULL');
  }
});

test('paging by key shows every row once, unknown values last', async () => {
  const seen = [];
  let page = await anna.get('/orders?rows=10');
  for (;;) {
    seen.push(...numbers(page));
    if (!/rel="next"/.test(page.text)) break;
    page = await anna.get(href(page, 'Older'));
    assert.equal(page.status, 200);
  }
  assert.equal(seen.length, 31);
  assert.equal(new Set(seen).size, 31);
  assert.equal(seen.at(-1), '1003');
  const back = await anna.get(href(page, 'Newer'));
  assert.deepEqual(numbers(back), seen.slice(20, 30));
});

test('sorting is a link that turns around', async () => {
  const page = await anna.get('/orders?sort=grand_total');
  assert.match(page.text, /aria-sort="ascending"/);
  assert.equal(numbers(page)[0], '1003', 'unknown sorts lowest');
  assert.match(page.text, /href="\/orders\?sort=-grand_total"/);
});

test('filters narrow, add up, and can be taken away one by one', async () => {
  const page = await anna.get('/orders?status=pending&status=complete&grand_total.range=0.5&grand_total.range=');
  assert.deepEqual(numbers(page).sort(), ['1001', '5001']);
  assert.match(words(page.text), /Status is Pending, Complete/);
  assert.match(words(page.text), /Grand total ≥ 0\.5/);
  assert.match(page.text, /href="\/orders\?grand_total\.range=0\.5&amp;grand_total\.range="\s+aria-label="Remove filter Status"/);
  const day20 = new Date((start + 20 * day) * 1000).toISOString().slice(0, 10);
  assert.deepEqual(numbers(await anna.get(`/orders?created_at=${day20}`)), ['1020']);
  assert.deepEqual(numbers(await anna.get('/orders?created_at.empty=1')), ['1003']);
  assert.deepEqual(numbers(await anna.get('/orders?customer_email=P20@')), ['1020']);
  assert.deepEqual(numbers(await anna.get(`/orders?channel=${asia}`)), ['5001']);
  assert.deepEqual(numbers(await anna.get('/orders?customer_is_guest=1')), ['1004']);
});

test('what is not known in an address is refused, never ignored', async () => {
  for (const query of ['colour=red', 'status.bigger=1', 'sort=customer_email', 'sort=nothing',
    'grand_total=abc', 'created_at=yesterday', 'channel=x', 'after=zzz', 'customer_id=x',
    'payment_cc_last4=1']) {
    const page = await anna.get(`/orders?${query}`);
    assert.equal(page.status, 400, query);
    assert.equal((await anna.get(`/orders.csv?${query}`)).status, query.startsWith('after') ? 200 : 400, query);
  }
});

test('a filter is added through its form and lands in the address', async () => {
  const page = await anna.get('/orders?sort=grand_total');
  const form = await anna.get(href(page, 'Total paid'));
  assert.match(form.text, /name="op"/);
  assert.match(form.text, /name="sort" value="grand_total"/);
  const answer = await anna.get('/orders?sort=grand_total&filter=grand_total&op=range&value=5&to=7');
  assert.equal(answer.status, 303);
  assert.equal(answer.headers.location, '/orders?grand_total.range=5&grand_total.range=7&sort=grand_total');
  assert.deepEqual(numbers(await anna.get(answer.headers.location)), ['1005', '1006', '1007']);
  const other = await anna.get('/orders?grand_total.range=5&grand_total.range=7&filter=grand_total.range&op=is&value=6&to=');
  assert.equal(other.headers.location, '/orders?grand_total=6');
  const gone = await anna.get('/orders?grand_total=6&filter=grand_total&op=is&value=+&to=');
  assert.equal(gone.headers.location, '/orders');
  const choice = await anna.get('/orders?filter=status&op=not_any_of&value=pending&value=complete');
  assert.equal(choice.headers.location, '/orders?status.not_any_of=pending&status.not_any_of=complete');
  const empty = await anna.get('/orders?filter=coupon_code&op=empty&value=');
  assert.equal(empty.headers.location, '/orders?coupon_code.empty=1');
});

test('a filter that cannot be read keeps its form open with a sentence', async () => {
  const page = await anna.get('/orders?filter=grand_total&op=is&value=abc');
  assert.equal(page.status, 200);
  assert.match(page.text, /value="abc"/);
  assert.match(page.text, /class="tb-error"/);
});

test('the open choice offers statuses that only this shop has', async () => {
  const page = await anna.get('/orders?filter=status');
  assert.match(page.text, /value="my_own_status"/);
  assert.equal((await anna.get('/orders?filter=nothing')).status, 400);
});

test('search looks at names, numbers and addresses', async () => {
  assert.deepEqual(numbers(await anna.get('/orders?q=1017')), ['1017']);
  assert.deepEqual(numbers(await anna.get('/orders?q=p17@example.com')), ['1017']);
});

test('htmx gets the fragment, a browser the page', async () => {
  const part = await anna.get('/orders', { HTTP_HX_REQUEST: 'true' });
  assert.match(part.text, /^<div id="grid"/);
  assert.ok(!part.text.includes('<html'));
  assert.equal(part.headers.vary, 'HX-Request');
  const whole = await anna.get('/orders', { HTTP_HX_REQUEST: 'true', HTTP_HX_HISTORY_RESTORE_REQUEST: 'true' });
  assert.match(whole.text, /<html/);
  const missing = await anna.get('/nothing', { HTTP_HX_REQUEST: 'true' });
  assert.match(missing.text, /<html/, 'an error is a whole page');
});

test('values of records are escaped wherever they stand', async () => {
  const page = await anna.get('/orders?status=pending&q=1001');
  assert.ok(page.text.includes('&lt;script&gt;'));
  assert.ok(!page.text.includes('<script>alert') && !/<script>(?!<)/.test(page.text.split('<main')[1]));
});

test('columns can be chosen, and the first always stays', async () => {
  const page = await anna.get('/orders?col=coupon_code&col=status');
  const heads = [...page.text.matchAll(/<th role="columnheader" scope="col" class="tb-p\d[^>]*>([\s\S]*?)<\/th>/g)]
    .map(([, text]) => words(text));
  assert.deepEqual(heads, ['Order', 'Status', 'Coupon code']);
  assert.match(page.text, /value="coupon_code" checked/);
});

test('a filter that leaves nothing says so and offers the way back', async () => {
  const page = await anna.get('/orders?increment_id=nothing');
  assert.match(words(page.text), /No orders match/);
  assert.equal(href(page, 'Clear all filters'), '/orders');
});

test('an empty list says why it is empty', async () => {
  const text = async () => words((await anna.get('/carts')).text);
  assert.match(await text(), /No carts yet: no active channel loads them/);
  site.sql(`INSERT INTO channel_entities (channel_id, entity, is_on) VALUES (${europe}, 'cart', 1)`);
  assert.match(await text(), /No carts yet: nothing was read so far/);
  const other = makeSite();
  const page = await (await other.browser().logIn('anna')).get('/orders');
  other.remove();
  assert.match(words(page.text), /No orders yet: there is no channel/);
  assert.match(page.text, /href="\/channels\/new"/);
});

test('CSV holds all rows of the filter, numbers plain, nothing that a spreadsheet runs', async () => {
  const csv = await anna.get('/orders.csv?status=pending&status=my_own_status');
  assert.equal(csv.headers['content-type'], 'text/csv; charset=utf-8');
  assert.equal(csv.headers['content-disposition'], 'attachment; filename="orders.csv"');
  assert.ok(csv.text.startsWith('\uFEFF'));
  const lines = csv.text.slice(1).trimEnd().split('\r\n');
  assert.equal(lines.length, 3);
  assert.match(lines[0], /,Currency$/);
  assert.match(lines[1], /123456\.00.*,JPY$/);
  assert.ok(lines[2].includes(`"'=HYPERLINK(""x"") <script>"`), lines[2]);
});

test('CSV keeps phone numbers and plain numbers as they are, and defuses what only looks like one', async () => {
  const cases = [['+49 (0)30 / 123 45-67', true], ['0049 30 1234567', true], ['-12.5', true], ['+1', true],
    ['+49 30 1234567=1+1', false], ['+cmd|calc', false], ['-2+3+cmd', false], ['@SUM(A1:A9)', false], ['=1+1', false], ['+49-30*5678901', false]];
  insertRecords(site, 'customers', europe, cases.map(([telephone], i) => ({ origin_id: 7000 + i, lastname: `Phone${i}`, telephone })));
  const { text } = await anna.get('/customers.csv?lastname.contains=phone&col=telephone&sort=lastname');
  for (const [i, [phone, isPlain]] of cases.entries()) {
    const line = text.split('\r\n').find((row) => row.includes(`Phone${i}`));
    assert.ok(line.endsWith(`,${isPlain ? '' : "'"}${phone}`), line);
  }
  site.sql('DELETE FROM customers WHERE origin_id BETWEEN 7000 AND 7099');
});

test('CSV of picked rows, and of all in spite of picks', async () => {
  const id = site.sql("SELECT id FROM orders WHERE increment_id = '1010'");
  assert.equal((await anna.get(`/orders.csv?id=${id}`)).text.trimEnd().split('\r\n').length, 2);
  assert.equal((await anna.get(`/orders.csv?id=${id}&all=1`)).text.trimEnd().split('\r\n').length, 32);
  assert.equal((await anna.get('/orders.csv?id=x')).status, 400);
});

test('a download of many rows comes in pieces and whole', async () => {
  site.sql(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2600)
    INSERT INTO subscribers (channel_id, origin_id, email, status, change_status_at, imported_at, synced_at)
    SELECT ${europe}, i, 's' || i || '@example.com', 1, ${start} + i / 3, ${start}, ${start} FROM n`);
  const csv = await anna.get('/subscribers.csv');
  const mails = csv.text.match(/s\d+@example\.com/g);
  assert.equal(mails.length, 2600);
  assert.equal(new Set(mails).size, 2600);
});

test('several values are typed with commas between', async () => {
  const answer = await anna.get('/orders?filter=increment_id&op=any_of&value=1005%2C+1007%3B1009');
  assert.equal(answer.headers.location, '/orders?increment_id.any_of=1005&increment_id.any_of=1007&increment_id.any_of=1009');
  assert.deepEqual(numbers(await anna.get(answer.headers.location)).sort(), ['1005', '1007', '1009']);
  const form = await anna.get(`${answer.headers.location}&filter=increment_id.any_of`);
  assert.match(form.text, /value="1005, 1007, 1009"/);
  const one = await anna.get('/orders?filter=lastname&op=is&value=Smith%2C+Inc');
  assert.equal(one.headers.location, '/orders?lastname.is=Smith%2C%20Inc');
});

test('countries are chosen and listed by name, however the store spells their code', async () => {
  site.sql("UPDATE orders SET billing_country = 'AT' WHERE increment_id = '1011'");
  const form = await anna.get('/orders?filter=billing_country');
  assert.match(form.text, /value="AT"/);
  assert.match(words(form.text), /Austria/);
  const page = await anna.get('/orders?billing_country=AT&col=billing_country');
  assert.deepEqual(numbers(page), ['1011']);
  assert.match(words(page.text), /Billing country is Austria/);
  assert.match(page.text, /title="AT"[^>]*>\s*Austria/);
  const csv = await anna.get('/orders.csv?billing_country=AT&col=billing_country');
  assert.match(csv.text, /1011,AT/);
  site.sql("UPDATE orders SET billing_country = 'at' WHERE increment_id = '1009'");
  site.sql("UPDATE orders SET billing_country = 'Atlantis' WHERE increment_id = '1007'");
  const both = await anna.get('/orders?billing_country=at&col=billing_country');
  assert.deepEqual(numbers(both).sort(), ['1009', '1011']);
  assert.match(both.text, /title="at"[^>]*>\s*Austria/);
  const choices = await anna.get('/orders?filter=billing_country');
  assert.equal(choices.text.match(/<span>Austria<\/span>/g).length, 1);
  assert.match(choices.text, /<span>Atlantis<\/span>/);
});

test('customers come by last name, then first name, and every one once', async () => {
  const names = [['Berg', 'Zoe'], ['Berg', 'Anna'], ['Adam', 'Ute'], ['Berg', null], ['Berg', 'Mia'], [null, 'Bo'], [null, 'Al']];
  insertRecords(site, 'customers', europe, names.flatMap(([lastname, firstname], i) => [1, 2, 3].map((n) => (
    { origin_id: 10 * i + n, lastname, firstname, email: `c${i}${n}@example.com` }))));
  const expected = ['Al', 'Bo', 'Adam, Ute', 'Berg', 'Berg, Anna', 'Berg, Mia', 'Berg, Zoe'].flatMap((name) => [name, name, name]);
  const seen = [];
  let page = await anna.get('/customers?rows=10');
  for (;;) {
    seen.push(...table(page.text).map((row) => row[1]));
    if (!/rel="next"/.test(page.text)) break;
    page = await anna.get(href(page, 'Next'));
  }
  assert.deepEqual(seen, expected);
  const back = await anna.get(href(page, 'Previous'));
  assert.deepEqual(table(back.text).map((row) => row[1]), expected.slice(10, 20));
  const down = await anna.get('/customers?sort=-lastname&rows=10');
  assert.deepEqual(table(down.text).map((row) => row[1]), [...expected].reverse().slice(0, 10));
});

test('is subscriber: yes, no, and not defined where the store cannot tell', async () => {
  site.sql(`UPDATE channels SET has_bridge = 1 WHERE id = ${europe};
    UPDATE channels SET has_bridge = 0 WHERE id = ${asia}`);
  insertRecords(site, 'customers', europe, [{ origin_id: 901, lastname: 'Yes', subscriber_status: 1 },
    { origin_id: 902, lastname: 'Left', subscriber_status: 3 }, { origin_id: 903, lastname: 'Never' }]);
  insertRecords(site, 'customers', asia, [{ origin_id: 901, lastname: 'Unknown' }]);
  const names = async (filter) => table((await anna.get(`/customers?lastname.any_of=Yes&lastname.any_of=Left&lastname.any_of=Never&lastname.any_of=Unknown&${filter}`)).text).map((row) => row[1]);
  assert.deepEqual(await names('is_subscriber=1'), ['Yes']);
  assert.deepEqual(await names('is_subscriber=0'), ['Left', 'Never']);
  assert.deepEqual(await names('is_subscriber.empty=1'), ['Unknown']);
});

test('an empty list names the filter that stands in the way', async () => {
  const page = await anna.get('/orders?status=processing&grand_total.range=9000&grand_total.range=');
  assert.match(words(page.text), /No orders match 28 match without "Grand total"\./);
  assert.equal(href(page, 'Remove "Grand total"'), '/orders?status=processing');
});

test('a list that is empty for the first load shows how far it is', async () => {
  site.sql(`INSERT INTO channel_entities (channel_id, entity, is_on) VALUES (${asia}, 'credit_memo', 1)`);
  const running = site.sql(`INSERT INTO runs (channel_id, kind, state, requested_by, requested_at, started_at, heartbeat_at)
    VALUES (${asia}, 'changes', 'running', 'anna', 1, 1, CAST(strftime('%s', 'now') AS INTEGER)) RETURNING id`);
  const page = await anna.get(`/credit-memos?channel=${asia}`);
  assert.match(words(page.text), /No credit memos yet: still loading Lumen Asia was connected on .*Credit memos not started/);
  assert.equal(href(page, `View run ${running}`), `/sync/runs/${running}`);
  assert.equal(href(page, 'Show credit memos of all channels'), '/credit-memos');
  site.sql('DELETE FROM runs');
});

test('a list whose past is still being loaded says how far back its count and sums go', async () => {
  const side = async (path) => words((await anna.get(path)).text);
  const front = (channel, entity, state, at) => site.sql(`INSERT INTO cursors (channel_id, entity, load_state, front_id, back_to, updated_at)
    VALUES (${channel}, '${entity}', '${state}', 1, ${at}, 1) ON CONFLICT DO UPDATE SET load_state = '${state}', back_to = ${at}`);
  const loaded = /Loaded back to|Still loading/;
  for (const channel of [europe, asia])
    site.sql(`INSERT OR IGNORE INTO channel_entities (channel_id, entity, is_on) VALUES (${channel}, 'order', 1)`);
  assert.doesNotMatch(await side('/orders'), loaded);
  front(europe, 'order', 'running', Date.UTC(2025, 8, 3, 12) / 1000);
  try {
    assert.match(await side('/orders'), /Loaded back to 3 Sep 2025/);
    assert.match(await side(`/orders?channel=${europe}`), /Loaded back to 3 Sep 2025/);
    assert.doesNotMatch(await side(`/orders?channel=${asia}`), loaded, 'the other channel is whole');
    assert.doesNotMatch(await side('/customers'), loaded, 'so are its customers');
    // of two the one that is whole for a shorter time counts
    front(asia, 'order', 'running', Date.UTC(2025, 10, 20, 12) / 1000);
    assert.match(await side('/orders'), /Loaded back to 20 Nov 2025/);
    assert.match(await side(`/orders?channel=${europe}`), /Loaded back to 3 Sep 2025/);
    assert.match(await side(`/orders?channel=${europe}&status=pending`), /Loaded back to 3 Sep 2025/);
    site.sql("UPDATE cursors SET load_state = 'done' WHERE entity = 'order'");
    assert.doesNotMatch(await side('/orders'), loaded);
  } finally {
    site.sql("DELETE FROM cursors WHERE entity = 'order'");
  }
});

test('a list needs a session', async () => {
  assert.equal((await site.browser().get('/orders.csv')).status, 303);
});

test('an edited order and the one that replaced it are found by one number and lead to each other', async () => {
  site.sql(`INSERT INTO orders (channel_id, origin_id, increment_id, increment_norm, status, state, created_at, imported_at, synced_at)
    VALUES (${europe}, 90003, '9003', '49003', 'canceled', 'canceled', 1, 0, 0),
    (${europe}, 90004, '9003-1', '49003-11', 'pending', 'new', 2, 0, 0),
    (${europe}, 90005, 'S-7', 's-17', 'pending', 'new', 3, 0, 0), (${europe}, 90006, 'S-8', 's-18', 'pending', 'new', 4, 0, 0)`);
  const [first, second, other] = site.sql("SELECT id FROM orders WHERE origin_id IN (90003, 90004, 90005) ORDER BY origin_id").trim().split('\n');
  assert.deepEqual(numbers(await anna.get('/orders?q=9003')), ['9003', '9003'], 'both begin so');
  assert.match(words((await anna.get(`/orders/${first}`)).text), /Replaced by 9003-1/);
  assert.match(words((await anna.get(`/orders/${second}`)).text), /Replaces 9003\b/);
  assert.ok(!/Replace[sd]/.test(words((await anna.get(`/orders/${other}`)).text)), 'a number of the shop\'s own kind');
  site.sql('DELETE FROM orders WHERE origin_id BETWEEN 90003 AND 90006');
});

test('a search for too little asks for more', async () => {
  for (const q of ['li', '12+34', '%2B49+3']) {
    assert.match(words((await anna.get(`/search?q=${q}`)).text), /Type more/);
    assert.match(words((await anna.get(`/orders?q=${q}`)).text), /Type more/);
  }
  assert.doesNotMatch(words((await anna.get('/search?q=7')).text), /Type more/);
});
