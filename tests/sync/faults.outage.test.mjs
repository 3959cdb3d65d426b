// A store that fails in the middle, and one bad record among good ones: whatever is here is whole,
// down to the children of each record; nobody else is blamed; the next run heals.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { againstMirror, tell } from '../kit/compare.mjs';
import { sleep } from '../kit/programs.mjs';
import { shop } from '../kit/shop.mjs';

const together = { concurrency: 2 };
const SIZES = { customers: 60, orders: 80, carts: 40, subscribers: 24, memos: 8 };
const TOP = ['customer', 'cart', 'order', 'credit_memo', 'subscriber'];
const LIST = {
    customer: 'oroCustomerList',
    cart: 'oroQuoteList',
    order: 'oroOrderList',
    credit_memo: 'salesOrderCreditmemoInfo',
    subscriber: 'newsletterSubscriberList',
};
const PARENT = {
    customer_address: 'customer',
    cart_item: 'cart',
    cart_address: 'cart',
    order_item: 'order',
    order_address: 'order',
    order_note: 'order',
    credit_memo_item: 'credit_memo',
    credit_memo_note: 'credit_memo',
};
// Columns that follow from records which may be missing, and the order's that are asked for one by
// one after it. Others' columns of those names are their own, and are looked at.
const LINKS = new Set(['person', 'cart_linked', 'order_linked']);
const DERIVED = {
    customer: new Set(['orders_count', 'last_order_at', 'value_currency', 'value_gross', 'value_net', 'value_is_provisional',
        'subscriber_status', 'telephone', 'billing_country', 'billing_region']),
    cart: new Set(['status']),
    order: new Set([
        ...['value', 'value_refunded', 'value_net', 'shipping_discount_amount', 'hidden_tax_amount', 'shipping_hidden_tax_amount']
            .flatMap((name) => [name, `base_${name}`]), 'value_is_provisional']),
    order_item: new Set(['parent_item_id']),
};
const isDerived = ({ entity, field }) => LINKS.has(field) || (DERIVED[entity]?.has(field) ?? false);

const begin = (t, options) => shop(t, { store: { sizes: SIZES }, ...options });
const storeName = (entity) => (entity === 'credit_memo' ? 'memo' : entity);
const idOf = (row) => Number(row.entity_id ?? row.subscriber_id);
const idsOf = (rows) => new Set(rows.map((row) => row.origin_id).filter((id) => id !== null));

// Each record that is here has its own fields and all of its children as the store has them; no
// child is without its parent. Gives what is missing, as "order 5".
async function assertWhole(s) {
    const expected = await s.expected();
    const exported = await s.tb.exportAll(Object.keys(expected));
    const here = Object.fromEntries(TOP.map((entity) => [entity, idsOf(exported[entity])]));
    const wanted = {};
    for (const entity of Object.keys(expected)) {
        const ownIs = (row) => here[entity]?.has(row.origin_id) ?? here[PARENT[entity]]?.has(row.parent) ?? true;
        wanted[entity] = expected[entity].filter(ownIs);
    }
    const found = Object.fromEntries(
        Object.entries(exported).map(([entity, rows]) => [entity, rows.filter((row) => !TOP.includes(entity) || row.origin_id !== null)]));
    const problems = againstMirror(wanted, found).filter((p) => !isDerived(p));
    assert.equal(problems.length, 0, `half-written:\n${tell(problems)}`);
    await s.assertSound();
    // an order without a store view comes only with its credit memo
    const due = (entity) => expected[entity].filter((row) => entity !== 'order' || row.store_origin_id !== null);
    return TOP.flatMap((entity) => [...idsOf(due(entity))].filter((id) => !here[entity].has(id)).map((id) => `${entity} ${id}`));
}

describe('a store that fails from some request on', together, () => {
    for (const [kind, params, words] of [
        ['503', {}, /in maintenance or overloaded \(503\)/],
        ['500', {}, /answers with error 500: see the shop's error log/],
        ['html', {}, /with a page for people \("Welcome Welcome This is the shop, not its interface\. .*"\): check the address, and the shop's error log/],
        ['429', { retry_after: 1 }, /too many requests \(429\): lower the channel's requests per second/],
        ['drop', { op: 'soap' }, /closed the connection/],
        ['cut', { op: 'soap', bytes: 200 }, /Answer not complete/],
        ['404', {}, /No API at this address: the store answers 404/],
    ]) {
        test(kind, async (t) => {
            const s = await begin(t, { conf: { page_size: 10, retries: 1 } });
            await s.store.fault(kind, { after: 14, ...params });
            const done = await s.tb.run();
            assert.ok([1, 2].includes(done.code), done.err);
            const run = await s.tb.lastRun();
            assert.match([run.error, ...(await s.tb.messages())].join('\n'), words);
            assert.equal(run.state, done.code === 1 ? 'check' : 'failed');
            assert.deepEqual(await s.tb.quarantine(), [], 'no record is blamed');
            const missing = await assertWhole(s);
            assert.ok(missing.length > 0, 'the fault came too late to show');
            await s.assertHeals();
        });
    }
});

// What an update time shows, for each entity.
function touch(s, entity, id) {
    if (entity === 'subscriber') {
        return s.store.change('subscriber.status', { id, status: 3 });
    }
    const field = { customer: 'lastname', credit_memo: 'transaction_id' }[entity] ?? 'customer_note';
    return s.store.change(`${storeName(entity)}.touch`, { id, field, value: 'Changed' });
}

async function middleOf(s, entity) {
    const rows = (await s.store.dump(storeName(entity))).filter((row) => entity !== 'order' || row.store_id !== null);
    return idOf(rows[rows.length >> 1]);
}

async function assertOneAside(s, entity, id, words) {
    const done = await s.assertFails(1, words, /1 record in quarantine/);
    assert.deepEqual((await s.tb.quarantine()).map((row) => `${row.entity} ${row.origin_id}`), [`${entity} ${id}`]);
    const part = await s.tb.runEntity(entity);
    assert.equal(part.state, 'done');
    assert.equal(part.quarantined, 1, 'counted once, also when others name it as their parent');
    return done;
}

describe('one record that the store cannot serve', together, () => {
    for (const entity of TOP) {
        test(`${entity}, first load`, async (t) => {
            const s = await begin(t);
            const id = await middleOf(s, entity);
            await s.store.fault('500', { op: LIST[entity], id });
            await assertOneAside(s, entity, id, /answers with error 500/);
            assert.deepEqual(await assertWhole(s), [`${entity} ${id}`]);
            await s.assertHeals();
        });

        test(`${entity}, among changes of all kinds`, async (t) => {
            const s = await begin(t);
            await s.load();
            await s.store.pass(3600);
            const id = await middleOf(s, entity);
            const before = (await s.expected())[entity];
            for (const other of TOP) {
                const ids = (await s.store.dump(storeName(other))).map(idOf);
                for (const one of ids.filter((x, i) => i % 4 === 0 || (other === entity && x === id))) {
                    await touch(s, other, one);
                }
            }
            await s.store.pass(3600);
            await s.store.fault('fault', { op: LIST[entity], id, code: 1, text: 'Internal Error.' });
            await assertOneAside(s, entity, id, /refused \w+: Internal Error\. \(fault 1\): see the shop's error log/);
            const now = await s.expected();
            const old = before.find((row) => row.origin_id === id);
            now[entity] = now[entity].map((row) => (row.origin_id === id ? old : row));
            const own = againstMirror(now, await s.tb.exportAll(Object.keys(now))).filter((p) => !isDerived(p));
            assert.equal(own.length, 0, `all others are in, that one is as it was:\n${tell(own)}`);
            await s.assertHeals();
        });
    }

    for (const [kind, params, words] of [
        ['slow', { bytes: 2000 }, /No answer in time/],
        ['deep', {}, /Answer not read: that of oroOrderList is too large/],
    ]) {
        test(`order, ${kind}`, async (t) => {
            const s = await begin(t, { conf: kind === 'slow' ? { list_timeout: 1, retries: 0 } : {} });
            const id = await middleOf(s, 'order');
            await s.store.fault(kind, { op: LIST.order, id, ...params });
            await assertOneAside(s, 'order', id, words);
            assert.deepEqual(await assertWhole(s), [`order ${id}`]);
            await s.assertHeals();
        });
    }
});

describe('clocks that change', together, () => {
    test('one that is set back by an hour loses nothing, by plain runs', async (t) => {
        const s = await begin(t);
        await s.store.pass(3600);
        await s.load();
        await s.assertEqual();
        await s.store.pass(-3600);
        await s.store.change('day', { seed: 4, count: 20 });
        await s.store.pass(60);
        await s.load();
        assert.match((await s.tb.messages()).join('\n'), /clock went back by \d+ s: check that it is right now/);
        await s.assertEqual();
        await s.store.pass(1200);
        await s.store.change('day', { seed: 5, count: 20 });
        await s.store.pass(4000);
        await s.load();
        await s.assertEqual();
    });

    test('one that is set forward by an hour loses nothing', async (t) => {
        const s = await begin(t);
        await s.load();
        await s.assertEqual();
        await s.store.change('day', { seed: 4, count: 10 });
        await s.store.pass(3600);
        await s.store.change('day', { seed: 5, count: 10 });
        await s.store.pass(10);
        await s.load();
        await s.assertEqual();
    });

    test('without a clock changes come too', async (t) => {
        const s = await begin(t, { store: { sizes: SIZES, now: Math.floor(Date.now() / 1000) - 300 } });
        await s.store.fault('nodate');
        await s.load();
        await s.assertEqual();
        await s.store.change('day', { seed: 4, count: 20 });
        await sleep(1100); // a window ends a second later than the last one at least
        await s.load();
        await s.assertEqual();
        assert.equal(await s.tb.one("SELECT count(*) FROM runs WHERE state <> 'done'"), 0);
    });
});
