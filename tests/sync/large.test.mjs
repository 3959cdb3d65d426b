// One record may be larger than what a page of many may be, and a list may come in no order.
import assert from 'node:assert/strict';
import test from 'node:test';
import { until } from '../kit/programs.mjs';
import { shop } from '../kit/shop.mjs';
import { HOUR, loaded, verify } from '../kit/statement.mjs';

const items = (s, entity, id) => s.tb.one(`SELECT count(*) FROM ${entity}_items i JOIN ${entity}s o ON o.id = i.parent_id
    WHERE o.origin_id = ${id}`);
const third = async (s, entity) => Number((await s.store.dump(entity)).filter((r) => r.store_id !== null)[30].entity_id);

for (const bridge of ['yes', 'no']) {
    test(`orders and carts of thousands of items are loaded, and read again, bridge ${bridge}`, async (t) => {
        const s = await shop(t, { store: { bridge } });
        const large = { order: await third(s, 'order'), ...(bridge === 'yes' && { cart: await third(s, 'cart') }) };
        for (const [entity, id] of Object.entries(large)) {
            await s.store.change(`${entity}.swell`, { id, value: entity === 'order' ? 10000 : 2500 });
        }
        await s.load();
        assert.deepEqual(await s.tb.quarantine(), []);
        assert.equal(await items(s, 'order', large.order), 10000);
        assert.equal(bridge === 'no' || await items(s, 'cart', large.cart), bridge === 'no' || 2500);
        // among what changed, too, and nothing is said to have changed that did not
        const before = await s.tb.one('SELECT count(*) FROM changes');
        await s.store.change('order.touch', { id: large.order, field: 'customer_firstname', value: 'Many' });
        await s.store.pass(2 * HOUR);
        await s.load();
        assert.equal(await s.tb.one('SELECT count(*) FROM changes'), before + 1);
        assert.equal(await items(s, 'order', large.order), 10000);
        await s.tb.sync('verify', 'shop', '--repair');
        await verify(s, 0, '--deep');
        await s.assertSound();
    });
}

test('what is too large even for one record says what to set, and is read when it is set', async (t) => {
    const s = await shop(t, { conf: { record_max_mb: 8 } });
    const id = await third(s, 'order');
    await s.store.change('order.swell', { id, value: 4000 });
    await s.assertFails(1, /1 record in quarantine/, /raise record_max_mb in the configuration/);
    assert.deepEqual((await s.tb.quarantine()).map((q) => q.origin_id), [id]);
    await s.tb.configure({ record_max_mb: 64 });
    await s.tb.sql('UPDATE quarantine SET next_try_at = 0');
    await s.load();
    assert.equal(await items(s, 'order', id), 4000);
});

test('a list whose pages are in no order loses nothing', async (t) => {
    const s = await shop(t, { conf: { page_size: 10 } });
    await s.store.set({ disorder: 7 });
    await s.load();
    await s.assertEqual();
    await s.store.pass(2 * HOUR);
    for (const row of (await s.store.dump('customer')).slice(10, 60)) {
        await s.store.change('customer.touch', { id: row.entity_id, field: 'lastname', value: `Later ${row.entity_id}` });
    }
    await s.store.pass(2 * HOUR);
    await s.load();
    await s.assertEqual();
    await s.tb.sync('verify', 'shop', '--repair');
    await verify(s, 0, '--deep');
});

for (const [what, fault] of [['connecting', { op: 'login' }], ['comparing', { op: 'salesOrderList' }]]) {
    test(`a check ends when it is asked to: ${what}`, async (t) => {
        const s = await loaded(t);
        await s.store.fault('wait', { ...fault, ms: 15000 });
        await s.store.resetStats();
        const running = s.tb.begin(['verify', 'shop', '--entity', 'order']);
        await until('it waits', async () => (await s.tb.one(
            `SELECT count(*) FROM runs WHERE state = 'running' AND stage = '${what}'`)) === 1);
        const from = Date.now();
        running.kill('SIGTERM');
        const done = await running.done;
        assert.ok(Date.now() - from < 8000, `${Date.now() - from} ms`);
        assert.equal(done.code, 2, done.err + done.out);
        assert.match(done.err, /Run stopped as asked/);
        assert.equal((await s.tb.lastRun()).state, 'stopped');
    });
}

test('a removal that was cut off goes on by itself', async (t) => {
    const s = await loaded(t);
    const left = () => s.tb.one('SELECT (SELECT count(*) FROM orders) + (SELECT count(*) FROM customers) + (SELECT count(*) FROM channel_entities)');
    const cutOff = (state, ago) => s.tb.sql(`DELETE FROM runs WHERE kind = 'delete';
        INSERT INTO runs (channel_id, kind, requested_by, requested_at, state, started_at, ended_at, heartbeat_at)
        VALUES (1, 'delete', 'admin', unixepoch() - 9000, '${state}', unixepoch() - 9000, unixepoch() - ${ago}, unixepoch() - ${ago})`);
    await s.tb.sql("UPDATE channels SET deleted_at = unixepoch() - 9000, status = 'inactive'");
    for (const [state, ago] of [['failed', 60], ['running', 1]]) {
        await cutOff(state, ago);
        await s.tb.sync('due');
        assert.ok(await left() > 100, `${state} ${ago} s ago`);
    }
    await cutOff('stopped', 5);
    await s.tb.sync('due');
    assert.equal(await left(), 0);
    assert.equal((await s.tb.lastRun()).state, 'done');
    const runs = await s.tb.one('SELECT count(*) FROM runs');
    await s.tb.sync('due');
    assert.equal(await s.tb.one('SELECT count(*) FROM runs'), runs, 'it has come to its end');
});
