// What the page tests stand on: an installation with its own database in a folder that goes away
// with the test, and browsers that speak to the program as plain CGI, without a web server: one
// process, one request, its environment and its exit code in our hands.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const programs = process.env.TOLLBOOK_BIN ?? join(root, '.build');
export const password = 'correct horse battery';

function run(program, args, input) {
  const done = spawnSync(program, args, { input, encoding: 'utf8' });
  assert.equal(done.status, 0, `${program} ${args.join(' ')}: ${done.stderr}${done.error ?? ''}`);
  return done.stdout;
}

// Users: anna (administrator) and bert (staff), both with `password`.
export function makeSite(settings = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'tollbook-web-'));
  const keys = {
    database: join(folder, 'tollbook.db'),
    secret_key_file: join(folder, 'secret.key'),
    listen: `unix:${folder}/web.sock`,
    public_url: 'https://crm.example.com',
    templates: join(root, 'templates'),
    static: join(root, '.build/static'),
    locale: join(root, 'templates/locale'),
    log_level: 'warn',
    ...settings,
  };
  const site = { folder, conf: join(folder, 'tollbook.conf'), keys, url: keys.public_url };
  const { origin, pathname } = new URL(site.url);
  site.origin = origin;
  site.base = pathname === '/' ? '' : pathname;
  const lines = Object.entries(keys).map(([key, value]) => `${key} = ${value}`);
  writeFileSync(site.conf, `${lines.join('\n')}\n`);
  writeFileSync(join(folder, 'password'), `${password}\n`);

  site.admin = (...args) =>
    run(join(programs, 'tollbook-admin'), [...args, '--config', site.conf]);
  site.sql = (text) => run('sqlite3', ['-bail', '-cmd', '.timeout 10000', keys.database], text).trim();
  site.remove = () => rmSync(folder, { recursive: true, force: true });
  site.admin('init');
  const file = ['--password-file', join(folder, 'password')];
  site.admin('user', 'add', 'anna', '--role', 'admin', ...file);
  site.admin('user', 'add', 'bert', '--role', 'staff', ...file);
  site.browser = (more) => new Browser(site, more);
  return site;
}

function parse(bytes) {
  const text = bytes.toString('utf8');
  const end = text.indexOf('\r\n\r\n');
  assert.notEqual(end, -1, `no end of the head: ${text.slice(0, 200)}`);
  const headers = {};
  const cookies = [];
  for (const line of text.slice(0, end).split('\r\n')) {
    const [, name, value] = line.match(/^([A-Za-z-]+): (.*)$/) ?? assert.fail(`no header: ${line}`);
    if (name === 'Set-Cookie') cookies.push(value);
    else headers[name.toLowerCase()] = value;
  }
  return { status: parseInt(headers.status, 10), headers, cookies, text: text.slice(end + 4) };
}

// One request to the program. body: a string; env: CGI variables beside the usual ones.
export function cgi(site, method, uri, { env = {}, body = '' } = {}) {
  const variables = {
    TOLLBOOK_CONFIG: site.conf,
    PATH: process.env.PATH,
    ASAN_OPTIONS: process.env.ASAN_OPTIONS ?? '',
    UBSAN_OPTIONS: process.env.UBSAN_OPTIONS ?? '',
    GATEWAY_INTERFACE: 'CGI/1.1',
    REQUEST_METHOD: method,
    REQUEST_URI: uri,
    REMOTE_ADDR: '192.0.2.7',
    HTTP_HOST: 'not.looked.at',
    ...env,
  };
  return new Promise((done, fail) => {
    const child = spawn(join(programs, 'tollbook'), [], { env: variables });
    const out = [];
    const errors = [];
    child.stdout.on('data', (part) => out.push(part));
    child.stderr.on('data', (part) => errors.push(part));
    child.stdin.on('error', () => {}); // it may answer without reading the body
    child.on('error', fail);
    child.on('close', (code) => {
      const log = Buffer.concat(errors).toString();
      if (code !== 0) fail(new Error(`${method} ${uri}: ended with ${code}: ${log}`));
      else done({ ...parse(Buffer.concat(out)), log });
    });
    child.stdin.end(body);
  });
}

// Somebody's browser: keeps cookies, sends what browsers send with a form, and takes the token for
// a form out of the last page it saw.
export class Browser {
  constructor(site, { address = '192.0.2.7' } = {}) {
    this.site = site;
    this.jar = new Map();
    this.address = address;
    this.token = '';
  }

  keep(answer) {
    for (const line of answer.cookies) {
      const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
      if (/Max-Age=0/.test(line)) this.jar.delete(name);
      else this.jar.set(name, value);
    }
    const found = answer.text.match(/name="csrf" value="([0-9a-f]+)"/);
    if (found) this.token = found[1];
    return answer;
  }

  async send(method, path, { env = {}, body = '' } = {}) {
    const cookie = [...this.jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const variables = { REMOTE_ADDR: this.address, ...(cookie && { HTTP_COOKIE: cookie }), ...env };
    const uri = `${this.site.base}${path}`;
    return this.keep(await cgi(this.site, method, uri, { env: variables, body }));
  }

  get(path, env = {}) {
    return this.send('GET', path, { env });
  }

  // fields: an object, or an array of pairs. env may take what a browser sends away (undefined).
  post(path, fields = {}, env = {}) {
    const body = new URLSearchParams(fields);
    if (this.token && !body.has('csrf')) body.append('csrf', this.token);
    return this.send('POST', path, {
      body: body.toString(),
      env: {
        CONTENT_TYPE: 'application/x-www-form-urlencoded',
        CONTENT_LENGTH: String(body.toString().length),
        HTTP_ORIGIN: this.site.origin,
        HTTP_SEC_FETCH_SITE: 'same-origin',
        ...env,
      },
    });
  }

  async logIn(name = 'anna', word = password) {
    const answer = await this.post('/login', { name, password: word });
    assert.equal(answer.status, 303, `log-in of ${name}: ${answer.status} ${answer.log}`);
    await this.get('/account'); // for the form's token
    return this;
  }
}

// Somebody who looks at the pages of an installation that a sync test has made (kit/tollbook.mjs).
export async function readerOf(tb) {
  const url = 'https://crm.example.com';
  await tb.configure({ public_url: url, listen: `unix:${join(tb.dir, 'web.sock')}`, log_level: 'warn',
    templates: join(root, 'templates'), static: join(root, '.build/static'), locale: join(root, 'templates/locale') });
  const file = join(tb.dir, 'password');
  writeFileSync(file, `${password}\n`);
  const added = await tb.admin('user', 'add', 'carla', '--role', 'staff', '--password-file', file);
  assert.equal(added.code, 0, added.err);
  return new Browser({ conf: tb.config, url, origin: url, base: '' }).logIn('carla');
}

// An attribute, or the inside of a text area, as the browser takes it.
export function unescaped(text) {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'").replaceAll('&amp;', '&');
}

// What a person reads: the text of the page's main part, white space folded.
export function words(html) {
  const main = html.match(/<main[^>]*>([\s\S]*)<\/main>/)?.[1] ?? html;
  return unescaped(main.replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ').trim();
}

// The rows of the first table: an array of arrays of texts.
export function table(html) {
  const body = html.match(/<tbody[^>]*>([\s\S]*?)<\/tbody>/)?.[1] ?? '';
  return [...body.matchAll(/<tr[^>]*>([\s\S]*?)<\/tr>/g)].map(([, row]) =>
    [...row.matchAll(/<td[^>]*>([\s\S]*?)<\/td>/g)].map(([, cell]) => words(cell)));
}

// A channel, and records of one kind for the lists: rows of { column: value }.
export function addChannel(site, name, more = {}) {
  const row = {
    name, type: 'magento1', status: 'active', url: 'https://shop.example.com', api_user: 'api',
    start_date: '2015-01-01', created_at: 1700000000, updated_at: 1700000000, ...more,
  };
  return insert(site, 'channels', [row])[0];
}

export function literal(value) {
  if (value === null || value === undefined) return 'NULL';
  return typeof value === 'number' ? String(value) : `'${String(value).replaceAll("'", "''")}'`;
}

export function insert(site, into, rows) {
  const statements = rows.map((row) => {
    const columns = Object.keys(row);
    const values = columns.map((column) => literal(row[column]));
    return `INSERT INTO ${into} (${columns}) VALUES (${values}) RETURNING id;`;
  });
  return site.sql(`BEGIN;\n${statements.join('\n')}\nCOMMIT;`).split('\n').map(Number);
}

// A channel whose customers can be written back, with the website, store views and groups that
// their form offers. Gives the ids of what customers refer to.
export function addTwoWayChannel(site, { stores = [[1, 'Deutsch', 1, 1]], groups = [[1, 'General'], [2, 'Wholesale']] } = {}) {
  const channel = addChannel(site, 'Lumen Europe', { two_way: 1, priority: 'remote', has_bridge: 1, customer_scope: 1 });
  site.sql(`INSERT INTO channel_entities (channel_id, entity, is_on) VALUES (${channel}, 'customer', 1)`);
  const [website] = insertRecords(site, 'websites', channel, [{ origin_id: 1, name: 'Main website' }]);
  const [store] = insertRecords(site, 'stores', channel, stores.map(([origin_id, name, website_origin_id, is_active]) =>
    ({ origin_id, name, website_origin_id, website_id: website, is_active })));
  insertRecords(site, 'customer_groups', channel, groups.map(([origin_id, name]) => ({ origin_id, name })));
  return { channel, website, store };
}

export function insertRecords(site, into, channel, rows) {
  const common = { channel_id: channel, imported_at: 1700000000, synced_at: 1700000000 };
  return insert(site, into, rows.map((row) => ({ ...common, ...row })));
}
