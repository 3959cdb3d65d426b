// Checks of completeness in small shops, one rule each.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sleep, until } from '../kit/programs.mjs';
import { shop } from '../kit/shop.mjs';
import { HOUR, fileNight, finding, line, loaded, names, night, verify } from '../kit/statement.mjs';

describe('verify', { concurrency: 2 }, () => {
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

    test('what a night found before it was stopped is looked at again the next night', async (t) => {
        const s = await loaded(t, { store: { sizes: { customers: 10, orders: 300, carts: 2, subscribers: 5, memos: 1 } } });
        await s.tb.sql('UPDATE channels SET verify_days = 1, parallel = 1, page_size = 10, sync_interval_minutes = 1440');
        const id = await s.tb.one('SELECT min(origin_id) FROM orders');
        await s.store.change('order.silent', { id, field: 'items.0.sku', value: 'OTHER' });
        await s.store.set({ pace_request_us: 200000, capacity: 1 });
        await fileNight(s);
        const running = s.tb.begin(['due']);
        await until('the finding', async () => (await s.tb.one("SELECT count(*) FROM findings WHERE outcome = 'open'")) > 0, { pause: 20 });
        await s.tb.sql("UPDATE runs SET stop_requested_by = 'anna' WHERE state = 'running'");
        await running.done;
        const sold = () => s.tb.one("SELECT count(*) FROM order_items WHERE sku = 'OTHER'");
        assert.equal(await sold(), 0);
        assert.ok((await s.tb.one("SELECT next_id FROM verify_circles WHERE entity = 'order'")) <= id);
        await s.store.set({ pace_request_us: 0 });
        await night(s);
        assert.equal(await sold(), 1);
    });

    for (const [name, bridge, parallel] of [['', 'yes', 1], [', also where each record is a request', 'no', 4]])
    test(`a night ends when its budget of requests is spent, and the next goes on${name}`, async (t) => {
        const s = await loaded(t, { store: { bridge }, conf: { page_size: 10 } });
        await s.tb.sql(`UPDATE channels SET verify_days = 1, verify_calls = 60, parallel = ${parallel}, page_size = 10, sync_interval_minutes = 1440`);
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
        assert.deepEqual(names(told.findings), [`different order ${other}`, `unknown order ${bad}`]);
        assert.match(finding(told, 'order', bad).why, /Broken record/);
        assert.equal(finding(told, 'order', bad).title, String(await s.tb.one(
            `SELECT increment_id FROM orders WHERE origin_id = ${bad}`)));
        assert.equal(line(told, 'order').unknown, 1);
        assert.equal(line(told, 'order').state, 'unknown');
        assert.equal(line(told, 'customer').state, 'equal');
        assert.deepEqual((await s.tb.quarantine()).map((q) => q.origin_id), [bad]);
        await s.assertSound();
    });

    test('one that is not here and cannot be served is named, too, with the reason', async (t) => {
        const s = await loaded(t);
        const bad = await s.tb.one('SELECT max(origin_id) FROM orders WHERE store_id IS NOT NULL');
        await s.tb.sql(`PRAGMA foreign_keys = ON; DELETE FROM orders WHERE origin_id = ${bad}`);
        await s.store.fault('fault', { op: 'oroOrderList', id: bad, code: 1, text: 'Broken record.' });
        const deep = await verify(s, 2, '--deep', '--entity', 'order');
        assert.deepEqual(names(deep.findings), [`unknown order ${bad}`]);
        assert.match(deep.findings[0].why, /Broken record/);
        // the cheap list has it: missing, and the quarantine knows why
        const census = await verify(s, 1, '--entity', 'order');
        assert.deepEqual(names(census.findings), [`missing order ${bad}`]);
        assert.match(census.findings[0].why, /Broken record/);
        await s.store.clear();
        const mended = await verify(s, 1, '--repair', '--entity', 'order');
        assert.equal(mended.findings[0].outcome, 'repaired');
        await verify(s, 0, '--deep');
    });

    test('a value that cannot be read is a difference until its text is here, too', async (t) => {
        const s = await loaded(t);
        const bad = await s.tb.one('SELECT max(origin_id) FROM carts');
        await s.store.fault('badvalue', { op: 'oroQuoteList', id: bad });
        const told = await verify(s, 1, '--deep', '--entity', 'cart');
        assert.deepEqual(names(told.findings), [`different cart ${bad}`]);
        assert.deepEqual(told.findings[0].fields.map((f) => f.field), ['grand_total']);
        await s.tb.run('--one', `cart:${bad}`);
        await verify(s, 0, '--deep', '--entity', 'cart');
        await s.store.clear();
        await s.store.fault('badvalue', { op: 'oroQuoteList', id: bad, text: 'grand_total=1.299,00' });
        assert.deepEqual(names((await verify(s, 1, '--deep', '--entity', 'cart')).findings), [`different cart ${bad}`]);
    });

    test('the deep way names an order, too, that the list of whole orders leaves out', async (t) => {
        const s = await loaded(t);
        const id = await s.tb.one('SELECT origin_id FROM orders WHERE store_origin_id IS NULL');
        await s.store.change('order.silent', { id, field: 'items.0.sku', value: 'OTHER' });
        const changed = await verify(s, 1, '--deep', '--entity', 'order');
        assert.deepEqual(names(changed.findings), [`different order ${id}`]);
        assert.equal(line(changed, 'order').here, line(changed, 'order').store);
        assert.ok(changed.sums.every((sum) => sum.here === sum.store), 'the sums are those of all orders');
        await s.tb.sql(`PRAGMA foreign_keys = ON; DELETE FROM orders WHERE origin_id = ${id}`);
        assert.deepEqual(names((await verify(s, 1, '--deep', '--entity', 'order')).findings), [`missing order ${id}`]);
        await verify(s, 1, '--deep', '--repair', '--entity', 'order');
        await verify(s, 0, '--deep', '--entity', 'order');
    });

    test('ids that begin high are looked at from there', async (t) => {
        const s = await loaded(t, { store: { sizes: { customers: 30, orders: 200 } } });
        const low = (await s.tb.sql('SELECT origin_id FROM orders ORDER BY origin_id LIMIT 120')).map((r) => r.origin_id);
        for (const id of low) {
            await s.store.change('drop', { entity: 'order', id });
        }
        await s.tb.sql(`PRAGMA foreign_keys = ON; DELETE FROM credit_memos; DELETE FROM orders WHERE origin_id IN (${low})`);
        const first = await s.tb.one('SELECT min(origin_id) FROM orders');
        assert.equal(line(await verify(s, 0, '--entity', 'order'), 'order').id_from, first);
        await s.tb.sql('UPDATE channels SET verify_days = 2, sync_interval_minutes = 1440');
        await night(s);
        const share = (await s.tb.sql("SELECT * FROM verifications WHERE way = 'share' AND entity = 'order'"))[0];
        assert.deepEqual([share.id_from, share.state], [first, 'equal']);
        assert.ok(share.here_count >= 35 && share.here_count <= 45, `${share.here_count} of 80 orders`);
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

    test('sums by month, status and website differ where records do, and by as much', async (t) => {
        const s = await loaded(t, { store: { sizes: { customers: 90, orders: 200 } } });
        const websites = new Map((await s.store.dump('store')).map((v) => [v.store_id, Number(v.website_id)]));
        const orders = await s.store.dump('order');
        const dropped = orders.filter((o, i) => i % 7 === 3);
        await s.tb.sql('PRAGMA foreign_keys = ON; DELETE FROM credit_memos;' +
            `DELETE FROM orders WHERE origin_id IN (${dropped.map((o) => o.entity_id)})`);
        const keyOf = (o) => [o.created_at.slice(0, 7), o.status, websites.get(o.store_id) ?? -1, o.base_currency_code].join();
        const add = (of) => of.reduce((sums, o) => {
            const sum = sums.get(keyOf(o)) ?? { count: 0, base_grand_total: 0, base_tax_amount: 0 };
            sums.set(keyOf(o), { count: sum.count + 1,
                base_grand_total: sum.base_grand_total + Math.round(o.base_grand_total * 10000),
                base_tax_amount: sum.base_tax_amount + Math.round(o.base_tax_amount * 10000) });
            return sums;
        }, new Map());
        const [all, lacking] = [add(orders), add(dropped)];
        const told = (await verify(s, 1, '--entity', 'order')).sums.filter((x) => x.month !== null);
        for (const field of ['count', 'base_grand_total', 'base_tax_amount']) {
            const unit = field === 'count' ? 1 : 10000;
            const found = new Map(told.filter((x) => x.field === field).map((x) =>
                [[x.month, x.status, x.website_origin_id, x.currency].join(), x]));
            const expected = [...lacking].filter(([, sum]) => sum[field] !== 0).map(([key]) => key);
            assert.deepEqual([...found.keys()].sort(), expected.sort(), field);
            for (const key of expected) {
                assert.equal(Math.round(found.get(key).store * unit), all.get(key)[field], `${field} ${key}`);
                assert.equal(Math.round(found.get(key).here * unit), all.get(key)[field] - lacking.get(key)[field], `${field} ${key}`);
            }
        }
    });

    test('nights that are killed lose no part of the circle', async (t) => {
        const s = await loaded(t, { conf: { page_size: 10, parallel: 1 }, store: { sizes: { customers: 120, orders: 150, carts: 90 } } });
        await s.tb.sql('UPDATE channels SET verify_days = 2, parallel = 1, sync_interval_minutes = 1440');
        const carts = (await s.tb.sql('SELECT origin_id FROM carts ORDER BY origin_id')).map((r) => r.origin_id);
        const changed = [carts[5], carts[40], carts[85]];
        for (const id of changed) {
            await s.store.change('cart.silent', { id, field: 'customer_firstname', value: 'Quietly' });
        }
        await s.store.set({ pace_request_us: 20000 });
        const closed = () => s.tb.one("SELECT closed_at FROM verify_circles WHERE entity = 'cart'");
        let nights = 0;
        for (; await closed() == null && nights < 40; nights++) {
            await fileNight(s);
            const running = s.tb.begin(['due']);
            if (nights < 8) {
                await until('it compares', () => s.tb.one("SELECT count(*) FROM runs WHERE state = 'running' AND stage = 'comparing'"));
                await sleep(nights * 130);
                const pid = await s.tb.one("SELECT pid FROM runs WHERE state = 'running' AND kind = 'verify'");
                if (pid) {
                    process.kill(pid, 'SIGKILL');
                }
            }
            await running.done;
            await s.assertSound();
        }
        assert.ok(nights < 14, `${nights} nights`);
        for (const id of changed) {
            assert.equal(await s.tb.one(`SELECT customer_firstname FROM carts WHERE origin_id = ${id}`), 'Quietly');
        }
    });

    test('a check without rights or before the first load could not tell', async (t) => {
        const fresh = await shop(t);
        assert.equal((await fresh.tb.sync('verify', 'shop')).code, 2);
        await fresh.load();
        await fresh.store.pass(2 * HOUR);
        await fresh.store.set({ deny: 'customerCustomerList' });
        await fresh.tb.reconnect({ user: 'limited' });
        const told = await verify(fresh, 2);
        assert.equal(line(told, 'customer').state, 'unknown');
        assert.match(line(told, 'customer').note, /the API role lacks the right/);
        assert.equal(line(told, 'subscriber').state, 'equal');
        // a right that reading the changes lacks, before anything is compared
        await fresh.store.set({ deny: 'oroOrderList' });
        await fresh.store.pass(2 * HOUR);
        for (const way of [[], ['--deep']]) {
            const unread = await verify(fresh, 2, ...way);
            assert.equal(unread.verdict, 'could not tell');
            assert.equal(line(unread, 'order').state, 'unknown');
            assert.match(line(unread, 'order').note, /its changes could not be read/);
            assert.equal(line(unread, 'customer').state, 'equal');
        }
    });
});
