// who: faults. Answers that are late, broken, hostile or about one bad record.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
    LIST, SIZES, STORE_NAME, TOP, allBut, assertAllBut, assertHeals, assertLoaded, assertMessage,
    assertOneInQuarantine, assertStopped, assertWhole, differing,
} from '../kit/faults.mjs';
import { shop } from '../kit/shop.mjs';

const HOUR = 3600;
const two = { concurrency: 2 };

const begin = (t, options) => shop(t, { store: { sizes: SIZES }, ...options });

// A record in the middle of what the store has.
async function victim(s, entity) {
    const rows = await s.store.dump(STORE_NAME[entity]);
    const here = entity === 'order' ? rows.filter((row) => row.store_id !== null) : rows;
    return Number(here[here.length >> 1].entity_id ?? here[here.length >> 1].subscriber_id);
}

// ---- what passes by itself ----

describe('one bad answer is asked for again', two, () => {
    for (const [kind, params] of [
        ['500'], ['503'], ['429', { retry_after: 1 }], ['html'], ['drop'], ['empty'], ['cut', { bytes: 300 }],
        ['cut_clean', { bytes: 300 }], ['fault_half'], ['fault_half', { text: 'soap' }],
    ]) {
        test(`${kind} ${JSON.stringify(params ?? {})}`, async (t) => {
            const s = await begin(t);
            await s.store.fault(kind, { op: LIST.order, times: 1, ...params });
            const done = await s.load();
            await s.assertEqual();
            assert.deepEqual(await s.tb.quarantine(), []);
            const run = await s.tb.lastRun();
            // a connection that was dropped is tried anew by libcurl itself
            assert.equal(run.retries, kind === 'drop' ? 0 : 1);
            assert.equal(run.read, run.added);
            if (kind === '429') {
                assert.ok(done.ms >= 1000, `the store asked for a second, ${done.ms} ms`);
            }
        });
    }
});

describe('harmless oddities', two, () => {
    test('notices and a byte order mark before the XML', async (t) => {
        const s = await begin(t);
        await s.store.fault('notices');
        await s.load();
        await s.assertEqual();
        assert.equal((await s.tb.lastRun()).retries, 0);
    });

    test('values as references', async (t) => {
        const s = await begin(t);
        await s.store.fault('multiref');
        await s.load();
        await s.assertEqual();
    });
});

// ---- the bad record ----

// first: during the first load; else during an incremental run that has other changes too.
async function poison(t, entity, kind, first) {
    const s = await begin(t);
    const id = await victim(s, entity);
    if (!first) {
        await s.load();
        await s.assertEqual();
        await s.store.pass(HOUR);
        for (const other of TOP) {
            const rows = await s.store.dump(STORE_NAME[other]);
            for (const row of rows.filter((_, i) => i % 4 === 0)) {
                await touch(s, other, row.entity_id ?? row.subscriber_id);
            }
        }
        await touch(s, entity, id);
        await s.store.pass(HOUR);
    }
    await s.store.fault(kind, { op: LIST[entity], id, code: 1, text: 'Internal Error. Please see log for details.' });
    const done = await s.tb.run();
    assert.equal(done.code, 1, done.err + done.out);
    assert.match(done.err, /1 records? in quarantine/);
    const words = kind === '500' ? [/500/, /error log/] : [/Internal Error/, /error log/];
    await assertOneInQuarantine(s, entity, id, ...words);
    const part = await s.tb.runEntity(entity);
    assert.equal(part.quarantined, 1);
    assert.equal(part.state, 'done');
    if (first) {
        await assertAllBut(s, { [entity]: [id] });
    } else {
        await assertOnlyStale(s, entity, id);
    }
    await assertHeals(s);
}

function touch(s, entity, id) {
    if (entity === 'subscriber') {
        return s.store.change('subscriber.status', { id, status: 3 });
    }
    const field = { customer: 'lastname', credit_memo: 'adjustment' }[entity] ?? 'customer_note';
    const value = entity === 'credit_memo' ? '0.5000' : 'Changed';
    return s.store.change(`${STORE_NAME[entity]}.touch`, { id, field, value });
}

// What differs from the store is that record alone, with what it holds and what follows from it.
async function assertOnlyStale(s, entity, id) {
    const problems = (await differing(s)).filter((p) => p.field !== 'subscriber_status');
    const wrong = problems.filter((p) => p.entity !== entity || p.key !== String(id));
    assert.deepEqual(wrong, []);
    assert.ok(problems.length > 0, 'the touched record has not come');
    await s.assertSound();
}

for (const first of [true, false]) {
    describe(`a record that the store cannot serve, ${first ? 'first load' : 'incremental'}`, two, () => {
        for (const entity of TOP) {
            test(`${entity}, 500`, (t) => poison(t, entity, '500', first));
            test(`${entity}, fault`, (t) => poison(t, entity, 'fault', first));
        }
    });
}

describe('a record with a value that cannot be', two, () => {
    test('money in another country\'s spelling', async (t) => {
        const s = await begin(t);
        const id = await victim(s, 'order');
        await s.store.fault('badvalue', { op: LIST.order, id });
        const done = await s.tb.run();
        assert.equal(done.code, 1, done.err);
        const row = await assertOneInQuarantine(s, 'order', id, /not a number/, /Grand total/i);
        assert.match(row.answer, /1 299,00/);
        assert.match(row.answer, new RegExp(`order_id[^0-9]{1,40}${id}\\b`));
        await assertAllBut(s, { order: [id] });
        await t.test('sync of that record alone says so too', async () => {
            const one = await s.tb.run('--one', `order:${id}`);
            assert.equal(one.code, 1, one.err);
            assert.equal((await s.tb.quarantine())[0].tries, 2);
        });
        await t.test('and takes it when it is right', async () => {
            await s.store.clear();
            await s.load('--one', `order:${id}`);
            assert.deepEqual(await s.tb.quarantine(), []);
            await s.assertEqual();
        });
    });

    test('text that is not UTF-8 is repaired and marked', async (t) => {
        const s = await begin(t);
        const id = await victim(s, 'customer');
        await s.store.fault('utf8', { op: LIST.customer, id });
        await s.load();
        const marked = await s.tb.sql('SELECT origin_id, firstname FROM customers WHERE was_repaired = 1');
        assert.deepEqual(marked.map((row) => row.origin_id), [id]);
        assert.match(marked[0].firstname, /\ufffd/);
        await s.store.clear();
        await s.load('--one', `customer:${id}`);
        await s.assertEqual();
    });

    for (const [kind, params, ...words] of [
        ['longtext', { bytes: 3000000 }, /too (large|long)/],
        ['deep', {}, /too (large|deep)|nest|deep/],
    ]) {
        test(`${kind}`, async (t) => {
            const s = await begin(t);
            const id = await victim(s, 'order');
            await s.store.fault(kind, { op: LIST.order, id, ...params });
            const done = await s.tb.run();
            assert.equal(done.code, 1, done.err);
            await assertOneInQuarantine(s, 'order', id, ...words);
            await assertAllBut(s, { order: [id] });
            await assertHeals(s);
        });
    }
});

// ---- an answer that never is right ----

const QUICK = { retries: 1, list_timeout: 1, call_timeout: 1, login_timeout: 1, low_speed_seconds: 1 };

describe('an answer about one record that never comes whole', two, () => {
    for (const [kind, params, word, conf] of [
        ['cut', { bytes: 2000 }, /not complete/],
        ['cut_clean', { bytes: 2000 }, /not complete/],
        ['fault_half', {}, /not complete/],
        ['fault_half', { text: 'soap' }, /not complete|Allowed memory/],
        ['slow', { bytes: 2000 }, /No answer in time/, QUICK],
        ['late', { ms: 4000 }, /No answer in time/, QUICK],
        ['html', {}, /page for people/],
        ['empty', {}, /empty answer/],
        ['drop', {}, /closed the connection/],
    ]) {
        test(`${kind} ${JSON.stringify(params)}`, async (t) => {
            const s = await begin(t, { conf });
            const id = await victim(s, 'order');
            await s.store.fault(kind, { op: LIST.order, id, ...params });
            const done = await s.tb.run();
            assert.equal(done.code, 1, done.err);
            await assertOneInQuarantine(s, 'order', id, word);
            await assertAllBut(s, { order: [id] });
            await assertHeals(s);
        });
    }
});

describe('a call that never works costs its entity only', two, () => {
    for (const [kind, params, ...words] of [
        ['500', {}, /error 500/, /error log/],
        ['html', {}, /page for people/],
        ['drop', {}, /closed the connection/],
        ['cut', { bytes: 2000 }, /not complete/],
        ['fault_half', {}, /not complete/],
        ['doctype', {}, /document type/],
        ['bomb', {}, /document type/],
        ['gzipbomb', {}, /unpacks to far more/],
        ['redirect', { to: 'http://127.0.0.1:9/elsewhere' }, /redirect to http:\/\/127\.0\.0\.1:9\/elsewhere/],
        ['404', {}, /404/],
        ['fault', { code: 2, text: 'Access denied.' }, /lacks the right/, /tick/],
    ]) {
        test(`${kind}`, async (t) => {
            const s = await begin(t);
            await s.store.fault(kind, { op: LIST.order, ...params });
            const done = await s.tb.run();
            assert.equal(done.code, 1, done.err + done.out);
            await assertStopped(s, 'order', ...words);
            assert.deepEqual(await s.tb.quarantine(), [], 'innocent records in quarantine');
            assert.equal(await s.tb.one('SELECT count(*) FROM orders'), 0);
            await assertLoaded(s, allBut('order'));
            assert.ok(done.ms < 20000, `${done.ms} ms`);
            await assertHeals(s);
        });
    }
});

// ---- the whole store ----

describe('the whole store, from the start or in the middle', two, () => {
    for (const [kind, params, words, conf] of [
        ['503', {}, [/maintenance/, /503/]],
        ['500', {}, [/500/]],
        ['html', {}, [/page for people/]],
        ['drop', {}, [/closed the connection/]],
        ['429', { retry_after: 1 }, [/too many requests/], { retries: 1 }],
        ['slow', { bytes: 40 }, [/No answer in time/, /time-out/], QUICK],
        ['gzipbomb', {}, [/unpacks to far more/]],
        ['404', {}, [/404/, /\/api\/v2_soap\//]],
    ]) {
        test(`${kind} from the start`, async (t) => {
            const s = await begin(t, { conf });
            await s.store.fault(kind, params);
            const done = await s.tb.run();
            assert.equal(done.code, 2, done.err);
            assertMessage(done.err, ...words);
            assert.equal((await s.tb.lastRun()).state, 'failed');
            assertMessage((await s.tb.lastRun()).error, ...words);
            assert.equal(await s.tb.one('SELECT count(*) FROM orders'), 0);
            await assertHeals(s);
        });

        test(`${kind} from the twelfth request on`, async (t) => {
            const s = await begin(t, { conf: { page_size: 10, ...conf } });
            await s.store.fault(kind, { after: 12, ...params });
            const done = await s.tb.run();
            assert.ok(done.code === 2 || done.code === 1, done.err);
            const said = [(await s.tb.lastRun()).error, ...(await s.tb.messages())].join('\n');
            assertMessage(said, ...words);
            assert.deepEqual(await s.tb.quarantine(), [], 'innocent records in quarantine');
            await assertWhole(s);
            assert.ok(done.ms < 20000, `${done.ms} ms`);
            await assertHeals(s);
        });
    }
});
