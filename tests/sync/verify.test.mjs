// A check of completeness names what differs, all of it and nothing else, and a repair mends exactly
// that. What is expected is what this test did to the shop and to the database.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dice } from '../kit/dice.mjs';
import { shop } from '../kit/shop.mjs';
import { DAY, HOUR, line, names, verify } from '../kit/statement.mjs';

const LARGE = { customers: 20000, orders: 60000, carts: 2600, memos: 2400, subscribers: 2600 };
const EACH = 500;

function shuffled(list, seed) {
    const roll = dice(seed);
    const out = [...list];
    for (let i = out.length - 1; i > 0; i--) {
        const k = Math.floor(roll() * (i + 1));
        [out[i], out[k]] = [out[k], out[i]];
    }
    return out;
}

// Which records something may be done to without doing it to others: an order takes its memos along.
const CHOICE = {
    customer: "SELECT origin_id AS id FROM customers c WHERE origin_id IS NOT NULL AND EXISTS" +
        ' (SELECT 1 FROM customer_addresses WHERE parent_id = c.id)',
    order: 'SELECT origin_id AS id FROM orders o WHERE store_id IS NOT NULL AND NOT EXISTS' +
        ' (SELECT 1 FROM credit_memos WHERE order_id = o.id)',
    cart: 'SELECT origin_id AS id FROM carts c WHERE EXISTS (SELECT 1 FROM cart_items WHERE parent_id = c.id)',
    credit_memo: 'SELECT origin_id AS id FROM credit_memos m WHERE EXISTS' +
        ' (SELECT 1 FROM credit_memo_items WHERE parent_id = m.id)',
    subscriber: 'SELECT origin_id AS id FROM subscribers',
};
const TABLE = {
    customer: 'customers', order: 'orders', cart: 'carts', credit_memo: 'credit_memos', subscriber: 'subscribers',
};
// As the store's control interface calls them.
const STORE = { customer: 'customer', order: 'order', cart: 'cart', credit_memo: 'memo', subscriber: 'subscriber' };

// The silent changes, in turn: what is done, and whether the core's flat list shows it.
const CHANGES = {
    customer: [
        { field: 'lastname', flat: true },
        { field: 'taxvat', flat: true },
        { address: 'city' },
    ],
    order: [
        { field: 'shipping_description', flat: true },
        { field: 'base_grand_total', value: (i) => `${1000 + i}.2500`, flat: true },
        { field: 'items.0.sku' },
        { field: 'payment.method' },
    ],
    cart: [{ field: 'customer_firstname' }, { field: 'items.0.name' }],
    credit_memo: [
        { field: 'base_grand_total', value: (i) => `${2000 + i}.5000`, flat: true },
        { field: 'items.0.sku' },
    ],
    subscriber: [{ field: 'subscriber_email', value: (i) => `changed${i}@example.com`, flat: true }],
};

async function changeOne(s, entity, id, i) {
    const how = CHANGES[entity][i % CHANGES[entity].length];
    const value = how.value ? how.value(i) : `Changed ${i}`;
    if (how.address) {
        const address = await s.tb.one('SELECT min(a.origin_id) FROM customer_addresses a JOIN customers c' +
            ` ON c.id = a.parent_id WHERE c.origin_id = ${id}`);
        await s.store.change('address.update', { id: address, field: how.address, value });
    } else {
        await s.store.change(`${STORE[entity]}.silent`, { id, field: how.field, value });
    }
    return { ...how, id, value };
}

// Drops, changes and deletes as many of each entity. Gives what was done to what.
async function disturb(s) {
    const done = {};
    for (const [at, entity] of Object.keys(CHOICE).entries()) {
        const ids = shuffled((await s.tb.sql(CHOICE[entity])).map((row) => row.id), at + 1);
        assert.ok(ids.length >= 3 * EACH, `${ids.length} of ${entity}`);
        const dropped = ids.slice(0, EACH);
        const changed = [];
        for (const [i, id] of ids.slice(EACH, 2 * EACH).entries()) {
            changed.push(await changeOne(s, entity, id, i));
        }
        const deleted = ids.slice(2 * EACH, 3 * EACH);
        for (const id of deleted) {
            await s.store.change(`${STORE[entity]}.delete`, { id });
        }
        await s.tb.sql(`PRAGMA foreign_keys = ON; DELETE FROM ${TABLE[entity]} WHERE origin_id IN (${dropped})`);
        done[entity] = { dropped, changed, deleted };
    }
    return done;
}

function expectedOf(done, sees) {
    return Object.entries(done).flatMap(([entity, { dropped, changed, deleted }]) => [
        ...dropped.map((id) => `missing ${entity} ${id}`),
        ...changed.filter((c) => sees(entity, c)).map((c) => `different ${entity} ${c.id}`),
        ...deleted.map((id) => `extra ${entity} ${id}`),
    ]).sort();
}

// Every change is told with the field and both values.
function assertFields(statement, done) {
    const found = new Map(statement.findings.map((f) => [`${f.entity} ${f.origin_id}`, f]));
    for (const [entity, { changed }] of Object.entries(done)) {
        for (const c of changed) {
            const { fields } = found.get(`${entity} ${c.id}`);
            assert.ok(fields.some((f) => f.store === c.value && f.here !== c.value),
                `${entity} ${c.id}: ${JSON.stringify(c)} is not among ${JSON.stringify(fields)}`);
        }
    }
}

// INDEX.md: what a real store needs for a row of each list at 500 rows a call, beside 15 ms a call.
const ROW_MS = {
    oroCustomerList: 1.53, customerCustomerList: 0.08,
    oroOrderList: 2.61, salesOrderList: 0.25,
    salesOrderCreditmemoList: 0.25, salesOrderCreditmemoInfo: 5.7,
    newsletterSubscriberList: 0.02,
};
const CALL_MS = 15;

// Requests counted by the store itself, at the real store's cost: a busy machine changes nothing.
function costOf({ operations }) {
    const asked = Object.entries(operations).filter(([name]) => name in ROW_MS);
    return {
        requests: asked.reduce((sum, [, op]) => sum + op.requests, 0),
        ms: asked.reduce((sum, [name, op]) => sum + op.requests * CALL_MS + op.records * ROW_MS[name], 0),
    };
}

describe('verify', { concurrency: 2 }, () => {
    test('500 of each entity dropped, changed and deleted in a large shop', async (t) => {
        const s = await shop(t, { store: { sizes: LARGE }, conf: { page_size: 250 } });
        await s.load();
        await s.store.pass(2 * HOUR);
        // one order's store view was deleted: only the core's list has it
        await verify(s, 1, '--repair');
        await verify(s, 0);
        const done = await disturb(s);

        const census = await verify(s, 1);
        assert.deepEqual(names(census.findings),
            expectedOf(done, (entity, c) => c.flat === true).filter((name) => !/ cart \d/.test(name)));
        assert.equal(line(census, 'customer').missing, EACH);
        assert.equal(line(census, 'order').extra, EACH);

        const deep = await verify(s, 1, '--deep');
        assert.deepEqual(names(deep.findings), expectedOf(done, () => true));
        assertFields(deep, done);

        // a fifth of the carts and memos: more than a check marks as gone by itself
        const mended = await verify(s, 1, '--deep', '--repair', '--accept-gone');
        assert.equal(line(mended, 'order').repaired, 2 * EACH);
        assert.equal(line(mended, 'order').gone, EACH);
        assert.equal(line(mended, 'cart').gone, 0, 'a cart is gone only if it is missing on another day, too');
        await s.store.pass(DAY);
        const second = await verify(s, 1, '--deep', '--repair', '--accept-gone');
        assert.deepEqual(names(second.findings),
            [...done.cart.deleted.map((id) => `extra cart ${id}`),
                ...done.subscriber.deleted.map((id) => `extra subscriber ${id}`)].sort());
        assert.equal(line(second, 'cart').gone, EACH);
        const last = await verify(s, 0, '--deep');
        assert.deepEqual(last.findings, []);
        assert.equal(await s.tb.one('SELECT count(*) FROM orders WHERE missing_at IS NOT NULL'), EACH);
        await s.assertSound();
        t.diagnostic(`census ${census.calls} requests, ${census.store_ms} ms of the store; ` +
            `deep ${deep.calls} requests, ${deep.store_ms} ms`);
    });

    test('a census costs the store at most 15 % of a full load', async (t) => {
        const sizes = { customers: 1500, orders: 4500, carts: 10, memos: 220, subscribers: 600 };
        const s = await shop(t, { store: { sizes }, conf: { page_size: 250 } });
        await s.load();
        const load = costOf(await s.store.stats());
        await s.store.pass(2 * HOUR);
        await verify(s, 1, '--repair');
        await s.store.resetStats();
        const statement = await verify(s, 0);
        const census = costOf(await s.store.stats());
        const share = census.ms / load.ms;
        t.diagnostic(`load: ${load.requests} requests, ${(load.ms / 1000).toFixed(2)} s of a real store; ` +
            `census: ${census.requests} requests, ${(census.ms / 1000).toFixed(2)} s: ${(share * 100).toFixed(1)} %`);
        assert.equal(line(statement, 'order').store, 4500);
        assert.ok(share <= 0.15, `${(share * 100).toFixed(1)} %`);
    });
});
