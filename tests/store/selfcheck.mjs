// Compares the rehearsal store's answers with recorded ones of a real store: HTTP status, content
// type, first lines byte for byte, element names, types, order, nil and absent. Values differ.
// usage: node selfcheck.mjs STORE-BINARY RECORDINGS-DIR [-v]
import { spawn } from 'node:child_process';
import { readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';

const [binary, dir, verbose] = process.argv.slice(2);
if (!dir) {
  console.error('usage: node selfcheck.mjs STORE-BINARY RECORDINGS-DIR [-v]');
  process.exit(64);
}
let failures = 0;
let checks = 0;

function fail(name, text) {
  failures++;
  console.log(`FAIL ${name}: ${text}`);
}

function parse(xml) {
  const root = { name: '', attrs: {}, kids: [], text: '' };
  const stack = [root];
  for (const m of xml.matchAll(/<([?!\/]?)([\w:.-]*)([^>]*?)(\/?)>|([^<]+)/g)) {
    const top = stack[stack.length - 1];
    if (m[5] !== undefined) { top.text += m[5]; continue; }
    if (m[1] === '?' || m[1] === '!') continue;
    if (m[1] === '/') { stack.pop(); continue; }
    const attrs = Object.fromEntries([...m[3].matchAll(/([\w:-]+)="([^"]*)"/g)].map(a => [a[1], a[2]]));
    const node = { name: m[2], attrs, kids: [], text: '' };
    top.kids.push(node);
    if (m[4] !== '/') stack.push(node);
  }
  return root;
}

// What was seen at each path: types, child sequences, nil.
function shape(node, path = '', seen = new Map()) {
  const at = `${path}/${node.name}`;
  const s = seen.get(at) ?? { types: new Set(), orders: [], nil: 0, n: 0 };
  seen.set(at, s);
  s.n++;
  if (node.attrs['xsi:nil']) s.nil++;
  else s.types.add(`${node.attrs['xsi:type'] ?? ''} ${(node.attrs['SOAP-ENC:arrayType'] ?? '').replace(/\[\d+\]/, '[N]')}`);
  s.orders.push(node.kids.map(k => k.name));
  for (const k of node.kids) shape(k, at, seen);
  return seen;
}

function compareShapes(name, want, got) {
  for (const [path, g] of got) {
    const w = want.get(path);
    if (!w) { if (verbose) console.log(`     ${name}: not recorded: ${path}`); continue; }
    for (const t of g.types) {
      if (w.types.size > 0 && !w.types.has(t)) fail(name, `type at ${path}: ${t}, recorded ${[...w.types]}`);
    }
    if (g.nil > 0 && w.nil === 0 && w.types.size > 0 && verbose) console.log(`     ${name}: nil here only: ${path}`);
    const before = new Map();
    for (const o of w.orders) o.forEach((a, i) => o.slice(i + 1).forEach(b => { if (a !== b) before.set(`${a} ${b}`, 1); }));
    for (const o of g.orders) {
      o.forEach((a, i) => o.slice(i + 1).forEach(b => {
        if (a !== b && before.has(`${b} ${a}`) && !before.has(`${a} ${b}`)) fail(name, `order at ${path}: ${a} before ${b}`);
      }));
    }
  }
  for (const path of want.keys()) wanted.set(short(path), name);
  for (const path of got.keys()) produced.add(short(path));
}

// A path below the result, the same for lists and single records of all calls and modes.
const wanted = new Map();
const produced = new Set();
function short(path) {
  return path.split('/').slice(5).filter(p => p !== 'item' && p !== 'storeView' && p !== 'customerInfo' && p !== 'result' && p !== 'info' && p !== 'complexObjectArray').join('/');
}

async function post(base, path, body, query = '') {
  const res = await fetch(base + path + query, { method: 'POST', body, headers: { 'Content-Type': 'text/xml; charset=utf-8' } });
  return { status: res.status, type: res.headers.get('content-type'), text: await res.text() };
}

function recorded(name) {
  const http = readFileSync(join(dir, `${name}.http.txt`), 'utf8');
  return {
    request: readFileSync(join(dir, `${name}.request.xml`), 'utf8'),
    text: readFileSync(join(dir, `${name}.response.xml`), 'utf8'),
    status: Number(http.match(/\nHTTP\/1\.1 (\d+)/)[1]),
    type: http.split(/\nHTTP\/1\.1/)[1].match(/Content-Type: ([^\r\n]*)/i)[1],
  };
}

async function check(base, name, session, subst) {
  if (!existsSync(join(dir, `${name}.request.xml`))) { fail(name, 'no such recording'); return; }
  const r = recorded(name);
  let body = r.request;
  if (session) body = body.replace(/(<sessionId[^>]*>)[0-9a-f]{32}/, `$1${session}`);
  for (const [a, b] of subst) body = body.replace(a, b);
  const got = await post(base, '/api/v2_soap/', body);
  checks++;
  if (got.status !== r.status) fail(name, `status ${got.status}, recorded ${r.status}`);
  if (got.type !== r.type) fail(name, `type ${got.type}, recorded ${r.type}`);
  const head = t => t.split('\n').slice(0, 2).join('\n');
  if (r.text.includes('Fault>') && r.status === 500) {
    if (got.text.replace(/\n$/, '') !== r.text.replace(/\n$/, '')) fail(name, `bytes: ${got.text}`);
    return;
  }
  if (head(got.text) !== head(r.text)) fail(name, `first lines: ${head(got.text)}`);
  const fault = t => (t.match(/<faultcode>([^<]*)/) ?? [])[1];
  if (fault(got.text) !== fault(r.text)) fail(name, `fault ${fault(got.text)}, recorded ${fault(r.text)}\n${got.text.slice(0, 600)}`);
  if (/></.test(got.text)) fail(name, 'a > meets a <');
  compareShapes(name, shape(parse(r.text)), shape(parse(got.text)));
}

const FAULTS = ['malformed-xml', 'empty-body', 'not-soap-xml', 'unknown-method', 'other-mode-request'];
const PLAIN = ['login', 'login-bad-key', 'login-empty', 'login-inactive-user', 'login-unknown-user', 'session-expired',
  'magentoInfo', 'storeList', 'oroPing', 'oroWebsiteList', 'customerGroupList', 'directoryCountryList',
  'directoryRegionList-US', 'directoryRegionList-empty-JP', 'directoryRegionList-unknown-XX', 'oroRegionList-page',
  'oroRegionList-filter-ES-nopager', 'oroCustomerList-page1-of-3', 'oroCustomerList-bad-field', 'oroCustomerList-empty',
  'oroCustomerList-id-from-to', 'oroCustomerList-bad-date', 'oroCustomerList-page-0', 'oroCustomerList-page-past-end',
  'oroCustomerList-two-operators-same-field', 'oroCustomerList-updated-from-to', 'oroCustomerInfo-missing',
  'oroCustomerInfo-three-addresses', 'oroCustomerAddressList', 'customerCustomerList-id-gt-page-none',
  'customerCustomerList-bad-operator', 'customerCustomerList-bad-field', 'customerCustomerInfo', 'customerCustomerInfo-missing',
  'customerCustomerInfo-attributes', 'customerAddressList', 'customerAddressList-missing-customer', 'oroOrderList-page1',
  'oroOrderList-id-gt-store-in', 'oroOrderList-bad-field', 'oroOrderList-past-end', 'oroOrderInfo-missing',
  'oroQuoteList-active-page1', 'oroQuoteList-bad-field', 'oroQuoteList-past-end', 'oroQuoteList-inactive-page1',
  'salesOrderList-id-from-to', 'salesOrderList-bad-field', 'salesOrderList-empty', 'salesOrderCreditmemoList',
  'salesOrderCreditmemoList-empty', 'salesOrderCreditmemoInfo-missing', 'newsletterSubscriberList-page1',
  'newsletterSubscriberList-null-change', 'newsletterSubscriberList-empty', 'newsletterSubscriberUpdate-missing',
  'newsletterSubscriberCreate-no-email', 'customerAddressDelete-missing', 'customerCustomerUpdate-missing',
  'customerAddressCreate-missing-customer', 'salesOrderAddComment-missing', 'customerCustomerCreate',
  'oroCustomerCreate', 'newsletterSubscriberCreate-guest'];

async function control(base, path, method = 'POST') {
  const res = await fetch(`${base}/control/${path}`, { method });
  return res.text();
}

async function runMode(base, mode) {
  const prefix = mode === 'rpc' ? 'v2-' : 'wsi-';
  await control(base, `set?mode=${mode}`);
  const login = recorded(`${prefix}login`).request.replace('crm-api-key-1', 'rehearsal-key').replace('>crm<', '>api<');
  const session = (await post(base, '/api/v2_soap/', login)).text.match(/[0-9a-f]{32}/)[0];
  const names = [...FAULTS, ...PLAIN];
  for (const n of names) {
    const wide = n.includes('updated-from-to') ? [[/(>from<\/key><value[^>]*>)[^<]*/, '$12000-01-01'], [/(>to<\/key><value[^>]*>)[^<]*/, '$12100-01-01']] : [];
    const own = n === 'login' ? [['crm-api-key-1', 'rehearsal-key'], ['>crm<', '>api<']] : wide;
    const keep = FAULTS.includes(n) || n === 'session-expired';
    await check(base, prefix + n, keep ? null : session, own);
  }
  // Rare columns: a wider sample, compared with nothing but counted as produced.
  for (const [n, size] of [['oroOrderList-page1', 300], ['oroQuoteList-inactive-page1', 300], ['oroCustomerList-page1-of-3', 300],
    ['salesOrderList-id-from-to', 0], ['customerCustomerList-id-gt-page-none', 0]]) {
    const body = recorded(prefix + n).request.replace(/(<sessionId[^>]*>)[0-9a-f]{32}/, `$1${session}`).replace(/(<pageSize[^>]*>)\d+/, `$1${size}`)
      .replace(/(>(?:from|gt)<\/key><value[^>]*>)\d+/, '$11').replace(/(>to<\/key><value[^>]*>)\d+/, '$1300');
    for (const p of shape(parse((await post(base, '/api/v2_soap/', body)).text)).keys()) produced.add(short(p));
  }
  const orders = (await control(base, 'dump?entity=order', 'GET')).trim().split('\n').map(JSON.parse);
  const find = f => orders.find(f)?.increment_id;
  const cases = { closed: o => o.status === 'closed', canceled: o => o.status === 'canceled', guest: o => !o.customer_id && !Number(o.is_virtual),
    configurable: o => o.items.some(i => i.product_type === 'configurable'), bundle: o => o.items.some(i => i.product_type === 'bundle'),
    virtual: o => o.is_virtual === '1', complete: o => o.status === 'complete', holded: o => o.status === 'holded',
    'discount-coupon': o => o.coupon_code, 'partial-refund': o => o.total_refunded && o.state === 'complete',
    'gift-message': o => o.gift_message,
    multicurrency: o => o.order_currency_code !== o.base_currency_code };
  for (const [k, f] of Object.entries(cases)) {
    const inc = find(f);
    if (!inc) { fail(k, 'the shop has no such order'); continue; }
    for (const op of ['oroOrderInfo', 'salesOrderInfo']) {
      await check(base, `${prefix}${op}-${k}`, session, [[/(<orderIncrementId[^>]*>)[^<]*/, `$1${inc}`]]);
    }
  }
  const other = JSON.parse((await control(base, 'dump?entity=memo&from=4&to=4', 'GET')).trim());
  const memo = JSON.parse((await control(base, 'dump?entity=memo&from=2&to=2', 'GET')).trim());
  for (const m of [memo, other]) {
    await check(base, `${prefix}salesOrderCreditmemoInfo`, session, [[/(<creditmemoIncrementId[^>]*>)[^<]*/, `$1${m.increment_id}`]]);
  }
  for (const n of ['oroCustomerList-filters-omitted', 'oroOrderList-filters-omitted']) {
    if (mode === 'wsi') await check(base, prefix + n, session, []);
  }
  await control(base, 'set?attributes=yes');
  await check(base, `${prefix}attributes-enabled-oroCustomerInfo`, session, []);
  await check(base, `${prefix}attributes-enabled-oroOrderInfo`, session, [[/(<orderIncrementId[^>]*>)[^<]*/, `$1${find(cases.complete)}`]]);
  await check(base, `${prefix}endSession`, session, []);
  await check(base, `${prefix}after-endSession`, session, []);
  await control(base, 'reset');
}

const store = spawn(binary, ['--listen', '127.0.0.1:0', '--seed', '5'], { stdio: ['ignore', 'pipe', 'inherit'] });
store.stdout.once('data', async line => {
  const base = String(line).trim().replace('listening ', '');
  try {
    await runMode(base, 'rpc');
    await runMode(base, 'wsi');
  } catch (e) {
    fail('selfcheck', e.stack);
  }
  store.kill('SIGTERM');
  store.once('exit', code => {
    if (code !== 0) fail('store', `exit code ${code}`);
    for (const [path, name] of wanted) if (!produced.has(path)) fail(name, `never produced: ${path}`);
    console.log(`${checks} answers compared, ${failures} differences`);
    process.exit(failures > 0 ? 1 : 0);
  });
});
