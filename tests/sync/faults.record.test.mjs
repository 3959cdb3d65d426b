// One record that cannot be had, or cannot be read: it is found, put aside with the reason and the
// store's answer, and costs nothing but itself. When it is good again it comes in by itself.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SMALL, shop } from '../kit/shop.mjs';

const together = { concurrency: 2 };
const POISON = 55;

// Rows of one entity that are not expected, since their record is in quarantine.
const without = (entity, id) => (rows) => ({
    ...rows,
    [entity]: rows[entity].filter((row) => row.entity_id !== String(id)),
});

describe('a poison record of a first load', together, () => {
    for (const [what, kind, params, words] of [
        ['a 500', '500', {}, /failed at oroOrderList: it answers with error 500/],
        ['a fault', 'fault', { code: 1, text: 'Internal Error.' }, /refused oroOrderList: Internal Error/],
        ['HTML', 'html', {}, /page for people/],
        ['a closed connection', 'drop', {}, /closed the connection during oroOrderList/],
        ['an empty answer', 'empty', {}, /empty answer to oroOrderList/],
        ['a cut answer', 'cut', { bytes: 700 }, /Answer not complete/],
        ['an answer cut without a word', 'cut_clean', { bytes: 700 },
            /Answer not complete: that of oroOrderList breaks off/],
        ['a fatal error in its middle', 'fault_half', {}, /Answer not complete/],
    ]) {
        test(what, async (t) => {
            const s = await shop(t, { conf: { page_size: 20 } });
            await s.store.fault(kind, { op: 'oroOrderList', id: POISON, ...params });
            await s.assertFails(1, words, /1 records? in quarantine/);
            const [row, ...others] = await s.tb.quarantine();
            assert.deepEqual(others, []);
            assert.equal(`${row.entity} ${row.origin_id}`, `order ${POISON}`);
            assert.match(row.reason, words);
            assert.ok(row.next_try_at > Date.now() / 1000 + 600, 'it is tried again in a quarter of an hour');
            await s.assertEqual(without('order', POISON));
            assert.equal((await s.tb.runEntity('order')).quarantined, 1);
            await s.assertHeals();
        });
    }

    for (const [entity, op, bridge] of [
        ['order', 'oroOrderList', 'yes'],
        ['subscriber', 'newsletterSubscriberList', 'yes'],
        ['order', 'salesOrderList', 'no'],
    ]) {
        test(`the lowest and the highest of all, ${op}`, async (t) => {
            const s = await shop(t, { store: { bridge } });
            const rows = await s.store.dump(entity);
            const ends = [rows[0], rows.at(-1)].map((row) => Number(row.entity_id ?? row.subscriber_id));
            for (const id of ends) {
                await s.store.fault('500', { op, id });
            }
            await s.assertFails(1, /2 records in quarantine/);
            assert.deepEqual((await s.tb.quarantine()).map((row) => row.origin_id), ends);
            await s.assertHeals();
        });
    }

    test('many of them, of each entity', async (t) => {
        const s = await shop(t, { conf: { page_size: 25, parallel: 8 } });
        const poisoned = { oroCustomerList: [3, 30, 31, 77], oroOrderList: [10, 60, 99], oroQuoteList: [5, 41],
            newsletterSubscriberList: [9, 25], salesOrderCreditmemoList: [4] };
        for (const [op, ids] of Object.entries(poisoned)) {
            for (const id of ids) {
                await s.store.fault('500', { op, id });
            }
        }
        await s.assertFails(1, /12 records in quarantine|records in quarantine/);
        const names = { customer: 'oroCustomerList', order: 'oroOrderList', cart: 'oroQuoteList',
            subscriber: 'newsletterSubscriberList', credit_memo: 'salesOrderCreditmemoList' };
        for (const [entity, op] of Object.entries(names)) {
            const ids = (await s.tb.quarantine()).filter((row) => row.entity === entity).map((row) => row.origin_id);
            assert.deepEqual(ids, poisoned[op], entity);
        }
        await s.assertHeals();
    });

    test('without the bridge: one whose details cannot be had', async (t) => {
        const s = await shop(t, { store: { bridge: 'no' } });
        await s.store.fault('500', { op: 'salesOrderInfo', id: POISON });
        await s.assertFails(1, /failed at salesOrderInfo/);
        assert.deepEqual((await s.tb.quarantine()).map((row) => row.origin_id), [POISON]);
        await s.assertEqual(without('order', POISON));
        await s.assertHeals();
    });
});

describe('a poison record among changes', together, () => {
    for (const [op, entity, what] of [
        ['oroOrderList', 'order', 'order.touch'],
        ['oroCustomerList', 'customer', 'customer.touch'],
        ['newsletterSubscriberList', 'subscriber', 'subscriber.status'],
        ['salesOrderCreditmemoList', 'memo', 'memo.touch'],
    ]) {
        test(entity, async (t) => {
            const s = await shop(t);
            await s.load();
            await s.store.pass(3600);
            const ids = (await s.store.dump(entity)).map((row) => Number(row.entity_id ?? row.subscriber_id));
            const changed = ids.filter((id) => id % 3 === 0 || ids.length < 15);
            for (const id of changed) {
                await s.store.change(what, { id, status: 3, ...(entity === 'memo' && { field: 'transaction_id' }) });
            }
            const poison = changed[Math.floor(changed.length / 2)];
            await s.store.pass(3600);
            await s.store.fault('500', { op, id: poison });
            await s.assertFails(1, /1 records? in quarantine/);
            assert.deepEqual((await s.tb.quarantine()).map((row) => row.origin_id), [poison]);
            const run = await s.tb.lastRun();
            assert.equal(run.updated, changed.length - 1, 'all others are in');
            await s.assertHeals();
        });
    }

    test('a record that is new', async (t) => {
        const s = await shop(t);
        await s.load();
        await s.store.pass(3600);
        const made = [];
        for (let i = 0; i < 8; i++) {
            made.push((await s.store.change('order.new', { customer: 3 + i })).id);
        }
        await s.store.pass(3600);
        await s.store.fault('fault', { op: 'oroOrderList', id: made[4], code: 1, text: 'Broken' });
        await s.assertFails(1, /refused oroOrderList: Broken/);
        assert.deepEqual((await s.tb.quarantine()).map((row) => row.origin_id), [made[4]]);
        await s.assertHeals();
    });
});

describe('a record that stays bad', together, () => {
    test('it stays in quarantine as long, and is asked for less and less', async (t) => {
        const s = await shop(t, { store: { sizes: SMALL } });
        await s.store.fault('fault', { op: 'oroOrderList', id: POISON, code: 1, text: 'Broken' });
        await s.assertFails(1, /refused oroOrderList: Broken/);
        const pauses = [];
        for (let i = 0; i < 4; i++) {
            const [row] = await s.tb.quarantine();
            assert.equal(row.tries, i + 1);
            pauses.push(row.next_try_at - row.last_seen_at);
            await s.tb.sql('UPDATE quarantine SET next_try_at = 0');
            await s.assertFails(1, /refused oroOrderList: Broken/);
        }
        assert.deepEqual(pauses, [900, 3600, 21600, 86400]);
        await t.test('until its time comes, a run leaves it alone, but says that it is there', async () => {
            const done = await s.assertFails(1, /1 record in quarantine/);
            assert.doesNotMatch(done.err, /Grand total not read/);
            assert.equal((await s.tb.quarantine()).length, 1);
        });
        await t.test('a record that the store no longer has leaves the quarantine', async () => {
            await s.store.clear();
            await s.store.change('order.delete', { id: POISON });
            await s.tb.sql('UPDATE quarantine SET next_try_at = 0');
            await s.load();
            assert.deepEqual(await s.tb.quarantine(), []);
            assert.match((await s.tb.messages()).at(-1), /leaves the quarantine: the store does not have it/);
        });
    });
});
