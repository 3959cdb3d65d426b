// A worker remembers what a list comes to. What it shows must be right at once all the same: after a
// sync, after what it wrote itself, when a channel is deleted, and for each reader's own day.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { get } from '../kit/fcgi.mjs';
import { addChannel, insertRecords, makeSite, programs, words } from '../kit/web.mjs';

let site;
let web;
let channel;
const cookies = {};
let number = 0;

const order = (into, total, more = {}) => insertRecords(site, 'orders', into, [{ origin_id: ++number, status: 'complete',
  state: 'complete', order_currency_code: 'EUR', grand_total: total * 10000, created_at: 1732000000 + number, ...more }])[0];

const page = async (path, name = 'anna') => {
  const answer = await get(join(site.folder, 'web.sock'), path, { HTTP_COOKIE: cookies[name] });
  assert.equal(answer.status, 200, path);
  return answer.text;
};

// [how many, sum]; asked for twice, so that the second answer is a remembered one.
async function told(path, name) {
  const both = [];
  for (let i = 0; i < 2; i++) {
    const html = await page(path, name);
    const count = html.match(/<b>([^<]*)<\/b>\s*orders?<\/span>/)?.[1] ?? '0';
    const sum = words(html.match(/<span class="tb-sums">([\s\S]*?)<\/div>/)?.[1] ?? '');
    both.push([count, sum.match(/[\d,.]+/)?.[0] ?? '']);
  }
  assert.deepEqual(both[1], both[0], `${path}: the second time`);
  return both[0];
}

before(async () => {
  site = makeSite({ workers: '1' });
  for (const name of ['anna', 'bert']) {
    const browser = await site.browser().logIn(name);
    cookies[name] = [...browser.jar].map(([key, value]) => `${key}=${value}`).join('; ');
  }
  channel = addChannel(site, 'Lumen');
  site.sql(`INSERT INTO channel_entities (channel_id, entity, is_on) VALUES (${channel}, 'order', 1)`);
  for (let i = 0; i < 30; i++) order(channel, 10);
  web = spawn(join(programs, 'tollbook'), ['--config', site.conf, '--no-sandbox', '--no-sync'], { stdio: 'ignore' });
  for (let i = 0; i < 200; i++) {
    if ((await get(join(site.folder, 'web.sock'), '/login').catch(() => ({}))).status) return;
    await pause(50);
  }
});

after(async () => {
  const gone = once(web, 'exit');
  web.kill('SIGTERM');
  await gone;
  site.remove();
});

const paths = ['/orders', '/orders?status=complete', '/orders?status=complete&sort=grand_total'];

test('counts and sums are right after a write of another process', async () => {
  for (const path of paths) assert.deepEqual(await told(path), ['30', '300.00'], path);
  const added = order(channel, 7);
  for (const path of paths) assert.deepEqual(await told(path), ['31', '307.00'], path);
  assert.match(await page('/orders'), new RegExp(`href="/orders/${added}["?]`), 'and the new one is on the first page');
  site.sql(`UPDATE orders SET grand_total = 80000 WHERE id = ${added}`);
  for (const path of paths) assert.deepEqual(await told(path), ['31', '308.00'], path);
  site.sql(`UPDATE orders SET status = 'closed' WHERE id = ${added}`);
  assert.deepEqual(await told(paths[0]), ['31', '308.00']);
  assert.deepEqual(await told(paths[1]), ['30', '300.00']);
  site.sql(`DELETE FROM orders WHERE id = ${added}`);
  for (const path of paths) assert.deepEqual(await told(path), ['30', '300.00'], path);
});

test('a record says at once how many there are', async () => {
  const first = Number(site.sql('SELECT min(id) FROM orders'));
  assert.match(words(await page(`/orders/${first}`)), /30 of 30/);
  const added = order(channel, 1);
  assert.match(words(await page(`/orders/${first}`)), /31 of 31/);
  site.sql(`DELETE FROM orders WHERE id = ${added}`);
  assert.match(words(await page(`/orders/${first}`)), /30 of 30/);
});

test('what is deleted with its channel is gone from all lists at once', async () => {
  const second = addChannel(site, 'Second');
  for (let i = 0; i < 3; i++) order(second, 100);
  assert.deepEqual(await told('/orders'), ['33', '600.00']);
  assert.deepEqual(await told(`/orders?channel=${second}`), ['3', '300.00']);
  site.sql(`UPDATE channels SET deleted_at = 1732000000 WHERE id = ${second}`);
  for (const path of paths) assert.deepEqual(await told(path), ['30', '300.00'], path);
  const of = await get(join(site.folder, 'web.sock'), `/orders?channel=${second}`, { HTTP_COOKIE: cookies.anna });
  assert.equal(of.status, 404);
  site.sql(`DELETE FROM orders WHERE channel_id = ${second}`);
  assert.deepEqual(await told('/orders'), ['30', '300.00']);
});

test('two people in two zones have each their own day, and a new one when they move', async () => {
  order(channel, 5, { created_at: Date.UTC(2025, 0, 31, 23, 30) / 1000 }); // February in Berlin
  const path = '/orders?created_at=2025-02-01';
  site.sql("UPDATE users SET zone = 'Europe/Berlin' WHERE name = 'anna'; UPDATE users SET zone = 'UTC' WHERE name = 'bert'");
  for (let i = 0; i < 2; i++) {
    assert.deepEqual(await told(path, 'anna'), ['1', '5.00']);
    assert.equal((await told(path, 'bert'))[0], '0');
  }
  site.sql("UPDATE users SET zone = 'Europe/Berlin' WHERE name = 'bert'");
  assert.deepEqual(await told(path, 'bert'), ['1', '5.00']);
});

test('a person who may no longer sign in sees nothing of what is remembered', async () => {
  assert.equal((await told('/orders', 'bert'))[0], '31');
  site.sql("UPDATE users SET is_active = 0, generation = generation + 1 WHERE name = 'bert'");
  const answer = await get(join(site.folder, 'web.sock'), '/orders', { HTTP_COOKIE: cookies.bert });
  assert.equal(answer.status, 303);
});
