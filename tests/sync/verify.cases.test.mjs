// Checks of completeness in small shops, one rule each.
import assert from 'node:assert/strict';
import test, { suite } from 'node:test';
import { sleep, until } from '../kit/programs.mjs';
import { shop } from '../kit/shop.mjs';

const HOUR = 3600;
const DAY = 86400;

async function verify(s, code, ...args) {
    const done = await s.tb.sync('verify', 'shop', '--json', ...args);
    assert.equal(done.code, code, `exit ${done.code}: ${done.err}${done.out.slice(0, 2000)}`);
    return done.out ? JSON.parse(done.out) : null;
}

const names = (findings) => findings.map((f) => `${f.what} ${f.entity} ${f.origin_id}`).sort();
const line = (statement, entity, way) =>
    statement.entities.find((l) => l.entity === entity && (!way || l.way === way));

// Loaded, and nothing differs any more: the order that only the core's list has is here, too.
async function loaded(t, options) {
    const s = await shop(t, options);
    await s.load();
    await s.store.pass(2 * HOUR);
    await s.tb.sync('verify', 'shop', '--repair');
    await verify(s, 0);
    return s;
}

suite('verify', { concurrency: 2 }, () => {
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

    test('what changes in the store meanwhile is newer, not different', async (t) => {
        const s = await loaded(t);
        await s.store.resetStats();
        await s.store.fault('delay', { op: 'salesOrderList', ms: 2500, times: 1 });
        const running = s.tb.begin(['verify', 'shop', '--json', '--entity', 'order']);
        await until('the list is asked for', async () =>
            (await s.store.stats()).operations.salesOrderList?.max_concurrent > 0 &&
            (await s.tb.one("SELECT count(*) FROM runs WHERE state = 'running' AND stage = 'comparing'")) === 1);
        const made = await s.store.change('order.new', { email: 'late@example.com', first: 'Late', last: 'Comer' });
        assert.ok(made.id > 0);
        const done = await running.done;
        assert.equal(done.code, 0, done.err + done.out);
        assert.equal(JSON.parse(done.out).findings.length, 0);
    });

    test('a check that is killed leaves nothing half-said, and the next one tells all', async (t) => {
        const s = await loaded(t, { store: { sizes: { customers: 300, orders: 500 } }, conf: { page_size: 10 } });
        const changed = await s.tb.one('SELECT origin_id FROM orders ORDER BY origin_id DESC LIMIT 1 OFFSET 200');
        await s.store.change('order.silent', { id: changed, field: 'items.0.sku', value: 'OTHER' });
        for (const ms of [150, 400, 900]) {
            const running = s.tb.begin(['verify', 'shop', '--deep', '--repair']);
            await sleep(ms);
            running.kill('SIGKILL');
            await running.done;
            await s.assertSound();
        }
        await s.tb.sync('verify', 'shop', '--deep', '--repair');
        const last = await verify(s, 0, '--deep');
        assert.deepEqual(last.findings, []);
        assert.equal(await s.tb.one('SELECT count(*) FROM order_items WHERE sku = \'OTHER\''), 1);
        assert.equal(await s.tb.one("SELECT count(*) FROM runs WHERE state = 'running'"), 0);
    });

    // A night: the run that the schedule files.
    async function night(s) {
        await s.store.pass(DAY);
        await s.tb.sql(`INSERT INTO runs (channel_id, kind, options, state, requested_by, requested_at)
            VALUES (1, 'verify', 'share repair', 'waiting', 'schedule', 0)`);
        await s.tb.sync('due');
        return s.tb.lastRun();
    }

    test('the nightly share closes its circle in the days that are set', async (t) => {
        const s = await loaded(t);
        await s.tb.sql("UPDATE channels SET verify_days = 3, sync_interval_minutes = 1440");
        const cart = await s.tb.one('SELECT max(origin_id) FROM carts');
        await s.store.change('cart.silent', { id: cart, field: 'customer_firstname', value: 'Quietly' });
        for (let i = 1; i <= 3; i++) {
            await night(s);
            assert.equal(
                await s.tb.one("SELECT closed_at IS NOT NULL FROM verify_circles WHERE entity = 'cart'"), i === 3 ? 1 : 0,
                `night ${i}`);
        }
        assert.equal(await s.tb.one(`SELECT customer_firstname FROM carts WHERE origin_id = ${cart}`), 'Quietly');
        const covered = await s.tb.sql("SELECT id_from, id_to FROM verifications WHERE entity = 'cart' ORDER BY run_id");
        assert.equal(covered[0].id_from, 1);
        assert.equal(covered[1].id_from, covered[0].id_to + 1);
        assert.equal(covered[2].id_from, covered[1].id_to + 1);
        assert.ok(covered[2].id_to >= cart);
    });

    test('a night ends when its budget of requests is spent, and the next goes on', async (t) => {
        const s = await loaded(t, { conf: { page_size: 10, parallel: 1 } });
        await s.tb.sql('UPDATE channels SET verify_days = 1, verify_calls = 60, parallel = 1, sync_interval_minutes = 1440');
        let nights = 0;
        let most = 0;
        while ((await s.tb.one("SELECT closed_at FROM verify_circles WHERE entity = 'order'")) == null && nights < 30) {
            most = Math.max(most, (await night(s)).calls);
            nights++;
        }
        assert.ok(nights > 1 && nights < 30, `${nights} nights`);
        // what is on the wire when it is spent is still answered, and what was found is mended
        assert.ok(most <= 60 + 12, `${most} requests in a night`);
    });

    test('a record that the store cannot serve is told as such, and the others are compared', async (t) => {
        const s = await loaded(t);
        const [bad, other] = (await s.tb.sql(
            'SELECT origin_id FROM orders WHERE store_id IS NOT NULL ORDER BY origin_id DESC LIMIT 2'))
            .map((row) => row.origin_id);
        await s.store.change('order.silent', { id: other, field: 'customer_lastname', value: 'Quietly' });
        await s.store.fault('fault', { op: 'oroOrderList', id: bad, code: 1, text: 'Broken record.' });
        const told = await verify(s, 2, '--deep');
        assert.deepEqual(names(told.findings), [`different order ${other}`]);
        assert.equal(line(told, 'order').state, 'unknown');
        assert.equal(line(told, 'customer').state, 'equal');
        assert.deepEqual((await s.tb.quarantine()).map((q) => q.origin_id), [bad]);
        await s.assertSound();
    });

    for (const [what, args] of [
        ['one website only', ['--website', '2']],
        ['a start date in the middle', ['--start-date', '2024-06-01']],
    ]) {
        test(`what is not loaded is not missed: ${what}`, async (t) => {
            const s = await loaded(t, { args });
            const deep = await verify(s, 0, '--deep');
            assert.ok(line(deep, 'order').store > 5, JSON.stringify(line(deep, 'order')));
        });
    }

    for (const [what, store] of [
        ['without the bridge', { bridge: 'no' }],
        ['in WS-I mode', { mode: 'wsi' }],
        ['with custom attributes', { attributes: 'yes' }],
    ]) {
        test(`equal, then different by exactly what was changed: ${what}`, async (t) => {
            const s = await loaded(t, { store });
            await verify(s, 0, '--deep');
            const customer = await s.tb.one('SELECT max(origin_id) FROM customers');
            const order = await s.tb.one('SELECT max(origin_id) FROM orders WHERE store_id IS NOT NULL');
            await s.store.change('customer.silent', { id: customer, field: 'lastname', value: 'Quietly' });
            await s.store.change('order.silent', { id: order, field: 'items.0.sku', value: 'OTHER' });
            assert.deepEqual(names((await verify(s, 1)).findings), [`different customer ${customer}`]);
            const deep = await verify(s, 1, '--deep');
            assert.deepEqual(names(deep.findings), [`different customer ${customer}`, `different order ${order}`]);
            const field = deep.findings.find((f) => f.entity === 'order').fields[0];
            assert.equal(`${field.entity}.${field.field}: ${field.store}`, 'order_item.sku: OTHER');
        });
    }

    test('the sums are those of the shop', async (t) => {
        const s = await loaded(t);
        const statement = await verify(s, 0);
        const sums = new Map();
        for (const order of await s.store.dump('order')) {
            for (const field of ['base_grand_total', 'base_tax_amount', 'base_total_refunded']) {
                const key = `${field} ${order.base_currency_code}`;
                sums.set(key, (sums.get(key) ?? 0) + Math.round(Number(order[field] ?? 0) * 10000));
            }
        }
        for (const [key, sum] of sums) {
            const [field, currency] = key.split(' ');
            const told = statement.sums.find((x) =>
                x.entity === 'order' && x.field === field && x.currency === currency && x.month === null);
            assert.equal(Math.round(Number(told.store) * 10000), sum, key);
            assert.equal(told.here, told.store, key);
        }
        assert.equal(line(statement, 'order').store, (await s.store.dump('order')).length);
    });

    test('a check without rights or before the first load could not tell', async (t) => {
        const fresh = await shop(t);
        assert.equal((await fresh.tb.sync('verify', 'shop')).code, 2);
        await fresh.load();
        await fresh.store.pass(2 * HOUR);
        await fresh.store.set({ deny: 'customerCustomerList' });
        await fresh.tb.sql("UPDATE channels SET api_user = 'limited'");
        const told = await verify(fresh, 2);
        assert.equal(line(told, 'customer').state, 'unknown');
        assert.match(line(told, 'customer').note, /the API role lacks the right/);
        assert.equal(line(told, 'subscriber').state, 'equal');
    });
});
