// Which columns of a list somebody wants: kept per person and list, in the database.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { addChannel, insertRecords, makeSite, table, words } from '../kit/web.mjs';

let site;
let anna;
let bert;

before(async () => {
  site = makeSite();
  anna = await site.browser().logIn('anna');
  bert = await site.browser().logIn('bert');
  const europe = addChannel(site, 'Lumen Europe');
  const common = { created_at: 1732000000, updated_at: 1732000000, order_currency_code: 'EUR', grand_total: 120000 };
  insertRecords(site, 'orders', europe, [
    { ...common, origin_id: 1, increment_id: '1001', status: 'complete', payment_method: 'checkmo',
      firstname: 'Ann', lastname: 'Berg', customer_email: 'ann@example.com' },
    { ...common, origin_id: 2, increment_id: '1002', status: 'pending', payment_method: 'klarna_later' }]);
  insertRecords(site, 'carts', europe, [
    { origin_id: 7, customer_is_guest: 1, is_active: 1, status: 'open', updated_at: 1732000000 },
    { origin_id: 8, customer_is_guest: 0, is_active: 1, status: 'open', updated_at: 1732000001 },
    { origin_id: 9, customer_is_guest: 1, is_active: 1, status: 'open', updated_at: 1732000002, lastname: 'Berg' }]);
});
after(() => site.remove());
beforeEach(() => site.sql('DELETE FROM user_columns'));

const heads = async (who, path) => [...(await who.get(path)).text
  .matchAll(/<th role="columnheader" scope="col" class="tb-p\d[^>]*>([\s\S]*?)<\/th>/g)].map(([, text]) => words(text));
const choose = (who, path, ...names) => who.post(path, names.map((name) => ['col', name]));
const kept = () => site.sql('SELECT u.name, c.list, c.columns FROM user_columns c JOIN users u ON u.id = c.user_id ORDER BY 1, 2');

let usual; // the list's own: the number first, the total last

test('a choice is kept for its person and its list, and leads back to the list as it was', async () => {
  usual = await heads(bert, '/orders');
  assert.deepEqual([usual[0], usual.at(-1)], ['Order', 'Grand total']);
  assert.ok(['Created', 'Customer', 'Email', 'Payment', 'Last synced'].every((name) => usual.includes(name)), String(usual));
  assert.deepEqual(await heads(anna, '/orders'), usual);
  const answer = await choose(anna, '/orders/columns?status=complete&sort=-created_at&col=items', 'grand_total', 'coupon_code', 'status');
  assert.equal(answer.status, 303);
  assert.equal(answer.headers.location, '/orders?status=complete&sort=-created_at');
  assert.equal(kept(), 'anna|order|increment_id status coupon_code grand_total');
  assert.deepEqual(await heads(anna, '/orders'), ['Order', 'Status', 'Coupon code', 'Grand total']);
  assert.deepEqual(await heads(bert, '/orders'), usual);
  assert.ok((await heads(anna, '/carts')).includes('Channel'));
  const again = await site.browser().logIn('anna');
  assert.deepEqual(await heads(again, '/orders'), ['Order', 'Status', 'Coupon code', 'Grand total']);
});

test('the next choice replaces it, and a reset forgets it', async () => {
  await choose(anna, '/orders/columns', 'status');
  await choose(anna, '/orders/columns', 'payment_method');
  await choose(anna, '/carts/columns', 'status');
  assert.equal(kept(), 'anna|cart|origin_id status\nanna|order|increment_id payment_method');
  assert.match((await anna.get('/orders')).text, /name="reset" value="1"/);
  const answer = await anna.post('/orders/columns?q=Berg', { reset: '1', col: 'status' });
  assert.equal(answer.headers.location, '/orders?q=Berg');
  assert.equal(kept(), 'anna|cart|origin_id status');
  assert.deepEqual(await heads(anna, '/orders'), usual);
  assert.doesNotMatch((await anna.get('/orders')).text, /name="reset"/);
});

test('the download has the same columns, the total last and its currency after it', async () => {
  await choose(anna, '/orders/columns', 'payment_method', 'grand_total', 'customer_email');
  const csv = await anna.get('/orders.csv?increment_id.is=1001');
  assert.equal(csv.text, '\uFEFFOrder,Email,Payment,Grand total,Currency\r\n1001,ann@example.com,checkmo,12.00,EUR\r\n');
});

test('an address that names columns is shown as it says, and changes nothing', async () => {
  await choose(anna, '/orders/columns', 'payment_method');
  assert.deepEqual(await heads(anna, '/orders?col=status'), ['Order', 'Status']);
  assert.deepEqual(await heads(anna, '/orders'), ['Order', 'Payment']);
  const page = await anna.get('/orders?sort=created_at');
  assert.doesNotMatch(page.text, /href="[^"]*col=/);
});

test('only names of columns are kept, however much is sent', async () => {
  const hostile = ["status' --", 'x'.repeat(3000), '../../etc', 'status', 'status', '', 'password_hash'];
  assert.equal((await choose(anna, '/orders/columns', ...hostile)).status, 303);
  assert.equal(kept(), 'anna|order|increment_id status');
  await choose(anna, '/orders/columns');
  assert.equal(kept(), 'anna|order|increment_id');
  site.sql("UPDATE user_columns SET columns = 'gone status  <b>'"); // columns of another version
  assert.deepEqual(await heads(anna, '/orders'), ['Order', 'Status']);
  assert.equal((await choose(anna, '/orders/columns?colour=red', 'status')).status, 400);
});

test('it takes a form of its own person: a token, and a log-in', async () => {
  const without = await anna.post('/orders/columns', { csrf: 'wrong', col: 'status' });
  assert.equal(without.status, 403);
  const nobody = await site.browser().post('/orders/columns', { col: 'status' });
  assert.ok([303, 403].includes(nobody.status));
  assert.equal(kept(), '');
  assert.equal((await anna.get('/orders/columns')).status, 405);
});

test('a way of paying is listed, chosen and told by its name, one of an extension by its code', async () => {
  const page = await anna.get('/orders?col=payment_method');
  assert.match(page.text, /title="checkmo"[^>]*>\s*Check \/ Money order/);
  assert.match(words(page.text), /klarna_later/);
  const form = await anna.get('/orders?filter=payment_method');
  assert.match(form.text, /value="checkmo"/);
  assert.match(words(form.text), /Check \/ Money order/);
  const found = await anna.get('/orders?payment_method=checkmo');
  assert.deepEqual(table(found.text).map((row) => row[1]), ['1001']);
  assert.match(words(found.text), /Payment method is Check \/ Money order/);
});

test('a cart without a customer says so', async () => {
  const rows = table((await anna.get('/carts')).text);
  const customer = (id) => rows.find((row) => row[1] === id)[3];
  assert.equal(customer('7'), 'Guest');
  assert.match(customer('8'), /no value/);
  assert.equal(customer('9'), 'Berg Guest');
});
