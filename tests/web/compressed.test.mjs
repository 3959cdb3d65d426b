// The samples of conf/ in front of the web program, but for names, ports and certificates: what a
// browser gets compressed, and that it is the same as what it would get plain.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { freePort } from '../kit/bench.mjs';
import { missing, servers, until } from '../kit/front.mjs';
import { makeSite, programs, root } from '../kit/web.mjs';

const MODULES = '/usr/lib/apache2/modules';
const modules = ['mpm_event', 'authz_core', 'mime', 'alias', 'headers', 'rewrite', 'filter', 'deflate', 'proxy', 'proxy_fcgi'];
const user = process.getuid() === 0 ? 'user root;' : '';
const temporary = (folder) => ['client_body', 'fastcgi', 'proxy', 'uwsgi', 'scgi']
  .map((name) => `${name}_temp_path ${folder}/${name};`).join(' ');

// A sample with the paths of this test, without TLS and without the part that leads to it.
function sample(name, { port, socket }) {
  return readFileSync(join(root, 'conf', `${name}.conf.sample`), 'utf8')
    .replaceAll('/usr/local/share/tollbook/static', join(root, '.build/static'))
    .replaceAll('/run/tollbook/tollbook.sock', socket)
    .replace('include fastcgi_params', 'include /etc/nginx/fastcgi_params')
    .replace(/\nserver \{\s+listen 80;[\s\S]*$/, '\n')
    .replace(/\n<VirtualHost \*:80>[\s\S]*$/, '\n')
    .replace(/^ *(listen \[::\]|ssl_|SSL).*\n/gm, '')
    .replace(/listen 443 ssl http2;.*/, `listen 127.0.0.1:${port};`)
    .replace('<VirtualHost *:443>', `<VirtualHost 127.0.0.1:${port}>`);
}

const around = {
  nginx: (at, inner) => `${user} daemon off; pid ${at.folder}/pid; error_log ${at.folder}/log; worker_processes 1;
events {} http { include /etc/nginx/mime.types; access_log off; ${temporary(at.folder)}\n${inner}}`,
  apache: (at, inner) => `ServerRoot ${at.folder}\nServerName 127.0.0.1\nListen 127.0.0.1:${at.port}
PidFile ${at.folder}/pid\nDefaultRuntimeDir ${at.folder}\nErrorLog ${at.folder}/log
${modules.filter((name) => existsSync(`${MODULES}/mod_${name}.so`))
    .map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`).join('\n')}
TypesConfig /etc/mime.types\n${inner}`,
};

const launch = (path, args) => {
  const child = spawn(path, args, { stdio: 'inherit' });
  const gone = once(child, 'exit');
  return async () => {
    child.kill('SIGTERM');
    await gone;
  };
};

function get(port, path, headers) {
  return new Promise((done, fail) => {
    const asked = request({ port, host: '127.0.0.1', path, headers }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => done({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts) }));
    });
    asked.on('error', fail);
    asked.end();
  });
}

const plain = { gzip: gunzipSync, br: brotliDecompressSync };

let site;
let socket;
let stopWeb;
before(async () => {
  site = makeSite();
  socket = join(site.folder, 'web.sock');
  stopWeb = launch(join(programs, 'tollbook'), ['--config', site.conf, '--no-sync']);
  await until('the web program', () => existsSync(socket));
});
after(async () => {
  await stopWeb();
  site.remove();
});

async function behind(kind, t, check) {
  const at = { folder: join(site.folder, kind), port: await freePort(), socket };
  const file = join(at.folder, 'front.conf');
  mkdirSync(at.folder, { recursive: true });
  writeFileSync(file, around[kind](at, sample(kind, at)));
  const args = kind === 'nginx' ? ['-e', `${at.folder}/log`, '-c', file] : servers.apache.args(file);
  const stop = launch(servers[kind].path, args);
  t.after(stop);
  await until(`${kind} answers`, () => get(at.port, '/login', {}).then(({ status }) => status === 200, () => false));
  await check((path, headers = {}) => get(at.port, path, headers));
}

// What each server can send of what lies there: nginx has brotli in a package of its own.
const ways = { nginx: ['gzip'], apache: ['br', 'gzip'] };

for (const kind of ['nginx', 'apache']) {
  test(`${kind}: static files are sent as they lie there compressed`, { skip: missing(kind) }, (t) =>
    behind(kind, t, async (ask) => {
      for (const [name, type] of [['tollbook.css', /^text\/css/], ['htmx.min.js', /javascript/], ['icons.svg', /^image\/svg\+xml/]]) {
        const bytes = readFileSync(join(root, '.build/static', name));
        const whole = await ask(`/static/0123abcd/${name}`);
        assert.deepEqual(whole.body, bytes);
        assert.equal(whole.headers['content-encoding'], undefined);
        for (const way of ways[kind]) {
          const answer = await ask(`/static/0123abcd/${name}`, { 'Accept-Encoding': `deflate, ${way}` });
          assert.equal(answer.status, 200);
          assert.equal(answer.headers['content-encoding'], way, `${name} ${way}`);
          assert.match(answer.headers['content-type'], type);
          assert.match(answer.headers['cache-control'], /immutable/);
          assert.match(answer.headers.vary, /Accept-Encoding/);
          assert.deepEqual(answer.body, readFileSync(join(root, '.build/static', `${name}.${way === 'br' ? 'br' : 'gz'}`)));
          assert.deepEqual(plain[way](answer.body), bytes);
        }
      }
      assert.equal((await ask('/static/0123abcd/none.css', { 'Accept-Encoding': 'gzip' })).status, 404);
    }));

  test(`${kind}: a page is compressed, with another token each time`, { skip: missing(kind) }, (t) =>
    behind(kind, t, async (ask) => {
      const browser = await site.browser().logIn('anna');
      const cookie = [...browser.jar].map(([name, value]) => `${name}=${value}`).join('; ');
      const page = () => ask('/account', { 'Accept-Encoding': 'gzip', Cookie: cookie });
      const [first, second] = [await page(), await page()];
      const texts = [first, second].map((answer) => gunzipSync(answer.body).toString());
      const tokens = texts.map((text) => text.match(/name="csrf" value="([0-9a-f]+)"/)[1]);
      assert.equal(first.headers['content-encoding'], 'gzip');
      assert.match(String(first.headers.vary), /Accept-Encoding/);
      assert.ok(first.body.length < 20_000 && first.body.length * 3 < texts[0].length, `${first.body.length} of ${texts[0].length}`);
      assert.notEqual(tokens[0], tokens[1]);
      // Each page has a number of its own too, by which a form is known again.
      const rest = texts.map((text, i) => text.replaceAll(tokens[i], '').replace(/(name="once" value=")[0-9a-f]+/g, '$1'));
      assert.equal(rest[0], rest[1]);
    }));
}
