// A form that is sent twice is done once: by a double click, a reload, or out of two tabs.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addChannel, insertRecords, makeSite, password, words } from '../kit/web.mjs';

let site;
let anna;
let order;

before(async () => {
  site = makeSite();
  anna = await site.browser().logIn('anna');
  const channel = addChannel(site, 'Lumen');
  site.sql(`UPDATE channels SET two_way = 1, status = 'active', has_bridge = 1 WHERE id = ${channel}`);
  insertRecords(site, 'orders', channel, [{ origin_id: 7, increment_id: '100000007', state: 'processing', status: 'processing',
    order_currency_code: 'EUR', created_at: 1732000000 }]);
  order = site.sql('SELECT id FROM orders');
});
after(() => site.remove());

const comments = () => Number(site.sql("SELECT count(*) FROM outbox WHERE op = 'comment'"));
const number = (page) => page.text.match(/name="once" value="([0-9a-f]{16})"/)[1];

test('the same comment out of two tabs is one', async () => {
  const other = site.browser();
  for (const [key, value] of anna.jar) other.jar.set(key, value);
  const path = `/orders/${order}/comment`;
  const [one, two] = [await anna.get(path), await other.get(path)];
  assert.notEqual(number(one), number(two), 'each page has a number of its own');
  const first = await anna.post(path, { comment: 'Called back', once: number(one) });
  const second = await other.post(path, { comment: 'Called back', once: number(two) });
  assert.equal(first.status, 303);
  assert.equal(second.status, 303);
  assert.equal(second.headers.location, first.headers.location);
  assert.equal(comments(), 1);
  assert.equal((await anna.post(path, { comment: 'Called back again' })).status, 303);
  assert.equal(comments(), 2, 'another text is another comment');
});

test('two at the same moment are one, too', async () => {
  const path = `/orders/${order}/comment`;
  await anna.get(path);
  const before_ = comments();
  const both = await Promise.all([1, 2, 3].map(() => anna.post(path, { comment: 'All at once' })));
  assert.deepEqual(both.map((a) => a.status), [303, 303, 303]);
  assert.equal(comments(), before_ + 1);
});

test('a form of one page is done once, of another page again', async () => {
  const made = () => Number(site.sql("SELECT count(*) FROM users WHERE name LIKE 'carl%'"));
  const page = await anna.get('/users/new');
  const fields = { name: 'carl', role: 'staff', password, password2: password, once: number(page) };
  const first = await anna.post('/users/new', fields);
  assert.equal(first.status, 303, words(first.text));
  assert.equal((await anna.post('/users/new', fields)).status, 303, 'sent again: the answer of the first');
  assert.equal(made(), 1);
  const next = await anna.get('/users/new');
  assert.equal((await anna.post('/users/new', { ...fields, once: number(next) })).status, 422, 'a new try is looked at');
});

test('what was refused may be sent again', async () => {
  const page = await anna.get('/users/new');
  const fields = { name: 'dora', role: 'staff', password: 'short', password2: 'short', once: number(page) };
  assert.equal((await anna.post('/users/new', fields)).status, 422);
  assert.equal((await anna.post('/users/new', fields)).status, 422);
});

test('nobody sets the own password without the present one', async () => {
  const id = site.sql("SELECT id FROM users WHERE name = 'anna'");
  const answer = await anna.post(`/users/${id}/password`, { password: 'another long one', password2: 'another long one' });
  assert.equal(answer.status, 422);
  assert.match(words(answer.text), /this is your own: change it under My account/);
  assert.equal((await site.browser().post('/login', { name: 'anna', password })).status, 303);
  const bert = site.sql("SELECT id FROM users WHERE name = 'bert'");
  assert.equal((await anna.post(`/users/${bert}/password`, { password: 'another long one', password2: 'another long one' })).status, 303);
});
