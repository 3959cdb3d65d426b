// Answers with something odd in them: what can be taken is taken, and what cannot is told.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { shop } from '../kit/shop.mjs';

const together = { concurrency: 2 };
const ODD = 55;

const unread = (s) => s.tb.sql('SELECT entity, field, value FROM unread_values ORDER BY entity, field');
const warnings = async (s) =>
    (await s.tb.sql("SELECT message FROM run_messages WHERE level = 'warn' ORDER BY id")).map((m) => m.message);

describe('a value that cannot be read', together, () => {
    for (const [mode, bridge, op] of [['rpc', 'yes', 'oroOrderList'], ['wsi', 'no', 'salesOrderInfo']]) {
        test(`costs its field only, ${mode}, bridge ${bridge}`, async (t) => {
            const s = await shop(t, { store: { mode, bridge } });
            await s.store.fault('badvalue', { op, id: ODD });
            await s.load();
            assert.deepEqual(await s.tb.quarantine(), []);
            const order = (await s.tb.export('order')).find((o) => o.origin_id === ODD);
            const [there] = await s.store.dump('order', { from: ODD, to: ODD });
            assert.equal(order.grand_total, null);
            assert.equal(order.subtotal, there.subtotal);
            assert.deepEqual({ ...(await unread(s))[0] }, { entity: 'order', field: 'grand_total', value: '1 299,00' });
            assert.deepEqual(await warnings(s),
                ['Grand total not read: "1 299,00" is not a number: correct the value in the store']);
            await s.store.clear();
            await s.load('--full');
            assert.deepEqual(await unread(s), []);
            await s.assertEqual();
        });
    }

    for (const [text, field, words] of [
        ['dob=17/05/1985', 'dob', /Birthday not read: "17\/05\/1985" is not a date/],
        ['dob=1985-02-30 00:00:00', 'dob', /Birthday not read: .* is not a date/],
        ['created_at=yesterday', 'created_at', /"yesterday" is not a date/],
        ['gender=7', null, null],
    ]) {
        test(`of a customer: ${text}`, async (t) => {
            const s = await shop(t);
            await s.store.fault('badvalue', { op: 'oroCustomerList', id: 12, text });
            await s.load();
            assert.deepEqual(await s.tb.quarantine(), []);
            assert.equal(await s.tb.one('SELECT count(*) FROM customers WHERE origin_id = 12'), 1);
            assert.deepEqual((await unread(s)).map((u) => u.field), field ? [field] : []);
            if (words) {
                assert.match((await warnings(s)).join(), words);
            }
            await s.store.clear();
            await s.load('--full');
            await s.assertEqual();
        });
    }

    for (const [text, field, words] of [
        ['customer_group_id=N', 'group_origin_id', /Customer group not read: "N" is not a number/],
        ['store_id=main', 'store_origin_id', /Store view not read: "main" is not a number/],
        ['customer_is_guest=maybe', 'customer_is_guest', /Guest checkout not read: "maybe" is not yes or no/],
        ['created_at=31.12.2024', 'created_at', /"31.12.2024" is not a date/],
    ]) {
        test(`of an order: ${text}`, async (t) => {
            const s = await shop(t, { store: { mode: 'wsi' } });
            await s.store.fault('badvalue', { op: 'oroOrderList', id: ODD, text });
            await s.load();
            assert.deepEqual(await s.tb.quarantine(), []);
            assert.equal(await s.tb.one(`SELECT count(*) FROM orders WHERE origin_id = ${ODD} AND ${field} IS NULL`), 1);
            assert.match((await warnings(s)).join(), words);
            await s.store.clear();
            await s.load('--full');
            await s.assertEqual();
        });
    }

    test('of a child costs that child\'s field', async (t) => {
        const s = await shop(t);
        await s.load();
        await s.store.pass(3600);
        const [{ items: [before] }] = await s.store.dump('order', { from: ODD, to: ODD });
        await s.store.change('order.touch', { id: ODD, field: 'items.0.qty_shipped', value: 'three' });
        await s.store.pass(3600);
        await s.load();
        const item = (await s.tb.export('order_item')).find((i) => i.origin_id === Number(before.item_id));
        assert.deepEqual([item.sku, item.qty_shipped], [before.sku, null]);
        assert.match((await warnings(s)).join(), new RegExp(`Order item ${before.item_id}: Shipped not read: "three"`));
        await s.store.change('order.touch', { id: ODD, field: 'items.0.qty_shipped', value: '3.0000' });
        await s.store.pass(3600);
        await s.assertHeals();
        assert.deepEqual(await unread(s), []);
    });

    test('is one that is too long', async (t) => {
        const s = await shop(t, { conf: { page_size: 20 } });
        await s.store.fault('longtext', { op: 'oroOrderList', id: ODD, bytes: 3000000 });
        await s.load();
        const [{ field, value }] = await unread(s);
        assert.deepEqual([field, value.length], ['customer_firstname', 4000]);
        assert.match((await warnings(s)).join(), /First name not read: it is longer than 1000 KB/);
        await s.store.clear();
        await s.load('--full');
        await s.assertEqual();
    });
});

describe('an element that is not there', together, () => {
    for (const [op, element, table, bridge, key] of [
        ['oroOrderList', 'items', 'order_items', 'yes', 'order'],
        ['oroOrderList', 'billing_address', 'order_addresses', 'yes', 'order'],
        ['oroOrderList', 'payment', 'orders', 'yes', 'order'],
        ['oroOrderList', 'status_history', 'order_notes', 'yes', 'order'],
        ['oroQuoteList', 'items', 'cart_items', 'yes', 'cart'],
        ['oroQuoteList', 'shipping_address', 'cart_addresses', 'yes', 'cart'],
        ['oroCustomerList', 'addresses', 'customer_addresses', 'yes', 'customer'],
        ['customerAddressList', 'result', 'customer_addresses', 'no', 'customer'],
        ['salesOrderInfo', 'items', 'order_items', 'no', 'order'],
        ['salesOrderInfo', 'shipping_address', 'order_addresses', 'no', 'order'],
        ['salesOrderCreditmemoInfo', 'items', 'credit_memo_items', 'yes', 'credit_memo'],
    ]) {
        for (const mode of ['rpc', 'wsi']) {
            test(`removes nothing: ${element} of ${op}, ${mode}`, async (t) => {
                const s = await shop(t, { store: { mode, bridge, sizes: { customers: 12, orders: 14, carts: 10, subscribers: 4, memos: 4 } } });
                await s.load();
                const before = await s.tb.exportAll();
                await s.store.fault('without', { op, text: element });
                await s.load('--full', '--entity', key);
                const strip = (all) => Object.fromEntries(Object.entries(all).map(([name, rows]) =>
                    [name, rows.map(({ run_id, synced_at, ...row }) => row)]));
                assert.deepEqual(strip(await s.tb.exportAll()), strip(before));
                assert.ok((await s.tb.one(`SELECT count(*) FROM ${table}`)) > 0);
                assert.deepEqual(await s.tb.sql(`SELECT c.entity, c.action, f.field, f.old_value, f.new_value FROM changes c
                    LEFT JOIN change_fields f ON f.change_id = c.id WHERE c.run_id = (SELECT max(id) FROM runs)`), []);
                const words = element === 'result' ? /Answer lacks "addresses"/ : new RegExp(`Answer lacks "${element}"`);
                assert.match((await warnings(s)).join('\n'), words);
                await s.store.clear();
                await s.load('--full');
                await s.assertEqual();
            });
        }
    }
});

test('children without ids are kept by their place, and get their ids when they have them', async (t) => {
    const s = await shop(t);
    for (const [op, text] of [['oroOrderList', 'item_id,address_id'], ['oroQuoteList', 'item_id,address_id'],
        ['oroCustomerList', 'customer_address_id']]) {
        await s.store.fault('without', { op, text });
    }
    await s.load();
    assert.deepEqual(await s.tb.quarantine(), []);
    const numbers = () => s.tb.sql(['order_items', 'order_addresses', 'cart_items', 'cart_addresses', 'customer_addresses']
        .map((table) => `SELECT '${table}' AS name, count(*) AS rows, max(origin_id) < 0 AS made FROM ${table}`).join(' UNION ALL '));
    const first = await numbers();
    assert.ok(first.every((row) => row.made === 1 && row.rows > 0), JSON.stringify(first));
    await s.load('--full');
    assert.deepEqual(await numbers(), first);
    assert.equal(await s.tb.one('SELECT count(*) FROM changes'), 0);
    await s.store.clear();
    await s.load('--full');
    await s.assertEqual();
});

test('text behind the answers and the WSDL does not matter', async (t) => {
    const s = await shop(t);
    await s.store.fault('behind');
    await s.load();
    await s.assertEqual();
});

test('a record in quarantine keeps what people look for it by', async (t) => {
    const s = await shop(t, { conf: { page_size: 20 } });
    const [order] = await s.store.dump('order', { from: ODD, to: ODD });
    await s.store.fault('cut_clean', { op: 'oroOrderList', id: ODD, bytes: 9000 });
    await s.assertFails(1, /1 record/);
    const names = await s.tb.sql('SELECT kind, value FROM quarantine_names ORDER BY kind');
    const of = Object.fromEntries(names.map((n) => [n.kind, n.value]));
    assert.equal(of.number, order.increment_id);
    assert.equal(of.email, order.customer_email.toLowerCase());
    assert.equal(of.customer, order.customer_id ?? undefined);
    await s.assertHeals();
    assert.equal(await s.tb.one('SELECT count(*) FROM quarantine_names'), 0);
});
