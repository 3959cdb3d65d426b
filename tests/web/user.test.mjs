// Users, for administrators; and what everybody may change of themselves.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { makeSite, password, table, words } from '../kit/web.mjs';

let site;
let anna;
before(async () => {
  site = makeSite();
  anna = await site.browser().logIn('anna');
});
after(() => site.remove());

const idOf = (name) => site.sql(`SELECT id FROM users WHERE name = '${name}'`);
const person = (name) => ({ name, full_name: '', email: '', role: 'staff' });

test('only administrators see users', async () => {
  const bert = await site.browser().logIn('bert');
  for (const path of ['/users', '/users/new', `/users/${idOf('anna')}`])
    assert.equal((await bert.get(path)).status, 403, path);
  assert.equal((await bert.post('/users/new', person('carl'))).status, 403);
  assert.ok(!(await bert.get('/account')).text.includes('href="/users"'));
});

test('the list names everybody', async () => {
  const rows = table((await anna.get('/users')).text);
  assert.deepEqual(rows.map((row) => row[0]), ['anna you', 'bert']);
});

test('an added user can log in', async () => {
  const fields = { ...person('carl'), full_name: 'Carl <b>Z</b>', email: 'carl@example.com',
    password: 'a long enough one', password2: 'a long enough one' };
  const answer = await anna.post('/users/new', fields);
  assert.equal(answer.status, 303);
  const list = await anna.get(answer.headers.location);
  assert.match(words(list.text), /carl added\./);
  assert.ok(list.text.includes('Carl &lt;b&gt;Z&lt;/b&gt;'));
  assert.ok(!words((await anna.get('/users')).text).includes('carl added.'), 'said once');
  await site.browser().logIn('carl', 'a long enough one');
});

test('what is refused is drawn again with a sentence for each field', async () => {
  const bad = { name: 'a b', role: 'king', email: 'x', password: 'short', password2: 'other' };
  const page = await anna.post('/users/new', bad);
  assert.equal(page.status, 422);
  assert.match(page.text, /value="a b"/);
  for (const sentence of [/Email not saved/, /Role not saved/, /the two differ/])
    assert.match(words(page.text), sentence);
  assert.ok(!page.text.includes('value="short"'));
  const weak = { ...person('dora'), password: 'short', password2: 'short' };
  assert.match(words((await anna.post('/users/new', weak)).text), /5 characters: use at least 10/);
  const taken = { ...person('BERT'), password: 'a long enough one', password2: 'a long enough one' };
  assert.match(words((await anna.post('/users/new', taken)).text), /there is a user of that name/);
});

test('the last administrator can be neither demoted nor deactivated', async () => {
  const id = idOf('anna');
  const page = await anna.post(`/users/${id}`, person('anna'));
  assert.equal(page.status, 422);
  assert.match(words(page.text), /last active administrator/);
  const answer = await anna.post(`/users/${id}/deactivate`);
  assert.match(words((await anna.get(answer.headers.location)).text), /last active administrator/);
  assert.equal(site.sql(`SELECT is_active FROM users WHERE id = ${id}`), '1');
});

test('a new role, a new password and deactivation sign a user out', async () => {
  const id = idOf('bert');
  const steps = [
    [`/users/${id}`, { ...person('bert'), role: 'admin' }],
    [`/users/${id}/password`, { password: 'another long one', password2: 'another long one' }],
    [`/users/${id}/sign-out`, {}],
    [`/users/${id}/deactivate`, {}],
  ];
  let word = password;
  for (const [path, fields] of steps) {
    const bert = await site.browser().logIn('bert', word);
    assert.equal((await anna.post(path, fields)).status, 303, path);
    assert.equal((await bert.get('/account')).status, 303, path);
    word = fields.password ?? word;
  }
  assert.equal((await site.browser().post('/login', { name: 'bert', password: word })).status, 422);
  assert.equal((await anna.post(`/users/${id}/activate`)).status, 303);
  await site.browser().logIn('bert', word);
});

test('a user that is not there is 404', async () => {
  assert.equal((await anna.get('/users/999')).status, 404);
  assert.equal((await anna.get('/users/0')).status, 404);
  assert.equal((await anna.post('/users/999/activate')).status, 404);
});

test('settings are kept, and wrong ones refused', async () => {
  const good = { theme: 'dark', language: 'en', zone: 'Asia/Tokyo', page_size: '50', keys: '1' };
  assert.equal((await anna.post('/account/settings', good)).status, 303);
  const page = await anna.get('/account');
  assert.match(page.text, /<html lang="en" data-bs-theme="dark">/);
  assert.match(page.text, /<option value="Asia\/Tokyo" selected>/);
  const bad = { ...good, zone: 'Mars/Olympus' };
  assert.equal((await anna.post('/account/settings', bad)).status, 422);
  assert.equal((await anna.post('/account/settings', { ...good, theme: 'system' })).status, 303);
  assert.ok(!(await anna.get('/account')).text.includes('data-bs-theme'));
});

test('the own password is changed with the old one, and other sessions end', async () => {
  const here = await site.browser().logIn('carl', 'a long enough one');
  const there = await site.browser().logIn('carl', 'a long enough one');
  const fields = { old_password: 'wrong', new_password: 'a still longer one', new_password2: 'a still longer one' };
  const page = await here.post('/account/password', fields);
  assert.equal(page.status, 422);
  assert.match(words(page.text), /the current one is wrong/);
  const answer = await here.post('/account/password', { ...fields, old_password: 'a long enough one' });
  assert.equal(answer.status, 303);
  assert.equal((await here.get('/account')).status, 200, 'this browser stays signed in');
  assert.equal((await there.get('/account')).status, 303);
  await site.browser().logIn('carl', 'a still longer one');
});

test('signing out everywhere ends this session too', async () => {
  const here = await site.browser().logIn('carl', 'a still longer one');
  assert.equal((await here.post('/account/sessions')).headers.location, '/login');
  assert.equal((await here.get('/account')).status, 303);
});
