// What a store holds and what Tollbook holds of it are the same, field by field, in every mode of
// the API; and again after a day of changes. Of changes that no update time shows, exactly those
// that were made are missing.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { againstMirror, count, keyOf, differences, tell } from '../kit/compare.mjs';
import { shop } from '../kit/shop.mjs';

const LARGE = { customers: 700, orders: 1700, carts: 900, subscribers: 260, memos: 70 };
const MIDDLE = { customers: 330, orders: 420, carts: 300, subscribers: 120, memos: 40 };

const HOUR = 3600;

// Load, a day's changes, one more run: equal each time.
async function loadAndDay(t, options) {
    const s = await shop(t, options);
    await s.load();
    const first = await s.assertEqual();
    await s.store.pass(HOUR);
    const changes = await s.store.change('day', { seed: 7, count: options.changes ?? 60 });
    await s.store.pass(HOUR);
    const done = await s.load();
    const second = await s.assertEqual();
    t.diagnostic(`${first} rows equal; ${changes.length} changes; ${second} rows equal, run of ${done.ms} ms`);
    return s;
}

// All of a website's rows; what refers to another one's stays unlinked.
function ofWebsite(id) {
    return (rows) => {
        const stores = new Set(rows.store.filter((s) => s.website_id === id).map((s) => s.store_id));
        const here = (row) => stores.has(row.store_id);
        return {
            ...rows,
            customer: rows.customer.filter((c) => c.website_id === id),
            cart: rows.cart.filter(here),
            order: rows.order.filter(here),
            memo: rows.memo.filter(here),
            subscriber: rows.subscriber.filter(here),
        };
    };
}

// The record that a change of the script is about, as an export names it.
const ENTITY = {
    customer: 'customer', address: 'customer_address', order: 'order', cart: 'cart', memo: 'credit_memo',
    subscriber: 'subscriber',
};

describe('equal', { concurrency: 2 }, () => {
    test('RPC with bridge, a large shop', async (t) => {
        const s = await loadAndDay(t, { store: { sizes: LARGE }, changes: 400 });
        await t.test('a run without changes writes nothing new', async () => {
            await s.store.pass(HOUR);
            await s.load();
            await s.store.pass(HOUR);
            await s.load();
            const run = await s.tb.lastRun();
            assert.equal(run.added + run.updated, 0);
        });
        await t.test('a full run finds everything unchanged', async () => {
            await s.load('--full');
            const run = await s.tb.lastRun();
            assert.equal(run.added + run.updated + run.quarantined, 0);
            assert.ok(run.unchanged > 3000, `${run.unchanged} unchanged`);
            await s.assertEqual();
        });
    });

    for (const [name, store] of [
        ['WS-I with bridge', { mode: 'wsi' }],
        ['RPC without bridge', { bridge: 'no' }],
        ['WS-I without bridge', { mode: 'wsi', bridge: 'no' }],
        ['WS-I with bridge, namespace urn:OpenMage', { mode: 'wsi', namespace: 'urn:OpenMage' }],
        ['RPC without bridge, namespace urn:OpenMage', { bridge: 'no', namespace: 'urn:OpenMage' }],
        ['RPC with bridge and custom attributes', { attributes: 'yes' }],
        ['WS-I with bridge and custom attributes', { mode: 'wsi', attributes: 'yes' }],
    ]) {
        test(name, async (t) => {
            const s = await loadAndDay(t, { store: { sizes: MIDDLE, ...store } });
            const facts = (await s.tb.sql('SELECT is_wsi, has_bridge, namespace FROM channels'))[0];
            assert.deepEqual(facts, {
                is_wsi: store.mode === 'wsi' ? 1 : 0,
                has_bridge: store.bridge === 'no' ? 0 : 1,
                namespace: store.namespace ?? 'urn:Magento',
            });
        });
    }

    test('RPC with bridge and namespace urn:OpenMage ends in the way out', async (t) => {
        const s = await shop(t, { store: { namespace: 'urn:OpenMage' } });
        const done = await s.tb.run();
        assert.equal(done.code, 2);
        assert.match(done.err, /switch WS-I compliance on/);
        assert.equal(await s.tb.one('SELECT count(*) FROM customers'), 0);
        const check = await s.tb.sync('check', 'shop');
        assert.equal(check.code, 2);
        assert.match(check.out, /switch WS-I compliance on/);
        await t.test('and works when it is on', async () => {
            await s.store.set({ mode: 'wsi' });
            await s.load();
            await s.assertEqual();
        });
    });

    test('without the bridge carts and subscribers are not offered', async (t) => {
        const s = await shop(t, { store: { bridge: 'no' } });
        await s.load();
        for (const entity of ['cart', 'subscriber']) {
            const row = await s.tb.runEntity(entity);
            assert.equal(row.state, 'skipped');
            assert.match(row.note, /no bridge/);
        }
    });

    test('guests are left alone when the channel says so', async (t) => {
        const s = await shop(t, { args: ['--no-guest-sync'], settings: { guests: false } });
        await s.load();
        await s.assertEqual();
        assert.equal(await s.tb.one('SELECT count(*) FROM customers WHERE is_guest = 1'), 0);
    });

    for (const bridge of ['yes', 'no']) {
        test(`one website only, bridge: ${bridge}`, async (t) => {
            const s = await shop(t, { store: { sizes: MIDDLE, bridge }, args: ['--website', '2'] });
            await s.load();
            await s.assertEqual(ofWebsite('2'));
        });
    }

    test('of changes that no update time shows, exactly those made are missing', async (t) => {
        const s = await shop(t, { store: { sizes: MIDDLE } });
        await s.load();
        await s.store.pass(2 * HOUR); // beyond the overlap of the next window
        await s.load();
        const before = await s.expected();
        const changes = await s.store.change('hidden', { seed: 3, count: 60 });
        await s.store.pass(2 * HOUR);
        await s.load();
        const exported = await s.tb.exportAll();
        const kept = againstMirror(before, exported);
        assert.equal(kept.length, 0, `nothing but the scripted changes is lost:\n${tell(kept)}`);

        s.items = [];
        const after = await s.expected();
        const top = Object.values(ENTITY);
        const ownFields = (entity, rows) => rows.map((row) => ({ ...row, ...derivedAside(entity) }));
        const differing = new Set(
            top.flatMap((entity) =>
                differences(
                    entity,
                    ownFields(entity, before[entity].filter((row) => row.origin_id !== null)),
                    ownFields(entity, after[entity].filter((row) => row.origin_id !== null)),
                ).map((d) => `${entity} ${d.key}`)));
        const scripted = new Set(changes.map((c) => `${ENTITY[c.entity]} ${c.id}`));
        const consequences = gone(before, changes);
        for (const name of differing) {
            assert.ok(scripted.has(name) || consequences.has(name), `${name} differs, but nobody changed it`);
        }
        for (const c of lasting(changes)) {
            assert.ok(differing.has(`${ENTITY[c.entity]} ${c.id}`), `${JSON.stringify(c)} does not show`);
        }
        t.diagnostic(`${changes.length} hidden changes; ${differing.size} of ${count(after)} rows differ`);
    });

    test('the comparison sees a single wrong value', async (t) => {
        const s = await shop(t);
        await s.load();
        await s.tb.sql('UPDATE order_items SET base_price = base_price + 1 WHERE id = 7');
        await s.tb.sql("UPDATE customers SET value_net = value_net - 1 WHERE origin_id = 5");
        await s.tb.sql('DELETE FROM order_notes WHERE id = 3');
        const expected = await s.expected();
        const problems = againstMirror(expected, await s.tb.exportAll());
        assert.deepEqual(problems.map((p) => p.field ?? p.what).sort(), ['base_price', 'missing', 'value_net']);
    });
});

// Columns that follow from other rows.
function derivedAside(entity) {
    const names = {
        customer: ['orders_count', 'last_order_at', 'value_currency', 'value_gross', 'value_net', 'subscriber_status',
            'telephone', 'billing_country', 'billing_region'],
        cart: ['status', 'person'],
        order: ['cart_linked', 'person', 'value_refunded', 'value_net', 'base_value_refunded', 'base_value_net'],
        credit_memo: ['order_linked'],
        subscriber: ['person'],
    };
    return Object.fromEntries((names[entity] ?? []).map((name) => [name, undefined]));
}

// What vanishes with a record: a customer's addresses, an order's credit memos.
function gone(before, changes) {
    const deleted = (what) => new Set(changes.filter((c) => c.what === what).map((c) => c.id));
    const customers = deleted('customer.delete');
    const orders = deleted('order.delete');
    return new Set([
        ...before.customer_address.filter((a) => customers.has(a.parent))
            .map((a) => `customer_address ${keyOf('', a)}`),
        ...before.credit_memo.filter((m) => orders.has(m.order_origin_id))
            .map((m) => `credit_memo ${keyOf('', m)}`),
    ]);
}

// A change that sets what was there already shows nowhere; what was made and deleted neither.
function lasting(changes) {
    const deleted = new Set(changes.filter((c) => c.what.endsWith('.delete')).map((c) => `${c.entity} ${c.id}`));
    return changes.filter((c) =>
        c.what.endsWith('.delete') || (c.old !== c.new && !deleted.has(`${c.entity} ${c.id}`)));
}
