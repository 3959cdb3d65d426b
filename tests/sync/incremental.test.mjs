// What arrives between two runs, what vanishes, what is older than the start date, and what people
// and the schedule ask for.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { againstMirror, betweenExports, differences, tell } from '../kit/compare.mjs';
import { sleep, until } from '../kit/programs.mjs';
import { SMALL, shop } from '../kit/shop.mjs';

const together = { concurrency: 2 };
const HOUR = 3600;

const history = (tb, where) =>
    tb.sql('SELECT c.*, f.field, f.old_value, f.new_value FROM changes c' +
        ` LEFT JOIN change_fields f ON f.change_id = c.id WHERE ${where} ORDER BY c.id, f.field`);

const comings = async (tb, where) =>
    (await tb.sql(`SELECT * FROM changes c WHERE ${where} ORDER BY id`)).map((c) => [c.action, c.root_entity]);

// More carts than orders: no order names a cart that was cleared away, whose id a new one may get.
const CARTS = { ...SMALL, carts: 130 };

// Loaded once, its clock gone on.
async function loaded(t, { store, ...options } = {}) {
    const s = await shop(t, { store: { sizes: CARTS, ...store }, ...options });
    await s.load();
    await s.expected();
    await s.store.pass(HOUR);
    return s;
}

async function next(s) {
    await s.store.pass(HOUR);
    await s.load();
    return s.assertEqual();
}

describe('changes', together, () => {
    test('a field that changed has its old and its new value in the history', async (t) => {
        const s = await loaded(t);
        await s.store.change('customer.touch', { id: 7, field: 'lastname', value: 'Married' });
        const was = (await s.tb.export('customer')).find((c) => c.origin_id === 7).lastname;
        await next(s);
        const rows = await history(s.tb, "c.entity = 'customer'");
        assert.deepEqual(rows.map((r) => [r.origin_id, r.action, r.field, r.old_value, r.new_value]),
            [[7, 'changed', 'lastname', was, 'Married']]);
        await next(s);
        assert.equal((await history(s.tb, 'true')).length, rows.length, 'a run without changes tells nothing');
    });

    test('items that vanish from an open cart are kept and told from when', async (t) => {
        const s = await loaded(t);
        const made = await s.store.change('cart.new', { customer: 5 });
        await s.store.change('cart.item_add', { id: made.id, product: 4 });
        await next(s);
        const [cart] = await s.store.dump('cart', { from: made.id, to: made.id });
        const gone = cart.items[0].item_id;
        await s.store.change('cart.item_remove', { id: made.id, item: gone });
        await next(s);
        const item = (await s.tb.export('cart_item')).find((i) => i.origin_id === Number(gone));
        const [after] = await s.store.dump('cart', { from: made.id, to: made.id });
        assert.equal(item.removed_at, `${after.updated_at.replace(' ', 'T')}Z`);
        assert.deepEqual(await comings(s.tb, `c.entity = 'cart_item' AND c.origin_id = ${gone}`), [['removed', 'cart']]);
        const was = await history(s.tb, `c.action = 'removed' AND f.field IN ('sku', 'name', 'qty')`);
        assert.deepEqual(Object.fromEntries(was.map((r) => [r.field, r.old_value])),
            { sku: cart.items[0].sku, name: cart.items[0].name, qty: cart.items[0].qty });
        assert.equal((await history(s.tb, `c.entity = 'cart_item' AND c.action = 'added'`)).length, 0,
            'the items of a new cart are no history');
    });

    test('a cart is purchased when its order comes, in whatever order they come', async (t) => {
        const s = await loaded(t);
        const made = await s.store.change('cart.new', { customer: 5 });
        await next(s);
        const status = async () => (await s.tb.export('cart')).find((c) => c.origin_id === made.id).status;
        assert.equal(await status(), 'open');
        const order = await s.store.change('cart.convert', { id: made.id });
        await s.store.pass(HOUR);
        await s.load('--entity', 'cart');
        assert.equal(await status(), 'open', 'its order is not here yet');
        await s.load();
        assert.equal(await status(), 'purchased');
        const linked = (await s.tb.export('order')).find((o) => o.origin_id === order.id);
        assert.equal(linked.cart_linked, true);
        assert.equal(linked.person, '5');
        await s.assertEqual();
    });

    test('a deleted address goes with a line in the history, a new one comes with one', async (t) => {
        const s = await loaded(t);
        const owner = (await s.store.dump('customer')).find((c) => c.addresses.length === 2);
        const [address] = owner.addresses;
        await s.store.change('address.delete', { id: address.entity_id });
        await next(s).then(() => assert.fail('no update time tells of it'), () => {});
        await s.store.change('customer.touch', { id: owner.entity_id, field: 'taxvat', value: 'XX1' });
        const added = await s.store.change('address.new', { customer: owner.entity_id, default: 1 });
        await next(s);
        const of = (id) => comings(s.tb, `c.entity = 'customer_address' AND c.origin_id = ${id}`);
        assert.deepEqual(await of(address.entity_id), [['removed', 'customer']]);
        assert.deepEqual(await of(added.id), [['added', 'customer']]);
        const was = await history(s.tb, `c.action = 'removed' AND f.field IN ('street', 'city', 'lastname')`);
        assert.deepEqual(Object.fromEntries(was.map((r) => [r.field, r.old_value])),
            { street: address.street, city: address.city, lastname: address.lastname });
    });

    for (const bridge of ['yes', 'no']) {
        test(`notes are appended, bridge ${bridge}`, async (t) => {
            const s = await loaded(t, { store: { bridge } });
            const notes = async () => (await s.tb.export('order_note')).filter((n) => n.parent === 20);
            const before = await notes();
            await s.store.change('order.comment', { id: 20, text: 'First & last <b>' });
            await s.store.pass(60);
            await s.store.change('order.comment', { id: 20, text: 'Second' });
            await next(s);
            const after = await notes();
            assert.equal(after.length, before.length + 2);
            assert.ok(after.some((n) => n.comment === 'First & last <b>'));
            for (const note of before) {
                assert.ok(after.some((n) => n.id === note.id && n.origin_id === note.origin_id), 'each keeps its row');
            }
            assert.deepEqual(await comings(s.tb, "c.entity = 'order_note'"), [['added', 'order'], ['added', 'order']]);
        });
    }

    test('a bridge that is installed later gives the notes their ids', async (t) => {
        const s = await loaded(t, { store: { bridge: 'no' } });
        await s.store.set({ bridge: 'yes' });
        s.mode.bridge = true;
        await s.load('--full');
        const expected = (await s.expected()).order_note;
        const orders = new Set(expected.map((note) => note.parent)); // the bridge does not list all
        const names = Object.keys(expected[0]);
        const exported = (await s.tb.export('order_note'))
            .filter((note) => orders.has(note.parent))
            .map((note) => Object.fromEntries(names.map((name) => [name, note[name]])));
        const problems = differences('order_note', expected, exported);
        assert.equal(problems.length, 0, tell(problems));
    });

    test('many changes in one second, more than a page holds', async (t) => {
        const s = await loaded(t, { conf: { page_size: 10 } });
        for (let id = 1; id <= 60; id++) {
            await s.store.change('customer.touch', { id, field: 'taxvat', value: `XX${id}` }).catch(() => {});
        }
        await next(s);
    });

    test('changes while the run is under way are there after the next one', async (t) => {
        const s = await shop(t, { store: { now: 0 }, conf: { page_size: 10, settle_seconds: 0, parallel: 2 } });
        await s.store.set({ pace_request_us: 20000 });
        const process = s.tb.begin(['run', 'shop']);
        let ended = false;
        process.done.then(() => (ended = true));
        let changes = 0;
        while (!ended) {
            changes += (await s.store.change('day', { seed: 100 + changes, count: 3 })).length;
            await sleep(100);
        }
        assert.equal((await process.done).code, 0, (await process.done).err);
        assert.ok(changes > 10, `${changes} changes`);
        await s.store.set({ pace_request_us: 0 });
        await sleep(1100);
        await s.load();
        const exported = await s.tb.exportAll();
        const expected = await s.expected();
        const there = new Set(expected.cart_item.map((item) => item.origin_id));
        exported.cart_item = exported.cart_item.filter((item) => there.has(item.origin_id)); // others came and went
        const problems = againstMirror(expected, exported);
        assert.equal(problems.length, 0, `\n${tell(problems)}`);
        t.diagnostic(`${changes} changes during the run`);
        await s.assertSound();
    });
});

// What a start date leaves: records made since, whoever these refer to, and all subscribers, whose
// list cannot be filtered by a date of creation.
function since(date) {
    return (rows) => {
        const isNew = (row) => row.created_at >= date;
        const memo = rows.memo.filter(isNew);
        const refunded = new Set(memo.map((m) => m.order_id));
        const order = rows.order.filter((o) => isNew(o) || refunded.has(o.entity_id));
        const bought = new Set(order.map((o) => o.quote_id));
        const cart = rows.cart.filter((c) => isNew(c) || bought.has(c.entity_id));
        const named = new Set([...order, ...cart, ...rows.subscriber].map((row) => row.customer_id));
        const customer = rows.customer.filter((c) => isNew(c) || named.has(c.entity_id));
        return { ...rows, memo, order, cart, customer };
    };
}

const SIZES = { customers: 330, orders: 420, carts: 300, subscribers: 120, memos: 40 };

describe('start date', together, () => {
    for (const bridge of ['yes', 'no']) {
        test(`parents older than it are fetched, bridge ${bridge}`, async (t) => {
            const day = '2025-01-10';
            const s = await shop(t, { store: { sizes: SIZES, bridge }, args: ['--start-date', day] });
            await s.load();
            await s.load(); // parents of parents
            const of = since(day);
            const only = bridge === 'yes' ? of : (rows) => of({ ...rows, cart: [], subscriber: [] });
            const rows = await s.assertEqual(only);
            const orders = await s.tb.one('SELECT count(*) FROM orders');
            assert.ok(orders < 300, `${orders} of ${SIZES.orders} orders`);
            t.diagnostic(`${rows} rows`);
        });
    }

    test('moved to an earlier day, the older part is loaded', async (t) => {
        const s = await shop(t, { store: { sizes: SIZES }, args: ['--start-date', '2025-05-01'] });
        await s.load();
        await s.load();
        await s.assertEqual(since('2025-05-01'));
        const shopRows = await s.store.shop();
        let last = '2025-05-01';
        for (const day of ['2025-03-01', '2024-02-01', '2007-01-01']) {
            await s.tb.sql(`UPDATE channels SET start_date = '${day}'`);
            await s.load();
            const { read } = await s.tb.lastRun();
            const inRange = ['customer', 'cart', 'order', 'memo'].flatMap((entity) =>
                shopRows[entity].filter((row) => row.created_at >= day && row.created_at <= `${last} 00:00:00`)).length;
            const parents = await s.tb.one(['customers', 'carts', 'orders']
                .map((table) => `(SELECT count(*) FROM ${table} WHERE created_at < unixepoch('${day}'))`)
                .join('+').replace(/^/, 'SELECT '));
            assert.ok(read <= inRange + parents + 20, `${read} read of ${inRange}: the newer part is not read again`);
            last = day;
            await s.load(); // parents of parents
            await s.assertEqual(since(day));
        }
        await s.assertEqual();
    });

    test('what was looked through for parents is looked through again after a week', async (t) => {
        const day = '2025-01-10';
        const s = await shop(t, { store: { sizes: SIZES }, args: ['--start-date', day] });
        await s.load();
        await s.load();
        const here = new Set((await s.tb.sql('SELECT origin_id FROM carts')).map((row) => row.origin_id));
        const away = (await s.store.shop()).cart.map((cart) => Number(cart.entity_id)).filter((id) => !here.has(id));
        const orders = await s.tb.sql('SELECT id, origin_id, cart_origin_id FROM orders WHERE cart_id IS NOT NULL ORDER BY created_at');
        const [old, back, late] = [orders[0], orders[1], orders.at(-1)];
        assert.ok(away.length > 2);
        const name = (order, cart) =>
            s.tb.sql(`UPDATE orders SET cart_id = NULL, cart_origin_id = ${cart} WHERE id = ${order.id}`);
        const isHere = (cart) => s.tb.one(`SELECT count(*) FROM carts WHERE origin_id = ${cart}`);
        await s.tb.sql(`DELETE FROM orders WHERE id = ${back.id}; DELETE FROM carts WHERE origin_id = ${back.cart_origin_id}`);
        await s.tb.sync('verify', 'shop', '--entity', 'order', '--repair');
        assert.equal(await isHere(back.cart_origin_id), 0);
        await name(old, away[0]);
        await name(late, away[1]);
        await s.load();
        assert.equal(await isHere(back.cart_origin_id), 1, 'an old order that came since');
        assert.equal(await isHere(away[1]), 1, 'made lately');
        assert.equal(await isHere(away[0]), 0, 'an old order that was looked at');
        await s.tb.sql('UPDATE parents_walked SET walked_at = walked_at - 8 * 86400');
        await s.load();
        assert.equal(await isHere(away[0]), 1, 'after a week');
    });

    test('moved while the load is under way', async (t) => {
        const s = await shop(t, {
            store: { sizes: SIZES },
            args: ['--start-date', '2024-06-01'],
            conf: { page_size: 10 },
        });
        await s.store.fault('delay', { op: 'oroOrderList', after: 12, times: 1, ms: 5000 });
        const process = s.tb.begin(['run', 'shop']);
        await until('some orders', async () => (await s.tb.one('SELECT count(*) FROM orders')) > 20);
        process.kill('SIGTERM');
        assert.equal((await process.done).code, 1);
        await s.store.clear();
        await s.tb.sql("UPDATE channels SET start_date = '2007-01-01'");
        await s.load();
        await s.assertEqual();
    });

    test('with nothing newer than it there is nothing to load', async (t) => {
        const s = await shop(t, { args: ['--start-date', '2025-06-16'] });
        await s.load();
        assert.equal(await s.tb.one('SELECT count(*) FROM orders'), 0);
        await s.store.pass(HOUR);
        await s.store.change('order.new', { customer: 9 });
        await s.store.pass(HOUR);
        await s.load();
        assert.equal(await s.tb.one('SELECT count(*) FROM orders'), 1);
        assert.equal((await s.tb.export('order'))[0].person, '9', 'its customer was fetched');
    });

    test('an order whose store view was deleted comes with its credit memo', async (t) => {
        const s = await shop(t, { store: { sizes: SIZES } });
        const orphan = (await s.store.dump('order')).find((o) => o.store_id === null);
        assert.ok(orphan, 'the shop has one');
        await s.store.change('memo.new', { order: orphan.entity_id });
        await s.store.pass(30 * 24 * HOUR);
        await s.load();
        await s.assertEqual();
        assert.ok((await s.tb.export('order')).some((o) => o.origin_id === Number(orphan.entity_id)));
    });
});

describe('by hand', together, () => {
    test('--one reads one record as the store has it now', async (t) => {
        const s = await loaded(t);
        await s.store.change('order.silent', { id: 20, field: 'customer_lastname', value: 'Silent' });
        await next(s).then(() => assert.fail('no update time tells of it'), () => {});
        const done = await s.tb.run('--one', 'order:20');
        assert.equal(done.code, 0, done.err);
        assert.equal((await s.tb.lastRun()).result, 'updated');
        await s.assertEqual();
        await t.test('again: unchanged', async () => {
            await s.tb.run('--one', 'order:20');
            assert.equal((await s.tb.lastRun()).result, 'unchanged');
        });
        await t.test('one that the store does not have', async () => {
            const gone = await s.tb.run('--one', 'customer:99999');
            assert.equal(gone.code, 1);
            assert.match(gone.err, /Customer 99999 not read: the store does not have it/);
        });
        await t.test('what cannot be asked for alone', async () => {
            assert.equal((await s.tb.run('--one', 'order')).code, 64);
            const child = await s.tb.run('--one', 'order_item:5');
            assert.equal(child.code, 2);
            assert.match(child.err, /cannot be asked for alone/);
        });
    });

    test('--full takes what no update time shows', async (t) => {
        const s = await loaded(t);
        for (const [what, params] of [
            ['customer.silent', { id: 8, field: 'lastname', value: 'Hush' }],
            ['order.silent', { id: 20, field: 'items.0.name', value: 'Hush' }],
            ['memo.silent', { id: 3, field: 'state', value: 3 }],
            ['subscriber.silent', { id: 9, field: 'subscriber_status', value: 2 }],
            ['cart.silent', { id: 10, field: 'customer_note', value: 'Hush' }],
        ]) {
            await s.store.change(what, params);
        }
        await s.store.pass(HOUR);
        await s.load('--full');
        const run = await s.tb.lastRun();
        assert.equal(run.added, 0);
        assert.equal(run.updated, 5);
        await s.assertEqual();
    });

    test('--entity reads those only', async (t) => {
        const s = await loaded(t);
        await s.store.change('day', { seed: 1, count: 60 });
        await s.store.pass(HOUR);
        await s.load('--entity', 'subscriber');
        const entities = await s.tb.sql('SELECT entity FROM run_entities WHERE run_id = (SELECT max(id) FROM runs)');
        assert.deepEqual(
            entities.map((r) => r.entity).sort(),
            ['customer_group', 'region', 'store', 'subscriber', 'website']);
        await next(s);
    });

    test('--dry-run writes nothing', async (t) => {
        const s = await loaded(t);
        await s.store.change('day', { seed: 1, count: 40 });
        await s.store.pass(HOUR);
        const tables = (await s.tb.sql(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"))
            .map((r) => r.name).filter((name) => !name.includes('search'));
        const content = async () =>
            JSON.stringify(await Promise.all(tables.map((name) => s.tb.sql(`SELECT * FROM ${name} ORDER BY 1, 2`))));
        const before = await content();
        const done = await s.tb.run('--dry-run');
        assert.equal(done.code, 0, done.err);
        assert.match(done.err, /Orders \d+/, 'it says what it would have read');
        assert.equal(await content(), before);
        await next(s);
    });

    test('a retry that somebody asks for does not wait', async (t) => {
        const s = await shop(t);
        await s.store.fault('fault', { op: 'oroOrderList', id: 20, code: 1, text: 'Broken' });
        await s.assertFails(1, /refused oroOrderList: Broken/);
        await s.store.clear();
        await s.tb.sql(
            'INSERT INTO runs (channel_id, kind, one_entity, one_origin_id, requested_by, requested_at, state)' +
            " VALUES (1, 'retry', 'order', 20, 'ann', 0, 'waiting')");
        const done = await s.tb.sync('due');
        assert.equal(done.code, 0, done.err);
        assert.deepEqual(await s.tb.quarantine(), []);
        await s.assertEqual();
    });

    test('words that are no command', async (t) => {
        const s = await shop(t);
        for (const args of [[], ['walk'], ['run'], ['run', 'shop', '--entity', 'nothing'], ['export', 'nothing'],
            ['export', 'order', '--format', 'xml'], ['run', 'shop', '--no-such-option']]) {
            const done = await s.tb.sync(...args);
            assert.equal(done.code, 64, args.join(' '));
            assert.ok(done.err.length > 0);
        }
        const done = await s.tb.sync('run', 'nobody');
        assert.equal(done.code, 2);
        assert.match(done.err, /nobody/);
    });
});

describe('the schedule', together, () => {
    const age = (s, seconds) =>
        s.tb.sql(`UPDATE runs SET started_at = started_at - ${seconds}, ended_at = ended_at - ${seconds}`);
    const runs = (s) => s.tb.one('SELECT count(*) FROM runs');

    test('due obeys the interval', async (t) => {
        const s = await shop(t);
        assert.equal((await s.tb.sync('due')).code, 0);
        assert.equal(await runs(s), 1);
        assert.equal((await s.tb.lastRun()).requested_by, 'schedule');
        await s.assertEqual();
        assert.equal((await s.tb.sync('due')).code, 0);
        assert.equal(await runs(s), 1, 'too early');
        await age(s, 200);
        await s.tb.sync('due');
        assert.equal(await runs(s), 1, 'still too early');
        await age(s, 110);
        await s.tb.sync('due');
        assert.equal(await runs(s), 2);
    });

    test('due leaves an inactive channel alone', async (t) => {
        const s = await shop(t, { args: ['--inactive'] });
        await s.tb.sync('due');
        assert.equal(await runs(s), 0);
        await s.load();
        assert.equal(await runs(s), 1, 'a person may still ask');
    });

    test('failures make the schedule wait longer and longer, a good run ends that', async (t) => {
        const s = await shop(t, { conf: { retries: 0 } });
        await s.store.fault('503');
        const pauses = [];
        for (let i = 1; i <= 6; i++) {
            const done = await s.tb.sync('due');
            assert.equal(done.code, 2, done.err);
            assert.equal(await runs(s), i);
            const channel = (await s.tb.sql('SELECT failures, next_due_at, attention FROM channels'))[0];
            assert.equal(channel.failures, i);
            assert.equal(channel.attention, null);
            pauses.push(Math.round((channel.next_due_at - (await s.tb.lastRun()).ended_at) / 10) * 10);
            await age(s, 400);
            await s.tb.sync('due');
            assert.equal(await runs(s), i, 'the pause is kept');
            await s.tb.sql('UPDATE channels SET next_due_at = 0');
        }
        assert.deepEqual(pauses, [60, 120, 300, 900, 3600, 3600]);
        await s.store.clear();
        assert.equal((await s.tb.sync('due')).code, 0);
        const channel = (await s.tb.sql('SELECT failures, next_due_at FROM channels'))[0];
        assert.deepEqual(channel, { failures: 0, next_due_at: null });
        await s.assertEqual();
    });

    test('what somebody asked for is done first, and once', async (t) => {
        const s = await shop(t);
        await s.tb.sql("INSERT INTO runs (channel_id, kind, entities, requested_by, requested_at, state)" +
            " VALUES (1, 'changes', 'customer', 'ann', 0, 'waiting'), (1, 'check', NULL, 'ann', 0, 'waiting')");
        assert.equal((await s.tb.sync('due')).code, 0);
        const rows = await s.tb.sql('SELECT kind, requested_by, state FROM runs ORDER BY id');
        assert.deepEqual(rows.slice(0, 2), [
            { kind: 'changes', requested_by: 'ann', state: 'done' },
            { kind: 'check', requested_by: 'ann', state: 'done' },
        ]);
        assert.equal(await s.tb.one("SELECT count(*) FROM check_stages WHERE result = 'failed'"), 0);
        assert.ok((await s.tb.one('SELECT count(*) FROM check_stages')) > 10);
    });

    test('a run that is stopped before it begins is never done', async (t) => {
        const s = await shop(t, { args: ['--inactive'] });
        await s.tb.sql("INSERT INTO runs (channel_id, kind, requested_by, requested_at, state, stop_requested_by)" +
            " VALUES (1, 'full', 'ann', 0, 'stopped', 'bo')");
        await s.tb.sync('due');
        assert.equal(await s.store.requests(), 0);
    });

    test('a deleted channel is emptied, and nothing else', async (t) => {
        const s = await shop(t, { store: { attributes: 'yes' } });
        await s.load();
        const twin = await shop(t, { store: { seed: 2 } });
        await s.tb.addChannel({ name: 'second', url: twin.store.url });
        assert.equal((await s.tb.sync('run', 'second')).code, 0);
        const before = {};
        for (const entity of ['customer', 'order', 'order_item', 'cart', 'credit_memo', 'subscriber', 'website']) {
            before[entity] = await s.tb.export(entity, '--channel', 'second');
        }
        await s.tb.sql(
            "UPDATE channels SET deleted_at = 1, status = 'inactive', api_key_sealed = NULL WHERE name = 'shop'");
        await s.tb.sql(
            'INSERT INTO runs (channel_id, kind, requested_by, requested_at, state)' +
            " VALUES (1, 'delete', 'ann', 0, 'waiting')");
        assert.equal((await s.tb.sync('due')).code, 0);
        const tables = (await s.tb.sql(
            'SELECT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) p' +
            " WHERE m.type = 'table' AND p.name = 'channel_id'"));
        for (const { name } of tables) {
            const left = await s.tb.one(`SELECT count(*) FROM ${name} WHERE channel_id = 1`);
            assert.equal(left, name === 'runs' ? 1 : 0, name);
        }
        for (const table of ['order_items', 'order_notes', 'cart_items', 'customer_addresses', 'credit_memo_items']) {
            const [row] = await s.tb.sql(`SELECT count(*) AS all_rows, total(channel_id = 2) AS kept FROM ${table}`);
            assert.equal(row.all_rows, row.kept, table);
        }
        const after = {};
        for (const entity of Object.keys(before)) {
            after[entity] = await s.tb.export(entity);
        }
        const problems = betweenExports(before, after);
        assert.equal(problems.length, 0, `\n${tell(problems)}`);
        await s.assertSound();
    });
});

describe('what a script reads', together, () => {
    test('status as JSON', async (t) => {
        const s = await loaded(t);
        const status = JSON.parse((await s.tb.sync('status', 'shop', '--json')).out);
        assert.equal(status.name, 'shop');
        assert.equal(status.run.state, 'done');
        // nothing came twice; a customer whose guest order came first takes the guest's row
        assert.equal(status.run.read, status.run.added + status.run.updated);
        assert.equal(status.run.entities.length, 9);
    });

    test('CSV says the same as JSON lines', async (t) => {
        const s = await loaded(t, { store: { attributes: 'yes' } });
        for (const entity of ['customer', 'order', 'order_note', 'customer_address']) {
            const rows = await s.tb.export(entity);
            const [head, ...lines] = readCsv((await s.tb.sync('export', entity, '--format', 'csv')).out);
            assert.deepEqual(head, Object.keys(rows[0]));
            assert.equal(lines.length, rows.length);
            lines.forEach((line, i) => {
                const row = Object.values(rows[i]).map((v, k) =>
                    head[k] === 'extra' ? (Object.keys(v).length ? JSON.stringify(v) : '') : String(v ?? ''));
                assert.deepEqual(line, row);
            });
        }
    });
});

function readCsv(text) {
    const rows = [[]];
    for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
        rows.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
        if (end !== ',') {
            rows.push([]);
        }
    }
    return rows.filter((row) => row.length > 1);
}
