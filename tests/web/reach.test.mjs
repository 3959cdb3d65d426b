// How a person gets from a record to whom it is about and to the store: links to call and to write,
// what is copied, names for the codes of an answer, the page in the store's admin.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addChannel, insertRecords, makeSite, words } from '../kit/web.mjs';

let site;
let anna;
let channel;
const id = {};
const start = 1732000000;

before(async () => {
  site = makeSite();
  anna = await site.browser().logIn('anna');
  channel = addChannel(site, 'Lumen Europe');
  const one = (into, row) => insertRecords(site, into, channel, [row])[0];
  id.customer = one('customers', { origin_id: 7, firstname: 'Anna', lastname: 'Berg', created_at: start,
    email: 'anna.elisabeth.berg@warenhaus.example', telephone: '+49 (0)30 / 123 45-67', billing_country: 'de' });
  one('customer_addresses', { parent_id: id.customer, origin_id: 1, firstname: 'Anna', lastname: 'Berg', city: 'Berlin',
    street: 'Hof 1\nHinterhaus', postcode: '10115', country: 'de', telephone: '+49 (0)30 / 123 45-67', is_default_billing: 1 });
  id.guest = one('customers', { origin_id: null, is_guest: 1, firstname: 'Guest', lastname: 'One', email: 'not an address',
    telephone: 'none', created_at: start });
  const order = { customer_id: id.customer, customer_origin_id: 7, created_at: start, order_currency_code: 'EUR', grand_total: 10000 };
  id.titled = one('orders', { ...order, origin_id: 10, increment_id: '100000010', payment_method: 'checkmo',
    shipping_method: 'tablerate_bestway', shipping_description: 'Parcel - two days', customer_email: 'a?cc=b@example.com' });
  id.coded = one('orders', { ...order, origin_id: 11, increment_id: '100000011', payment_method: 'klarna_later',
    shipping_method: 'flatrate_flatrate', customer_email: 'short@example.com' });
  one('order_addresses', { parent_id: id.titled, origin_id: 1, address_type: 'shipping', firstname: 'Bo', city: 'Wien',
    country: 'at', telephone: '0043 1 58858' });
  one('order_addresses', { parent_id: id.coded, origin_id: 2, address_type: 'billing', firstname: 'Bo', city: 'Nowhere', country: 'zz' });
  id.memo = one('credit_memos', { origin_id: 3, increment_id: '200000003', state: 2, order_id: id.coded, order_origin_id: 11,
    created_at: start, grand_total: 10000, order_currency_code: 'EUR' });
  id.cart = one('carts', { origin_id: 55, status: 'open', created_at: start, updated_at: start, payment_method: 'banktransfer' });
});
after(() => site.remove());

const show = async (path) => (await anna.get(path)).text;
const adminIs = (url) => site.sql(`UPDATE channels SET admin_url = ${url === null ? 'NULL' : `'${url}'`} WHERE id = ${channel}`);

test('a country is named wherever an address is shown, unknown ones stay as given', async () => {
  assert.match(words(await show(`/customers/${id.customer}`)), /10115 Berlin Germany \+49/);
  assert.match(words(await show(`/orders/${id.titled}`)), /Wien Austria 0043/);
  assert.match(words(await show(`/orders/${id.coded}`)), /Nowhere zz/);
  const page = await show(`/customers/${id.customer}`);
  assert.match(page, /<dt>Billing country<\/dt><dd title="de">Germany<\/dd>/);
  assert.match(await show('/customers'), /title="de"[^>]*>\s*Germany/);
});

test('who is called and written to is a link, what is no number or address is none', async () => {
  const page = await show(`/customers/${id.customer}`);
  assert.equal(page.match(/href="tel:\+49301234567"/g).length, 4, 'at the head, in the card, in the address, in all fields');
  assert.match(page, /href="mailto:anna\.elisabeth\.berg@warenhaus\.example"/);
  assert.match(page, /anna\.elisabeth\.berg<wbr>@warenhaus\.example/, 'breaks at the @ only');
  assert.match(await show(`/orders/${id.titled}`), /href="tel:\+43158858"/);
  const guest = await show(`/customers/${id.guest}`);
  assert.doesNotMatch(guest, /tel:|mailto:/);
  assert.match(words(guest), /Email not an address Phone none/);
  assert.doesNotMatch(await show(`/orders/${id.titled}`), /mailto:a\?/);
});

test('a button copies the number, the email, the phone and the address, unseen without a script', async () => {
  const page = await show(`/orders/${id.coded}`);
  const buttons = [...page.matchAll(/<button type="button" class="tb-copy"[^>]*>/g)].map(([tag]) => tag);
  assert.ok(buttons.every((tag) => / hidden>$/.test(tag)));
  const copied = buttons.map((tag) => tag.match(/data-copy="([^"]*)"/)[1]);
  for (const text of ['100000011', 'short@example.com', 'Bo\nNowhere\nzz']) {
    assert.ok(copied.includes(text), `${text}: ${copied}`);
  }
  assert.match(await show(`/customers/${id.customer}`), /data-copy="Anna Berg\nHof 1\nHinterhaus\n10115 Berlin\nGermany"/);
  assert.match(await show(`/carts/${id.cart}`), /data-copy="55"/);
  assert.match(await show(`/credit-memos/${id.memo}`), /data-copy="200000003"/);
});

test('ways to pay and to send are told in the store\'s words, else by name, with the code behind', async () => {
  const titled = await show(`/orders/${id.titled}`);
  assert.match(titled, /<dt>Payment<\/dt><dd title="checkmo">Check \/ Money order<\/dd>/);
  assert.match(titled, /<dt>Delivery<\/dt><dd title="tablerate_bestway">Parcel - two days<\/dd>/);
  const coded = await show(`/orders/${id.coded}`);
  assert.match(coded, /<dt>Payment<\/dt><dd>klarna_later<\/dd>/);
  assert.match(coded, /<dt>Delivery<\/dt><dd title="flatrate_flatrate">Flat rate<\/dd>/);
  assert.match(await show(`/carts/${id.cart}`), /<dt>Payment<\/dt><dd title="banktransfer">Bank transfer<\/dd>/);
});

test('a record leads to its page in the store\'s admin', async () => {
  const link = (page) => page.match(/<a href="([^"]*)">Open in its admin<\/a>/)?.[1];
  adminIs('https://shop.example/index.php/backend/');
  const base = 'https://shop.example/index.php/backend';
  assert.equal(link(await show(`/orders/${id.coded}`)), `${base}/sales_order/view/order_id/11/`);
  assert.equal(link(await show(`/customers/${id.customer}`)), `${base}/customer/edit/id/7/`);
  assert.equal(link(await show(`/credit-memos/${id.memo}`)), `${base}/sales_creditmemo/view/creditmemo_id/3/`);
  assert.equal(link(await show(`/customers/${id.guest}`)), undefined);
  assert.equal(link(await show(`/carts/${id.cart}`)), undefined);
  for (const url of [null, 'javascript:alert(1)', 'data:text/html,x']) {
    adminIs(url);
    assert.equal(link(await show(`/orders/${id.coded}`)), undefined, String(url));
  }
});

test('the address of the admin is checked, any host is taken', async () => {
  const page = await show(`/channels/${channel}/edit`);
  assert.doesNotMatch(page, /name="owner"|Default owner/);
  assert.doesNotMatch(await show(`/channels/${channel}`), /Default owner/);
  const save = (admin_url) => anna.post(`/channels/${channel}/edit`, {
    name: 'Lumen Europe', url: 'https://shop.example.com/', api_user: 'api', api_key: 'k', start_date: '2007-01-01', wsi: '', website: '',
    guest_sync: '1', sync_interval_minutes: '5', page_size: '100', parallel: '4', requests_per_second: '0', is_adaptive: '1',
    priority: 'remote', push_mode: 'send', verify_days: '30', verify_calls: '0', verify_seconds: '0', notice_minutes: '60', admin_url });
  for (const bad of ['javascript:alert(1)', 'ftp://shop.example/admin', 'shop.example/admin', 'https://me:pw@shop.example/', 'https://shop.exa mple/']) {
    const answer = await save(bad);
    assert.equal(answer.status, 422, bad);
    assert.match(answer.text, /id="e-admin_url"/, bad);
  }
  for (const good of ['https://other-host.example/admin', 'http://shop.example:8080/index.php/admin/', '']) {
    assert.equal((await save(good)).status, 303, good);
    assert.equal(site.sql(`SELECT coalesce(admin_url, '') FROM channels WHERE id = ${channel}`), good);
  }
});

test('an address whose country is written otherwise keeps it in its form, by name', async () => {
  site.sql(`UPDATE channels SET two_way = 1, status = 'active', has_bridge = 1 WHERE id = ${channel}`);
  const [address] = site.sql(`SELECT id FROM customer_addresses WHERE country = 'de'`).split('\n');
  const page = await show(`/customers/${id.customer}/addresses/${address}/edit`);
  assert.match(page, /<option value="de" selected>Germany<\/option>/);
  assert.equal(page.match(/>Germany<\/option>/g).length, 1);
});
