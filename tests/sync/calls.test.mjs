// What a run asks a store for: each call of a first load is needed, none comes twice, and calls that
// do not need each other's answers are on the wire together, never more than the channel allows.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import { folder } from '../kit/programs.mjs';
import { SMALL, shop } from '../kit/shop.mjs';

const together = { concurrency: 2 };
const DICTIONARIES = ['oroWebsiteList', 'storeList', 'customerGroupList', 'oroRegionList'];

// Times to the minute: what a run takes for the store's clock may be a second off.
const toMinutes = (text) => text.replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, (time) =>
    new Date(Math.round(Date.parse(`${time.replace(' ', 'T')}Z`) / 60000) * 60000).toISOString().slice(0, 16));

// "oroOrderList order_id from 1 order_id to 9 page 100": what a request asks for, without its session.
function words({ op, body }) {
    const conditions = [...body.matchAll(
        /<key[^>]*>(\w+)<\/key>\s*<value[^>]*>\s*<key[^>]*>(\w+)<\/key>\s*<value[^>]*>([^<]*)/g)].map((m) => m.slice(1).join(' '));
    const page = /<pageSize[^>]*>(\d+)/.exec(body)?.[1];
    const number = /<creditmemoIncrementId[^>]*>(\d+)/.exec(body)?.[1];
    return toMinutes([op, ...conditions, ...(page ? [`page ${page}`] : []), ...(number ? [number] : [])].join(' '));
}

// The calls of one run, in the order in which they came to the store.
async function callsOf(t, s, act = () => s.load()) {
    const log = path.join(await folder(t, 'calls'), 'log');
    await s.store.set({ log });
    await act();
    await s.store.set({ log: 'off' });
    const lines = (await readFile(log, 'utf8')).trim().split('\n').map((line) => JSON.parse(line));
    return lines.sort((a, b) => a.asked - b.asked).map((call) => ({ ...call, words: words(call) }));
}

const operations = (calls) => calls.map((call) => call.op);
const most = (calls) => Math.max(...calls.map((call) => call.in_flight));

describe('a first load', together, () => {
    test('asks for what is needed, and for nothing twice', async (t) => {
        const s = await shop(t, { conf: { page_size: 100, parallel: 4 } });
        const ids = async (entity) => (await s.store.dump(entity)).map((row) => Number(row.entity_id)).sort((a, b) => a - b);
        const sql = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
        const since = (days) => sql(s.store.now - days * 86400);
        // how far back the newest record of a kind lies, in days: 1, or sixteen times as many as before
        const days = async (entity) => {
            const newest = Math.max(...(await s.store.dump(entity)).map((row) => Date.parse(`${row.created_at.replace(' ', 'T')}Z`) / 1000));
            const tries = [1];
            while (newest < s.store.now - tries.at(-1) * 86400) {
                tries.push(tries.at(-1) * 16);
            }
            return tries;
        };
        const orders = await s.store.dump('order');
        const expected = ['wsdl', 'login', 'oroPing', 'magentoInfo', ...DICTIONARIES, 'endSession'];
        for (const [entity, list, key] of [['customer', 'oroCustomerList', 'customer_id'], ['cart', 'oroQuoteList', 'entity_id'],
            ['order', 'oroOrderList', 'order_id'], ['memo', 'salesOrderCreditmemoList', 'creditmemo_id']]) {
            const page = entity === 'memo' ? [] : ['page 100'];
            const tries = await days(entity);
            const newest = (await s.store.dump(entity)).filter((row) => row.created_at >= since(tries.at(-1)) && row.store_id !== null)
                .map((row) => Number(row.entity_id)).sort((a, b) => a - b)[0];
            const all = await ids(entity);
            const lowest = entity === 'memo' ? 1 : all[0];
            const top = Math.max(newest - 90, lowest);
            // where the newest lie, the lowest id, a page open above, and what is below it
            for (const tried of tries) {
                expected.push([list, `created_at gteq ${since(tried)}`, ...(entity === 'memo' ? [] : ['page 1'])].join(' '));
            }
            if (entity !== 'memo') {
                expected.push(`${list} page 4`);
            }
            expected.push([list, ...(top > 1 ? [`${key} gteq ${top}`] : []), ...page].join(' '));
            if (top > lowest) {
                expected.push([list, `${key} from ${lowest}`, `${key} to ${top - 1}`, ...page].join(' '));
            }
        }
        expected.push('newsletterSubscriberList page 100');
        expected.push(...(await s.store.dump('memo')).map((row) => `salesOrderCreditmemoInfo ${row.increment_id}`));
        // what changed meanwhile, once each
        const changed = `from ${sql(s.store.now - 20 * 60)}`;
        for (const [list, field, page] of [['oroCustomerList', 'updated_at', ' page 100'], ['oroQuoteList', 'updated_at', ' page 100'],
            ['oroOrderList', 'updated_at', ' page 100'], ['salesOrderCreditmemoList', 'updated_at', ''],
            ['newsletterSubscriberList', 'change_status_at', ' page 100']]) {
            expected.push(`${list} ${field} ${changed} ${field} to ${sql(s.store.now - 5)}${page}`);
        }

        const calls = await callsOf(t, s);
        const amounts = calls.filter((call) => call.op === 'salesOrderList');
        const asked = calls.filter((call) => call.op !== 'salesOrderList').map((call) => call.words);
        assert.deepEqual(asked.sort(), expected.map(toMinutes).sort());
        // what only the core's list tells of discounted orders, a hundred of them a call
        assert.equal(amounts.length, 1);
        const discounted = orders.filter((o) => o.store_id !== null && Number(o.discount_amount) !== 0).map((o) => Number(o.entity_id));
        assert.deepEqual(/ in ([\d,]+)/.exec(amounts[0].words)[1].split(',').map(Number), discounted.sort((a, b) => a - b));
        assert.equal(new Set(calls.map((call) => call.words)).size, calls.length);
        await s.assertEqual();
    });

    test('asks for all its dictionaries and facts at once, and for the ends of all entities', async (t) => {
        const s = await shop(t, { conf: { page_size: 100, parallel: 4 } });
        await s.store.set({ pace_request_us: 60000 });
        const calls = await callsOf(t, s);
        assert.deepEqual(operations(calls).slice(0, 2), ['wsdl', 'login']);
        const places = calls.slice(2, 8);
        assert.deepEqual(operations(places).sort(), [...DICTIONARIES, 'magentoInfo', 'oroPing'].sort());
        assert.equal(most(places), 4);
        const first = calls.filter((call) => call.words.endsWith(' page 4') || call.words.endsWith(' page 1'));
        assert.ok(first.length >= 6, `${first.length} questions about ends`);
        assert.equal(most(first), 4);
        const changes = calls.filter((call) => /updated_at|change_status_at/.test(call.words));
        assert.equal(changes.length, 5);
        assert.ok(most(changes) > 1, 'changes wait for each other');
        assert.equal(most(calls), 4, 'never more than the channel allows');
        await s.assertEqual();
    });

    for (const [what, conf, settings] of [['one request at once', { parallel: 1 }, ''],
        ['a fixed pace of two', { parallel: 2 }, 'UPDATE channels SET is_adaptive = 0']]) {
        test(`keeps to the channel's ${what}`, async (t) => {
            const s = await shop(t, { conf: { page_size: 20, ...conf } });
            await s.tb.sql(settings || 'SELECT 1');
            await s.store.set({ pace_request_us: 5000 });
            const calls = await callsOf(t, s);
            assert.equal(most(calls), conf.parallel);
            await s.assertEqual();
        });
    }

    test('keeps to the requests a second from its first call on', async (t) => {
        const s = await shop(t, { conf: { page_size: 100, parallel: 4 } });
        await s.tb.sql('UPDATE channels SET requests_per_second = 20');
        const calls = await callsOf(t, s);
        const gaps = calls.slice(1).map((call, i) => call.asked - calls[i].asked);
        assert.ok((calls.at(-1).asked - calls[0].asked) / gaps.length >= 49000, `${gaps}`);
    });

    test('of one website asks for websites and store views once', async (t) => {
        const s = await shop(t, { args: ['--website', '2'] });
        const calls = await callsOf(t, s);
        for (const op of DICTIONARIES) {
            assert.equal(operations(calls).filter((o) => o === op).length, 1, op);
        }
    });

    test('of a shop without records asks twice for each kind', async (t) => {
        const none = Object.fromEntries(Object.keys(SMALL).map((name) => [name, 0]));
        const s = await shop(t, { store: { sizes: none } });
        const calls = await callsOf(t, s);
        for (const list of ['oroCustomerList', 'oroQuoteList', 'oroOrderList']) {
            const asked = calls.filter((call) => call.op === list && !call.words.includes('updated_at')).map((call) => call.words);
            assert.equal(asked.length, 2, asked.join('\n'));
        }
        await s.assertEqual();
    });
});

test('a later run asks for what changed, side by side, and for no region', async (t) => {
    const s = await shop(t);
    await s.load();
    await s.store.pass(600);
    await s.store.change('order.status', { id: 20, status: 'holded' });
    await s.store.pass(60);
    await s.store.set({ pace_request_us: 60000 });
    await s.tb.sql('UPDATE channels SET is_adaptive = 0'); // one that is measured begins with one list
    const calls = await callsOf(t, s);
    assert.deepEqual(operations(calls).sort(), ['wsdl', 'login', 'oroPing', 'magentoInfo', ...DICTIONARIES.slice(0, 3),
        'oroCustomerList', 'oroQuoteList', 'oroOrderList', 'salesOrderCreditmemoList', 'newsletterSubscriberList', 'endSession'].sort());
    assert.ok(most(calls.slice(2, -6)) >= 3);
    assert.ok(most(calls.filter((call) => /updated_at|change_status_at/.test(call.words))) >= 2);
    await s.assertEqual();
});
