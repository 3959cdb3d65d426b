// Answers that are broken, hostile or late. What passes by itself is asked again and nobody is
// troubled; what stays costs the entity it concerns and nothing else; the next run heals.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { againstMirror, tell } from '../kit/compare.mjs';
import { SMALL, shop } from '../kit/shop.mjs';

const together = { concurrency: 2 };

describe('what passes is tried again', together, () => {
    for (const [what, kind, params, conf] of [
        ['500 on one page', '500', { times: 1 }],
        ['500 twice', '500', { times: 2 }],
        ['503 once', '503', { times: 1 }],
        ['429', '429', { times: 1, retry_after: 1 }],
        ['a page of HTML', 'html', { times: 1 }],
        ['an empty answer', 'empty', { times: 1 }],
        // curl itself repeats one on each old connection
        ['connections closed at once', 'drop', { times: 2 }, { parallel: 1 }],
        ['a cut answer', 'cut', { times: 1, bytes: 3000 }],
        ['an answer cut without a word', 'cut_clean', { times: 1, bytes: 3000 }],
        ['a fatal error after half an answer', 'fault_half', { times: 1 }],
        ['a second envelope after half an answer', 'fault_half', { times: 1, text: 'soap' }],
    ]) {
        test(what, async (t) => {
            const s = await shop(t, { conf });
            await s.store.fault(kind, { op: 'oroOrderList', after: 2, ...params });
            const done = await s.load();
            const run = await s.tb.lastRun();
            assert.ok(run.retries >= 1, 'a retry is counted');
            assert.equal(run.quarantined, 0);
            if (params.retry_after) {
                assert.ok(done.ms >= 1000 * params.retry_after, `waited ${done.ms} ms as it was told`);
            }
            await s.assertEqual();
        });
    }

    test('faults all over the place', async (t) => {
        const s = await shop(t, { conf: { retries: 8, page_size: 20 } });
        for (const [i, kind] of ['500', 'drop', 'cut', 'html', 'empty', 'fault_half'].entries()) {
            await s.store.fault(kind, { op: 'soap', probability: 0.06, seed: i + 1, bytes: 900 });
        }
        await s.load();
        const run = await s.tb.lastRun();
        assert.ok(run.retries > 5, `${run.retries} retries`);
        await s.assertEqual();
        t.diagnostic(`${run.retries} retries among ${run.calls} calls`);
    });

    test('one byte a second: the time-out ends it, the next try is good', async (t) => {
        const s = await shop(t, { conf: { list_timeout: 2 } });
        await s.store.fault('slow', { op: 'oroCustomerList', after: 2, times: 1, bytes: 500 });
        await s.load();
        assert.equal((await s.tb.lastRun()).retries, 1);
        await s.assertEqual();
    });
});

describe('what stays costs its entity only', together, () => {
    for (const [what, kind, params, words] of [
        ['each page a 500', '500', {}, /failed at oroQuoteList: it answers with error 500/],
        ['each page a 404', '404', {}, /No API at this address: the store answers 404/],
        ['each page HTML', 'html', {}, /answered oroQuoteList with a page for people/],
        ['each page empty', 'empty', {}, /empty answer to oroQuoteList/],
        ['each page cut', 'cut', { bytes: 400 }, /Answer not complete.*oroQuoteList/],
        ['a document type', 'doctype', {}, /Answer refused: oroQuoteList came with a document type/],
        ['an entity bomb', 'bomb', {}, /Answer refused: oroQuoteList came with a document type/],
        ['a gzip bomb', 'gzipbomb', {}, /Answer refused: it unpacks to far more than was sent/],
        ['elements nested without end', 'deep', {}, /oroQuoteList/],
        ['a fault of the store', 'fault',
            { code: 1, text: 'SQLSTATE[42S22]: Column not found, query was: SELECT secret' },
            /refused oroQuoteList: SQLSTATE\[42S22\]/],
    ]) {
        test(what, async (t) => {
            const s = await shop(t);
            await s.store.fault(kind, { op: 'oroQuoteList', ...params });
            await s.assertFails(1, words, /Carts not read: see the run's messages/);
            await s.assertOthersRead('cart');
            assert.equal(await s.tb.one('SELECT count(*) FROM carts'), 0);
            assert.ok(!(await s.tb.messages()).join().includes('SELECT secret'), 'no query is shown');
            await s.assertHeals();
        });
    }

    test('regions that cannot be read', async (t) => {
        const s = await shop(t);
        await s.store.fault('500', { op: 'oroRegionList' });
        await s.assertFails(1, /failed at oroRegionList/, /Regions not read/);
        await s.assertOthersRead('region');
        await s.assertHeals();
    });

    // Without the bridge each country is asked for its own.
    for (const mode of ['rpc', 'wsi']) {
        test(`the regions of one country that cannot be read, ${mode}`, async (t) => {
            const s = await shop(t, { store: { bridge: 'no', mode }, conf: { retries: 0 } });
            await s.store.fault('html', { op: 'directoryRegionList', after: 12, times: 1 });
            await s.assertFails(1, /Regions of [A-Z]{2} not read: .*directoryRegionList with a page for people/,
                /1 record in quarantine/);
            const [row, ...others] = await s.tb.quarantine();
            assert.deepEqual(others, []);
            assert.equal(row.entity, 'region');
            assert.equal(await s.tb.one('SELECT count(*) FROM orders'), (await s.store.dump('order')).length);
            const [, country] = /Regions of (..)/.exec(row.reason);
            const all = await s.store.dump('region');
            const missed = all.filter((r) => r.country_id === country).length;
            assert.equal(await s.tb.one('SELECT count(*) FROM regions'), all.length - missed);
            // before a quarter of an hour is over they are not asked for again, then they are
            await s.tb.run();
            assert.equal((await s.tb.quarantine()).length, 1);
            await s.tb.sql('UPDATE quarantine SET next_try_at = 0');
            await s.load();
            assert.deepEqual(await s.tb.quarantine(), []);
            assert.equal(await s.tb.one('SELECT count(*) FROM regions'), all.length);
        });
    }

    test('bombs cost no memory', async (t) => {
        const s = await shop(t);
        await s.store.fault('gzipbomb', { op: 'oroQuoteList' });
        await s.store.fault('bomb', { op: 'oroOrderList' });
        await s.store.fault('longtext', { op: 'newsletterSubscriberList', bytes: 60000000, times: 1 });
        const process = s.tb.begin(['run', 'shop'], memoryLimit());
        const done = await process.done;
        assert.equal(done.code, 1, done.err);
        await s.assertSound();
        await s.assertHeals();
    });
});

// Under the address sanitizer a process maps terabytes.
const memoryLimit = () =>
    (process.env.TOLLBOOK_BIN ?? '').includes('sanitize') ? {} : { limits: { as: 250_000_000 } };

// Nothing is certain for five days; then the store is well again.
describe('a bad week', together, () => {
    const kinds = ['500', 'drop', 'cut', 'html', 'empty', 'fault_half', 'cut_clean', '503'];
    for (const [seed, store, conf] of [
        [1, {}, { page_size: 25, retries: 0 }],
        [2, { bridge: 'no', mode: 'wsi' }, { page_size: 100, parallel: 8, retries: 1 }],
        [3, { mode: 'wsi' }, { page_size: 10, parallel: 2, retries: 2 }],
    ]) {
        test(`seed ${seed}`, async (t) => {
            const s = await shop(t, { store: { seed, sizes: { ...SMALL, carts: 130 }, ...store }, conf });
            const codes = [];
            for (let day = 0; day < 5; day++) {
                for (const [i, kind] of kinds.entries()) {
                    const draw = { probability: 0.05, seed: seed * 1000 + day * 10 + i };
                    await s.store.fault(kind, { op: 'soap', after: 4, bytes: 700, ...draw });
                }
                const done = await s.tb.run();
                codes.push(done.signal ?? done.code);
                await s.assertSound();
                await s.store.clear();
                await s.store.pass(3600);
                await s.store.change('day', { seed: seed * 10 + day, count: 30 });
                await s.store.pass(3600);
            }
            assert.ok(codes.every((code) => code <= 2), `${codes}`);
            await s.tb.sql('UPDATE quarantine SET next_try_at = 0');
            await s.load();
            assert.deepEqual(await s.tb.quarantine(), []);
            const expected = await s.expected();
            const exported = await s.tb.exportAll();
            const there = new Set(expected.cart_item.map((item) => item.origin_id));
            // items that came and went are kept, as they were seen
            exported.cart_item = exported.cart_item.filter((item) => there.has(item.origin_id));
            const problems = againstMirror(expected, exported);
            assert.equal(problems.length, 0, `\n${tell(problems)}`);
            t.diagnostic(`exit codes ${codes.join(' ')}`);
        });
    }
});

describe('what breaks before the crawl', together, () => {
    for (const [what, kind, op, words] of [
        ['HTML instead of the description', 'html', 'wsdl', /page for people|description|WSDL/i],
        ['a document type in the description', 'doctype', 'wsdl', /Answer refused.*document type/],
        ['HTML instead of the log-in', 'html', 'login', /login|log-in|page for people/i],
        ['a log-in that fails inside of the store', '500', 'login', /error 500/],
        ['a cut description', 'cut', 'wsdl', /not complete|closed the connection/],
        ['a gzip bomb as description', 'gzipbomb', 'wsdl', /unpacks to far more|something else than/],
    ]) {
        test(what, async (t) => {
            const s = await shop(t);
            await s.store.fault(kind, { op, bytes: 2000 });
            await s.assertFails(2, words);
            assert.equal(await s.tb.one('SELECT count(*) FROM websites'), 0);
            await s.assertHeals();
        });
    }

    test('a description that drips', async (t) => {
        const s = await shop(t, { conf: { login_timeout: 1, retries: 0 } });
        await s.store.fault('slow', { op: 'wsdl', bytes: 1000 });
        await s.assertFails(2, /No answer in time: WSDL took longer than 1 s/);
        await s.assertHeals();
    });
});

describe('what is odd but good', together, () => {
    test('notices before the XML', async (t) => {
        for (const mode of ['rpc', 'wsi']) {
            const s = await shop(t, { store: { mode } });
            await s.store.fault('notices', { op: 'soap' });
            await s.load();
            await s.assertEqual();
        }
    });

    test('rows above the window that was asked for are left out', async (t) => {
        const s = await shop(t, { conf: { page_size: 20, parallel: 1 } });
        await s.store.fault('extra_rows', { op: 'oroOrderList', bytes: 4, after: 6 });
        await s.load();
        await s.assertEqual();
    });

    test('a store that ignores its filters is not believed', async (t) => {
        const s = await shop(t);
        await s.store.fault('extra_rows', { op: 'oroQuoteList', bytes: 4 });
        await s.assertFails(1, /oroQuoteList ignores its filters/);
        await s.assertOthersRead('cart');
        await s.assertHeals();
    });

    test('values that stand elsewhere in the answer', async (t) => {
        const s = await shop(t);
        await s.store.fault('multiref', { op: 'soap' });
        await s.load();
        await s.assertEqual();
    });

    test('a store without a clock', async (t) => {
        const s = await shop(t, { store: { now: 0 } });
        await s.store.fault('nodate');
        await s.load();
        await s.assertEqual();
    });

    test('a session that ends in the middle is renewed once', async (t) => {
        for (const bridge of ['yes', 'no']) {
            const s = await shop(t, { store: { bridge }, conf: { page_size: 20 } });
            const op = bridge === 'yes' ? 'oroOrderList' : 'salesOrderInfo';
            await s.store.fault('fault', { op, code: 5, text: 'Session expired. Try to relogin.', after: 3, times: 1 });
            await s.load();
            assert.equal((await s.store.stats()).logins, 2);
            await s.assertEqual();
        }
    });

    test('a session that never lasts', async (t) => {
        const s = await shop(t);
        await s.store.fault('fault', { op: 'oroQuoteList', code: 5, text: 'Session expired. Try to relogin.' });
        await s.assertFails(1, /forgot the log-in twice/);
        await s.assertOthersRead('cart');
        const { logins } = await s.store.stats();
        assert.ok(logins <= 6, `${logins} log-ins`);
        await s.assertHeals();
    });

    test('bytes that are no UTF-8 are replaced, and the record is marked', async (t) => {
        const s = await shop(t);
        await s.store.fault('utf8', { op: 'oroCustomerList', id: 7 });
        await s.load();
        const broken = (await s.tb.export('customer')).find((c) => c.origin_id === 7);
        assert.equal(broken.was_repaired, 1);
        assert.match(broken.firstname, /\ufffd\ufffd\($/);
        const problems = againstMirror(await s.expected(), await s.tb.exportAll());
        assert.deepEqual(
            [...new Set(problems.map((p) => `${p.entity} ${p.key} ${p.field}`))].sort(),
            ['customer 7 firstname', 'customer 7 name_norm', 'customer 7 was_repaired'], tell(problems));
        await t.test('and healed when the store is', async () => {
            await s.store.clear();
            assert.equal((await s.tb.run('--one', 'customer:7')).code, 0);
            await s.assertEqual();
        });
    });
});
