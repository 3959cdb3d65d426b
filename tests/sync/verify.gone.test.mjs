// Records that the store does not have any more, and records that come back.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DAY, finding, HOUR, line, loaded, verify } from '../kit/statement.mjs';

// Takes back all that was done to the shop; its clock goes on.
async function restore(s) {
    await s.store.reset();
    await s.store.set({ now: s.store.now });
}
const missingAt = (s, table, id) => s.tb.one(`SELECT missing_at FROM ${table} WHERE origin_id = ${id}`);

describe('gone from the store', { concurrency: 2 }, () => {
    test('what vanishes in large numbers is not marked before a person accepts it', async (t) => {
        const s = await loaded(t);
        const ids = (await s.tb.sql('SELECT origin_id FROM customers WHERE origin_id IS NOT NULL LIMIT 30'))
            .map((row) => row.origin_id);
        for (const id of ids) {
            await s.store.change('customer.delete', { id });
        }
        const braked = await verify(s, 1, '--repair');
        assert.equal(line(braked, 'customer').extra, 30);
        assert.equal(line(braked, 'customer').gone, 0);
        assert.match(line(braked, 'customer').note, /missing in the store at once/);
        assert.equal(await s.tb.one('SELECT count(*) FROM customers WHERE missing_at IS NOT NULL'), 0);
        const accepted = await verify(s, 1, '--repair', '--accept-gone');
        assert.equal(line(accepted, 'customer').gone, 30);
        await verify(s, 0);
        assert.deepEqual(
            (await s.tb.sql('SELECT origin_id FROM customers WHERE missing_at IS NOT NULL ORDER BY origin_id'))
                .map((row) => row.origin_id),
            ids.sort((a, b) => a - b));
    });

    test('a record that is there again is no longer marked', async (t) => {
        const s = await loaded(t);
        const id = await s.tb.one('SELECT min(origin_id) FROM orders WHERE store_id IS NOT NULL');
        await s.store.change('order.delete', { id });
        await verify(s, 1, '--repair');
        assert.notEqual(await s.tb.one(`SELECT missing_at FROM orders WHERE origin_id = ${id}`), null);
        await s.store.reset();
        await s.store.set({ now: s.store.now });
        await s.tb.sync('verify', 'shop', '--entity', 'order');
        assert.equal(await s.tb.one(`SELECT missing_at FROM orders WHERE origin_id = ${id}`), null);
    });

    test('Sync Data of a record that is gone marks it; of a cart only on another day', async (t) => {
        const s = await loaded(t);
        const order = await s.tb.one('SELECT max(origin_id) FROM orders WHERE store_id IS NOT NULL');
        const cart = await s.tb.one('SELECT max(origin_id) FROM carts');
        await s.store.change('order.delete', { id: order });
        await s.store.change('cart.delete', { id: cart });
        const done = await s.tb.run('--one', `order:${order}`);
        assert.equal(done.code, 1);
        assert.match(done.err, /is gone from the store: it is kept here, and marked/);
        assert.notEqual(await s.tb.one(`SELECT missing_at FROM orders WHERE origin_id = ${order}`), null);
        assert.match((await s.tb.run('--one', `cart:${cart}`)).err, /missing on another day, too/);
        assert.equal(await s.tb.one(`SELECT missing_at FROM carts WHERE origin_id = ${cart}`), null);
        await s.store.pass(DAY);
        assert.match((await s.tb.run('--one', `cart:${cart}`)).err, /is gone from the store/);
        assert.notEqual(await s.tb.one(`SELECT missing_at FROM carts WHERE origin_id = ${cart}`), null);
    });

    test('as many as come back at once are unmarked', async (t) => {
        const s = await loaded(t);
        const ids = (await s.tb.sql('SELECT origin_id FROM customers WHERE origin_id IS NOT NULL LIMIT 80'))
            .map((row) => row.origin_id);
        for (const id of ids) {
            await s.store.change('customer.delete', { id });
        }
        await verify(s, 1, '--repair', '--accept-gone', '--entity', 'customer');
        assert.equal(await s.tb.one('SELECT count(*) FROM customers WHERE missing_at IS NOT NULL'), 80);
        await restore(s);
        await verify(s, 0, '--entity', 'customer');
        assert.equal(await s.tb.one('SELECT count(*) FROM customers WHERE missing_at IS NOT NULL'), 0);
    });

    // Missed on one day, there on the next, missed once more that day: that is one day, not two.
    for (const [how, entity, table, kind, see] of [
        ['a check', 'cart', 'carts', 'cart', (s) => verify(s, 0, '--deep', '--entity', 'cart')],
        ['a check', 'subscriber', 'subscribers', 'subscriber', (s) => verify(s, 0, '--entity', 'subscriber')],
        ['Sync Data', 'cart', 'carts', 'cart', (s, id) => s.load('--one', `cart:${id}`)],
        ['the next changes', 'cart', 'carts', 'cart', async (s, id) => {
            await s.store.change('cart.touch', { id, field: 'customer_note', value: 'Still here' });
            await s.store.pass(60);
            await s.load();
        }],
    ]) {
        test(`one that ${how} saw again must be missed on two days anew: ${entity}`, async (t) => {
            const s = await loaded(t);
            const id = await s.tb.one(`SELECT max(origin_id) FROM ${table}`);
            const way = entity === 'cart' ? ['--deep'] : [];
            const miss = async () => {
                await s.store.change(`${kind}.delete`, { id });
                return finding(await verify(s, 1, ...way, '--repair', '--entity', entity), entity, id);
            };
            assert.equal((await miss()).outcome, 'waiting');
            await s.store.pass(DAY);
            await restore(s);
            await see(s, id);
            assert.equal((await miss()).outcome, 'waiting');
            assert.equal(await missingAt(s, table, id), null);
            await s.store.pass(DAY);
            const last = await verify(s, 1, ...way, '--repair', '--entity', entity);
            assert.equal(finding(last, entity, id).outcome, 'gone');
        });
    }

    test('two misses on both sides of midnight are one', async (t) => {
        const s = await loaded(t);
        const id = await s.tb.one('SELECT max(origin_id) FROM subscribers');
        await s.store.change('subscriber.delete', { id });
        const miss = async () =>
            finding(await verify(s, 1, '--repair', '--entity', 'subscriber'), 'subscriber', id).outcome;
        const { now } = s.store;
        await s.store.pass(DAY - (now % DAY) - 300); // five minutes to midnight
        assert.equal(await miss(), 'waiting');
        await s.store.pass(600);
        assert.equal(await miss(), 'waiting');
        assert.equal(await missingAt(s, 'subscribers', id), null);
        await s.store.pass(20 * HOUR);
        assert.equal(await miss(), 'gone');
    });

    // The bridge's list lacks such orders; a role that may not read the core's cannot tell.
    test('an order whose store view was deleted is not gone for want of a right', async (t) => {
        const s = await loaded(t);
        const id = await s.tb.one('SELECT origin_id FROM orders WHERE store_origin_id IS NULL');
        await s.store.set({ deny: 'salesOrderList' });
        await s.tb.reconnect({ user: 'limited' });
        const told = await verify(s, 2, '--deep', '--repair', '--entity', 'order');
        assert.match(line(told, 'order').note, /the API role lacks the right/);
        assert.match((await s.tb.run('--one', `order:${id}`)).err, /the API role lacks the right/);
        assert.equal(await missingAt(s, 'orders', id), null);
    });
});
