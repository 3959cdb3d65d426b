// What there is in a store is here, or it is named and counted: records without a usable date, those
// that a start date or a website leaves out, rows whose id cannot be read, gaps between ids.
import assert from 'node:assert/strict';
import http from 'node:http';
import test from 'node:test';
import { SMALL, shop } from '../kit/shop.mjs';
import { HOUR, finding, line, loaded, names, verify } from '../kit/statement.mjs';
import { Store } from '../kit/store.mjs';
import { Tollbook } from '../kit/tollbook.mjs';

const ENTITIES = { customer: 'customers', order: 'orders', cart: 'carts', credit_memo: 'credit_memos' };
const STORE = { customer: 'customer', order: 'order', cart: 'cart', credit_memo: 'memo' };
const ids = async (s, entity) => (await s.tb.sql(
    `SELECT origin_id FROM ${ENTITIES[entity]} WHERE origin_id IS NOT NULL ORDER BY origin_id`)).map((r) => r.origin_id);
const dumped = async (s, entity) => (await s.store.dump(STORE[entity])).map((r) => ({ ...r, id: Number(r.entity_id) }));
const set = (s, entity, id, field, value) => s.store.change(`${STORE[entity]}.silent`, { id, field, value });

test('records without a usable date of creation are loaded whatever the start date is', { concurrency: 2 }, async (t) => {
    const DATES = ['0000-00-00 00:00:00', 'NULL', '1970-01-01 00:00:00', '1970-01-01 01:00:00'];
    const START = Date.UTC(2024, 5, 1) / 1000;

    async function undated(s) {
        const changed = {};
        for (const entity of Object.keys(ENTITIES)) {
            const rows = (await dumped(s, entity)).filter((r) => entity !== 'order' || r.store_id !== null);
            changed[entity] = DATES.map((value, i) => ({ value, id: rows[Math.floor(rows.length * (i + 0.5) / DATES.length)].id }));
            for (const { id, value } of changed[entity]) {
                await set(s, entity, id, 'created_at', value);
            }
        }
        return changed;
    }

    for (const bridge of ['yes', 'no']) {
        await t.test(`the default means everything, bridge ${bridge}`, async (st) => {
            const s = await shop(st, { store: { bridge } });
            await undated(s);
            const [early] = await dumped(s, 'order');
            await set(s, 'order', early.id, 'created_at', '2003-02-01 10:00:00');
            await s.load();
            for (const entity of Object.keys(ENTITIES).filter((e) => bridge === 'yes' || e !== 'cart')) {
                // one order's store view was deleted: only the core's list has it
                const there = (await dumped(s, entity))
                    .filter((r) => entity !== 'order' || bridge === 'no' || r.store_id !== null).map((r) => r.id);
                assert.deepEqual(await ids(s, entity), there, entity);
            }
        });

        await t.test(`a start date counts what it leaves out, and that alone, bridge ${bridge}`, async (st) => {
            const s = await shop(st, { store: { bridge }, args: ['--start-date', '2024-06-01'] });
            const changed = await undated(s);
            await s.load();
            await s.store.pass(2 * HOUR);
            const statement = await verify(s, 0, '--deep');
            for (const entity of Object.keys(ENTITIES).filter((e) => bridge === 'yes' || e !== 'cart')) {
                const isOld = (r) => r.created_at !== null && !changed[entity].some((c) => c.id === r.id) &&
                    Date.parse(`${r.created_at.replace(' ', 'T')}Z`) / 1000 < START;
                const rows = await dumped(s, entity);
                const old = rows.filter(isOld); // with the order whose store view was deleted
                assert.ok(old.length > 3, `${old.length} old ones of ${entity}`);
                const wanted = rows.filter((r) => !isOld(r)).map((r) => r.id);
                const here = await ids(s, entity); // parents come along
                assert.deepEqual(wanted.filter((id) => !here.includes(id)), [], entity);
                assert.equal(line(statement, entity).left_out, old.length, entity);
                assert.equal(line(statement, entity).store, wanted.length, entity);
                assert.equal(await s.tb.one(`SELECT left_out FROM cursors WHERE entity = '${entity}'`), old.length, entity);
                assert.ok((await s.tb.messages()).some((m) => m.includes(
                    `: ${old.length} left out, as the channel's start date asks: created before 2024-06-01`)), entity);
            }
        });
    }

    await t.test('an earlier start date brings what the later one left out, also where dates were filtered', async (st) => {
        const s = await shop(st, { args: ['--start-date', '2025-06-01'] });
        const changed = await undated(s);
        await s.load();
        // as a version before left it: what has no date was never asked for
        await s.tb.sql(`PRAGMA foreign_keys = ON; DELETE FROM carts WHERE origin_id IN (${changed.cart.map((c) => c.id)});
            UPDATE cursors SET counted_from = NULL, left_out = 0`);
        await s.load();
        assert.deepEqual(changed.cart.map((c) => c.id).filter((id) => id > 0).sort((a, b) => a - b),
            (await ids(s, 'cart')).filter((id) => changed.cart.some((c) => c.id === id)));
        await s.tb.sql("UPDATE channels SET start_date = '2007-01-01'");
        await s.load();
        const there = (await dumped(s, 'cart')).map((r) => r.id);
        assert.deepEqual(await ids(s, 'cart'), there);
        assert.equal(await s.tb.one("SELECT left_out FROM cursors WHERE entity = 'cart'"), 0);
    });
});

test('one website: what is of others is counted', async (t) => {
    const s = await loaded(t, { args: ['--website', '2'] });
    const websites = new Map((await s.store.dump('store')).map((v) => [v.store_id, v.website_id]));
    const statement = await verify(s, 0);
    const orders = await s.store.dump('order');
    const others = orders.filter((o) => websites.get(o.store_id) !== '2').length;
    assert.equal(line(statement, 'order').elsewhere, others);
    assert.equal(line(statement, 'order').store, orders.length - others);
    const customers = await s.store.dump('customer');
    assert.equal(line(statement, 'customer').elsewhere, customers.filter((c) => c.website_id !== '2').length);
});

test('what no run can see changing is counted by a check', async (t) => {
    const s = await loaded(t);
    const [a, b] = (await ids(s, 'customer')).slice(10, 12);
    await set(s, 'customer', a, 'updated_at', 'NULL');
    await set(s, 'customer', b, 'updated_at', '0000-00-00 00:00:00');
    await set(s, 'customer', a, 'lastname', 'Unseen');
    const told = await verify(s, 1, '--entity', 'customer');
    assert.equal(line(told, 'customer').undated, 2);
    assert.ok(finding(told, 'customer', a).fields.some((f) => f.store === 'Unseen'));
    await verify(s, 1, '--repair', '--entity', 'customer');
    const well = await verify(s, 0, '--entity', 'customer');
    assert.equal(line(well, 'customer').undated, 2);
});

test('an id that cannot be read is not absent', { concurrency: 2 }, async (t) => {
    for (const [what, text] of [['missing', undefined], ['a word', 'none'], ['too large', '99999999999999999999']]) {
        await t.test(`none of them can be read: ${what}`, async (st) => {
            const s = await shop(st);
            await s.store.fault('badid', { op: 'oroOrderList', ...(text && { text }) });
            await s.assertFails(1, /none of the \d+ rows of oroOrderList has an id that can be read/);
            assert.equal(await s.tb.one("SELECT load_state FROM cursors WHERE entity = 'order'"), 'running');
            await s.assertFails(1, /has an id that can be read/);
            assert.equal((await s.tb.sync('verify', 'shop')).code, 2);
            await s.assertHeals();
        });

        for (const [where, pick] of [['the lowest', (all) => [all[0]]], ['the highest', (all) => [all.at(-1)]],
            ['two between', (all) => [all[20], all[21]]]]) {
            await t.test(`${where}: ${what}`, async (st) => {
                const s = await shop(st);
                const all = (await dumped(s, 'cart')).map((r) => r.id);
                const count = pick(all).length;
                const [id] = pick(all);
                await s.store.fault('badid', { op: 'oroQuoteList', id, bytes: count, ...(text && { text }) });
                await s.assertFails(1, new RegExp(`${count} records? in quarantine`), /it has no id|could not be read|not a number/);
                assert.equal((await s.tb.quarantine()).length, count, 'each has a row of its own');
                assert.deepEqual(await ids(s, 'cart'), all.filter((id) => !pick(all).includes(id)));
                // equal is not said meanwhile, and no run ends as if all were well
                const census = await verify(s, 1);
                assert.equal(line(census, 'cart').quarantined, count);
                assert.equal((await s.tb.run()).code, 1);
                await s.assertHeals();
            });
        }
    }
});

test('nor where details are asked for one by one', { concurrency: 2 }, async (t) => {
    for (const [op, entity] of [['customerCustomerList', 'customer'], ['salesOrderList', 'order']]) {
        for (const text of [undefined, 'none']) {
            await t.test(`${op}: ${text ?? 'missing'}`, async (st) => {
                const s = await shop(st, { store: { bridge: 'no' } });
                const all = (await dumped(s, entity)).map((r) => r.id);
                await s.store.fault('badid', { op, id: all[20], ...(text && { text }) });
                await s.assertFails(1, /1 record in quarantine/, /it has no id: see the answer of/);
                assert.deepEqual(await ids(s, entity), all.filter((id) => id !== all[20]));
                assert.equal((await s.tb.sync('verify', 'shop')).code, 2);
                await s.assertHeals();
            });
        }
    }
});

// The store's orders from an id on, as if they had come after a gap: the ids of questions and answers
// are moved on the way.
async function withGap(t, store, from, gap) {
    const seen = [];
    const back = (id, isUpper) => id < from ? id : id < from + gap ? (isUpper ? from - 1n : from) : id - gap;
    const ask = (xml) => xml.replace(
        /(<key[^>]*>order_id<\/key>\s*<value[^>]*>\s*<key[^>]*>)(\w+)(<\/key>\s*<value[^>]*>)([\d,]+)/g,
        (all, head, operator, middle, ids) => head + operator + middle +
            ids.split(',').map((id) => back(BigInt(id), operator === 'to' || operator === 'lteq')).join());
    const answer = (xml) => xml.replace(/(<order_id[^>]*>)(\d+)/g,
        (all, tag, id) => tag + (BigInt(id) < from ? id : BigInt(id) + gap));
    const server = http.createServer(async (request, response) => {
        const chunks = await request.toArray();
        const body = Buffer.concat(chunks).toString();
        seen.push(body.match(/(?:oro|sales)OrderList/)?.[0]);
        const done = await fetch(new URL(request.url, store.url), {
            method: request.method, body: body ? ask(body) : undefined,
            headers: { 'Content-Type': 'text/xml', SOAPAction: request.headers.soapaction ?? '' } });
        const text = (await done.text()).replaceAll(new URL(store.url).host, request.headers.host);
        response.writeHead(done.status, { 'Content-Type': 'text/xml', Date: done.headers.get('date') });
        response.end(answer(text));
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => { server.close(); server.closeAllConnections(); });
    return { url: `http://127.0.0.1:${server.address().port}/`, seen };
}

test('loads and checks cost by records, not by the space between their ids', { concurrency: 3 }, async (t) => {
    for (const gap of [10_000_000n, 4_294_967_301n, 9_223_372_036_854_000_000n]) {
        await t.test(`a gap of ${gap}`, async (st) => {
            const store = await Store.start(st, { sizes: { ...SMALL, orders: 40 } });
            const { url, seen } = await withGap(st, store, 20n, gap);
            const tb = await Tollbook.create(st);
            await tb.addChannel({ url });
            const asked = () => seen.splice(0).filter(Boolean).length;
            assert.equal((await tb.run('--entity', 'order')).code, 0);
            const load = asked();
            assert.ok(load < 30, `${load} requests of the load for 40 orders`);
            const rows = (await store.dump('order')).filter((o) => o.store_id !== null).length;
            assert.equal(await tb.one('SELECT count(*) FROM orders'), rows);
            assert.equal(String(await tb.one('SELECT CAST(max(origin_id) AS TEXT) FROM orders')).length, String(gap).length);
            await store.pass(2 * HOUR);
            for (const args of [[], ['--deep']]) {
                asked();
                await tb.sync('verify', 'shop', '--repair', '--entity', 'order', ...args);
                const check = asked();
                assert.ok(check < 80, `${check} requests of a check for 40 orders`);
                assert.equal((await tb.sync('verify', 'shop', '--entity', 'order', ...args)).code, 0);
            }
        });
    }
});

test('equal is said of what was compared', async (t) => {
    const s = await loaded(t);
    const census = await verify(s, 0);
    assert.deepEqual(census.not_compared.map((g) => g.entity), ['cart']);
    assert.match(census.not_compared[0].why, /--deep/);
    const text = (await s.tb.sync('verify', 'shop')).out;
    assert.match(text, /^cart +not compared: the store has no cheap list/m);
    assert.match(text, /^equal in what was compared: /m);
    assert.deepEqual((await verify(s, 0, '--deep')).not_compared, []);
    await s.tb.sql("UPDATE channel_entities SET is_on = 0 WHERE entity = 'subscriber'");
    assert.deepEqual((await verify(s, 0, '--deep')).not_compared,
        [{ entity: 'subscriber', why: 'switched off in this channel' }]);
    assert.deepEqual((await verify(s, 0, '--deep', '--entity', 'customer')).not_compared.map((g) => g.why),
        ['not asked for', 'not asked for', 'not asked for', 'switched off in this channel']);
});

test('a record in quarantine differs, and is counted once', async (t) => {
    const s = await shop(t, { conf: { page_size: 20 } });
    const bad = (await dumped(s, 'cart'))[30].id;
    await s.store.fault('badid', { op: 'oroQuoteList', id: bad });
    await s.assertFails(1, /1 record in quarantine/);
    for (let i = 0; i < 3; i++) {
        await s.tb.sql('UPDATE quarantine SET next_try_at = 0');
        assert.match((await s.tb.run()).err, /1 record in quarantine/);
    }
    assert.equal((await s.tb.runEntity('cart')).quarantined, 1);
    await s.store.pass(2 * HOUR);
    const census = await verify(s, 1);
    assert.deepEqual(names(census.findings).filter((n) => n.includes('cart')), [`missing cart ${bad}`]);
    assert.equal(line(census, 'cart').quarantined, 1);
    assert.equal(census.verdict, 'different');
    await s.store.clear();
    await verify(s, 1, '--repair');
    assert.deepEqual(await s.tb.quarantine(), []);
});

test('nor is equal said while websites, store views, groups or regions are in quarantine', async (t) => {
    const s = await shop(t, { store: { sizes: { customers: 12, orders: 14, carts: 4, subscribers: 4, memos: 2 } } });
    for (const [op, text, entity] of [['oroRegionList', 'region_id', 'region'],
        ['customerGroupList', 'customer_group_id', 'customer_group']]) {
        const count = (await s.store.dump(entity === 'region' ? 'region' : 'group')).length;
        await s.store.fault('without', { op, text });
        assert.equal((await s.tb.run('--full')).code, 1);
        assert.equal((await s.tb.quarantine()).filter((q) => q.entity === entity).length, count, entity);
        await s.store.pass(2 * HOUR);
        assert.equal(line(await verify(s, 2, '--deep'), entity).quarantined, count);
        assert.match((await s.tb.sync('verify', 'shop', '--deep')).out, new RegExp(`^${entity} .*in quarantine ${count}`, 'm'));
        // read whole again, none of them is aside any more
        await s.store.clear();
        await s.load('--full');
        assert.deepEqual(await s.tb.quarantine(), []);
        await s.store.pass(2 * HOUR);
        await s.tb.sync('verify', 'shop', '--repair');
        await verify(s, 0, '--deep');
    }
});
