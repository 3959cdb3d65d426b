// What people type to find somebody, and the order that they expect: phone numbers in any form,
// numbers by what they are worth, from a store's answer to the page.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { shop } from '../kit/shop.mjs';
import { readerOf, table, words } from '../kit/web.mjs';

const SIZES = { customers: 14, orders: 20, carts: 6, subscribers: 2, memos: 6 };

describe('found', () => {
  const cleanup = [];
  let s, carla, berlin, mobile, order;
  const titles = (page) => [...words(page.text).matchAll(/[\w.]+@[\w.-]+/g)].map(([email]) => email);
  const search = async (q) => carla.get(`/search?q=${encodeURIComponent(q)}`);

  before(async () => {
    s = await shop({ after: (done) => cleanup.push(done) }, { store: { sizes: SIZES } });
    const home = (who) => who.addresses.find((address) => address.is_default_billing === '1');
    [berlin, mobile] = (await s.store.dump('customer')).filter(home).slice(2);
    const phone = (who, value) => s.store.change('address.update', { id: home(who).entity_id, field: 'telephone', value });
    await phone(berlin, '+49 (0)30 / 123 45-67');
    await phone(mobile, '00491701234567');
    const orders = (await s.store.dump('order')).filter((o) => o.store_id !== null);
    order = orders[5];
    await s.store.change('order.touch', { id: order.entity_id, field: 'billing_address.telephone', value: '(0221) 987.65-43' });
    for (const [i, number] of ['99999', '100000', '400001429', '4000001430', '400001429-1', '400001429-10', '400001429-2'].entries())
      await s.store.change('order.touch', { id: orders[i + 8].entity_id, field: 'increment_id', value: number });
    await s.load();
    carla = await readerOf(s.tb);
  });

  after(async () => {
    for (const done of cleanup.reverse()) await done();
  });

  test('a customer by each way to write the phone number', async () => {
    for (const q of ['0301234567', '030 1234567', '+49 30 1234567', '0049 (30) 123-4567', '30/1234567'])
      assert.ok(titles(await search(q)).includes(berlin.email), q);
    for (const q of ['0170 1234567', '+491701234567', '+49 (0)170 123 45 67', '00491701234567'])
      assert.ok(titles(await search(q)).includes(mobile.email), q);
    for (const q of ['1234567', '123 45-67']) {
      const found = titles(await search(q));
      assert.ok(found.includes(berlin.email) && found.includes(mobile.email), q);
    }
    assert.match(words((await search('0171 1234567')).text), /Nothing found/);
  });

  test('an order by the phone of its address', async () => {
    for (const q of ['0221 9876543', '+49 221 9876543', '9876543'])
      assert.match(words((await search(q)).text), new RegExp(`\\b${order.increment_id}\\b`), q);
  });

  test('by the filter of a list, too', async () => {
    const emails = async (filter) => titles(await carla.get(`/customers?${filter}`));
    for (const value of ['030 1234567', '1234567'])
      assert.ok((await emails(`telephone.contains=${encodeURIComponent(value)}`)).includes(berlin.email), value);
    assert.ok((await emails('telephone.contains=1234567')).includes(mobile.email));
    assert.ok(!(await emails('telephone.contains=0301234567')).includes(mobile.email));
  });

  test('numbers sort by what they are worth, up and down, page by page', async () => {
    const sorted = ['99999', '100000', '400001429', '400001429-1', '400001429-2', '400001429-10', '4000001430'];
    for (const [sort, wanted] of [['increment_id', sorted], ['-increment_id', [...sorted].reverse()]]) {
      const seen = [];
      for (let path = `/orders?sort=${sort}&rows=10`; path;) {
        const page = await carla.get(path);
        assert.equal(page.status, 200, path);
        seen.push(...table(page.text).map((row) => row.join(' ').match(/\d[\d-]*/)[0]));
        path = page.text.match(/<a[^>]*href="([^"]*)"[^>]*rel="next"|<a[^>]*rel="next"[^>]*href="([^"]*)"/)?.slice(1).find(Boolean)?.replaceAll('&amp;', '&');
      }
      assert.deepEqual(seen.filter((number) => sorted.includes(number)), wanted, sort);
      assert.equal(new Set(seen).size, seen.length);
    }
  });
});
