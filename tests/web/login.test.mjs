// Signing in and out, and what every request must pass before a page sees it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cgi, makeSite, password, words } from '../kit/web.mjs';

let site;
before(() => { site = makeSite(); });
after(() => site.remove());

test('the log-in page needs no session and carries the security headers', async () => {
  const page = await site.browser().get('/login');
  assert.equal(page.status, 200);
  assert.match(page.text, /^<!doctype html>/);
  assert.equal(Number(page.headers['content-length']), Buffer.byteLength(page.text));
  const policy = page.headers['content-security-policy'];
  for (const part of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"])
    assert.ok(policy.includes(part), part);
  assert.ok(!policy.includes('unsafe'));
  assert.equal(page.headers['x-content-type-options'], 'nosniff');
  assert.equal(page.headers['cache-control'], 'no-store');
  assert.equal(page.headers['referrer-policy'], 'same-origin');
});

test('a page without a session leads to the log-in and back', async () => {
  const browser = site.browser();
  const away = await browser.get('/account?a=1&b=2');
  assert.equal(away.status, 303);
  assert.equal(away.headers.location, '/login?next=%2Faccount%3Fa%3D1%26b%3D2');
  const form = await browser.get(away.headers.location);
  assert.match(form.text, /name="next" value="\/account\?a=1&amp;b=2"/);
  const back = await browser.post('/login', { name: 'anna', password, next: '/account?a=1&b=2' });
  assert.equal(back.status, 303);
  assert.equal(back.headers.location, '/account?a=1&b=2');
  assert.equal((await browser.get('/account')).status, 200);
});

test('nobody is sent to another site after logging in', async () => {
  for (const next of ['https://evil.example', '//evil.example', '/\\evil.example', '/a\nb', 'x']) {
    const answer = await site.browser().post('/login', { name: 'anna', password, next });
    assert.equal(answer.headers.location, '/', next);
  }
});

test('the session cookie is secure, http-only and bound to the host', async () => {
  const answer = await site.browser().post('/login', { name: 'anna', password });
  assert.match(answer.cookies[0],
    /^__Host-tollbook=[0-9a-f]{64}; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
  const stays = await site.browser().post('/login', { name: 'anna', password, stay: '1' });
  assert.match(stays.cookies[0], /Max-Age=1209600/);
});

test('each log-in has a new token, and the old one ends', async () => {
  const browser = await site.browser().logIn();
  const first = browser.jar.get('__Host-tollbook');
  await browser.logIn();
  assert.notEqual(browser.jar.get('__Host-tollbook'), first);
  browser.jar.set('__Host-tollbook', first);
  assert.equal((await browser.get('/account')).status, 303);
});

test('a wrong password, an unknown name and a deactivated user read the same', async () => {
  site.admin('user', 'add', 'gone', '--role', 'staff', '--password-file', `${site.folder}/password`);
  site.admin('user', 'deactivate', 'gone');
  const texts = new Set();
  for (const [name, word] of [['anna', 'wrong horse'], ['nobody', password], ['gone', password]]) {
    const answer = await site.browser({ address: '192.0.2.50' }).post('/login', { name, password: word });
    assert.equal(answer.status, 422);
    assert.equal(answer.cookies.length, 0);
    assert.ok(!answer.text.includes(word), 'the password is not drawn again');
    assert.ok(answer.text.includes(`value="${name}"`), 'the name is');
    texts.add(words(answer.text));
  }
  assert.equal(texts.size, 1);
});

test('repeated failures delay the next try, for the account and for the address', async () => {
  const browser = site.browser({ address: '192.0.2.60' });
  for (let i = 0; i < 4; i++)
    assert.equal((await browser.post('/login', { name: 'bert', password: 'no' })).status, 422);
  // the fifth failure: more of them are made up, so that a slow machine is not faster than the delay
  site.sql("UPDATE login_failures SET failures = 8 WHERE kind = 'account'");
  const slow = await browser.post('/login', { name: 'bert', password: 'no' });
  assert.equal(slow.status, 429);
  const wait = Number(slow.headers['retry-after']);
  assert.ok(wait >= 4 && wait <= 8, `8 s after four more than the free ones, left: ${wait}`);
  const early = await site.browser().post('/login', { name: 'bert', password });
  assert.equal(early.status, 429, 'the right password, too early, from elsewhere');
  assert.match(words(early.text), /too many tries: try again in [2-8] s/);
  site.sql('UPDATE login_failures SET last_at = last_at - 60');
  assert.equal((await site.browser().post('/login', { name: 'bert', password })).status, 303);
});

test('a form from elsewhere is refused, whatever else is right', async () => {
  const browser = await site.browser().logIn();
  const elsewhere = [
    { HTTP_ORIGIN: 'https://evil.example' },
    { HTTP_ORIGIN: 'null' },
    { HTTP_ORIGIN: '', HTTP_SEC_FETCH_SITE: '' },
    { HTTP_ORIGIN: '', HTTP_SEC_FETCH_SITE: '', HTTP_REFERER: 'https://evil.example/' },
    { HTTP_SEC_FETCH_SITE: 'cross-site' },
  ];
  for (const env of elsewhere) {
    const answer = await browser.post('/account/settings', {}, env);
    assert.equal(answer.status, 403, JSON.stringify(env));
  }
  assert.equal((await site.browser().post('/login', { name: 'anna', password },
    { HTTP_ORIGIN: 'https://evil.example' })).status, 403);
});

test('a form needs the token of its own session', async () => {
  const anna = await site.browser().logIn('anna');
  const bert = await site.browser().logIn('bert');
  for (const csrf of ['', 'x', bert.token]) {
    const answer = await anna.post('/logout', { csrf });
    assert.equal(answer.status, 403);
    assert.match(words(answer.text), /403/);
  }
  assert.equal((await anna.post('/logout')).status, 303);
  assert.equal((await anna.get('/account')).status, 303);
});

test('the token of a page is the same in all its forms, and another on the next page', async () => {
  const browser = await site.browser().logIn('anna');
  const tokens = async () => [...(await browser.get('/account')).text.matchAll(/name="csrf" value="([0-9a-f]+)"/g)]
    .map((match) => match[1]);
  const [first, second] = [await tokens(), await tokens()];
  assert.ok(first.length > 2);
  assert.equal(new Set(first).size, 1);
  assert.equal(new Set(second).size, 1);
  assert.notEqual(first[0], second[0]);
  // Neither half repeats: no part of the page is a secret that stays.
  assert.notEqual(first[0].slice(0, 64), second[0].slice(0, 64));
  assert.notEqual(first[0].slice(64), second[0].slice(64));
  assert.equal((await browser.post('/logout', { csrf: first[0].slice(64) })).status, 403);
  // A page that has been open while others were goes on working.
  assert.equal((await browser.post('/logout', { csrf: first[0] })).status, 303);
});

test('a body that is too large, no form, or cut is refused', async () => {
  const browser = await site.browser().logIn();
  const large = 'a='.padEnd(70000, 'x');
  assert.equal((await browser.send('POST', '/logout', { body: large, env: {
    CONTENT_TYPE: 'application/x-www-form-urlencoded', HTTP_ORIGIN: site.origin } })).status, 413);
  assert.equal((await browser.send('POST', '/logout', { env: {
    CONTENT_LENGTH: '99999999999', HTTP_ORIGIN: site.origin } })).status, 413);
  assert.equal((await browser.send('POST', '/logout', { body: '{}', env: {
    CONTENT_TYPE: 'application/json', HTTP_ORIGIN: site.origin } })).status, 400);
  const many = Array.from({ length: 300 }, (_, i) => `a${i}=1`).join('&');
  assert.equal((await browser.send('POST', '/logout', { body: many, env: {
    CONTENT_TYPE: 'application/x-www-form-urlencoded', HTTP_ORIGIN: site.origin } })).status, 413);
});

test('other methods are told what is allowed', async () => {
  const browser = await site.browser().logIn();
  const put = await browser.send('PUT', '/account');
  assert.equal(put.status, 405);
  assert.equal(put.headers.allow, 'GET, HEAD');
  assert.equal((await browser.get('/logout')).headers.allow, 'POST');
  assert.equal((await browser.send('DELETE', '/login')).headers.allow, 'GET, HEAD, POST');
});

test('HEAD has the headers of GET and no body', async () => {
  const browser = site.browser();
  const page = await browser.get('/login');
  const head = await browser.send('HEAD', '/login');
  assert.equal(head.status, 200);
  assert.equal(head.text, '');
  assert.equal(head.headers['content-length'], page.headers['content-length']);
});

test('a slash at the end leads to the page without it', async () => {
  const answer = await site.browser().get('/login/?next=%2Fx');
  assert.equal(answer.status, 303);
  assert.equal(answer.headers.location, '/login?next=%2Fx');
});

test('what is not there is 404, with and without a session', async () => {
  assert.equal((await site.browser().get('/nothing')).status, 404);
  const page = await (await site.browser().logIn()).get('/nothing');
  assert.equal(page.status, 404);
  assert.match(page.text, /Sign out/);
  const id = page.text.match(/<code>([0-9a-f]{16})<\/code>/);
  assert.ok(id, 'the request id is shown');
});

test('addresses that mean two things are refused', async () => {
  for (const uri of ['/..%2Faccount', '/./login', '//login', '/a%00b', '/%ff', '*'])
    assert.equal((await cgi(site, 'GET', uri)).status, 400, uri);
});

test('a hostile query is shown as text', async () => {
  const page = await site.browser().get('/login?next=/%22%3E%3Cscript%3Ealert(1)%3C/script%3E');
  assert.ok(!page.text.includes('<script>alert'));
});

test('below a base path the cookie, the links and the redirects stay there', async () => {
  const below = makeSite({ public_url: 'http://localhost:8080/crm/books' });
  try {
    const browser = below.browser();
    const away = await browser.get('/account');
    assert.equal(away.headers.location, '/crm/books/login?next=%2Faccount');
    const answer = await browser.post('/login', { name: 'anna', password, next: '/account' });
    assert.equal(answer.headers.location, '/crm/books/account');
    assert.match(answer.cookies[0], /^tollbook=[0-9a-f]{64}; Path=\/crm\/books; HttpOnly; SameSite=Lax$/);
    const page = await browser.get('/account');
    assert.match(page.text, /action="\/crm\/books\/logout"/);
    assert.match(page.text, /href="\/crm\/books\/static\/[0-9a-f]{8}\/tollbook\.css"/);
    assert.equal((await cgi(below, 'GET', '/account')).status, 404, 'not below the base');
  } finally {
    below.remove();
  }
});

test('a database that is newer or missing is told without a path', async () => {
  const other = makeSite();
  try {
    other.sql('UPDATE migrations SET number = 999 WHERE number = (SELECT max(number) FROM migrations)');
    const newer = await other.browser().get('/login');
    assert.equal(newer.status, 503);
    assert.match(words(newer.text), /newer than this program/);
    other.remove();
    const missing = await cgi({ ...other, conf: site.conf }, 'GET', '/login', {
      env: { TOLLBOOK_DATABASE: `${site.folder}/none.db` } });
    assert.equal(missing.status, 500);
    assert.ok(!missing.text.includes('none.db'));
    assert.match(missing.log, /none\.db/);
  } finally {
    other.remove();
  }
});
