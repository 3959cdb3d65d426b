// What every fault is measured by: what is here is whole, the others came, the next run heals.
import assert from 'node:assert/strict';
import { againstMirror, differences, tell } from './compare.mjs';

export const SIZES = { customers: 60, orders: 80, carts: 40, subscribers: 24, memos: 8 };
export const TOP = ['customer', 'cart', 'order', 'credit_memo', 'subscriber'];

// Which call of the store brings an entity, and what the store's control calls the entity.
export const LIST = {
    customer: 'oroCustomerList',
    cart: 'oroQuoteList',
    order: 'oroOrderList',
    credit_memo: 'salesOrderCreditmemoInfo',
    subscriber: 'newsletterSubscriberList',
};
export const STORE_NAME = { customer: 'customer', cart: 'cart', order: 'order', credit_memo: 'memo', subscriber: 'subscriber' };

const CHILDREN = {
    customer_address: 'customer',
    cart_item: 'cart',
    cart_address: 'cart',
    order_item: 'order',
    order_address: 'order',
    order_note: 'order',
    credit_memo_item: 'credit_memo',
    credit_memo_note: 'credit_memo',
};

const ids = (rows) => new Set(rows.map((row) => row.origin_id).filter((id) => id !== null));

// Every record that is here has all of its children, as the store has them, and none is without its
// parent; counters add up. back: what the store's rows are to be seen as (healthy by default).
export async function assertWhole(s) {
    const expected = await s.expected();
    const exported = await s.tb.exportAll(Object.keys(expected));
    for (const [child, parent] of Object.entries(CHILDREN)) {
        const here = ids(exported[parent]);
        const wanted = expected[child].filter((row) => here.has(row.parent)).map((row) => ({ parent: row.parent, origin_id: row.origin_id }));
        const found = exported[child].map((row) => ({ parent: row.parent, origin_id: row.origin_id }));
        const problems = differences(child, wanted, found);
        assert.equal(problems.length, 0, `half-written:\n${tell(problems)}`);
    }
    await s.assertSound();
    return { expected, exported };
}

// All records of these entities are here. An order without a store view comes only by its memo.
export async function assertLoaded(s, entities) {
    const { expected, exported } = await assertWhole(s);
    for (const entity of entities) {
        const wanted = expected[entity].filter((row) => entity !== 'order' || row.store_origin_id !== null);
        const here = ids(exported[entity]);
        const missing = [...ids(wanted)].filter((id) => !here.has(id));
        assert.deepEqual(missing, [], `${entity}: did not come`);
    }
}

export const allBut = (...entities) => TOP.filter((entity) => !entities.includes(entity));

// Nothing at all is here.
export async function assertNothing(s) {
    for (const entity of TOP) {
        assert.deepEqual(await s.tb.export(entity), [], `${entity} from nowhere`);
    }
    await s.assertSound();
}

// Everything is here but these records: {customer: [5]}.
export async function assertAllBut(s, missing) {
    const { expected, exported } = await assertWhole(s);
    for (const entity of TOP) {
        const left = new Set(missing[entity] ?? []);
        const here = ids(exported[entity]);
        const gone = [...ids(expected[entity])].filter((id) => !here.has(id));
        assert.deepEqual(gone, [...left], `${entity}: missing`);
    }
}

// The fault is over: a plain run makes everything equal to the store. Records in quarantine are due
// for another try after a quarter of an hour, which is let pass here.
export async function assertHeals(s) {
    await s.store.clear();
    await s.tb.sql('UPDATE quarantine SET next_try_at = next_try_at - 900');
    const done = await s.tb.run();
    assert.equal(done.code, 0, `the next run: ${done.err}`);
    assert.deepEqual(await s.tb.quarantine(), []);
    await s.assertEqual();
    assert.equal((await s.tb.lastRun()).state, 'done');
    return done;
}

// A message as the house wants it: what: why: what to do, with these words in it.
export function assertMessage(text, ...words) {
    for (const word of words) {
        assert.match(text, word);
    }
    assert.match(text, /^[^:\n]{8,}: .{8,}: .{8,}/m, 'what: why: what to do');
}

export async function assertFails(done, ...words) {
    assert.equal(done.code, 2, done.err + done.out);
    assertMessage(done.err, ...words);
}

// One entity's part of a run that stopped: its reason is a message of the run and in its row.
export async function assertStopped(s, entity, ...words) {
    const row = await s.tb.runEntity(entity);
    assert.equal(row.state, 'failed', `${entity}: ${JSON.stringify(row)}`);
    assertMessage(row.note, ...words);
    assert.ok((await s.tb.messages()).includes(row.note));
}

export async function assertOneInQuarantine(s, entity, id, ...words) {
    const rows = await s.tb.quarantine();
    assert.deepEqual(rows.map((row) => [row.entity, row.origin_id]), [[entity, id]]);
    assertMessage(rows[0].reason, ...words);
    return rows[0];
}

// Rows that differ from the store's.
export async function differing(s) {
    const expected = await s.expected();
    return againstMirror(expected, await s.tb.exportAll(Object.keys(expected)));
}

