// Loading gently: pace, quiet hours, pause, resume and cancel. What is loaded stays, nothing is read
// twice for nothing, and at the end the shop is here as if nobody had interfered.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import { folder, sleep, until } from '../kit/programs.mjs';
import { shop } from '../kit/shop.mjs';

const together = { concurrency: 2 };
const SIZES = { customers: 400, orders: 500, carts: 200, subscribers: 100, memos: 30 };
const PACE = { pace_request_us: 5000, pace_info_us: 20000,
    ...Object.fromEntries(['order', 'customer', 'cart', 'memo', 'subscriber'].map((e) => [`pace_${e}_us`, 3000])) };
const CONF = { page_size: 25, parallel: 4 };

const due = (s) => s.tb.sync('due');
const again = (s) => s.tb.sql('UPDATE runs SET started_at = started_at - 3600; UPDATE channels SET next_due_at = NULL');
const cursors = (s) => s.tb.sql('SELECT entity, load_state, front_id, loaded FROM cursors WHERE front_id IS NOT NULL ORDER BY entity');
const loading = (s) => s.tb.one("SELECT count(*) FROM cursors WHERE load_state = 'running'");
const count = (s, table) => s.tb.one(`SELECT count(*) FROM ${table}`);
// The channel's settings as the form would save them.
const set = (s, what) => s.tb.sql(`UPDATE channels SET ${what}`);

// "HH:MM" so many minutes from now, UTC.
function clock(minutes) {
    return new Date(Date.now() + minutes * 60000).toISOString().slice(11, 16);
}

async function mostAtOnce(s) {
    return Math.max(...Object.values((await s.store.stats()).operations).map((op) => op.max_concurrent));
}

describe('pace', together, () => {
    // How many at once is right is tested against made-up stores with a clock of their own
    // (tests/unit/test_pace.c); a busy machine blurs it. Here: the program heeds what it sees.
    const comesDown = (paces) => !paces.includes(4) || paces.slice(paces.indexOf(4)).some((p) => p < 4);
    const goesUp = (paces) => Math.max(...paces) === 4;

    for (const [capacity, heeds] of [[1, comesDown], [4, goesUp]]) {
        test(`a store that serves ${capacity} at once is asked accordingly`, async (t) => {
            const s = await shop(t, { store: { sizes: { ...SIZES, customers: 2400, orders: 4000, memos: 4 } }, conf: CONF });
            // so long an answer that a busy machine hardly shows in it
            await s.store.set({ ...PACE, pace_request_us: 100000, pace_info_us: 0, capacity });
            const run = s.tb.begin(['run', 'shop']);
            const paces = [];
            let done = null;
            run.done.then((result) => (done = result));
            while (!done) {
                const row = await s.tb.lastRun();
                if (row?.stage === 'loading') {
                    paces.push(row.pace);
                }
                await sleep(250);
            }
            assert.equal(done.code, 0, done.err);
            assert.ok(heeds(paces), `pace ${paces}`);
            assert.match((await s.tb.sync('status')).out, /pace \d of 4 requests/);
            await s.assertEqual();
        });
    }

    test('asks for the same as with a fixed pace', async (t) => {
        const requests = [];
        for (const adaptive of [0, 1]) {
            const s = await shop(t, { store: { sizes: SIZES }, conf: CONF });
            await s.store.set({ ...PACE, capacity: 4 });
            await set(s, `is_adaptive = ${adaptive}`);
            await s.store.resetStats();
            await s.load();
            assert.equal(await mostAtOnce(s), 4);
            requests.push(await s.store.requests());
        }
        assert.ok(requests[1] <= requests[0] * 1.05, `${requests}`);
    });

    test('a store that refuses gets less, and the load comes to its end', async (t) => {
        const s = await shop(t, { store: { sizes: SIZES }, conf: { ...CONF, retries: 8 } });
        await s.store.set({ ...PACE, capacity: 4 });
        await s.store.fault('429', { op: 'soap', after: 30, times: 6, retry_after: 0 });
        await s.load();
        assert.ok((await s.tb.lastRun()).retries >= 6);
        await s.assertEqual();
    });
});

// A time zone in which it is so many seconds past 12:00 now, as an environment: a compiled zone file
// with one offset, once in the old form and once in the present one.
async function zoneAt(t, seconds) {
    const dir = await folder(t, 'zone');
    const wanted = 12 * 3600 + seconds;
    const offset = wanted - (Math.floor(Date.now() / 1000) % 86400);
    const part = Buffer.alloc(44 + 6 + 4);
    part.write('TZif2');
    part.writeUInt32BE(1, 36); // kinds
    part.writeUInt32BE(4, 40); // bytes of their names
    part.writeInt32BE(offset, 44);
    part.write('NOW\0', 50);
    await mkdir(path.join(dir, 'Test'));
    await writeFile(path.join(dir, 'Test/Now'), Buffer.concat([part, part, Buffer.from('\n\n')]));
    return { TZDIR: dir, TOLLBOOK_TIME_ZONE: 'Test/Now' };
}

// A first load that is stopped in its middle by `act`, which gets the shop.
async function halfway(t, act, env) {
    const s = await shop(t, { store: { sizes: SIZES }, conf: { ...CONF, page_size: 10 } });
    await s.store.set({ ...PACE, capacity: 1, pace_request_us: env ? 200000 : 40000 });
    if (env) {
        await set(s, "quiet_from = '12:01', quiet_to = '13:00'");
    }
    const run = s.tb.begin(['run', 'shop'], { env });
    await until('a part is loaded', async () => (await count(s, 'orders')) >= (env ? 1 : 30));
    await act(s);
    const done = await run.done;
    await s.store.set({ pace_request_us: 0 });
    return { s, done };
}

describe('pause, resume and cancel', together, () => {
    test('a pause ends the run after its page; later runs read changes only; resume goes on there', async (t) => {
        const { s, done } = await halfway(t, async (s) => {
            const paused = await s.tb.sync('pause', 'shop');
            assert.equal(paused.code, 0, paused.err);
            assert.match(paused.out, /paused; changes are read on/);
        });
        assert.equal(done.code, 1, done.err);
        assert.equal((await s.tb.lastRun()).state, 'stopped');
        const before = await cursors(s);
        const orders = await count(s, 'orders');
        assert.ok(orders < SIZES.orders);
        assert.match((await s.tb.sync('status')).out, /loading paused by command line/);

        await s.store.pass(3600);
        const changed = await s.store.change('order.new', { email: 'new@example.com', first: 'New', last: 'Order' });
        await s.store.pass(60);
        await again(s);
        const scheduled = await due(s);
        assert.equal(scheduled.code, 0, scheduled.err);
        assert.equal((await s.tb.lastRun()).state, 'done');
        assert.equal(await s.tb.one(`SELECT count(*) FROM orders WHERE origin_id = ${changed.id}`), 1, 'changes go on');
        assert.deepEqual(await cursors(s), before, 'the load stands where it stood');

        const again2 = await s.tb.sync('resume', 'shop');
        assert.equal(again2.code, 0, again2.err);
        const waiting = await s.tb.lastRun();
        assert.deepEqual([waiting.kind, waiting.state, waiting.requested_by], ['changes', 'waiting', 'command line']);
        await s.store.resetStats();
        assert.equal((await due(s)).code, 0);
        assert.equal(await loading(s), 0);
        const { records } = (await s.store.stats()).operations.oroOrderList;
        assert.ok(records <= SIZES.orders + 1 - orders + 60, `${records} orders read again after ${orders}`);
        await s.assertEqual();
    });

    test('a channel that was never read may be paused, too', async (t) => {
        const s = await shop(t, { store: { sizes: SIZES } });
        assert.equal((await s.tb.sync('pause', 'shop')).code, 0);
        await s.load();
        assert.equal(await count(s, 'orders'), 0);
        assert.equal(await s.tb.one('SELECT last_good_at IS NOT NULL FROM channels'), 1);
        assert.equal((await s.tb.sync('resume', 'shop')).code, 0);
        assert.equal((await due(s)).code, 0);
        await s.assertEqual();
    });

    test('without a load there is nothing to pause or resume', async (t) => {
        const s = await shop(t);
        await s.load();
        for (const command of ['pause', 'resume']) {
            const done = await s.tb.sync(command, 'shop');
            assert.equal(done.code, 2);
            assert.match(done.err, /^Nothing (paused|resumed): /);
        }
    });

    test('everything again while paused waits with its reason, and keeps its meaning', async (t) => {
        const s = await shop(t, { store: { sizes: SIZES } });
        await s.load();
        await s.tb.sql("UPDATE orders SET grand_total = 1 WHERE id % 7 = 0; UPDATE orders SET updated_at = updated_at + 999999");
        await set(s, "load_paused_at = 1, load_paused_by = 'anna'");
        const full = await s.tb.run('--full');
        assert.equal(full.code, 1);
        assert.match(full.err, /Loading is paused: changes are read on; resume it/);
        assert.equal((await s.tb.sync('resume', 'shop')).code, 0);
        assert.equal((await due(s)).code, 0);
        await s.assertEqual();
    });
});

describe('quiet hours', together, () => {
    test('nothing of the past is loaded between; changes are; afterwards it goes on by itself', async (t) => {
        const end = clock(60);
        const s = await shop(t, { store: { sizes: SIZES }, args: ['--quiet', `${clock(-60)}-${end}`, '--verify-at', 'none'] });
        await s.load();
        assert.equal(await count(s, 'orders'), 0);
        assert.ok((await loading(s)) > 0, 'it is waiting');
        assert.match((await s.tb.sync('status')).out, new RegExp(`waits until ${end}: quiet hours`));
        await set(s, `quiet_from = '${clock(60)}', quiet_to = '${clock(120)}'`);
        await again(s);
        assert.equal((await due(s)).code, 0);
        await s.assertEqual();
    });

    test('a load that is under way stops when they begin', async (t) => {
        const { s, done } = await halfway(t, () => {}, await zoneAt(t, 48));
        assert.equal(done.code, 1, done.err);
        assert.match(done.err, /Loading stopped: quiet hours from 12:01: changes are read on, and the past after 13:00/);
        assert.equal((await s.tb.lastRun()).state, 'stopped');
        assert.equal(await s.tb.one('SELECT failures FROM channels'), 0);
        assert.ok((await count(s, 'orders')) < SIZES.orders);
        const before = await cursors(s);
        const env = await zoneAt(t, 600);
        assert.equal((await s.tb.begin(['run', 'shop'], { env }).done).code, 0);
        assert.deepEqual(await cursors(s), before);
        assert.equal((await s.tb.begin(['run', 'shop'], { env: await zoneAt(t, 3600) }).done).code, 0);
        await s.assertEqual();
    });

    test('everything again is begun after them', async (t) => {
        const s = await shop(t);
        await s.load();
        await set(s, `quiet_from = '${clock(-60)}', quiet_to = '${clock(60)}'`);
        const full = await s.tb.run('--full');
        assert.equal(full.code, 1);
        assert.match(full.err, /Loading stopped: quiet hours from \d\d:\d\d: changes are read on, and the past after \d\d:\d\d/);
        assert.equal((await s.tb.lastRun()).state, 'stopped');
        await set(s, 'quiet_from = NULL, quiet_to = NULL');
        await s.tb.sql('UPDATE orders SET grand_total = 1');
        await s.load();
        await s.assertEqual();
    });
});
