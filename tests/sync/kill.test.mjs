// kill -9 at any moment loses nothing, doubles nothing and leaves nothing half-written: the next
// plain run ends where an undisturbed one does.
//
// Half of the points are moments of the run's time, the other half requests: the store holds the
// Nth one back, and the run dies while it waits for the answer.
import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { differences, tell } from '../kit/compare.mjs';
import { dice } from '../kit/dice.mjs';
import { sleep, until } from '../kit/programs.mjs';
import { shop } from '../kit/shop.mjs';
import { ENTITIES, Tollbook } from '../kit/tollbook.mjs';

const SIZES = { customers: 60, orders: 80, carts: 60, subscribers: 30, memos: 8 };
const KILLS = Number(process.env.KILLS ?? 40);
const WORKERS = 2;
const HOUR = 3600;

// Small pages: many requests, many transactions.
const CONF = { page_size: 10, parallel: 4 };

// All entities in one go, our own ids and times taken out.
async function exports(tb) {
    const out = await tb.exportText(ENTITIES);
    return out.replace(/"id":\d+,"imported_at":"[^"]*","synced_at":"[^"]*","run_id":(\d+|null)/g, '"own":0');
}

// What history tells, without times and runs. A field that changed twice in two runs shows twice.
const history = (tb) =>
    tb.sql('SELECT c.entity, c.origin_id, c.action, f.field, f.old_value, f.new_value FROM changes c' +
        ' LEFT JOIN change_fields f ON f.change_id = c.id ORDER BY 1, 2, 3, 4, 5, 6');

function rowsOf(text) {
    const all = {};
    let entity;
    for (const line of text.split('\n').filter(Boolean)) {
        if (line.startsWith('== ')) {
            all[entity = line.slice(3)] = [];
        } else {
            all[entity].push(JSON.parse(line));
        }
    }
    return all;
}

function assertSame(text, expected, where) {
    if (text !== expected) {
        const [a, b] = [rowsOf(expected), rowsOf(text)];
        const problems = ENTITIES.flatMap((entity) => differences(entity, a[entity], b[entity]));
        assert.fail(`${where}:\n${tell(problems)}`);
    }
}

// What a transaction writes together must be there together, also in the moment after the kill.
const TOGETHER = `
    SELECT 'order ' || o.origin_id || ' without all of its items'
        FROM orders o JOIN whole.orders w USING (origin_id)
        WHERE (SELECT count(*) FROM order_items WHERE parent_id = o.id)
           <> (SELECT count(*) FROM whole.order_items WHERE parent_id = w.id)
    UNION ALL SELECT 'order ' || o.origin_id || ' without all of its notes'
        FROM orders o JOIN whole.orders w USING (origin_id)
        WHERE o.updated_at = w.updated_at AND (SELECT count(*) FROM order_notes WHERE parent_id = o.id)
           <> (SELECT count(*) FROM whole.order_notes WHERE parent_id = w.id)
    UNION ALL SELECT 'cart ' || o.origin_id || ' without its addresses'
        FROM carts o JOIN whole.carts w USING (origin_id)
        WHERE (SELECT count(*) FROM cart_addresses WHERE parent_id = o.id)
           <> (SELECT count(*) FROM whole.cart_addresses WHERE parent_id = w.id)
    UNION ALL SELECT 'customer ' || o.origin_id || ' without all addresses'
        FROM customers o JOIN whole.customers w USING (origin_id)
        WHERE o.updated_at = w.updated_at AND (SELECT count(*) FROM customer_addresses WHERE parent_id = o.id)
           <> (SELECT count(*) FROM whole.customer_addresses WHERE parent_id = w.id)
    UNION ALL SELECT 'customer ' || coalesce(origin_id, email_norm) || ' has a wrong count of orders'
        FROM customers c WHERE orders_count <> (SELECT count(*) FROM orders WHERE customer_id = c.id)
    UNION ALL SELECT 'cart ' || origin_id || ' bought, but open'
        FROM carts c WHERE status = 'open' AND EXISTS (SELECT 1 FROM orders WHERE cart_id = c.id)`;

const AT_THE_END = `${TOGETHER}
    UNION ALL SELECT 'in quarantine: ' || reason FROM quarantine
    UNION ALL SELECT 'the dead run ' || id || ' is not closed' FROM runs WHERE state = 'running'`;

async function assertWhole(tb, whole, where, query = TOGETHER) {
    assert.deepEqual(await tb.soundness(query, `ATTACH '${whole.database}' AS whole`), [], where);
}

// What the workers of one test share: where the run starts, and where it ends undisturbed.
class Ground {
    static async prepare(t, isFirst) {
        const s = await shop(t, { store: { sizes: SIZES }, conf: CONF });
        if (!isFirst) {
            await s.load();
            await s.store.pass(HOUR);
            await s.store.change('day', { seed: 5, count: 80 });
            await s.store.pass(HOUR);
        }
        await s.store.resetStats();
        const whole = await s.tb.copy(t);
        await whole.run(); // warms the file cache
        const again = await s.tb.copy(t);
        const before = await s.store.requests();
        const done = await again.run();
        assert.equal(done.code, 0, done.err);
        return Object.assign(new Ground(), {
            shop: s,
            whole,
            expected: await exports(whole),
            history: await history(whole),
            ms: done.ms,
            requests: (await s.store.requests()) - before,
            twin: new Tollbook(path.join(s.tb.dir, 'twin')),
        });
    }

    // The installation as it was before the run.
    async fresh() {
        await this.twin.becomeCopyOf(this.shop.tb);
        return this.twin;
    }
}

// Kills at a moment; false when the run had ended before.
async function killAtTime(ground, tb, share) {
    const process = tb.begin(['run', 'shop']);
    await sleep(share * ground.ms);
    process.kill('SIGKILL');
    return (await process.done).signal === 'SIGKILL';
}

async function killAtRequest(ground, tb, n) {
    const { store } = ground.shop;
    const before = await store.requests();
    await store.fault('delay', { after: n, times: 1, ms: 1500 });
    const process = tb.begin(['run', 'shop']);
    let ended = false;
    process.done.then(() => (ended = true));
    await until('the request', async () => ended || (await store.requests()) - before > n, { pause: 3 });
    process.kill('SIGKILL');
    const { signal } = await process.done;
    await store.clear();
    return signal === 'SIGKILL';
}

async function killAndRun(ground, random, byRequest, tally) {
    const tb = await ground.fresh();
    const n = Math.floor(random() * ground.requests);
    const share = random();
    const where = byRequest ? `killed at request ${n}` : `killed at ${(share * 100).toFixed(1)} % of ${ground.ms} ms`;
    const killed = byRequest ? await killAtRequest(ground, tb, n) : await killAtTime(ground, tb, share);
    if (!killed) {
        return false;
    }
    await assertWhole(tb, ground.whole, where);
    const rows = await tb.one('SELECT total(read) FROM runs');
    const done = await tb.run();
    assert.equal(done.code, 0, `${where}: ${done.err}`);
    assertSame(await exports(tb), ground.expected, where);
    await assertWhole(tb, ground.whole, where, AT_THE_END);
    if (!tally.isFirst) {
        assert.deepEqual(await history(tb), ground.history, `${where}: history`);
    }
    tally.kills++;
    tally.midway += rows > tally.rowsBefore ? 1 : 0;
    return true;
}

async function work(t, isFirst, worker, tally) {
    const ground = await Ground.prepare(t, isFirst);
    const random = dice(1000 * (isFirst ? 1 : 2) + worker);
    tally.isFirst = isFirst;
    tally.rowsBefore = await ground.shop.tb.one('SELECT total(read) FROM runs');
    for (let point = worker; point < KILLS; point += WORKERS) {
        const byRequest = Math.floor(point / WORKERS) % 2 === 1;
        for (let tries = 0; !(await killAndRun(ground, random, byRequest, tally)); tries++) {
            assert.ok(tries < 50, 'the run always ends before it can be killed');
        }
    }
    return ground;
}

for (const [name, isFirst] of [['a first load', true], ['an incremental sync', false]]) {
    test(`${KILLS} kills of ${name}`, async (t) => {
        const tally = { kills: 0, midway: 0 };
        const began = Date.now();
        const grounds = await Promise.all(
            Array.from({ length: WORKERS }, (_, worker) => work(t, isFirst, worker, tally)));
        assert.equal(tally.kills, KILLS);
        t.diagnostic(
            `${tally.kills} kills, ${tally.midway} of them after rows were written; a run of ${grounds[0].requests}` +
            ` requests and ${grounds[0].ms} ms; ${Math.round((Date.now() - began) / 1000)} s in all`);
    });
}
