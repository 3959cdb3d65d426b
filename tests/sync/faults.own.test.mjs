// What goes wrong on our side, or between the two clocks; and what must be found nowhere.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { sleep, until } from '../kit/programs.mjs';
import { SMALL, shop } from '../kit/shop.mjs';
import { KEY, Store } from '../kit/store.mjs';

const together = { concurrency: 2 };

// A run that waits for the store, until the test lets it go.
async function slowRun(s, op = 'oroOrderList', ms = 3000) {
    const before = await s.store.requests();
    await s.store.fault('delay', { op, times: 1, ms });
    const process = s.tb.begin(['run', 'shop']);
    await until('the request', async () =>
        (await s.store.requests()) > before && (await s.store.stats()).operations[op]);
    return process;
}

describe('runs and processes', together, () => {
    test('two runs at once: the second says who holds the channel', async (t) => {
        const s = await shop(t);
        const first = await slowRun(s);
        const second = await s.tb.run();
        assert.equal(second.code, 2);
        assert.match(second.err, new RegExp(
            `run \\d+ \\(process ${first.pid}\\) has held the channel since .* UTC: wait for its end or stop it`));
        const status = await s.tb.sync('status', 'shop');
        assert.match(status.out, /running/);
        assert.equal((await first.done).code, 0);
        await s.assertEqual();
        assert.equal(await s.tb.one("SELECT count(*) FROM runs WHERE state IN ('waiting', 'running')"), 0);
    });

    test('another channel is not held up', async (t) => {
        const s = await shop(t);
        const other = await Store.start(t, { sizes: SMALL });
        await s.tb.addChannel({ name: 'second', url: other.url, args: ['--shared-emails', 'sharedesk@example.com'] });
        const first = await slowRun(s);
        assert.equal((await s.tb.sync('run', 'second')).code, 0);
        assert.equal((await first.done).code, 0);
        const rows = await s.tb.export('order', '--channel', 'second');
        assert.equal(rows.length, (await s.tb.export('order', '--channel', 'shop')).length);
        assert.ok(rows.every((row) => row.channel === 'second'));
        await s.assertSound();
    });

    test('a killed run is closed by the next one', async (t) => {
        const s = await shop(t);
        const process = await slowRun(s);
        process.kill('SIGKILL');
        await process.done;
        assert.equal((await s.tb.lastRun()).state, 'running');
        await s.load();
        const [dead, next] = await s.tb.sql('SELECT state, error, ended_at FROM runs ORDER BY id');
        assert.equal(dead.state, 'stopped');
        assert.match(dead.error, /its process was killed: nothing is lost, the next run goes on/);
        assert.ok(dead.ended_at);
        assert.equal(next.state, 'done');
        await s.assertEqual();
    });

    for (const signal of ['SIGTERM', 'SIGINT']) {
        test(`${signal} ends a run in order`, async (t) => {
            const s = await shop(t);
            const process = await slowRun(s);
            process.kill(signal);
            const done = await process.done;
            assert.equal(done.code, 1, done.err);
            assert.ok(done.ms < 2500, 'without waiting for the store');
            const run = await s.tb.lastRun();
            assert.equal(run.state, 'stopped');
            assert.match(run.error, /stopped as asked: the next run goes on/);
            await s.assertSound();
            await s.assertHeals();
        });
    }

    test('a person asks the run to stop', async (t) => {
        const s = await shop(t);
        const process = await slowRun(s, 'oroOrderList', 8000);
        await s.tb.sql("UPDATE runs SET stop_requested_by = 'ann' WHERE state = 'running'");
        const done = await process.done;
        assert.equal(done.code, 1, done.err);
        assert.ok(done.ms < 6000, `${done.ms} ms`);
        assert.equal((await s.tb.lastRun()).state, 'stopped');
        await s.assertHeals();
    });

    test('a run that was overtaken writes nothing more', async (t) => {
        const s = await shop(t);
        const process = await slowRun(s);
        const before = await s.tb.one('SELECT count(*) FROM orders');
        await s.tb.sql('UPDATE channels SET fence = fence + 1');
        const done = await process.done;
        assert.equal(done.code, 1, done.err);
        assert.match(done.err, /another run has taken the channel over/);
        assert.equal(await s.tb.one('SELECT count(*) FROM orders'), before);
        await s.assertHeals();
    });
});

describe('the disk', together, () => {
    test('a full disk: the message, nothing half-written, and the next run goes on', async (t) => {
        const whole = await shop(t);
        await whole.load();
        const { size } = await stat(whole.tb.database);
        for (const share of [0.3, 0.45, 0.6, 0.75]) {
            const s = await shop(t);
            const fsize = Math.floor(size * share);
            const done = await s.tb.begin(['run', 'shop'], { limits: { fsize } }).done;
            assert.equal(done.code, 2, `${share} of ${size}: ${done.err}`);
            assert.match(done.err, /disk/i, done.err);
            await s.assertSound();
            await s.assertHeals();
        }
    });

    test('a database that somebody holds for too long', async (t) => {
        const s = await shop(t, { conf: { busy_timeout_ms: 300 } });
        // held as long as the shell's input stays open
        const holder = spawn('sqlite3', [s.tb.database], { stdio: ['pipe', 'pipe', 'inherit'] });
        holder.stdin.write("BEGIN IMMEDIATE; SELECT 'held';\n");
        await once(holder.stdout, 'data');
        const done = await s.tb.run();
        holder.stdin.end();
        await once(holder, 'exit');
        assert.equal(done.code, 2, done.err);
        assert.match(done.err, /busy|locked|another program/i);
        await s.assertHeals();
    });

});

describe('clocks', together, () => {
    for (const [what, skew] of [['ahead', 3600], ['behind', -3600]]) {
        test(`the store's clock is an hour ${what}`, async (t) => {
            const s = await shop(t, { store: { now: 0 }, conf: { settle_seconds: 0 } });
            await s.store.set({ clock_skew: skew });
            await s.load();
            await s.assertEqual();
            const offset = await s.tb.one('SELECT clock_offset_s FROM channels');
            assert.ok(Math.abs(offset - skew) <= 3, `${offset} s`);
            const check = await s.tb.sync('check', 'shop');
            assert.equal(check.code, 0, check.out);
            assert.match(check.out, new RegExp(`${what === 'ahead' ? 'ahead of' : 'behind'} ours[^]*Clocks differ`));
            await s.store.change('day', { seed: 2, count: 40 });
            await sleep(1100);
            await s.load();
            await s.assertEqual();
        });
    }

    test('a clock that goes back loses nothing', async (t) => {
        const s = await shop(t);
        await s.load();
        await s.store.pass(7200);
        await s.load();
        await s.store.pass(-3600);
        await s.store.change('day', { seed: 4, count: 20 });
        await s.load();
        assert.match((await s.tb.messages()).join('\n'), /clock went back by \d+ s: check that it is right now/);
        await s.store.pass(3600 + 60);
        await s.load('--full');
        await s.assertEqual();
    });
});

describe('secrets', together, () => {
    for (const [what, store] of [
        ['with bridge and attributes', { attributes: 'yes' }],
        ['without bridge', { bridge: 'no' }],
    ]) {
        test(`are in no byte of the database and in no log, ${what}`, async (t) => {
            const sizes = { ...SMALL, customers: 200, orders: 200 };
            const s = await shop(t, { store: { sizes, ...store }, conf: { log_level: 'debug' } });
            // records in quarantine are kept with what the store answered
            const list = store.bridge === 'no' ? 'salesOrderInfo' : 'oroOrderList';
            const ids = (await s.store.dump('order')).map((row) => row.entity_id);
            for (const id of [ids[20], ids[180]]) { // one a page
                await s.store.fault('cut_clean', { op: list, id, bytes: 9000 });
            }
            const op = store.bridge === 'no' ? 'customerCustomerList' : 'oroCustomerList';
            await s.store.fault('500', { op, id: 30 });
            const done = await s.tb.run();
            assert.equal(done.code, 1, done.err);
            assert.equal((await s.tb.quarantine()).length, 3);

            const customers = await s.store.dump('customer');
            const orders = await s.store.dump('order');
            const secrets = [
                KEY,
                'made-up-and-secret', // tokens and card numbers
                'protect_code', 'rp_token', 'cc_number',
                ...customers.flatMap((c) => [c.password_hash, c.confirmation]),
                ...orders.map((o) => o.protect_code).filter((code) => /[a-f]/.test(code) && /\d/.test(code)),
            ].filter(Boolean);
            assert.ok(secrets.length > 300);
            const answers = (await s.tb.quarantine()).map((row) => row.answer).join();
            assert.doesNotMatch(answers, /password_hash|confirmation>[0-9a-f]{16}/); // users have a column of that name
            const bytes = await s.tb.bytes();
            const log = done.err + done.out;
            assert.ok(bytes.includes(customers[5].email), 'the database is what is looked at');
            assert.ok(log.includes('CustomerList'), 'the log is what is looked at');
            for (const secret of secrets) {
                assert.ok(!bytes.includes(secret), `${secret} is in the database`);
                assert.ok(!log.includes(secret), `${secret} is in the log`);
            }
            await s.assertHeals();
        });
    }

    test('an error page that repeats the key does not bring it into the log', async (t) => {
        const s = await shop(t, { conf: { log_level: 'debug' } });
        await s.store.fault('fault', { op: 'login', code: 1, text: `Access of api with ${KEY} failed`, times: 9 });
        const done = await s.tb.run();
        assert.equal(done.code, 2);
        assert.ok(!(done.err + done.out).includes(KEY), done.err);
        assert.ok(!(await s.tb.bytes()).includes(KEY));
    });
});
