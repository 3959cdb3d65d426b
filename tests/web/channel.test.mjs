// Channels in the browser: creating one, its connection check against a rehearsal store, its
// entities, activating, deactivating and deleting it; and who may do what.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { startStore } from '../kit/bench.mjs';
import { insertRecords, makeSite, programs, table, words } from '../kit/web.mjs';

const sizes = { customers: 30, orders: 40, carts: 20, subscribers: 10, memos: 4 };

let store;
let site;
let anna; // administrator
let bert; // staff
before(async () => {
  store = await startStore(sizes);
  site = makeSite({ private_stores: store.host, retry_first_ms: '0', retries: '0' });
  anna = await site.browser().logIn('anna');
  bert = await site.browser().logIn('bert');
});
after(async () => {
  site.remove();
  await store.stop();
});

// What cron would do.
function due() {
  return spawnSync(join(programs, 'tollbook-sync'), ['due', '--config', site.conf], { encoding: 'utf8' });
}

const settings = (more = {}) => ({
  name: 'Lumen Europe', url: `${store.url}/`, allow_http: '1', api_user: 'api', api_key: 'rehearsal-key',
  start_date: '2007-01-01', guest_sync: '1', show_order_notes: '1', wsi: '', website: '', owner: '',
  sync_interval_minutes: '5', page_size: '100', parallel: '4', requests_per_second: '0',
  is_adaptive: '1', quiet_from: '', quiet_to: '', priority: 'remote', push_mode: 'send', verify_at: '', verify_days: '30',
  verify_repairs: '1', verify_calls: '5000', verify_seconds: '3600', notice_minutes: '60', ...more,
});
const entities = (...names) => names.map((name) => ['entity', name]);
const posted = (more, ...names) => [...Object.entries(settings(more)), ...entities(...names)];

async function create(name, ...names) {
  const answer = await anna.post('/channels/new', posted({ name, url: `${store.url}/` }, ...names));
  assert.equal(answer.status, 303, words(answer.text));
  return Number(answer.headers.location.match(/^\/channels\/(\d+)$/)[1]);
}

// Two channels must not load the same websites of one store.
afterEach(() => site.sql(`UPDATE channels SET deleted_at = 1, status = 'inactive';
  UPDATE runs SET state = 'stopped' WHERE state = 'waiting'`));

const value = (sql) => site.sql(sql);

test('without channels the list says what one is, and offers to create it', async () => {
  const page = await anna.get('/channels');
  assert.match(words(page.text), /No channels yet A channel is one store/);
  assert.match(page.text, /href="\/channels\/new"/);
  const staff = await bert.get('/channels');
  assert.doesNotMatch(staff.text, /href="\/channels\/new"/);
  assert.match(words(staff.text), /Only administrators create channels/);
});

test('a form that cannot be saved keeps what was typed and names each field', async () => {
  const bad = settings({ name: '', url: 'http://shop.example.com', allow_http: '', api_key: '',
    shared_emails: 'a@example.com; frontdesk@', page_size: '5', admin_url: 'javascript:alert(1)', start_date: '2020-13-01' });
  const page = await anna.post('/channels/new', [...Object.entries(bad), ...entities('order')]);
  assert.equal(page.status, 422);
  const text = words(page.text);
  assert.match(text, /Not saved: 7 fields need correction\./);
  for (const field of ['name', 'url', 'api_key', 'shared_emails', 'page_size', 'admin_url', 'start_date']) {
    assert.ok(page.text.includes(`href="#${field}"`), `${field} is named`);
    assert.ok(page.text.includes(`id="e-${field}"`), `${field} has its sentence`);
  }
  assert.ok(page.text.includes('value="a@example.com; frontdesk@"'));
  assert.match(page.text, /value="order" checked/);
  assert.doesNotMatch(page.text, /value="cart" checked/);
  assert.equal(value('SELECT count(*) FROM channels'), '0');
});

test('a new channel is a draft with a check that waits, then passes', async () => {
  const id = await create('Lumen Europe', 'cart', 'order');
  assert.equal(value(`SELECT status FROM channels WHERE id = ${id}`), 'draft');
  assert.equal(value(`SELECT kind || ' ' || state || ' ' || requested_by FROM runs WHERE channel_id = ${id}`), 'check waiting anna');
  assert.equal(value(`SELECT group_concat(entity) FROM channel_entities WHERE channel_id = ${id} AND is_on = 1`), 'cart,customer,order');
  const waiting = await anna.get(`/channels/${id}`);
  assert.match(waiting.text, /<noscript><meta http-equiv="refresh"/);
  assert.match(waiting.text, new RegExp(`id="check" hx-get="/channels/${id}" hx-trigger="every 2s"`));
  assert.match(words(waiting.text), /Connection check Waiting Address not tried Name resolves not tried/);
  assert.equal(due().status, 0);
  const page = await anna.get(`/channels/${id}`);
  const text = words(page.text);
  assert.match(text, /Lumen Europe Draft Connected Magento 1\.9\.4\.5, bridge 1\.2\.19/);
  assert.match(text, /14 of 14 passed/);
  assert.match(text, /Log-in \d+ ms/);
  assert.match(text, /Checked .* asked for by anna/);
  assert.doesNotMatch(page.text, /hx-get|http-equiv/);
  assert.match(text, /Websites and store views .*Harbour & Mill/);
});

test('the fragment of an ended check makes the browser load the whole page', async () => {
  const id = await create('Fragment', 'order');
  const asked = { HTTP_HX_REQUEST: 'true' };
  const running = await anna.get(`/channels/${id}`, asked);
  assert.match(running.text, /^\s*<section class="tb-card" id="check"/);
  assert.equal(running.headers['hx-refresh'], undefined);
  due();
  const ended = await anna.get(`/channels/${id}`, asked);
  assert.equal(ended.headers['hx-refresh'], 'true');
});

test('a refused key fails at its stage; later ones were not tried, earlier ones passed', async () => {
  const answer = await anna.post('/channels/new', posted({ name: 'Refused', api_key: 'not-that-key' }, 'order'));
  const id = answer.headers.location.match(/\d+$/)[0];
  due();
  const page = await anna.get(`/channels/${id}`);
  const text = words(page.text);
  assert.match(text, /Draft Check failed/);
  assert.match(text, /Passed: Store answers/);
  assert.match(text, /Failed: Log-in Store refused the log-in: wrong API user or key/);
  assert.match(text, /Store and bridge not tried Websites and store views not tried/);
  assert.ok(!page.text.includes('not-that-key'), 'the key is not drawn');
  assert.ok(!value(`SELECT api_key_sealed FROM channels WHERE id = ${id}`).includes('not-that-key'));
});

test('without the bridge the check says what is missing, and the entities why', async () => {
  await store.control('set', { bridge: 'no' });
  const id = await create('Plain', 'cart', 'order');
  due();
  await store.control('set', { bridge: 'yes' });
  const text = words((await anna.get(`/channels/${id}`)).text);
  assert.match(text, /Magento 1\.9\.4\.5, no bridge/);
  assert.match(text, /Carts The store has no bridge: install OroBridge in the store Not available/);
  assert.match(text, /Orders On/);
});

test('a check that nobody takes says so after a minute, and how to start it', async () => {
  const id = await create('Nobody', 'order');
  site.sql(`UPDATE runs SET requested_at = requested_at - 90 WHERE channel_id = ${id}`);
  for (const path of [`/channels/${id}`, '/sync'])
    assert.match(words((await anna.get(path)).text),
      /Not started for 1 min 3\d s: no sync program takes it: add this line to the crontab .* \* \* \* \* \* .*tollbook-sync due/);
});

test('editing keeps the key, and asks for it again when it would go elsewhere', async () => {
  const id = await create('Edited', 'order');
  due();
  const key = value(`SELECT api_key_sealed FROM channels WHERE id = ${id}`);
  const form = await anna.get(`/channels/${id}/edit`);
  assert.match(form.text, /New API key/);
  assert.match(form.text, /<option value="1">Harbour &amp; Mill/);
  const renamed = await anna.post(`/channels/${id}/edit`, settings({ name: 'Renamed', api_key: '', website: '1' }));
  assert.equal(renamed.status, 303);
  assert.equal(value(`SELECT name || website_origin_id FROM channels WHERE id = ${id}`), 'Renamed1');
  assert.equal(value(`SELECT api_key_sealed FROM channels WHERE id = ${id}`), key);
  assert.equal(value(`SELECT count(*) FROM runs WHERE channel_id = ${id}`), '1', 'no new check');
  const moved = await anna.post(`/channels/${id}/edit`, settings({ name: 'Renamed', api_key: '', url: 'https://other.example.com/' }));
  assert.equal(moved.status, 422);
  assert.match(words(moved.text), /API key missing: the address or the CA file changed/);
  const again = await anna.post(`/channels/${id}/edit`, settings({ name: 'Renamed', url: 'https://other.example.com/' }));
  assert.equal(again.status, 303);
  assert.notEqual(value(`SELECT api_key_sealed FROM channels WHERE id = ${id}`), key);
  assert.equal(value(`SELECT count(*) FROM runs WHERE channel_id = ${id} AND kind = 'check'`), '2');
});

test('an HTTP password does not go to another address either, and ends with its user', async () => {
  const id = await create('Basic', 'order');
  const sealed = () => value(`SELECT coalesce(basic_password_sealed, 'none') FROM channels WHERE id = ${id}`);
  const save = (more) => anna.post(`/channels/${id}/edit`, settings({ name: 'Basic', ...more }));
  await save({ basic_user: 'gate', basic_password: 'open sesame' });
  assert.match(sealed(), /^[0-9a-f]{60,}$/);
  const moved = await save({ basic_user: 'gate', url: 'https://other.example.com/' });
  assert.match(words(moved.text), /HTTP password missing: the address or the CA file changed/);
  assert.equal((await save({ basic_user: '' })).status, 303);
  assert.equal(sealed(), 'none');
});

test('after the first run the start date only moves to an earlier day', async () => {
  const id = await create('Dated', 'order');
  site.sql(`UPDATE channels SET anchor_at = 1700000000, start_date = '2016-01-01' WHERE id = ${id}`);
  const later = await anna.post(`/channels/${id}/edit`, settings({ name: 'Dated', start_date: '2020-01-01' }));
  assert.equal(later.status, 422);
  assert.match(words(later.text), /Start date not changed: 2020-01-01 is later than 2016-01-01/);
  assert.equal((await anna.post(`/channels/${id}/edit`, settings({ name: 'Dated', start_date: '2015-01-01' }))).status, 303);
});

test('entities are switched, but the customers', async () => {
  const id = await create('Switched', 'order');
  const set = (entity, on) => anna.post(`/channels/${id}/entities`, { entity, on });
  assert.equal((await set('order', '0')).status, 303);
  assert.equal((await set('cart', '1')).status, 303);
  assert.equal(value(`SELECT group_concat(entity) FROM channel_entities WHERE channel_id = ${id} AND is_on = 1`), 'cart,customer');
  assert.match(words((await anna.get(`/channels/${id}`)).text), /Orders Switched off by anna, .* Off/);
  assert.equal((await set('customer', '0')).status, 400);
  assert.equal((await set('website', '0')).status, 400);
});

test('the first activation starts the first run, a later one does not', async () => {
  const id = await create('Active', 'cart', 'order', 'credit_memo', 'subscriber');
  assert.equal((await anna.post(`/channels/${id}/activate`)).headers.location, '/sync');
  assert.equal(value(`SELECT kind FROM runs WHERE channel_id = ${id} ORDER BY id DESC LIMIT 1`), 'changes');
  due();
  const [row] = table((await anna.get('/channels')).text);
  assert.deepEqual(row.slice(0, 5), ['Active', 'Magento 1.9.4.5, bridge 1.2.19', 'Active', 'Connected', '5 of 5 on']);
  assert.equal(row[6], '0');
  assert.match(row[7], /\d{4} \d\d:\d\d/, 'last good run');
  assert.match(words((await anna.get(`/channels/${id}`)).text), /Orders On 40 /);
  assert.equal((await anna.post(`/channels/${id}/deactivate`)).status, 303);
  const runs = value(`SELECT count(*) FROM runs WHERE channel_id = ${id}`);
  assert.equal((await anna.post(`/channels/${id}/activate`)).headers.location, `/channels/${id}`);
  assert.equal(value(`SELECT count(*) FROM runs WHERE channel_id = ${id}`), runs);
});

test('deactivating ends what waits', async () => {
  const id = await create('Resting', 'order');
  await anna.post(`/channels/${id}/activate`);
  await anna.post(`/channels/${id}/deactivate`);
  assert.equal(value(`SELECT group_concat(DISTINCT state) FROM runs WHERE channel_id = ${id}`), 'stopped');
});

test('deleting names what goes, wants the name, hides at once and then removes', async () => {
  const id = await create('To be deleted', 'order');
  insertRecords(site, 'orders', id, [{ origin_id: 1 }, { origin_id: 2 }]);
  const page = await anna.get(`/channels/${id}/delete`);
  assert.match(words(page.text), /Goes Customers 0 Carts 0 Orders 2 .* Stays Everything in the store/);
  assert.match(words(page.text), /Delete channel and 2 records/);
  const typo = await anna.post(`/channels/${id}/delete`, { typed: 'to be deleted' });
  assert.equal(typo.status, 422);
  assert.match(words(typo.text), /Channel not deleted: the name differs/);
  const gone = await anna.post(`/channels/${id}/delete`, { typed: ' To be deleted ' });
  assert.equal(gone.headers.location, '/channels');
  assert.equal((await anna.get(`/channels/${id}`)).status, 404);
  assert.equal(value(`SELECT coalesce(api_key_sealed, 'none') FROM channels WHERE id = ${id}`), 'none');
  due();
  assert.equal(value(`SELECT count(*) FROM orders WHERE channel_id = ${id}`), '0');
  assert.match(words((await anna.get('/sync')).text), /To be deleted Deletion .* Done/);
});

test('staff see channels and their settings, and change nothing', async () => {
  const id = await create('Seen', 'order');
  const page = await bert.get(`/channels/${id}`);
  assert.equal(page.status, 200);
  assert.match(words(page.text), /Edit : Only administrators change channels/);
  assert.doesNotMatch(page.text, /Switch off|\/delete"|\/activate"/);
  assert.match(words(page.text), /API key set, not shown/);
  for (const path of ['/channels/new', `/channels/${id}/edit`, `/channels/${id}/delete`])
    assert.equal((await bert.get(path)).status, 403, path);
  for (const path of ['edit', 'activate', 'deactivate', 'delete', 'entities'])
    assert.equal((await bert.post(`/channels/${id}/${path}`)).status, 403, path);
  assert.equal((await bert.post('/channels/new', settings())).status, 403);
  assert.equal((await bert.post(`/channels/${id}/check`)).status, 303, 'a check is a run');
});

test('names that look like markup stay text', async () => {
  const name = '<b>Lumen</b> & "Co"';
  const id = await create(name, 'order');
  for (const path of ['/channels', `/channels/${id}`, `/channels/${id}/edit`, `/channels/${id}/delete`, '/sync', '/sync/start']) {
    const page = await anna.get(path);
    assert.ok(!page.text.includes('<b>Lumen'), path);
    assert.ok(page.text.includes('&lt;b&gt;Lumen'), path);
  }
});
