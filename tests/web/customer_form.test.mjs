// Customers and their addresses as forms: what is refused and why, what is kept, what is saved.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addChannel, addTwoWayChannel, insertRecords, makeSite, words } from '../kit/web.mjs';

const start = 1732000000;

let site;
let anna; // administrator
let bert; // staff
let channel;
const id = {};

before(async () => {
  site = makeSite();
  anna = await site.browser().logIn('anna');
  bert = await site.browser().logIn('bert');
  const place = addTwoWayChannel(site, {
    stores: [[1, 'Deutsch', 1, 1], [2, 'Closed', 1, 0]], groups: [[0, 'NOT LOGGED IN'], [1, 'General'], [2, 'Wholesale']] });
  channel = place.channel;
  site.sql(`INSERT INTO channel_entities (channel_id, entity, is_on) VALUES (${channel}, 'subscriber', 1)`);
  insertRecords(site, 'stores', channel, [{ origin_id: 0, name: 'Admin', website_origin_id: 0, is_active: 1 }]);
  insertRecords(site, 'regions', channel, [
    { origin_id: 81, country: 'DE', code: 'BAY', name: 'Bayern' },
    { origin_id: 82, country: 'DE', code: 'BER', name: 'Berlin' },
    { origin_id: 12, country: 'US', code: 'CA', name: 'California' }]);
  const person = { website_origin_id: 1, website_id: place.website, store_origin_id: 1, store_id: place.store, group_origin_id: 1 };
  [id.berg, id.other, id.guest, id.gone] = insertRecords(site, 'customers', channel, [
    { origin_id: 7, firstname: 'Anna', lastname: 'Berg', email: 'anna@example.com', email_norm: 'anna@example.com', gender: 2, dob: '1980-02-29', is_guest: 0, ...person },
    { origin_id: 8, firstname: 'Otto', lastname: 'Kern', email: 'otto@example.com', email_norm: 'otto@example.com', is_guest: 0, ...person },
    { origin_id: null, firstname: 'Gerd', lastname: 'Gast', email: 'gast@example.com', email_norm: 'gast@example.com', is_guest: 1 },
    { origin_id: 9, firstname: 'Eva', lastname: 'Weg', email: 'eva@example.com', email_norm: 'eva@example.com', is_guest: 0, missing_at: start, ...person }]);
  [id.home, id.work] = insertRecords(site, 'customer_addresses', channel, [
    { parent_id: id.berg, origin_id: 21, firstname: 'Anna', lastname: 'Berg', street: 'Hof 1\nHinterhaus', city: 'München', postcode: '80331',
      country: 'DE', region: 'Bayern', region_origin_id: 81, telephone: '+49 89 1', is_default_billing: 1, is_default_shipping: 0 },
    { parent_id: id.berg, origin_id: 22, firstname: 'Anna', lastname: 'Berg', street: 'Quay 2', city: 'Dublin', country: 'IE',
      region: 'Leinster', telephone: '+353 1', is_default_billing: 0, is_default_shipping: 1 }]);
});
after(() => site.remove());

const value = (sql) => site.sql(sql);
const lastPush = () => value('SELECT max(id) FROM outbox');
const fieldsOf = (push) => value(`SELECT field || '=' || coalesce(base_value, '') || '>' || coalesce(new_value, '') FROM outbox_fields
  WHERE outbox_id = ${push} ORDER BY field`).split('\n');

const person = (more = {}) => ({
  channel: String(channel), store_origin_id: '1', group_origin_id: '1', firstname: 'Nina', lastname: 'Neu', email: 'nina@example.com',
  prefix: '', middlename: '', suffix: '', dob: '', gender: '', taxvat: '', password: '', count: '0', ...more });
const berg = (more = {}) => ({
  group_origin_id: '1', firstname: 'Anna', lastname: 'Berg', email: 'anna@example.com', prefix: '', middlename: '', suffix: '',
  dob: '1980-02-29', gender: '2', taxvat: '', password: '', ...more });
const address = (prefix, more = {}) => Object.fromEntries(Object.entries({
  firstname: 'Nina', lastname: 'Neu', prefix: '', middlename: '', suffix: '', company: '', street: 'Weg 3', postcode: '10115', city: 'Berlin', country: 'DE',
  region_origin_id: '82', telephone: '030 1', ...more }).map(([name, text]) => [prefix + name, text]));

test('the form of a new customer has what the channel offers', async () => {
  const page = await bert.get('/customers/new');
  assert.equal(page.status, 200);
  assert.match(words(page.text), /Channel Lumen Europe/);
  assert.match(page.text, /<option value="1">Deutsch<\/option>/);
  assert.doesNotMatch(page.text, />Closed<|>Admin<|NOT LOGGED IN/);
  assert.match(page.text, /<option value="2">Wholesale<\/option>/);
  assert.match(page.text, /name="password" type="password"\s+value=""/);
  assert.match((await bert.get('/customers')).text, /href="\/customers\/new"/);
});

test('with several channels that take customers the first question is which', async () => {
  const second = addChannel(site, 'Lumen Nordic', { two_way: 1, has_bridge: 1 });
  addChannel(site, 'Read only', { two_way: 0 });
  const page = await anna.get('/customers/new');
  assert.match(page.text, new RegExp(`<option value="${second}">Lumen Nordic`));
  assert.doesNotMatch(page.text.match(/<main[\s\S]*<\/main>/)[0], /Read only/);
  assert.match(words((await anna.get(`/customers/new?channel=${channel}`)).text), /Channel Lumen Europe/);
  site.sql(`UPDATE channels SET deleted_at = 1 WHERE id <> ${channel}`);
});

test('a customer that cannot be saved keeps what was typed, but for the password', async () => {
  const bad = person({ store_origin_id: '', firstname: '', email: 'nina@', dob: '2023-02-29', gender: '7', password: 'short' });
  const page = await bert.post('/customers/new', bad);
  assert.equal(page.status, 422);
  assert.match(words(page.text), /Not saved: 6 fields need correction\./);
  for (const field of ['store_origin_id', 'firstname', 'email', 'dob', 'gender', 'password']) {
    assert.ok(page.text.includes(`href="#${field}"`), `${field} is named`);
    assert.ok(page.text.includes(`id="e-${field}"`), `${field} has its sentence`);
  }
  assert.match(page.text, /value="nina@"/);
  assert.match(words(page.text), /Password not set: it is too short: use at least 6 characters\./);
  assert.doesNotMatch(page.text, /short"/);
  assert.equal(value('SELECT count(*) FROM outbox'), '0');
});

test('an e-mail that a customer of the website has is refused, a guest may have it', async () => {
  const taken = await bert.post('/customers/new', person({ email: 'Anna@Example.com' }));
  assert.equal(taken.status, 422);
  assert.match(words(taken.text), /another customer of this website has it already/);
  const free = await bert.post('/customers/new', person({ email: 'gast@example.com' }));
  assert.equal(free.status, 303, words(free.text));
});

test('a new customer is here at once, waits for the store, and a run is asked for', async () => {
  const answer = await bert.post('/customers/new', person({ gender: '1', password: 'secret words' }));
  assert.equal(answer.status, 303, words(answer.text));
  const made = answer.headers.location.match(/^\/customers\/(\d+)$/)[1];
  assert.equal(value(`SELECT firstname || lastname || coalesce(origin_id, '-') || store_origin_id || website_origin_id || gender
    FROM customers WHERE id = ${made}`), 'NinaNeu-111');
  const push = lastPush();
  assert.equal(value(`SELECT entity || op || state || requested_by FROM outbox WHERE id = ${push}`), 'customercreatewaitingbert');
  assert.ok(!value(`SELECT password_sealed FROM outbox WHERE id = ${push}`).includes('secret'));
  assert.equal(value(`SELECT password_until - created_at FROM outbox WHERE id = ${push}`), '900');
  assert.equal(value(`SELECT kind || state || requested_by FROM runs ORDER BY id DESC LIMIT 1`), 'pushwaitingbert');
  const page = await bert.get(`/customers/${made}`);
  const text = words(page.text);
  assert.match(text, /Nina Neu Waiting to be pushed/);
  assert.match(text, /Saved here, and on its way to the store\./);
  for (const what of ['Sync Data', 'Subscribe'])
    assert.match(page.text, new RegExp(`title="Not in the store yet"[^>]*>(<svg.*?</svg>)?\\s*(<[^>]*>)*${what}`, 's'), what);
  assert.doesNotMatch(text, /Synced \d/);
  assert.match(text, /Imported – no value Last synced – no value/);
  assert.doesNotMatch(page.text, /secret words/);
  assert.doesNotMatch((await bert.get(`/outbox/${push}`)).text, /secret words/);
  assert.match(words((await bert.get(`/outbox/${push}`)).text), /Password set, not shown/);
});

test('addresses come with a new customer: added, removed, kept as typed', async () => {
  const one = await bert.post('/customers/new', { ...person({ email: 'two@example.com' }), add: '1' });
  assert.equal(one.status, 200);
  assert.match(one.text, /name="count" value="1"/);
  assert.match(one.text, /name="a0_lastname" type="text"\s+value="Neu"/);
  assert.match(one.text, /name="a0_is_default_billing"\s+value="1" checked/);
  assert.doesNotMatch(one.text, /id="errors"/);
  const two = await bert.post('/customers/new', { ...person({ email: 'two@example.com', count: '1' }), ...address('a0_', { street: 'First' }), add: '1' });
  assert.match(two.text, /name="count" value="2"/);
  assert.match(two.text, /name="a0_street"[^>]*>First<\/textarea>/);
  const less = await bert.post('/customers/new',
    { ...person({ email: 'two@example.com', count: '2' }), ...address('a0_', { street: 'First' }), ...address('a1_', { street: 'Second' }), remove: '0' });
  assert.match(less.text, /name="count" value="1"/);
  assert.match(less.text, /name="a0_street"[^>]*>Second<\/textarea>/);
});

test('an address of a new customer is refused at its field, or saved with the customer', async () => {
  const fields = { ...person({ email: 'three@example.com', count: '2' }), ...address('a0_', { street: '', postcode: '' }),
    ...address('a1_', { country: 'US', region_origin_id: '82' }) };
  const bad = await bert.post('/customers/new', fields);
  assert.equal(bad.status, 422);
  assert.match(words(bad.text), /Not saved: 3 fields need correction\. Street of address 1 , Postcode of address 1 , State of address 2/);
  assert.ok(bad.text.includes('href="#a0_street"') && bad.text.includes('id="e-a1_region_origin_id"'));
  const both = await bert.post('/customers/new', { ...fields, ...address('a0_', { is_default_billing: '1' }), ...address('a1_', { is_default_billing: '1' }) });
  assert.match(words(both.text), /another one is the default already/);
  const good = await bert.post('/customers/new',
    { ...fields, ...address('a0_', { is_default_billing: '1' }), ...address('a1_', { country: 'IE', region_origin_id: '', region: 'Leinster', postcode: '' }) });
  assert.equal(good.status, 303, words(good.text));
  const made = good.headers.location.match(/\d+$/)[0];
  assert.equal(value(`SELECT group_concat(country || ' ' || region || ' ' || coalesce(region_origin_id, '-') || ' ' || is_default_billing, ';')
    FROM customer_addresses WHERE parent_id = ${made}`), 'DE Berlin 82 1;IE Leinster - 0');
  const page = words((await bert.get(`/customers/${made}`)).text);
  assert.match(page, /Changes for the store 3 .*new customer.*new address Nina Neu, Weg 3, Berlin/);
});

test('editing sends what differs, and nothing when nothing does', async () => {
  const form = await bert.get(`/customers/${id.berg}/edit`);
  assert.match(form.text, /name="dob" type="date"\s+value="1980-02-29"/);
  assert.match(form.text, /<option value="2" selected>Female/);
  assert.match(words(form.text), /Store view Deutsch/);
  assert.doesNotMatch(form.text, /name="store_origin_id"/);
  const before = lastPush();
  const same = await bert.post(`/customers/${id.berg}/edit`, berg());
  assert.equal(same.status, 303, words(same.text));
  assert.equal(lastPush(), before);
  assert.match(words((await bert.get(`/customers/${id.berg}`)).text), /Nothing was changed\./);
  const changed = await bert.post(`/customers/${id.berg}/edit`, berg({ firstname: 'Änne', group_origin_id: '2', gender: '' }));
  assert.equal(changed.headers.location, `/customers/${id.berg}`);
  assert.deepEqual(fieldsOf(lastPush()), ['firstname=Anna>Änne', 'gender=2>', 'group_origin_id=1>2']);
  const text = words((await bert.get(`/customers/${id.berg}`)).text);
  assert.match(text, /Änne Berg Waiting to be pushed/);
  assert.match(text, /Waiting to be pushed: First name, Customer group, Gender: changed here by bert, .* Show the change Discard change/);
});

test('what was typed comes back when an edit is refused', async () => {
  const page = await bert.post(`/customers/${id.berg}/edit`, berg({ lastname: ' ', email: 'otto@example.com', taxvat: 'DE 1' }));
  assert.equal(page.status, 422);
  assert.match(words(page.text), /Not saved: 2 fields need correction\. Last name , Email/);
  assert.match(page.text, /name="taxvat" type="text"\s+value="DE 1"/);
});

test('guests, records that are gone and other channels cannot be edited, and say why', async () => {
  const guest = await bert.get(`/customers/${id.guest}`);
  assert.match(guest.text, /aria-disabled="true"[^>]*title="Made here from guest orders: the store has no such record"[^>]*>[\s\S]*?Edit/);
  assert.equal((await bert.get(`/customers/${id.guest}/edit`)).status, 400);
  const gone = await bert.get(`/customers/${id.gone}`);
  assert.match(words(gone.text), /Eva Weg Gone from the store/);
  assert.doesNotMatch(gone.text, /customers\/\d+\/edit|Add address/);
  assert.equal((await bert.post(`/customers/${id.gone}/edit`, berg())).status, 400);
  site.sql(`UPDATE channels SET two_way = 0 WHERE id = ${channel}`);
  const off = await bert.get(`/customers/${id.other}`);
  assert.match(off.text, /aria-disabled="true"[^>]*title="Two-way sync is off for this channel/);
  assert.equal((await bert.post(`/customers/${id.other}/edit`, berg())).status, 400);
  assert.equal((await bert.get('/customers/new')).status, 400);
  assert.doesNotMatch((await bert.get('/customers')).text, /New customer/);
  assert.doesNotMatch((await bert.get('/orders')).text, /href="\/outbox"/);
  site.sql(`UPDATE channels SET two_way = 1 WHERE id = ${channel}`);
  assert.match((await bert.get('/orders')).text, /href="\/outbox"/);
});

test('a form without the token changes nothing', async () => {
  const before = lastPush();
  const forged = await bert.post(`/customers/${id.other}/edit`, { ...berg({ firstname: 'Forged' }), csrf: 'none' });
  assert.equal(forged.status, 403);
  assert.equal(lastPush(), before);
});

test('without a bridge there is no password field for a customer of the store', async () => {
  site.sql(`UPDATE channels SET has_bridge = 0 WHERE id = ${channel}`);
  assert.doesNotMatch((await bert.get(`/customers/${id.other}/edit`)).text, /name="password"/);
  assert.match((await bert.get('/customers/new')).text, /name="password"/);
  site.sql(`UPDATE channels SET has_bridge = 1 WHERE id = ${channel}`);
});

test('an address is edited with the states of its country', async () => {
  const form = await bert.get(`/customers/${id.berg}/addresses/${id.home}/edit`);
  assert.match(form.text, /<option value="81" selected>Bayern/);
  assert.doesNotMatch(form.text, /California/);
  assert.match(form.text, /name="street"[^>]*>Hof 1\nHinterhaus<\/textarea>/);
  const own = address('', { firstname: 'Anna', lastname: 'Berg', street: 'Hof 1\r\nVorderhaus', postcode: '80331', city: 'München', region_origin_id: '81',
    telephone: '+49 89 1', is_default_billing: '1' });
  const saved = await bert.post(`/customers/${id.berg}/addresses/${id.home}/edit`, own);
  assert.equal(saved.status, 303, words(saved.text));
  assert.deepEqual(fieldsOf(lastPush()), ['street=Hof 1', 'Hinterhaus>Hof 1', 'Vorderhaus']);
  assert.match(words((await bert.get(`/customers/${id.berg}`)).text), /Primary Billing Waiting to be pushed Anna Berg Hof 1 Vorderhaus/);
});

test('a state of another country is refused; a name that the list knows is taken', async () => {
  const path = `/customers/${id.berg}/addresses/${id.home}/edit`;
  const own = address('', { firstname: 'Anna', lastname: 'Berg', city: 'Los Angeles', country: 'US', postcode: '90001' });
  const wrong = await bert.post(path, own);
  assert.equal(wrong.status, 422);
  assert.match(words(wrong.text), /State not saved: choose one of the list/);
  assert.match(wrong.text, /<option value="12">California/);
  const unknown = await bert.post(path, { ...own, region_origin_id: '', region: 'Nowhere' });
  assert.equal(unknown.status, 422);
  const again = await bert.post(path, { ...own, again: '1' });
  assert.equal(again.status, 200);
  assert.match(again.text, /<option value="12">California/);
  assert.doesNotMatch(again.text, /id="errors"/);
  const named = await bert.post(path, { ...own, region_origin_id: '', region: 'CALIFORNIA', is_default_billing: '1' });
  assert.equal(named.status, 303, words(named.text));
  assert.equal(value(`SELECT region || region_origin_id FROM customer_addresses WHERE id = ${id.home}`), 'California12');
});

test('the states of a country come alone, for the form that asks', async () => {
  const part = await bert.get(`/channels/${channel}/states?at=a0_&a0_country=DE`, { HTTP_HX_REQUEST: 'true' });
  assert.equal(part.status, 200);
  assert.match(part.text, /^\s*<div class="tb-field" id="a0_state">[\s\S]*name="a0_region_origin_id"[\s\S]*Bayern/);
  const text = await bert.get(`/channels/${channel}/states?at=&country=FR`, { HTTP_HX_REQUEST: 'true' });
  assert.match(text.text, /id="region" name="region" type="text"/);
  for (const at of ['x', 'a_', 'a0', '%22%3E', 'a1234_']) assert.equal((await bert.get(`/channels/${channel}/states?at=${at}`)).status, 404, at);
});

test('a postcode may be left out only where Magento lets it', async () => {
  const path = `/customers/${id.berg}/addresses/new`;
  const fields = address('', { country: 'FR', region_origin_id: '', region: '', postcode: '' });
  assert.match(words((await bert.post(path, fields)).text), /Postcode not saved: it is empty/);
  assert.equal((await bert.post(path, { ...fields, country: 'IE' })).status, 303);
  const long = await bert.post(path, address('', { street: 'a\nb\nc\nd\ne' }));
  assert.match(words(long.text), /Street not saved: it has 5 lines: use at most 4/);
});

test('a text that is no state of a list stays when the rest is edited', async () => {
  site.sql(`UPDATE customer_addresses SET region = 'Old Bavaria', region_origin_id = NULL, country = 'DE' WHERE id = ${id.work}`);
  const path = `/customers/${id.berg}/addresses/${id.work}/edit`;
  assert.match((await bert.get(path)).text, /name="region" type="text"\s+value="Old Bavaria"/);
  const own = { ...address('', { firstname: 'Anna', lastname: 'Berg', street: 'Quay 2', city: 'Dublin', postcode: '1', telephone: '+353 2' }), region: 'Old Bavaria', is_default_shipping: '1' };
  delete own.region_origin_id;
  const saved = await bert.post(path, own);
  assert.equal(saved.status, 303, words(saved.text));
  assert.deepEqual(fieldsOf(lastPush()), ['postcode=>1', 'telephone=+353 1>+353 2']);
});

test('deleting an address asks first, then marks it until the store has done it', async () => {
  const path = `/customers/${id.berg}/addresses/${id.work}/delete`;
  assert.match(words((await bert.get(path)).text), /Delete address .*Goes Quay 2, Dublin, in the store and here Stays/);
  assert.equal(value(`SELECT count(*) FROM outbox WHERE op = 'delete'`), '0');
  assert.equal((await bert.post(path)).headers.location, `/customers/${id.berg}`);
  assert.equal(value(`SELECT op || origin_id FROM outbox WHERE id = ${lastPush()}`), 'delete22');
  const page = await bert.get(`/customers/${id.berg}`);
  assert.match(words(page.text), /To be deleted in the store/);
  assert.match(page.text, /aria-disabled="true"[^>]*title="It is to be deleted already"/);
  assert.equal((await bert.get(`/customers/${id.berg}/addresses/${id.work}/edit`)).status, 400);
});

test('an address that never was in the store goes at once', async () => {
  const made = value(`SELECT max(id) FROM customer_addresses WHERE parent_id = ${id.berg} AND origin_id IS NULL`);
  await bert.post(`/customers/${id.berg}/addresses/${made}/delete`);
  assert.equal(value(`SELECT count(*) FROM customer_addresses WHERE id = ${made}`), '0');
  assert.match(words((await bert.get(`/customers/${id.berg}`)).text), /Address removed: the store never had it\./);
});

test('an address of another customer, or none, is 404', async () => {
  for (const at of [`${id.other}/addresses/${id.home}`, `${id.berg}/addresses/9999999`, `${id.berg}/addresses/abc`])
    assert.equal((await bert.get(`/customers/${at}/edit`)).status, 404, at);
});
