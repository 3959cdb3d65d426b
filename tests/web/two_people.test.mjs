// Two people at one record: what one has saved, or the store, is never undone by a page that the
// other opened before.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { addTwoWayChannel, insertRecords, literal, makeSite, unescaped, words } from '../kit/web.mjs';

let site;
let anna;
let bert;
let channel;
const id = {};
const PERSON = { firstname: 'Anna', lastname: 'Berg', email: 'anna@example.com', gender: 2, dob: '1980-02-29',
  group_origin_id: 1, taxvat: null };
const PLACE = { firstname: 'Anna', lastname: 'Berg', street: 'Hof 1\nHinterhaus', city: 'Ulm', country: 'DE', postcode: '89073',
  telephone: '0731 1', region: 'Bayern', region_origin_id: 81, is_default_billing: 1, is_default_shipping: 0 };

before(async () => {
  site = makeSite();
  anna = await site.browser().logIn('anna');
  bert = await site.browser().logIn('bert');
  const made = addTwoWayChannel(site);
  channel = made.channel;
  insertRecords(site, 'regions', channel, [{ origin_id: 81, code: 'BAY', name: 'Bayern', country: 'DE' }, { origin_id: 80, code: 'BAW', name: 'Baden-Württemberg', country: 'DE' }]);
  id.berg = insertRecords(site, 'customers', channel, [
    { ...PERSON, origin_id: 7, email_norm: PERSON.email, is_guest: 0, website_origin_id: 1, website_id: made.website, store_origin_id: 1, store_id: made.store }])[0];
  id.hof = insertRecords(site, 'customer_addresses', channel, [{ ...PLACE, origin_id: 70, parent_id: id.berg }])[0];
});
beforeEach(() => {
  site.sql('DELETE FROM outbox_fields; DELETE FROM outbox');
  put('customers', id.berg, PERSON);
  put('customer_addresses', id.hof, PLACE);
  site.sql(`UPDATE channels SET push_mode = 'send' WHERE id = ${channel}`);
});
after(() => site.remove());

const put = (table, row, values) =>
  site.sql(`UPDATE ${table} SET ${Object.entries(values).map(([k, v]) => `${k} = ${literal(v)}`).join(', ')} WHERE id = ${row}`);
const pushed = () => site.sql("SELECT field || ': ' || coalesce(new_value, '-') FROM outbox_fields ORDER BY field");

// The fields of the form with that action as a browser would send them.
function fieldsIn(html, action) {
  const form = html.match(new RegExp(`<form[^>]*action="[^"]*${action}"[\\s\\S]*?</form>`))[0];
  const out = {};
  for (const tag of form.match(/<input[^>]*>/g) ?? []) {
    const name = tag.match(/name="([^"]*)"/)?.[1];
    if (!name || /type="submit"/.test(tag) || (/type="(checkbox|radio)"/.test(tag) && !/ checked/.test(tag))) continue;
    out[name] = unescaped(tag.match(/value="([^"]*)"/)?.[1] ?? '');
  }
  for (const [, name, body] of form.matchAll(/<select[^>]*name="([^"]*)"[^>]*>([\s\S]*?)<\/select>/g)) {
    out[name] = unescaped(body.match(/<option value="([^"]*)" selected/)?.[1] ?? '');
  }
  for (const [, name, body] of form.matchAll(/<textarea[^>]*name="([^"]*)"[^>]*>([\s\S]*?)<\/textarea>/g)) {
    out[name] = unescaped(body).replaceAll('\n', '\r\n');
  }
  return out;
}

const customerPath = () => `/customers/${id.berg}/edit`;
const addressPath = () => `/customers/${id.berg}/addresses/${id.hof}/edit`;
const opened = async (who, path) => fieldsIn((await who.get(path)).text, '/edit');

async function saved(who, path, fields) {
  const answer = await who.post(path, fields);
  assert.equal(answer.status, 303, words(answer.text));
}

test('a form that was sent as it was drawn changes nothing', async () => {
  await saved(anna, customerPath(), await opened(anna, customerPath()));
  await saved(anna, addressPath(), await opened(anna, addressPath()));
  assert.equal(pushed(), '');
});

test('what a colleague saved meanwhile stays', async () => {
  const first = await opened(anna, customerPath());
  const second = await opened(bert, customerPath());
  await saved(anna, customerPath(), { ...first, firstname: 'Änne', gender: '' });
  await saved(bert, customerPath(), { ...second, lastname: 'Bergmann' });
  assert.equal(pushed(), 'firstname: Änne\ngender: -\nlastname: Bergmann');
  assert.equal(site.sql(`SELECT firstname || ' ' || lastname FROM customers WHERE id = ${id.berg}`), 'Änne Bergmann');
});

test('and what came from the store', async () => {
  const form = await opened(bert, customerPath());
  put('customers', id.berg, { email: 'neu@example.com', email_norm: 'neu@example.com' });
  await saved(bert, customerPath(), { ...form, lastname: 'Bergmann' });
  assert.equal(pushed(), 'lastname: Bergmann');
});

test('a field that both changed is asked for once more, with the other value', async () => {
  const form = await opened(bert, customerPath());
  put('customers', id.berg, { firstname: 'Änne', group_origin_id: 2 });
  const mine = { ...form, firstname: 'Anne', group_origin_id: '1', lastname: 'Bergmann' };
  const asked = await bert.post(customerPath(), mine);
  assert.equal(asked.status, 422);
  assert.match(words(asked.text), /First name not saved: somebody has changed it since, to "Änne": save once more to replace that\./);
  assert.doesNotMatch(words(asked.text), /Customer group not saved/);
  assert.equal(pushed(), '');
  const again = fieldsIn(asked.text, '/edit');
  assert.equal(again.firstname, 'Anne', 'what was typed is kept');
  await saved(bert, customerPath(), again);
  assert.equal(pushed(), 'firstname: Anne\nlastname: Bergmann');
  assert.equal(site.sql("SELECT base_value FROM outbox_fields WHERE field = 'firstname'"), 'Änne');
});

test('a form that comes back with an error keeps what is typed, and what was seen', async () => {
  const form = await opened(bert, customerPath());
  const wrong = await bert.post(customerPath(), { ...form, email: 'nowhere', lastname: 'Bergmann' });
  assert.equal(wrong.status, 422);
  put('customers', id.berg, { firstname: 'Änne' });
  await saved(bert, customerPath(), { ...fieldsIn(wrong.text, '/edit'), email: 'b@example.com' });
  assert.equal(pushed(), 'email: b@example.com\nlastname: Bergmann');
});

test('an address: a state goes with its country, the rest field by field', async () => {
  const form = await opened(bert, addressPath());
  put('customer_addresses', id.hof, { city: 'Neu-Ulm' });
  await saved(bert, addressPath(), { ...form, street: 'Hof 2\r\nHinterhaus' });
  assert.equal(pushed(), 'street: Hof 2\nHinterhaus');
  const other = await opened(bert, addressPath());
  await saved(bert, addressPath(), { ...other, region_origin_id: '80' });
  assert.equal(pushed(), 'region: Baden-Württemberg\nregion_origin_id: 80\nstreet: Hof 2\nHinterhaus');
});

test('a state is not put into a country that a colleague has changed', async () => {
  const form = await opened(bert, addressPath());
  put('customer_addresses', id.hof, { country: 'AT', region: 'Wien', region_origin_id: null });
  const asked = await bert.post(addressPath(), { ...form, region_origin_id: '80' });
  assert.equal(asked.status, 422);
  assert.match(words(asked.text), /Country not saved: somebody has changed it since, to "Austria": save once more to replace that\./);
  assert.equal(pushed(), '');
  await saved(bert, addressPath(), fieldsIn(asked.text, '/edit'));
  assert.equal(pushed(), 'country: DE\nregion: Baden-Württemberg\nregion_origin_id: 80');
});

test('what a list lacks stays as it is while the rest is edited', async () => {
  put('customers', id.berg, { group_origin_id: 17, gender: 124 });
  const form = await opened(bert, customerPath());
  assert.deepEqual([form.group_origin_id, form.gender], ['17', '124']);
  await saved(bert, customerPath(), { ...form, lastname: 'Bergmann' });
  assert.equal(pushed(), 'lastname: Bergmann');
  put('customer_addresses', id.hof, { region: 'Altland', region_origin_id: 999 });
  const place = await opened(bert, addressPath());
  assert.match(words((await bert.get(addressPath())).text), /Altland \(not in the list\)/);
  await saved(bert, addressPath(), { ...place, city: 'Neu-Ulm' });
  assert.equal(pushed(), 'city: Neu-Ulm\nlastname: Bergmann');
  put('customer_addresses', id.hof, { country: 'ZZ', region: 'Prizren', region_origin_id: null, city: 'Ulm' });
  const far = await opened(bert, addressPath());
  assert.equal(far.country, 'ZZ');
  await saved(bert, addressPath(), { ...far, telephone: '1' });
  assert.equal(pushed(), 'city: Neu-Ulm\nlastname: Bergmann\ntelephone: 1');
});

test('a value that no list has, replaced by a colleague, does not come back', async () => {
  put('customers', id.berg, { group_origin_id: 17 });
  const form = await opened(bert, customerPath());
  put('customers', id.berg, { group_origin_id: 1 });
  await saved(bert, customerPath(), { ...form, lastname: 'Bergmann' });
  put('customer_addresses', id.hof, { region: 'Altland', region_origin_id: 999 });
  const place = await opened(bert, addressPath());
  put('customer_addresses', id.hof, { region: 'Bayern', region_origin_id: 81 });
  const wrong = await bert.post(addressPath(), { ...place, postcode: '' });
  assert.equal(wrong.status, 422);
  assert.doesNotMatch(words(wrong.text), /State not saved/);
  await saved(bert, addressPath(), { ...fieldsIn(wrong.text, '/edit'), postcode: '89077' });
  assert.equal(pushed(), 'lastname: Bergmann\npostcode: 89077');
});

test('an address whose other country was asked for first', async () => {
  const form = await opened(bert, addressPath());
  const chosen = await bert.post(addressPath(), { ...form, country: 'GB', city: 'London', again: '1' });
  put('customer_addresses', id.hof, { telephone: '0731 2' });
  const fields = fieldsIn(chosen.text, '/edit');
  await saved(bert, addressPath(), { ...fields, region: 'Kent' });
  assert.equal(pushed(), 'city: London\ncountry: GB\nregion: Kent\nregion_origin_id: -');
});

test('what was changed after the page was drawn is neither approved, discarded nor edited with it', async () => {
  site.sql(`UPDATE channels SET push_mode = 'approve' WHERE id = ${channel}`);
  await saved(bert, customerPath(), { ...(await opened(bert, customerPath())), taxvat: 'DE 1' });
  const push = site.sql('SELECT max(id) FROM outbox');
  const page = (await anna.get(`/outbox/${push}`)).text;
  const discard = (await anna.get(`/outbox/${push}/discard`)).text;
  const edit = (await anna.get(`/outbox/${push}/edit?field=taxvat`)).text;
  assert.match(words(page), /DE 1/);
  await saved(bert, `/outbox/${push}/edit`, { ...fieldsIn((await bert.get(`/outbox/${push}/edit?field=taxvat`)).text, '/edit'), value: 'XX 6' });
  for (const [path, html] of [['approve', page], ['discard', discard]]) {
    await saved(anna, `/outbox/${push}/${path}`, fieldsIn(html, `/${path}`));
    assert.match(words((await anna.get(`/outbox/${push}`)).text), /the change is not what it was when the page was opened/);
  }
  const refused = await anna.post(`/outbox/${push}/edit`, { ...fieldsIn(edit, '/edit'), value: 'DE 2' });
  assert.equal(refused.status, 422);
  assert.equal(site.sql('SELECT state, is_approved FROM outbox'), 'approval|0');
  assert.equal(pushed(), 'taxvat: XX 6');
  await saved(anna, `/outbox/${push}/approve`, fieldsIn((await anna.get(`/outbox/${push}`)).text, '/approve'));
  assert.equal(site.sql('SELECT is_approved FROM outbox'), '1');
});

test('a conflict is not decided over a value that nobody saw', async () => {
  site.sql(`INSERT INTO push_rules VALUES (${channel}, 'customer', 'firstname', 'ask')`);
  await saved(bert, customerPath(), { ...(await opened(bert, customerPath())), firstname: 'Anne' });
  const push = site.sql('SELECT max(id) FROM outbox');
  site.sql(`UPDATE outbox SET state = 'conflict' WHERE id = ${push}`);
  site.sql("UPDATE outbox_fields SET store_value = 'Dort', store_at = 5");
  const seen = fieldsIn((await anna.get(`/outbox/${push}`)).text, '/choose');
  site.sql("UPDATE outbox_fields SET store_value = 'Da', store_at = 6");
  await saved(anna, `/outbox/${push}/choose`, { ...seen, firstname: 'here' });
  assert.equal(site.sql('SELECT state FROM outbox'), 'conflict');
  await saved(anna, `/outbox/${push}/choose`, { ...fieldsIn((await anna.get(`/outbox/${push}`)).text, '/choose'), firstname: 'here' });
  assert.equal(site.sql('SELECT state, choice FROM outbox JOIN outbox_fields'), 'waiting|here');
});
