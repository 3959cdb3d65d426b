// Records that the database itself refuses, in the middle of their writing: a page is written at once,
// and what it has of such a record is undone without a trace, with its neighbours neither lost nor
// counted or told twice.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { shop } from '../kit/shop.mjs';

const together = { concurrency: 2 };
const ONE_PAGE = { page_size: 200 };

const without = (ids) => (rows) => ({
    ...rows,
    order: rows.order.filter((row) => !ids.includes(Number(row.entity_id))),
});

// The order's own row is written before its items: half of it is there when it is refused.
const refuseItems = (s, ids) =>
    s.tb.sql(`CREATE TRIGGER refusal BEFORE INSERT ON order_items
        WHEN (SELECT origin_id FROM orders WHERE id = new.parent_id) IN (${ids.join()})
        BEGIN SELECT RAISE(ABORT, 'refused by a test'); END`);

// Of the orders that the store serves.
const ordersOf = async (s) => (await s.expected()).order.map((row) => Number(row.origin_id)).sort((a, b) => a - b);

async function assertRefused(s, ids) {
    const entity = await s.tb.runEntity('order');
    assert.deepEqual((await s.tb.quarantine()).map((row) => `${row.entity} ${row.origin_id}`),
        ids.map((id) => `order ${id}`));
    assert.equal(entity.quarantined, ids.length);
    const told = await s.tb.sql(`SELECT origin_id FROM run_messages
        WHERE entity = 'order' AND message LIKE '%does not fit its column%' ORDER BY origin_id`);
    assert.deepEqual(told.map((row) => row.origin_id), ids, 'each is told once');
    return entity;
}

describe('refused by the database, in a first load', together, () => {
    for (const [what, conf, choose] of [
        ['the first of the page', ONE_PAGE, (ids) => ids.slice(0, 1)],
        ['the last', ONE_PAGE, (ids) => ids.slice(-1)],
        ['one in the middle', ONE_PAGE, (ids) => ids.slice(50, 51)],
        ['two neighbours', ONE_PAGE, (ids) => ids.slice(50, 52)],
        ['the first and the last', ONE_PAGE, (ids) => [ids[0], ids.at(-1)]],
        ['all of them', ONE_PAGE, (ids) => ids],
        ['some, on pages of ten', { page_size: 10 }, (ids) => ids.filter((id) => id % 7 === 0)],
    ]) {
        test(what, async (t) => {
            const s = await shop(t, { conf });
            const all = await ordersOf(s);
            const refused = choose(all);
            await refuseItems(s, refused);
            await s.assertFails(1, /records? in quarantine/);
            const entity = await assertRefused(s, refused);
            assert.equal(entity.added, all.length - refused.length);
            await s.assertEqual(without(refused));
            await s.tb.sql('DROP TRIGGER refusal');
            await s.assertHeals();
        });
    }
});

// How often each field of each order, and of what belongs to one, was told to have changed.
const history = (tb) => tb.sql(`SELECT o.origin_id AS whose, c.entity, c.origin_id, c.action, f.field, count(*) AS times
    FROM changes c JOIN orders o ON o.id = c.root_id AND c.root_entity = 'order'
    LEFT JOIN change_fields f ON f.change_id = c.id GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5`);

test('refused by the database, among changes: all others have their history once', async (t) => {
    const s = await shop(t, { conf: ONE_PAGE });
    await s.load();
    const all = await ordersOf(s);
    await s.store.pass(3600);
    for (const id of all.slice(10, 60)) {
        await s.store.change('order.status', { id, status: 'holded' });
    }
    await s.store.pass(3600);
    const twin = await s.tb.copy(t);
    const good = await twin.run();
    assert.equal(good.code, 0, good.err);
    const refused = [all[10], all[33], all[34], all[59]];
    await s.tb.sql(`CREATE TRIGGER refusal AFTER UPDATE ON orders
        WHEN new.origin_id IN (${refused.join()}) AND new.status = 'holded'
        BEGIN SELECT RAISE(ABORT, 'refused by a test'); END`);
    await s.assertFails(1, /4 records in quarantine/);
    const entity = await assertRefused(s, refused);
    assert.equal(entity.updated, 46);
    const expected = (await history(twin)).filter((row) => !refused.includes(row.whose));
    assert.ok(expected.length >= 46);
    assert.deepEqual(await history(s.tb), expected);
    await s.tb.sql('DROP TRIGGER refusal');
    await s.assertHeals();
    assert.deepEqual(await history(s.tb), await history(twin));
});
