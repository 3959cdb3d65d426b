// Slow lines behind both web servers: people who send or read byte by byte, and downloads that
// break off, must not be felt by others. TOLLBOOK_SLOW=full: 50 of each for a minute.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { curl, missing, servers, startFront, until } from '../kit/front.mjs';
import { addChannel, insertRecords, makeSite } from '../kit/web.mjs';

const FULL = process.env.TOLLBOOK_SLOW === 'full';
const MANY = FULL ? 50 : 16;
const LOOK_SECONDS = FULL ? 60 : 4;
const ORDERS = 30000;

// One order has an amount that SQLite cannot read back as one: the export breaks off there.
function fill(site) {
  const channel = addChannel(site, 'Lumen');
  insertRecords(site, 'orders', channel, [{ origin_id: 1, increment_id: '1000001', lastname: 'Lindqvist',
    customer_email: 'a@example.com', email_norm: 'a@example.com', status: 'complete', order_currency_code: 'EUR',
    grand_total: 10000, created_at: 1732000000, updated_at: 1732000000 }]);
  const columns = site.sql("SELECT group_concat(name) FROM pragma_table_info('orders') WHERE name <> 'id'").split(',');
  const other = { origin_id: 'n', increment_id: '1000000 + n', lastname: "'Name ' || n", customer_email: "'p' || n || '@example.com'" };
  site.sql(`WITH RECURSIVE c (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM c WHERE n < ${ORDERS})
    INSERT INTO orders (${columns}) SELECT ${columns.map((name) => other[name] ?? `o.${name}`)} FROM c, orders o WHERE o.origin_id = 1`);
}

// A browser that sends what it is told and reads only when asked to.
function line(port, text) {
  const socket = connect(port, '127.0.0.1');
  const one = { socket, got: 0, head: '', isOver: false };
  socket.on('error', () => {});
  socket.on('close', () => { one.isOver = true; });
  socket.on('data', (part) => {
    one.got += part.length;
    if (one.head.length < 4096) one.head += part.toString('latin1');
  });
  socket.write(text);
  return one;
}

function slowSender(port, i) {
  const chunked = i % 2 === 1;
  const one = line(port, `POST /login HTTP/1.1\r\nHost: x\r\nOrigin: http://127.0.0.1\r\n`
    + 'Content-Type: application/x-www-form-urlencoded\r\n'
    + (chunked ? 'Transfer-Encoding: chunked\r\n\r\n' : 'Content-Length: 50000\r\n\r\n'));
  one.timer = setInterval(() => one.socket.write(chunked ? '1\r\na\r\n' : 'a'), 300);
  return one;
}

function slowReader(port, cookie) {
  const one = line(port, `GET /orders.csv HTTP/1.1\r\nHost: x\r\nCookie: ${cookie}\r\n\r\n`);
  one.socket.pause();
  one.timer = setInterval(() => { one.socket.resume(); setImmediate(() => one.socket.pause()); }, 1000);
  return one;
}

const end = (lines) => lines.forEach((one) => { clearInterval(one.timer); one.socket.destroy(); });

for (const kind of Object.keys(servers)) {
  describe(`behind ${kind}`, { skip: missing(kind) }, () => {
    let site, front, cookies;
    before(async () => {
      site = makeSite({ workers: '4', public_url: 'http://127.0.0.1', stall_seconds: '8', receive_seconds: '6' });
      fill(site);
      cookies = {};
      for (const name of ['anna', 'bert']) {
        const browser = await site.browser().logIn(name);
        cookies[name] = [...browser.jar].map(([key, value]) => `${key}=${value}`).join('; ');
      }
      front = await startFront(site, kind);
    });
    after(async () => {
      await front?.stop();
      site.remove();
    });

    const page = (name, path = '/orders') => curl(`${front.url}${path}`, '-H', `Cookie: ${cookies[name]}`);

    async function assertOthersAreServed(seconds) {
      const times = [];
      for (const until_ = Date.now() + seconds * 1000; Date.now() < until_; await pause(200)) {
        const answer = page('bert');
        assert.equal(answer.status, 200, answer.err);
        times.push(answer.seconds);
      }
      assert.ok(Math.max(...times) < 1, `pages took up to ${Math.max(...times)} s`);
    }

    test('slow senders hold nobody up, and are sent away', async () => {
      const lines = Array.from({ length: MANY }, (_, i) => slowSender(front.port, i));
      try {
        await pause(500);
        await assertOthersAreServed(LOOK_SECONDS);
      } finally {
        end(lines);
      }
    });

    test('slow readers of one person hold nobody up', async () => {
      const lines = Array.from({ length: MANY }, () => slowReader(front.port, cookies.anna));
      try {
        await pause(500);
        await assertOthersAreServed(LOOK_SECONDS);
      } finally {
        end(lines);
      }
    });

    test('both at once hold nobody up', async () => {
      const lines = Array.from({ length: MANY }, (_, i) => [slowSender(front.port, i), slowReader(front.port, cookies.anna)]).flat();
      try {
        await pause(500);
        await assertOthersAreServed(LOOK_SECONDS);
      } finally {
        end(lines);
      }
    });

    test('a download comes whole, and one that breaks off says so', async () => {
      await until('the place of an earlier download is free', () => page('bert', '/orders.csv').status === 200);
      const whole = page('bert', '/orders.csv');
      assert.equal(whole.code, 0, whole.err);
      assert.ok(whole.size > ORDERS * 20);
      // the table's later pages are overwritten with what is no page of a database
      site.sql('PRAGMA wal_checkpoint(TRUNCATE)');
      const damaged = site.sql("SELECT pageno FROM dbstat WHERE name = 'orders' AND pagetype = 'leaf' ORDER BY pageno LIMIT 1 OFFSET 300");
      const size = Number(site.sql('PRAGMA page_size'));
      const { openSync, readSync, writeSync, closeSync } = await import('node:fs');
      const file = openSync(site.keys.database, 'r+');
      const before_ = Buffer.alloc(size);
      readSync(file, before_, 0, size, (damaged - 1) * size);
      writeSync(file, Buffer.alloc(size, 0x55), 0, size, (damaged - 1) * size);
      try {
        await front.web.child.kill('SIGHUP'); // new workers: none has the page in its memory
        await pause(2500);
        const cut = page('bert', '/orders.csv');
        assert.equal(cut.status, 200);
        assert.ok(cut.size > 0 && cut.size < whole.size, `${cut.size} of ${whole.size}`);
        assert.equal(cut.code, 18, `curl ended with ${cut.code}: ${cut.err}`);
      } finally {
        writeSync(file, before_, 0, size, (damaged - 1) * size);
        closeSync(file);
      }
    });
  });
}
